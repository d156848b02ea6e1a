"""Which kinds go together, and what comes of them."""

from __future__ import annotations

from dataclasses import replace

from kaohe.exact import DECIMALS
from kaohe.language.tree import Aggregate, Call, Constant, Field, KeyedValue, Node, PeriodBound, Worked, walk
from kaohe.language.types import DAY, Kind, Type
from kaohe.text import Message, msg

MAX_SCALE = 18
MAX_COST = 4_000
_SUMS: dict[tuple[str, Kind, Kind], Kind] = {
    ("+", "duration", "duration"): "duration",
    ("-", "duration", "duration"): "duration",
    ("+", "date", "duration"): "date",
    ("+", "duration", "date"): "date",
    ("-", "date", "duration"): "date",
    ("-", "date", "date"): "duration",
    ("+", "datetime", "duration"): "datetime",
    ("+", "duration", "datetime"): "datetime",
    ("-", "datetime", "duration"): "datetime",
    ("-", "datetime", "datetime"): "duration",
    ("*", "duration", "number"): "duration",
    ("*", "number", "duration"): "duration",
    ("/", "duration", "number"): "duration",
}
_WRITTEN_TWICE = {"/": 2, "round": 2, "min": 2, "max": 2, "year_of": 3}


class Misfit(Exception):  # noqa: N818 - not an error of the program: it becomes a Problem at its place
    """Arguments that do not go together; ``argument`` says which one to point at."""

    def __init__(
        self,
        code: str,
        what: Message,
        *,
        found: str | Message | None = None,
        expected: str | Message | None = None,
        fix: Message | None = None,
        argument: int | None = None,
    ) -> None:
        super().__init__(code)
        self.code, self.what, self.argument = code, what, argument
        self.found, self.expected, self.fix = found, expected, fix


def arithmetic(operator: str, left: Type, right: Type) -> Type | None:
    """The type of ``left operator right``; None where they do not go together."""
    if left.kind == right.kind == "number":
        scales = {"*": left.scale + right.scale, "/": DECIMALS}
        return Type("number", scales.get(operator, max(left.scale, right.scale)))
    if operator == "/" and left.kind == right.kind == "duration":
        return Type("number", DECIMALS)
    kind = _SUMS.get((operator, left.kind, right.kind))
    return kind and Type(kind)


def common(nodes: tuple[Node, ...]) -> Type:
    """The type that holds each of the nodes, which are of one kind."""
    return Type(nodes[0].type.kind, max(node.type.scale for node in nodes))


def settled(nodes: tuple[Node, ...]) -> tuple[Node, ...]:
    """The nodes with the period's bounds read as moments where a moment stands beside them."""
    if not any(node.type.kind == "datetime" for node in nodes):
        return nodes
    return tuple(_as_moment(node) for node in nodes)


def _as_moment(node: Node) -> Node:
    match node:
        case PeriodBound():
            return replace(node, type=Type("datetime"))
        case Call(type=Type(kind="date"), function="+" | "-" | "min" | "max" | "if_"):
            moved = replace(node, arguments=tuple(map(_as_moment, node.arguments)), type=Type("datetime"))
            return node if any(child.type.kind == "date" for child in moved.arguments) else moved
        case _:
            return node


def mend(left: Kind, right: Kind) -> Message | None:
    """Advice for two kinds that do not go together."""
    match {left, right}:
        case s if s == {"date", "datetime"}:
            return msg("date_of(x) is the day of a moment")
        case s if s == {"duration", "number"}:
            return msg("give the number a unit, as in hours(24) or days(3)")
        case s if s in ({"date", "number"}, {"datetime", "number"}):
            return msg('a number of days is written days(3); a day is written date("2026-01-01")')
        case s if s in ({"date", "text"}, {"datetime", "text"}):
            return msg('a day is written date("2026-01-01")')
        case s if s == {"number", "text"}:
            return msg("numbers are written without quotation marks; number(x) reads a number from text")
        case s if "boolean" in s:
            return msg("if_(condition, 1, 0) makes a number of a condition")
    return None


def whole_days(node: Node) -> bool:
    """Whether the duration is a whole number of days whatever the data."""
    match node:
        case Constant(value=value):
            return node.type.kind == "duration" and int(value) % DAY == 0
        case Call(function="-", arguments=(left, right)) if left.type.kind == right.type.kind == "date":
            return True
        case Call(function="*", arguments=(left, right)):
            number, duration = (left, right) if left.type.kind == "number" else (right, left)
            return number.type.scale == 0 and whole_days(duration)
        case Call(function="if_", arguments=(_, *branches)):
            return all(map(whole_days, branches))
        case Call(function="+" | "-" | "min" | "max" | "abs", type=Type(kind="duration")):
            return all(map(whole_days, node.arguments))
        case _:
            return False


def speaks_of_rows(node: Node) -> bool:
    """Whether the node has another value for each record."""
    match node:
        case Field() | KeyedValue() | PeriodBound() | Worked():
            return True
        case Call():
            return any(map(speaks_of_rows, node.arguments))
        case _:
            return False


def speaks_of_many(node: Node) -> bool:
    """Whether the node aggregates records."""
    return any(isinstance(child, Aggregate) for child in walk(node))


def cost(node: Node) -> int:
    """How large the node becomes as SQL, where some operations write their arguments more than once."""
    match node:
        case Call(function=function):
            return 1 + _WRITTEN_TWICE.get(function, 1) * sum(map(cost, node.arguments))
        case Aggregate():
            return 1 + sum(cost(child) for child in (node.argument, node.by, node.condition) if child)
        case _:
            return 1
