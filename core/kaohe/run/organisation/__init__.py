"""The people of a run: their assignments, who works where on a day, and whom the scheme covers."""
