"""Targets in a run: the dated ones of those appraised, and wholes broken down into parts."""
