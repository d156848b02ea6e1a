"""Stands before the real pandas where that is to be as good as not installed."""

raise ImportError("hidden by the benchmarks")
