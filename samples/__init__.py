"""Fictional CVs with their truth, fictional offers, and the code that renders the CVs from the truth."""
