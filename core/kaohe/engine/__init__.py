"""Aggregates over a snapshot: plans go in, integer columns per person come out. Engines only count, sum and sort."""

from kaohe.engine.embedded import DuckEngine
from kaohe.engine.plan import Engine, Measure, Parts, Request, Scan, fuse, select
from kaohe.engine.rows import Found, Numbers, Rows, Texts

__all__ = [
    "DuckEngine",
    "Engine",
    "Found",
    "Measure",
    "Numbers",
    "Parts",
    "Request",
    "Rows",
    "Scan",
    "Texts",
    "fuse",
    "select",
]
