"""What a call of each function becomes in the tree, or why its arguments do not fit."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal, cast

from kaohe.exact import DECIMALS, divide
from kaohe.language import types
from kaohe.language.rules import Misfit, common, mend, settled, speaks_of_many
from kaohe.language.tree import (
    Aggregate,
    Call,
    Constant,
    Field,
    Node,
    Shift,
    asks_for_all,
    shifted,
    walk,
)
from kaohe.language.types import KIND_NAMES, Kind, Scope, Type
from kaohe.language.worktime import DURATION, calendar_named, clock_named, worked
from kaohe.text import msg

BOOLEAN, DATE = Type("boolean"), Type("date")


@dataclass(frozen=True)
class Build:
    """A call to be built: its checked arguments by name, repeated ones under their name as a tuple."""

    scope: Scope
    arguments: dict[str, tuple[Node, ...]]

    def __getitem__(self, name: str) -> Node:
        return self.arguments[name][0]

    def get(self, name: str) -> Node | None:
        given = self.arguments.get(name)
        return given[0] if given else None

    def literal(self, name: str) -> Constant:
        """An argument that the table says is a literal."""
        return cast(Constant, self[name])

    @property
    def all(self) -> tuple[Node, ...]:
        return tuple(node for nodes in self.arguments.values() for node in nodes)


Builder = Callable[[Build], Node]


def plain(name: str, kind: Kind) -> Builder:
    """A call that always gives the same kind."""
    return lambda given: Call(name, given.all, Type(kind))


def same(name: str) -> Builder:
    """A call that gives the kind of its first argument."""
    return lambda given: Call(name, given.all, given.all[0].type)


def _unit(microseconds: int) -> Builder:
    def build(given: Build) -> Node:
        unit = Constant(microseconds, Type("duration"))
        match given["x"]:
            case Constant(value=value, type=Type(scale=scale)):
                whole = int(Decimal(value).scaleb(scale))
                return replace(unit, value=divide(whole * microseconds, 10**scale))
            case number:
                return Call("*", (number, unit), Type("duration"))

    return build


seconds, minutes = _unit(types.SECOND), _unit(types.MINUTE)
hours, days = _unit(types.HOUR), _unit(types.DAY)


def date_(given: Build) -> Node:
    text = given.literal("text")
    try:
        day = datetime.datetime.strptime(str(text.value), "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        raise Misfit(
            "expression.date", msg("this is not a day of the calendar"), found=str(text.value), expected="2026-01-31"
        ) from None
    return Constant(types.day_number(day), DATE)


def date_of(given: Build) -> Node:
    return day(given["x"])


def day(node: Node) -> Node:
    """The day of a date or of a moment that is a field."""
    match node:
        case _ if node.type.kind == "date":
            return node
        case Field():
            return Call("date_of", (node,), DATE)
        case Call(function="if_", arguments=(condition, a, b)):
            return Call("if_", (condition, day(a), day(b)), DATE)
        case _:
            raise Misfit(
                "expression.computed-moment",
                msg("the day of a computed moment depends on the clock changes in between"),
                expected=msg("a field of the record that holds a moment"),
            )


def calendar(name: Literal["year_of", "month_of", "day_of", "is_weekend"]) -> Builder:
    kind: Kind = "boolean" if name == "is_weekend" else "number"
    return lambda given: Call(name, (day(given["x"]),), Type(kind))


def business_time(given: Build) -> Node:
    """The working time from a to b: what of it lies before b, less what lies before a."""
    moments = settled((given["a"], given["b"]))
    calendar = calendar_named(given.scope, _text(given, "calendar"))
    begun, ended = (worked(node, calendar, index) for index, node in enumerate(moments))
    return Call("-", (ended, begun), DURATION)


def elapsed(given: Build) -> Node:
    """The time from a to b by the clock that is named."""
    if clock_named(_text(given, "clock") or "calendar", 2) == "business":
        return business_time(given)
    first, second = one_kind((given["a"], given["b"]))
    return Call("-", (second, first), DURATION)


def _text(given: Build, name: str) -> str:
    return str(given.literal(name).value) if given.get(name) else ""


def number(given: Build) -> Node:
    return Call("number", given.all, Type("number", DECIMALS))


def round_(given: Build) -> Node:
    decimals = given.literal("decimals") if given.get("decimals") else Constant(Decimal(0), Type("number"))
    if decimals.type.scale or not 0 <= int(decimals.value) <= DECIMALS:
        raise Misfit(
            "expression.decimals",
            msg("round keeps 0 to 6 decimals"),
            found=str(decimals.value),
            expected=msg("a whole number from 0 to 6"),
        )
    scale = min(given["x"].type.scale, int(decimals.value))
    return Call("round", (given["x"], decimals), Type("number", scale))


def extreme(name: Literal["min", "max"]) -> Builder:
    def build(given: Build) -> Node:
        values = one_kind(given.all)
        if len(values) < 2:
            raise Misfit(
                "expression.arguments",
                msg("{name} compares at least two values", name=name),
                fix=msg("{name}imum(x) is the one of all records", name=name),
            )
        return Call(name, values, common(values))

    return build


def one_kind(nodes: tuple[Node, ...]) -> tuple[Node, ...]:
    """The nodes, once they are of one kind."""
    nodes = settled(nodes)
    for index, node in enumerate(nodes):
        if node.type.kind != nodes[0].type.kind:
            raise Misfit(
                "expression.kinds",
                msg("these values are not of one kind"),
                found=KIND_NAMES[node.type.kind],
                expected=KIND_NAMES[nodes[0].type.kind],
                fix=mend(node.type.kind, nodes[0].type.kind),
                argument=index,
            )
    return nodes


def if_(given: Build) -> Node:
    branches = one_kind((given["a"], given["b"]))
    return Call("if_", (given["condition"], *branches), common(branches))


_KEEPS_KIND = {"sum", "mean", "median", "minimum", "maximum", "percentile", "first", "last"}


def aggregate(name: str) -> Builder:
    """An aggregate over records, its condition beside it."""
    return lambda given: _aggregate(name, given)


def _aggregate(name: str, given: Build) -> Aggregate:
    argument = given.get("x") or given.get("condition")
    result = Type("number")
    if argument is not None and name in _KEEPS_KIND:
        result = Type(argument.type.kind, DECIMALS if argument.type.kind == "number" else 0)
    everything = any(asks_for_all(node) for node in given.all)
    return Aggregate(name, argument, given.get("where"), result, everything=everything)


def percentile(given: Build) -> Node:
    option = Decimal(given.literal("p").value)
    if not 0 <= option <= 1:
        raise Misfit(
            "expression.percentile",
            msg("a percentile is given as a share"),
            found=str(option),
            expected=msg("a number from 0 to 1, such as 0.9"),
        )
    return replace(_aggregate("percentile", given), option=option)


def at_edge(name: Literal["first", "last"]) -> Builder:
    def build(given: Build) -> Node:
        by = given.get("by")
        if by is None:
            if given.scope.span is None:
                raise Misfit(
                    "expression.by",
                    msg("{name} needs to know by which time", name=name),
                    fix=msg("name the field, as in by=opened_at"),
                )
            by = field(given.scope, given.scope.span[0])
        return replace(_aggregate(name, given), by=by)

    return build


def shift(to: Shift) -> Builder:
    def build(given: Build) -> Node:
        node = given["aggregate"]
        if not speaks_of_many(node):
            raise Misfit(
                "expression.shift",
                msg("another period can only be asked for an aggregate"),
                fix=msg("as in previous(sum(amount))"),
            )
        if any(isinstance(child, Aggregate) and child.shift != "period" for child in walk(node)):
            raise Misfit("expression.shift", msg("one shift of the period cannot stand inside another"))
        return shifted(node, to)

    return build


def field(scope: Scope, name: str) -> Field:
    """The field of that name."""
    return Field(name, scope.fields[name])
