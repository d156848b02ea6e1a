"""Measurements, as ratios against something run beside them: ``python -m benchmarks --help``, RESULTS.md."""
