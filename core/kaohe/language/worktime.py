"""Working time in expressions: which moments have one, and by which calendar. ``business_time(a, b)`` is the
difference of two ``Worked`` nodes."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import replace

from kaohe.language.rules import Misfit
from kaohe.language.tree import Call, Field, Node, PeriodBound, Worked, walk
from kaohe.language.types import KIND_NAMES, Scope, Type
from kaohe.text import msg
from kaohe.worktime import Calendar

DURATION = Type("duration")
CLOCKS = ("calendar", "business")
_KEEPS_ORDER = {"min", "max"}
Need = tuple[str, Calendar]
"""A field of moments, and the calendar by which its working time is asked for."""


def worked(node: Node, calendar: Calendar, argument: int) -> Node:
    """The working time before a moment. It never falls, so that of the earlier of two moments is the lesser one."""
    match node:
        case Field(type=Type(kind="datetime")):
            return Worked(node, calendar, DURATION)
        case PeriodBound():
            return Worked(replace(node, type=Type("datetime")), calendar, DURATION)
        case Call(function="if_", arguments=(condition, a, b)):
            branches = (worked(a, calendar, argument), worked(b, calendar, argument))
            return Call("if_", (condition, *branches), DURATION)
        case Call(function=function, arguments=arguments) if function in _KEEPS_ORDER:
            return Call(function, tuple(worked(each, calendar, argument) for each in arguments), DURATION)
    if node.type.kind != "datetime":
        raise Misfit(
            "expression.kind",
            msg("a day has no time of day: working time lies between moments"),
            found=KIND_NAMES[node.type.kind],
            expected=KIND_NAMES["datetime"],
            argument=argument,
        )
    raise Misfit(
        "expression.computed-moment",
        msg("the working time of a computed moment cannot be told"),
        expected=msg("a field of the record that holds a moment"),
        argument=argument,
    )


def calendar_named(scope: Scope, name: str) -> Calendar:
    """The calendar that is meant; an empty name is the default."""
    found = scope.calendars.find(name)
    if found is not None:
        return found
    known = scope.calendars.by_name
    if name:
        what = msg("there is no calendar {name}", name=name)
        close = difflib.get_close_matches(name, known, n=1)
        fix = msg("did you mean {name}?", name=close[0]) if close else None
        raise Misfit(
            "expression.unknown-calendar", what, found=name, expected=", ".join(sorted(known)) or None, fix=fix
        )
    raise Misfit(
        "expression.no-calendar",
        msg("no calendar is named, and there is no default one"),
        expected=", ".join(sorted(known)) or None,
        fix=msg('name one in calendar = "…" in kaohe.toml, or here; kaohe calendar list shows those there are'),
    )


def clock_named(name: str, argument: int) -> str:
    """The name, once it is one of a clock."""
    if name not in CLOCKS:
        what = msg("there is no such clock")
        raise Misfit("expression.clock", what, found=name, expected=", ".join(CLOCKS), argument=argument)
    return name


def needs(nodes: Iterable[Node]) -> tuple[Need, ...]:
    """What must be joined to compute these, in the order written."""
    found = (child for node in nodes for child in walk(node) if isinstance(child, Worked))
    return tuple(dict.fromkeys((each.moment.name, each.calendar) for each in found if isinstance(each.moment, Field)))


def calendars(nodes: Iterable[Node]) -> tuple[Calendar, ...]:
    """The calendars that these ask, each once, in the order written."""
    return tuple(dict.fromkeys(child.calendar for node in nodes for child in walk(node) if isinstance(child, Worked)))
