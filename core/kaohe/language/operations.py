"""What every operator and function does, three times over with one meaning: as SQL, on one row, after aggregation.

``lower`` builds integer SQL from lowered arguments. ``compute`` makes the function that does the same with Python
integers (None: unknown). ``exact`` works on columns of fractions; where it is absent the operation speaks of one
record only.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from sqlglot import exp

from kaohe.language import arithmetic, civil, integers, texts
from kaohe.language import rationals as exact
from kaohe.language.integers import Lowered
from kaohe.language.tree import ABOUT_PERIOD, Call

Compute = Callable[..., Any]


@dataclass(frozen=True)
class Operation:
    """One operation. ``strict``: it is unknown as soon as one of its arguments is."""

    lower: Callable[[Call, tuple[Lowered, ...]], Lowered]
    compute: Callable[[Call, tzinfo], Compute]
    exact: Callable[..., exact.Operand] | None = None
    strict: bool = True


def _comparison(kind: type[exp.Binary], test: Callable[[Any, Any], Any]) -> Operation:
    def lower(call: Call, arguments: tuple[Lowered, ...]) -> Lowered:
        left, right = arithmetic.aligned(call.arguments, arguments)
        return Lowered(integers.binary(kind, left.sql, right.sql))

    def compute(call: Call, _zone: tzinfo) -> Compute:
        first, second = arithmetic.factors(call.arguments)
        if first == second == 1:
            return test
        return lambda left, right: test(left * first, right * second)

    return Operation(lower, compute, lambda _call, left, right: exact.compare(test, left, right))


def _lower_in(call: Call, arguments: tuple[Lowered, ...]) -> Lowered:
    needle, *others = arithmetic.aligned(call.arguments, arguments)
    return Lowered(exp.In(this=integers.paren(needle.sql), expressions=[other.sql for other in others]))


def _compute_in(call: Call, _zone: tzinfo) -> Compute:
    factors = arithmetic.factors(call.arguments)
    if set(factors) == {1}:
        return lambda *values: _among(values)
    return lambda *values: _among(
        [value if value is None else value * factor for value, factor in zip(values, factors, strict=True)]
    )


def _among(values: Any) -> bool | None:
    needle, *others = values
    if needle is None:
        return None
    return True if needle in others else None if None in others else False


def _exact_in(_call: Call, needle: exact.Operand, *others: exact.Operand) -> exact.Operand:
    missed = [exact.invert(exact.compare(operator.eq, needle, other)) for other in others]
    return exact.invert(exact.all_of(missed))


def _connective(kind: type[exp.And] | type[exp.Or], decisive: bool) -> Operation:
    def lower(_call: Call, arguments: tuple[Lowered, ...]) -> Lowered:
        return Lowered(integers.chain(kind, [argument.sql for argument in arguments]))

    def compute(_call: Call, _zone: tzinfo) -> Compute:
        return lambda *values: decisive if decisive in values else None if None in values else not decisive

    def over_columns(_call: Call, *operands: exact.Truth) -> exact.Operand:
        if not decisive:
            return exact.all_of(list(operands))
        return exact.invert(exact.all_of([exact.invert(operand) for operand in operands]))

    return Operation(lower, compute, over_columns, strict=False)


def _lower_if(call: Call, arguments: tuple[Lowered, ...]) -> Lowered:
    condition = arguments[0]
    when_true, when_false = arithmetic.aligned(call.arguments[1:], arguments[1:])
    return integers.choose(condition.sql, when_true, when_false)


def _compute_if(call: Call, _zone: tzinfo) -> Compute:
    first, second = arithmetic.factors(call.arguments[1:])

    def choose(condition: bool | None, when_true: Any, when_false: Any) -> Any:
        if condition is None:
            return None
        value, factor = (when_true, first) if condition else (when_false, second)
        return value if value is None or factor == 1 else value * factor

    return choose


def _lower_known(_call: Call, arguments: tuple[Lowered, ...]) -> Lowered:
    missing = exp.Is(this=integers.paren(arguments[0].sql), expression=exp.Null())
    return Lowered(exp.Not(this=missing))


def _exact_known(_call: Call, operand: exact.Operand) -> exact.Operand:
    return exact.Truth(operand.known, operand.known | True)


OPERATIONS: dict[str, Operation] = {
    "==": _comparison(exp.EQ, operator.eq),
    "!=": _comparison(exp.NEQ, operator.ne),
    "<": _comparison(exp.LT, operator.lt),
    "<=": _comparison(exp.LTE, operator.le),
    ">": _comparison(exp.GT, operator.gt),
    ">=": _comparison(exp.GTE, operator.ge),
    "in": Operation(_lower_in, _compute_in, _exact_in, strict=False),
    "and": _connective(exp.And, decisive=False),
    "or": _connective(exp.Or, decisive=True),
    "not": Operation(
        lambda _call, arguments: Lowered(exp.Not(this=integers.paren(arguments[0].sql))),
        lambda _call, _zone: operator.not_,
        lambda _call, operand: exact.invert(operand),
    ),
    "if_": Operation(_lower_if, _compute_if, lambda _call, *operands: exact.choose(*operands), strict=False),
    "known": Operation(_lower_known, lambda _call, _zone: lambda value: value is not None, _exact_known, strict=False),
    "+": Operation(arithmetic.lower_add, arithmetic.compute_add, arithmetic.exact_add),
    "-": Operation(arithmetic.lower_subtract, arithmetic.compute_subtract, arithmetic.exact_subtract),
    "*": Operation(arithmetic.lower_multiply, arithmetic.compute_multiply, arithmetic.exact_multiply),
    "/": Operation(arithmetic.lower_divide, arithmetic.compute_divide, arithmetic.exact_divide),
    "abs": Operation(arithmetic.lower_abs, arithmetic.compute_abs, arithmetic.exact_abs),
    "round": Operation(arithmetic.lower_round, arithmetic.compute_round, arithmetic.exact_round),
    "min": Operation(
        arithmetic.lower_extreme(exp.Least), arithmetic.compute_extreme(min), arithmetic.exact_extreme(operator.le)
    ),
    "max": Operation(
        arithmetic.lower_extreme(exp.Greatest), arithmetic.compute_extreme(max), arithmetic.exact_extreme(operator.ge)
    ),
    "date_of": Operation(civil.lower_date_of, civil.compute_date_of),
    "year_of": Operation(civil.lower_year_of, civil.compute_year_of),
    "month_of": Operation(civil.lower_month_of, civil.compute_month_of),
    "day_of": Operation(civil.lower_day_of, civil.compute_day_of),
    "is_weekend": Operation(civil.lower_is_weekend, civil.compute_is_weekend),
    **dict.fromkeys(
        ABOUT_PERIOD,
        Operation(lambda _call, arguments: arguments[0], lambda _call, _zone: bool, lambda _call, operand: operand),
    ),
    "lower": Operation(texts.lower_lower, texts.compute_lower),
    "contains": Operation(texts.lower_contains, texts.compute_contains),
    "number": Operation(texts.lower_number, texts.compute_number),
}
"""By the name that a call of the tree bears."""
