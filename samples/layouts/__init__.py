"""Ways of laying out the content of a CV, one function each: (content, path) → a file."""
