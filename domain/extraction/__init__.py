"""Reading a CV by rules: pure functions from the text of a curriculum vitae, French or English, to its profile."""
