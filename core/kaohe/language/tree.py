"""The checked tree of an expression: typed, without positions, equal where the meaning is equal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from kaohe.language.types import Type
from kaohe.worktime import Calendar

Shift = Literal["period", "previous", "last_year", "year_to_date", "year_before"]
"""Whose bounds: the period's, those of the one before it or of a year earlier; the year up to the period's end, and the
year up to its beginning. No expression asks for the last two by name: who adds up over the year shifts the whole."""
Window = Literal["period", "previous", "last_year", "year_to_date", "year_before", "all"]


@dataclass(frozen=True)
class Constant:
    """A literal: a number as Decimal, a duration in microseconds, a date in days since 1970, a boolean or text."""

    value: Decimal | int | bool | str
    type: Type


@dataclass(frozen=True)
class Field:
    """A name that every row has."""

    name: str
    type: Type


@dataclass(frozen=True)
class KeyedValue:
    """``function("id")``: looked up in the row as ``row[(function, id)]``."""

    function: str
    id: str
    type: Type


@dataclass(frozen=True)
class PeriodBound:
    """The window's first day or the day after its last; as a moment, the local midnight that begins it."""

    edge: Literal["start", "end"]
    type: Type


@dataclass(frozen=True)
class Worked:
    """The working time of a calendar before a moment, counted from the calendar's first day."""

    moment: Field | PeriodBound
    calendar: Calendar
    type: Type


@dataclass(frozen=True)
class Call:
    """A function or operator of the table, over its arguments."""

    function: str
    arguments: tuple[Node, ...]
    type: Type


@dataclass(frozen=True)
class Aggregate:
    """One figure over many records: a leaf of the arithmetic that follows.

    ``argument`` is what is aggregated (None: the records themselves) and ``condition`` which records. ``option`` is
    a percentile's share between 0 and 1, ``by`` the field that orders first and last. ``shift`` says whose bounds it
    is counted with. ``everything``: it looks at all records, not only at those that fall into the window.
    """

    function: str
    argument: Node | None
    condition: Node | None
    type: Type
    option: Decimal | None = None
    by: Node | None = None
    shift: Shift = "period"
    everything: bool = False

    @property
    def window(self) -> Window:
        """Which records it sees; ``all`` counts with the bounds of ``shift``."""
        return "all" if self.everything else self.shift


ABOUT_PERIOD = frozenset({"at_start", "at_end", "at_date", "in_period"})
"""Calls around a condition that looks at all records, whatever the window; their meaning is their argument's."""

Node = Constant | Field | KeyedValue | PeriodBound | Worked | Call | Aggregate


@dataclass(frozen=True)
class Expression:
    """A checked expression: the text as written, its tree and what it gives."""

    text: str
    tree: Node
    type: Type


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it, in the order written."""
    yield node
    for child in children(node):
        yield from walk(child)


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below."""
    match node:
        case Call():
            return node.arguments
        case Worked():
            return (node.moment,)
        case Aggregate():
            return tuple(child for child in (node.argument, node.by, node.condition) if child is not None)
        case _:
            return ()


def shifted(node: Node, shift: Shift) -> Node:
    """The same arithmetic over the aggregates of another window."""
    match node:
        case Aggregate():
            return replace(node, shift=shift)
        case Call():
            return replace(node, arguments=tuple(shifted(child, shift) for child in node.arguments))
        case _:
            return node


def looked_up(node: Node, names: Mapping[str, str]) -> Node:
    """The same arithmetic over what is kept under other ids."""
    match node:
        case KeyedValue():
            return replace(node, id=names.get(node.id, node.id))
        case Call():
            return replace(node, arguments=tuple(looked_up(child, names) for child in node.arguments))
        case _:
            return node


def credited(node: Node, share: Node) -> Node:
    """The same arithmetic over records that count with a share: sums of products, and counts as sums of shares.

    ``share`` is a number; the aggregates are all sums and counts. Sums stay exact: scales add up.
    """
    match node:
        case Aggregate(function="sum", argument=Call() | Field() | Constant() as argument):
            kind = replace(argument.type, scale=argument.type.scale + share.type.scale)
            return replace(node, argument=Call("*", (argument, share), kind))
        case Aggregate():
            return replace(node, function="sum", argument=share, type=Type("number", 6))
        case Call():
            return replace(node, arguments=tuple(credited(child, share) for child in node.arguments))
        case _:
            return node


def widened(node: Node, scale: int) -> Node:
    """The same number with more decimals."""
    more = scale - node.type.scale
    one = Constant(Decimal(1), Type("number", more))
    return Call("*", (node, one), Type("number", scale)) if more else node


def field_names(expression: Expression) -> frozenset[str]:
    """Every field that the expression reads."""
    return frozenset(node.name for node in walk(expression.tree) if isinstance(node, Field))


def keyed_ids(expression: Expression) -> frozenset[tuple[str, str]]:
    """Every (function, id) that the expression looks up."""
    return frozenset((node.function, node.id) for node in walk(expression.tree) if isinstance(node, KeyedValue))


def aggregates(expression: Expression) -> tuple[Aggregate, ...]:
    """The distinct aggregates of the expression, in the order written."""
    return tuple(dict.fromkeys(node for node in walk(expression.tree) if isinstance(node, Aggregate)))


def scaled(constant: Constant) -> int:
    """A constant's value as an integer in the units of its type; text has none."""
    top, bottom = Decimal(constant.value).as_integer_ratio()
    unit: int = 10**constant.type.scale
    return int(top) * unit // int(bottom)


def asks_for_all(node: Node) -> bool:
    """Whether something in the node asks about the period itself, so that it must see every record."""
    return any(isinstance(child, Call) and child.function in ABOUT_PERIOD for child in walk(node))


def sees_all_records(expression: Expression) -> bool:
    """Whether a row-level condition uses at_start, at_end or in_period, so that no window may narrow its records."""
    return asks_for_all(expression.tree)
