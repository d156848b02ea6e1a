"""Measurements, as ratios against something run beside them:
``python -m benchmarks [startup|demo|million|evidence|scoring]``."""
