"""Measures how well CVs are read and extracted, against documents whose true profile is known."""
