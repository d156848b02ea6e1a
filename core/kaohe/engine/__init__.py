"""Aggregates over a snapshot: plans go in, integer columns per person come out. Engines only count, sum and sort."""

from kaohe.engine.embedded import DuckEngine
from kaohe.engine.plan import Engine, Measure, Parts, Request, Scan, fuse, select

__all__ = ["DuckEngine", "Engine", "Measure", "Parts", "Request", "Scan", "fuse", "select"]
