"""Whole teams in a run: which there are, what they came to, and that as data."""
