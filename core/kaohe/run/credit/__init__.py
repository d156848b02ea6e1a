"""Whose work a record is: by its date and the hierarchy, split among several, and what counts for nobody."""
