"""The year 2025 as the snapshot counts: microseconds of the wall clock, days, and its end in UTC."""

HOUR = 3_600_000_000
START, END = 1_735_689_600_000_000, 1_767_225_600_000_000
END_UTC = END - 8 * HOUR
BEFORE, FIRST, LAST = 19_723, 20_089, 20_454
"""The first days of 2024, 2025 and 2026."""
