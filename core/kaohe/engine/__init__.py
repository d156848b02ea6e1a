"""Aggregates over a snapshot: plans go in, integer columns per person come out. Engines only count, sum and sort."""

from kaohe.engine.described import Description
from kaohe.engine.embedded import DuckEngine
from kaohe.engine.groups import Grouping, Groups
from kaohe.engine.plan import Engine, Measure, Parts, Request, Scan, fuse, select
from kaohe.engine.rows import Found, Numbers, Rows, Texts
from kaohe.engine.source import Join, OnDay, Relations

__all__ = [
    "Description",
    "DuckEngine",
    "Engine",
    "Found",
    "Grouping",
    "Groups",
    "Join",
    "Measure",
    "Numbers",
    "OnDay",
    "Parts",
    "Relations",
    "Request",
    "Rows",
    "Scan",
    "Texts",
    "fuse",
    "select",
]
