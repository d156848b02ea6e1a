"""The people of a run: their assignments as the snapshot holds them, who works where on a day, whom the scheme covers."""
