"""A paid period computed anew from later facts: its inputs, what came of it for whom and why, and what is posted."""
