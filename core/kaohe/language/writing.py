"""A checked tree written out again as an expression, parameters filled in: what an explanation says a condition is."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal

from kaohe.exact import shorten
from kaohe.language.tree import (
    ABOUT_PERIOD,
    Aggregate,
    Call,
    Constant,
    Field,
    KeyedValue,
    Node,
    PeriodBound,
    Worked,
)
from kaohe.language.types import DAY, HOUR, MINUTE, SECOND, day_of_number

_OR, _AND, _NOT, _COMPARE, _SUM, _PRODUCT, _ATOM = range(1, 8)
_INFIX = {
    "or": _OR,
    "and": _AND,
    **dict.fromkeys(("==", "!=", "<", "<=", ">", ">=", "in"), _COMPARE),
    **dict.fromkeys(("+", "-"), _SUM),
    **dict.fromkeys(("*", "/"), _PRODUCT),
}
_SHIFTS = {"previous": "previous", "last_year": "same_period_last_year"}
_UNITS = ((DAY, "days"), (HOUR, "hours"), (MINUTE, "minutes"), (SECOND, "seconds"))
_IN_DAYS = 3 * DAY  # a limit of a day or two is spoken of in hours


def written(node: Node) -> str:
    """The node as somebody might have written it. Where the language has a shorter form that was taken apart when it
    was read (seasons of the year, dated parameters), the long one comes out."""
    return _write(node)[0]


def conjuncts(node: Node) -> tuple[Node, ...]:
    """The conditions that must all hold, of a condition."""
    if isinstance(node, Call) and node.function == "and":
        return tuple(part for each in node.arguments for part in conjuncts(each))
    return (node,)


def _write(node: Node) -> tuple[str, int]:
    """The text, and how tightly it binds."""
    match node:
        case Constant():
            return _constant(node)
        case Field(name=name):
            return name, _ATOM
        case KeyedValue(function=function, id=id_):
            return f'{function}("{id_}")', _ATOM
        case PeriodBound(edge=edge):
            return f"period_{edge}", _ATOM
        case Worked(moment=moment):
            return f"worked({written(moment)})", _ATOM
        case Aggregate():
            return _aggregate(node), _ATOM
        case Call():
            return _call(node)


def _constant(node: Constant) -> tuple[str, int]:
    value, kind = node.value, node.type.kind
    if kind == "duration":
        units = _UNITS if abs(int(value)) >= _IN_DAYS else _UNITS[1:]
        size, name = next((unit for unit in units if int(value) % unit[0] == 0), units[-1])
        return f"{name}({shorten(Decimal(int(value)) / size):f})", _ATOM
    if kind == "date":
        return f'date("{day_of_number(int(value))}")', _ATOM
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False), _ATOM
    if isinstance(value, bool):
        return str(value), _ATOM
    return f"{shorten(Decimal(value)):f}", _ATOM if value >= 0 else _PRODUCT


def _call(node: Call) -> tuple[str, int]:
    function, arguments = node.function, node.arguments
    match function, arguments:
        case "-", (Worked(moment=ended), Worked(moment=begun, calendar=calendar)):
            return f'business_time({written(begun)}, {written(ended)}, "{calendar.name}")', _ATOM
        case "-", (Constant(value=zero), operand) if zero == 0 and not isinstance(zero, bool | str):
            return f"-{_tight(operand, _ATOM)}", _PRODUCT
        case "not", (Call(function="in", arguments=(needle, *others)),):
            return f"{_tight(needle, _SUM)} not in {_list(others)}", _COMPARE
        case "not", (operand,):
            return f"not {_tight(operand, _COMPARE)}", _NOT
        case "in", (needle, *others):
            return f"{_tight(needle, _SUM)} in {_list(others)}", _COMPARE
    if function in ABOUT_PERIOD:
        return _about_period(node), _ATOM
    if function in _INFIX:
        level = _INFIX[function]
        first, *rest = arguments
        # Of equal strength the left comes first; a comparison stands between two that are none.
        left = _tight(first, level + (level == _COMPARE))
        return f" {function} ".join([left, *(_tight(each, level + 1) for each in rest)]), level
    return f"{function}({', '.join(map(written, arguments))})", _ATOM


def _about_period(node: Call) -> str:
    """What such a call was made of: a condition within it, or the moment that is asked about."""
    inner = node.arguments[0]
    parts = inner.arguments if isinstance(inner, Call) else (inner,)
    if node.function == "in_period" and isinstance(parts[0], Call):
        return f"in_period({written(parts[0].arguments[0])})"
    days = [written(parts[0].arguments[1])] if node.function == "at_date" and isinstance(parts[0], Call) else []
    return f"{node.function}({', '.join([*days, *map(written, parts[2:])])})"


def _aggregate(node: Aggregate) -> str:
    given = [] if node.argument is None else [written(node.argument)]
    if node.option is not None:
        given.append(f"{shorten(node.option):f}")
    if node.by is not None:
        given.append(f"by={written(node.by)}")
    if node.condition is not None:
        given.append(f"where={written(node.condition)}")
    text = f"{node.function}({', '.join(given)})"
    return f"{_SHIFTS[node.shift]}({text})" if node.shift in _SHIFTS else text


def _list(items: Sequence[Node]) -> str:
    inner = ", ".join(map(written, items))
    return f"({inner},)" if len(items) == 1 else f"({inner})"


def _tight(node: Node, least: int) -> str:
    text, level = _write(node)
    return text if level >= least else f"({text})"
