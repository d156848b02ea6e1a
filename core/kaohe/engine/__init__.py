"""Aggregates over a snapshot: plans go in, integer columns per person come out. Engines only count, sum and sort.

The names below are loaded when they are first used: whoever plans or reads what was stored needs no engine.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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
_HOMES = {
    "Description": "described",
    "DuckEngine": "embedded",
    **dict.fromkeys(("Grouping", "Groups"), "groups"),
    **dict.fromkeys(("Engine", "Measure", "Parts", "Request", "Scan", "fuse", "select"), "plan"),
    **dict.fromkeys(("Found", "Numbers", "Rows", "Texts"), "rows"),
    **dict.fromkeys(("Join", "OnDay", "Relations"), "source"),
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
