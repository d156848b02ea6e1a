"""Arithmetic on numbers, durations, dates and moments; scales are aligned, divisions rounded half up.

On a row a quotient of numbers keeps six decimals and a duration whole microseconds. After aggregation everything is
exact and rounded once, at the end.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo
from functools import reduce
from typing import Any

from sqlglot import exp

from kaohe.exact import DECIMALS, divide
from kaohe.language import integers
from kaohe.language import rationals as exact
from kaohe.language.integers import Lowered
from kaohe.language.tree import Call, Node
from kaohe.language.types import DAY, Kind

Compute = Callable[..., Any]


def factors(nodes: tuple[Node, ...]) -> list[int]:
    """What to multiply each node's integer with so that all have the largest scale among them."""
    scale = max(node.type.scale for node in nodes)
    return [10 ** (scale - node.type.scale) if node.type.kind == "number" else 1 for node in nodes]


def aligned(nodes: tuple[Node, ...], values: tuple[Lowered, ...]) -> list[Lowered]:
    """The values at the largest scale among them."""
    scale = max(node.type.scale for node in nodes)
    return [
        integers.rescale(value, scale - node.type.scale) if node.type.kind == "number" else value
        for node, value in zip(nodes, values, strict=True)
    ]


def _kinds(call: Call) -> tuple[Kind, ...]:
    return tuple(argument.type.kind for argument in call.arguments)


def _in_days(call: Call) -> int | None:
    """Which argument is a duration that must be counted in days, because the result is a date."""
    kinds = _kinds(call)
    return kinds.index("duration") if call.type.kind == "date" and "duration" in kinds else None


def lower_add(call: Call, arguments: tuple[Lowered, ...]) -> Lowered:
    return integers.add(*_days_or_aligned(call, arguments))


def lower_subtract(call: Call, arguments: tuple[Lowered, ...]) -> Lowered:
    difference = integers.subtract(*_days_or_aligned(call, arguments))
    return integers.multiply(difference, integers.literal(DAY)) if _kinds(call) == ("date", "date") else difference


def _days_or_aligned(call: Call, arguments: tuple[Lowered, ...]) -> list[Lowered]:
    index = _in_days(call)
    if index is None:
        return aligned(call.arguments, arguments)
    values = list(arguments)
    values[index] = integers.truncate(values[index], integers.literal(DAY))
    return values


def compute_add(call: Call, _zone: tzinfo) -> Compute:
    first, second = _operand_factors(call)
    index = _in_days(call)
    if index is not None:
        return (lambda left, right: left + right // DAY) if index else (lambda left, right: left // DAY + right)
    return lambda left, right: left * first + right * second


def compute_subtract(call: Call, _zone: tzinfo) -> Compute:
    first, second = _operand_factors(call)
    if _in_days(call) is not None:
        return lambda left, right: left - right // DAY
    factor = DAY if _kinds(call) == ("date", "date") else 1
    return lambda left, right: (left * first - right * second) * factor


def _operand_factors(call: Call) -> list[int]:
    return factors(call.arguments)


def exact_add(call: Call, left: exact.Ratio, right: exact.Ratio) -> exact.Ratio:
    return exact.add(*_exact_days(call, left, right))


def exact_subtract(call: Call, left: exact.Ratio, right: exact.Ratio) -> exact.Ratio:
    left, right = _exact_days(call, left, right)
    difference = exact.add(left, exact.negate(right))
    return exact.times(difference, exact.constant(DAY)) if _kinds(call) == ("date", "date") else difference


def _exact_days(call: Call, left: exact.Ratio, right: exact.Ratio) -> tuple[exact.Ratio, exact.Ratio]:
    index = _in_days(call)
    day = exact.constant(1, DAY)
    return (exact.times(left, day) if index == 0 else left, exact.times(right, day) if index == 1 else right)


def lower_multiply(call: Call, arguments: tuple[Lowered, ...]) -> Lowered:
    product = integers.multiply(*arguments)
    power = _scale_of_factor(call)
    return integers.divide_half_up(product, integers.literal(10**power)) if power else product


def compute_multiply(call: Call, _zone: tzinfo) -> Compute:
    unit = 10 ** _scale_of_factor(call)
    if unit == 1:
        return lambda left, right: left * right
    return lambda left, right: divide(left * right, unit)


def _scale_of_factor(call: Call) -> int:
    """Decimals to drop from a duration times a number: a duration counts whole microseconds."""
    return sum(argument.type.scale for argument in call.arguments) if call.type.kind == "duration" else 0


def exact_multiply(_call: Call, left: exact.Ratio, right: exact.Ratio) -> exact.Ratio:
    return exact.times(left, right)


def lower_divide(call: Call, arguments: tuple[Lowered, ...]) -> Lowered:
    above, below = _quotient_powers(call)
    top, bottom = arguments
    return integers.divide_half_up(integers.rescale(top, above), integers.rescale(bottom, below))


def compute_divide(call: Call, _zone: tzinfo) -> Compute:
    above, below = (10**power for power in _quotient_powers(call))
    return lambda left, right: divide(left * above, right * below) if right else None


def _quotient_powers(call: Call) -> tuple[int, int]:
    """Powers of ten for numerator and denominator that leave six decimals, or whole microseconds."""
    top, bottom = (argument.type.scale for argument in call.arguments)
    power = bottom - top + (DECIMALS if call.type.kind == "number" else 0)
    return max(power, 0), max(-power, 0)


def exact_divide(_call: Call, left: exact.Ratio, right: exact.Ratio) -> exact.Ratio:
    return exact.over(left, right)


def lower_abs(_call: Call, arguments: tuple[Lowered, ...]) -> Lowered:
    value = integers.typed(arguments[0])
    return Lowered(exp.Abs(this=value.sql), value.bound, value.width)


def compute_abs(_call: Call, _zone: tzinfo) -> Compute:
    return abs


def exact_abs(_call: Call, value: exact.Ratio) -> exact.Ratio:
    negative = exact.Truth(value.known & (value.numerator < 0), value.known)
    chosen = exact.choose(negative, exact.negate(value), value)
    assert isinstance(chosen, exact.Ratio)  # noqa: S101 - a choice between ratios is one
    return chosen


def lower_round(call: Call, arguments: tuple[Lowered, ...]) -> Lowered:
    dropped = call.arguments[0].type.scale - call.type.scale
    return integers.divide_half_up(arguments[0], integers.literal(10**dropped)) if dropped else arguments[0]


def compute_round(call: Call, _zone: tzinfo) -> Compute:
    unit = 10 ** (call.arguments[0].type.scale - call.type.scale)
    return lambda value, _decimals: divide(value, unit)


def exact_round(_call: Call, value: exact.Ratio, decimals: exact.Ratio) -> exact.Ratio:
    return exact.round_half_up(value, int(decimals.numerator[0]))


def lower_extreme(kind: type[exp.Least] | type[exp.Greatest]) -> Callable[[Call, tuple[Lowered, ...]], Lowered]:
    """Least or greatest of all; databases skip what is unknown, so that case is written out."""

    def lower(call: Call, arguments: tuple[Lowered, ...]) -> Lowered:
        scaled = aligned(call.arguments, arguments)
        values = [integers.typed(value) for value in scaled]
        chosen = kind(this=values[0].sql, expressions=[value.sql for value in values[1:]], ignore_nulls=True)
        missing = [exp.Is(this=integers.paren(value.sql), expression=exp.Null()) for value in _varying(scaled)]
        if not missing:
            return Lowered(chosen, *integers.widest(values))
        unknown = exp.If(this=integers.chain(exp.Or, [*missing]), true=exp.Null())
        return Lowered(exp.Case(ifs=[unknown], default=chosen), *integers.widest(values))

    return lower


def _varying(values: list[Lowered]) -> list[Lowered]:
    return [value for value in values if value.width != "literal"]


def compute_extreme(pick: Callable[[Any], Any]) -> Callable[[Call, tzinfo], Compute]:
    def compute(call: Call, _zone: tzinfo) -> Compute:
        units = factors(call.arguments)
        return lambda *values: pick([value * unit for value, unit in zip(values, units, strict=True)])

    return compute


def exact_extreme(test: Callable[[Any, Any], Any]) -> Callable[..., exact.Operand]:
    def over_columns(_call: Call, *operands: exact.Operand) -> exact.Operand:
        return reduce(lambda left, right: _known_of_both(test, left, right), operands)

    return over_columns


def _known_of_both(test: Callable[[Any, Any], Any], left: exact.Operand, right: exact.Operand) -> exact.Operand:
    return exact.choose(exact.compare(test, left, right), left, right)
