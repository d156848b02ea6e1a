"""Integer arithmetic as SQL: every value a whole number of units, wide where 64 bits might not hold it.

A duration counts microseconds, a date days, a moment UTC microseconds, a number units of 10^-scale. Bounds are
carried along so that 128 bits are asked for only where they are needed; what overflows even those is an error of the
database, never a silently wrong figure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

from sqlglot import exp

Width = Literal["literal", "int64", "wide", "other"]
INT64 = 2**63 - 1
_ATOMS = (exp.Column, exp.Paren, exp.Func, exp.Case, exp.Boolean, exp.Null, exp.Literal)
_BIGINT, _WIDE = exp.DataType.build("BIGINT"), exp.DataType.build("INT128")


@dataclass(frozen=True)
class Lowered:
    """A value as SQL. ``bound``: no value is larger in magnitude. ``literal`` integers have no width of their own."""

    sql: exp.Expression
    bound: int = 0
    width: Width = "other"


def literal(value: int) -> Lowered:
    """An integer literal."""
    node = exp.Literal.number(abs(value))
    return Lowered(exp.Paren(this=exp.Neg(this=node)) if value < 0 else node, abs(value), "literal")


def column(name: str, bound: int = INT64) -> Lowered:
    """A 64-bit integer column."""
    return Lowered(exp.column(name, quoted=True), bound, "int64")


def paren(node: exp.Expression) -> exp.Expression:
    """The node, in parentheses unless it stands by itself."""
    if isinstance(node, _ATOMS) and not isinstance(node, exp.Connector | exp.IntDiv):
        return node
    return exp.Paren(this=node)


def binary(kind: type[exp.Binary], left: exp.Expression, right: exp.Expression) -> exp.Expression:
    """The operator over both operands."""
    return cast(exp.Expression, kind(this=paren(left), expression=paren(right)))


def typed(value: Lowered) -> Lowered:
    """The value with a width of its own: a literal becomes a 64-bit integer, so that sums of it cannot run over."""
    if value.width != "literal":
        return value
    return _cast(value, "int64" if value.bound <= INT64 else "wide")


def add(left: Lowered, right: Lowered) -> Lowered:
    return _arithmetic(exp.Add, left, right, left.bound + right.bound)


def subtract(left: Lowered, right: Lowered) -> Lowered:
    return _arithmetic(exp.Sub, left, right, left.bound + right.bound)


def multiply(left: Lowered, right: Lowered) -> Lowered:
    return _arithmetic(exp.Mul, left, right, left.bound * right.bound)


def rescale(value: Lowered, power: int) -> Lowered:
    """The value times 10^power."""
    if power == 0:
        return value
    if value.width == "literal":
        negative = isinstance(value.sql, exp.Paren)
        return literal(value.bound * 10**power * (-1 if negative else 1))
    return multiply(value, literal(10**power))


def truncate(left: Lowered, right: Lowered) -> Lowered:
    """left / right without the fraction; unknown where right is zero."""
    if right.width == "literal" and right.bound:
        return _arithmetic(exp.IntDiv, left, right, left.bound // right.bound, keep=True)
    divisor = Lowered(exp.Nullif(this=right.sql, expression=exp.Literal.number(0)), right.bound, right.width)
    return _arithmetic(exp.IntDiv, left, divisor, left.bound, keep=True)


def remainder(left: Lowered, right: int) -> Lowered:
    """What is left of a non-negative value after division by a positive literal."""
    return _arithmetic(exp.Mod, left, literal(right), right - 1, keep=True)


def divide_half_up(left: Lowered, right: Lowered) -> Lowered:
    """left / right rounded half away from zero; unknown where right is zero.

    With q = 2·left/right cut off towards zero, the result is q − q/2 cut off likewise: 3 − 1 = 2, −3 + 1 = −2.
    """
    doubled = truncate(multiply(left, literal(2)), right)
    return subtract(doubled, truncate(doubled, literal(2)))


def chain(kind: type[exp.And] | type[exp.Or], operands: list[exp.Expression]) -> exp.Expression:
    """Operands joined as a balanced tree, so that long chains stay shallow."""
    if len(operands) == 1:
        return operands[0]
    level = [paren(operand) for operand in operands]
    while len(level) > 1:
        pairs = [kind(this=level[i], expression=level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = pairs + level[len(pairs) * 2 :]
    return level[0]


def choose(condition: exp.Expression, when_true: Lowered, when_false: Lowered) -> Lowered:
    """One of two values by a condition; unknown where the condition is. The condition is written only once."""
    if when_true.width == "literal" and when_false.width == "literal":
        when_true = typed(when_true)
    branches = [
        exp.If(this=exp.Boolean(this=truth), true=branch.sql)
        for truth, branch in ((True, when_true), (False, when_false))
    ]
    width: Width = "wide" if "wide" in (when_true.width, when_false.width) else when_true.width
    if width == "literal":
        width = when_false.width
    return Lowered(exp.Case(this=paren(condition), ifs=branches), max(when_true.bound, when_false.bound), width)


def widest(values: list[Lowered]) -> tuple[int, Width]:
    """The bound and width that hold each of the values."""
    width: Width = "wide" if any(value.width == "wide" for value in values) else "int64"
    return max(value.bound for value in values), width


def _arithmetic(kind: type[exp.Binary], left: Lowered, right: Lowered, bound: int, *, keep: bool = False) -> Lowered:
    """The operator in a width that holds the result; ``keep``: the result is no larger than the left operand."""
    wide = "wide" in (left.width, right.width) or (bound > INT64 and not keep)
    if wide and "wide" not in (left.width, right.width):
        left = _cast(left, "wide")
    elif left.width == right.width == "literal":
        left = _cast(left, "int64")
    return Lowered(binary(kind, left.sql, right.sql), bound, "wide" if wide else "int64")


def _cast(value: Lowered, width: Literal["int64", "wide"]) -> Lowered:
    to = _BIGINT if width == "int64" else _WIDE
    return Lowered(exp.Cast(this=value.sql, to=to.copy()), value.bound, width)
