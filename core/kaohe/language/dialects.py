"""Lowered nodes as SQL text for one database: what databases call or do differently, with one meaning."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlglot import exp

_DECIMAL = exp.DataType.build("DECIMAL(38, 0)")
_Special = Callable[[Any], exp.Expr]


def render(node: exp.Expression, dialect: str) -> str:
    """SQL text for ``duckdb``, ``postgres`` or ``spark``. DuckDB's is also what ``node.sql("duckdb")`` gives.

    The others call a 128-bit integer DECIMAL(38, 0) and sort a list in ways of their own. Spark is to run with
    ``spark.sql.ansi.enabled``, so that what overflows is an error there too.
    """
    if dialect == "duckdb":
        return node.sql(dialect)
    return _rewritten(node, _SPECIALS[dialect]).sql(dialect)


def summed_wide(node: exp.Expression) -> exp.Expression:
    """The same with sums in 128 bits: Spark adds up in 64, and gives up where one of its parts does not fit, although
    the whole might."""

    def wide(each: exp.Expression) -> exp.Expression:
        if isinstance(each, exp.Sum):
            return exp.Sum(this=exp.cast(each.this, exp.DataType.build("INT128")))
        return each

    return node.transform(wide)


def _rewritten(node: exp.Expression, special: Mapping[type[exp.Expr], _Special]) -> exp.Expr:
    """A copy, changed from its leaves upwards, so that what is made anew holds nothing that is to be changed yet."""
    tree: exp.Expr = node.copy()
    for each in reversed(list(tree.bfs())):
        change = special.get(type(each))
        new = each if change is None else change(each)
        if new is not each:
            if each is tree:
                tree = new
            else:
                each.replace(new)
    return tree


def _wide_as_decimal(node: Any) -> exp.Expr:
    changed: exp.Expr = _DECIMAL.copy() if node.this == exp.DataType.Type.INT128 else node
    return changed


def _nth_in_postgresql(node: Any) -> exp.Expr:
    """The n-th of a sorted list, which is sorted while it is made."""
    (filtered,), (place,) = node.this.expressions, node.expressions
    value = filtered.this.this
    ordered = exp.ArrayAgg(this=exp.Order(this=value, expressions=[exp.Ordered(this=value.copy())]))
    listed = exp.Paren(this=exp.Filter(this=ordered, expression=filtered.expression))
    return exp.Bracket(this=listed, expressions=[place], offset=1)


def _nth_in_spark(node: Any) -> exp.Expr:
    """Likewise. Spark counts from 0, and its GET gives NULL where an index would be refused."""
    (filtered,), (place,) = node.this.expressions, node.expressions
    index = exp.Sub(this=place, expression=exp.Literal.number(1))
    return exp.Anonymous(this="GET", expressions=[exp.Anonymous(this="SORT_ARRAY", expressions=[filtered]), index])


def _wide_division(node: exp.Expr) -> exp.Expr:
    """Spark's DIV of decimals drops, silently, all but 64 bits of what it gives. Less its remainder the dividend
    divides without a fraction, so that nothing is rounded; what has over 32 digits then is an error. The lambda is
    there to write both operands only once."""
    if not any(each == _DECIMAL for each in node.find_all(exp.DataType)):
        return node
    left, right = (exp.column(name, table="t") for name in ("a", "b"))
    less_remainder = exp.paren(left - left % right)
    quotient = exp.Lambda(this=exp.cast(less_remainder / right, _DECIMAL.copy()), expressions=[exp.to_identifier("t")])
    pair = exp.func("STRUCT", exp.cast(node.this, _DECIMAL.copy()).as_("a"), node.expression.as_("b"))
    only = exp.Anonymous(this="TRANSFORM", expressions=[exp.func("ARRAY", pair, dialect="spark"), quotient])
    return exp.Anonymous(this="GET", expressions=[only, exp.Literal.number(0)])


def _to_the_end(node: exp.Expr) -> exp.Expr:
    """In Java's patterns ``$`` also stands before a line's end."""
    pattern = node.expression
    if pattern.is_string and pattern.this.endswith("$"):
        pattern.replace(exp.Literal.string(f"{pattern.this[:-1]}\\z"))
    return node


_SPECIALS: Mapping[str, Mapping[type[exp.Expr], _Special]] = {
    "postgres": {exp.DataType: _wide_as_decimal, exp.Bracket: _nth_in_postgresql},
    "spark": {
        exp.DataType: _wide_as_decimal,
        exp.Bracket: _nth_in_spark,
        exp.IntDiv: _wide_division,
        exp.RegexpLike: _to_the_end,
    },
}
