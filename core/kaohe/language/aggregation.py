"""What every aggregate does, three times over with one meaning: as SQL parts, by hand, and from parts to a figure.

``lower`` gives the SQL of the parts, ``gather`` the same integers from a list of a few values, ``finish`` the exact
fraction that the parts make: unknown where nothing was counted, except for counts and sums.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from sqlglot import exp

from kaohe.language import integers
from kaohe.language import rationals as exact
from kaohe.language.integers import Lowered
from kaohe.language.rationals import Ratio, Whole
from kaohe.language.tree import Aggregate

Parts = Mapping[str, Whole]
Item = tuple[Any, Any]  # a value, and the time it is ordered by where the aggregate orders
_SLOT, _HALF, _TIME_SHIFT, _MOST_RECORDS = 2**64, 2**63, 2**60, 2**40


@dataclass(frozen=True)
class Filtered:
    """A lowered argument and time, and the conditions that a row must meet to be counted.

    ``met``: where the argument is a condition, what a row must meet to be counted and to meet that too. ``known``:
    whatever row is counted knows the argument.
    """

    value: Lowered | None
    by: Lowered | None
    conditions: tuple[exp.Expression, ...]
    met: tuple[exp.Expression, ...]
    known: bool

    @property
    def argument(self) -> Lowered:
        if self.value is None:
            raise ValueError("this aggregate has no argument")
        return self.value

    def __call__(self, aggregate: exp.Expression, *more: exp.Expression) -> exp.Expression:
        """The SQL aggregate over the rows that meet the conditions, and more of them."""
        return _over(aggregate, (*self.conditions, *more))

    def count(self, *more: exp.Expression) -> exp.Expression:
        """How many rows."""
        return self(exp.Count(this=exp.Star()), *more)

    def count_known(self) -> exp.Expression:
        """How many rows know the argument."""
        return self.count() if self.known else self(exp.Count(this=self.argument.sql))

    def count_met(self) -> exp.Expression:
        """How many rows meet the argument."""
        return _over(exp.Count(this=exp.Star()), self.met)


def _over(aggregate: exp.Expression, conditions: tuple[exp.Expression, ...]) -> exp.Expression:
    if not conditions:
        return aggregate
    return exp.Filter(this=aggregate, expression=exp.Where(this=integers.chain(exp.And, list(conditions))))


@dataclass(frozen=True)
class Aggregation:
    """One aggregate: its SQL parts, the same by hand, and the figure they make."""

    lower: Callable[[Aggregate, Filtered], dict[str, exp.Expression]]
    gather: Callable[[Aggregate, list[Item]], dict[str, int]]
    finish: Callable[[Aggregate, Parts], Ratio]


def _or_zero(node: exp.Expression) -> exp.Expression:
    return exp.Coalesce(this=node, expressions=[exp.Literal.number(0)])


def _scale(aggregate: Aggregate) -> int:
    return 10**aggregate.argument.type.scale if aggregate.argument is not None else 1


def _values(items: list[Item]) -> list[Any]:
    return [value for value, _ in items if value is not None]


def _counted(_aggregate: Aggregate, parts: Parts) -> Ratio:
    return exact.ratio(parts["n"], exact.whole(1), np.ones(len(parts["n"]), np.bool_))


def _total(aggregate: Aggregate, parts: Parts) -> Ratio:
    return exact.ratio(parts["total"], exact.whole(_scale(aggregate)), np.ones(len(parts["n"]), np.bool_))


def _over_count(part: str) -> Callable[[Aggregate, Parts], Ratio]:
    def finish(aggregate: Aggregate, parts: Parts) -> Ratio:
        scale = _scale(aggregate) if part == "total" else 1
        return exact.ratio(parts[part], exact.multiply(parts["n"], exact.whole(scale)), parts["n"] > 0)

    return finish


def _value(aggregate: Aggregate, parts: Parts) -> Ratio:
    return exact.ratio(parts["value"], exact.whole(_scale(aggregate)), parts["n"] > 0)


def _lower_sum(_aggregate: Aggregate, rows: Filtered) -> dict[str, exp.Expression]:
    total = exp.Sum(this=integers.typed(rows.argument).sql)
    return {"total": _or_zero(rows(total)), "n": rows.count_known()}


def _lower_share(_aggregate: Aggregate, rows: Filtered) -> dict[str, exp.Expression]:
    return {"hits": rows.count_met(), "n": rows.count_known()}


def _lower_nps(aggregate: Aggregate, rows: Filtered) -> dict[str, exp.Expression]:
    unit = _scale(aggregate)
    score = rows.argument.sql
    promoter = integers.binary(exp.GTE, score, exp.Literal.number(9 * unit))
    detractor = integers.binary(exp.LTE, score, exp.Literal.number(6 * unit))
    return {"promoters": rows.count(promoter), "detractors": rows.count(detractor), "n": rows.count_known()}


def _gather_nps(aggregate: Aggregate, items: list[Item]) -> dict[str, int]:
    scores, unit = _values(items), _scale(aggregate)
    return {
        "promoters": sum(score >= 9 * unit for score in scores),
        "detractors": sum(score <= 6 * unit for score in scores),
        "n": len(scores),
    }


def _finish_nps(_aggregate: Aggregate, parts: Parts) -> Ratio:
    difference = exact.plus(parts["promoters"], exact.multiply(parts["detractors"], exact.whole(-1)))
    return exact.ratio(exact.multiply(difference, exact.whole(100)), parts["n"], parts["n"] > 0)


def _lower_extreme(kind: type[exp.Min] | type[exp.Max]) -> Callable[[Aggregate, Filtered], dict[str, exp.Expression]]:
    return lambda _aggregate, rows: {"value": _or_zero(rows(kind(this=rows.argument.sql))), "n": rows.count_known()}


def _gather_extreme(pick: Callable[[list[Any]], Any]) -> Callable[[Aggregate, list[Item]], dict[str, int]]:
    def gather(_aggregate: Aggregate, items: list[Item]) -> dict[str, int]:
        values = _values(items)
        return {"value": pick(values) if values else 0, "n": len(values)}

    return gather


def _lower_edge(kind: type[exp.Min] | type[exp.Max]) -> Callable[[Aggregate, Filtered], dict[str, exp.Expression]]:
    """The value at the earliest or latest time: time and value packed into one 128-bit integer, time first."""

    def lower(_aggregate: Aggregate, rows: Filtered) -> dict[str, exp.Expression]:
        if rows.by is None:
            raise ValueError("this aggregate needs a time")
        time = integers.add(rows.by, integers.literal(_TIME_SHIFT))
        slot = integers.add(rows.argument, integers.literal(_HALF))
        packed = integers.add(integers.multiply(time, integers.literal(_SLOT)), slot)
        edge = Lowered(rows(kind(this=packed.sql)), packed.bound, "wide")
        value = integers.subtract(integers.remainder(edge, _SLOT), integers.literal(_HALF))
        return {"value": _or_zero(value.sql), "n": rows(exp.Count(this=packed.sql))}

    return lower


def _gather_edge(pick: Callable[[list[Any]], Any]) -> Callable[[Aggregate, list[Item]], dict[str, int]]:
    def gather(_aggregate: Aggregate, items: list[Item]) -> dict[str, int]:
        dated = [(by, value) for value, by in items if value is not None and by is not None]
        return {"value": pick(dated)[1] if dated else 0, "n": len(dated)}

    return gather


def percentile_of(aggregate: Aggregate) -> Fraction:
    """The share that a percentile asks for; a median asks for half."""
    return Fraction(1, 2) if aggregate.option is None else Fraction(aggregate.option)


def _lower_percentile(aggregate: Aggregate, rows: Filtered) -> dict[str, exp.Expression]:
    """Type 7 looks between the order statistics floor(h) and ceil(h), h = (n − 1)·p counted from 0."""
    share, value = percentile_of(aggregate), integers.typed(rows.argument).sql
    there = [] if rows.known else [exp.Not(this=exp.Is(this=integers.paren(value), expression=exp.Null()))]
    ordered = exp.Anonymous(this="LIST_SORT", expressions=[rows(exp.ArrayAgg(this=value), *there)])
    last = integers.subtract(Lowered(rows.count_known(), _MOST_RECORDS, "int64"), integers.literal(1))
    position = integers.multiply(last, integers.literal(share.numerator)) if share.numerator != 1 else last
    parts = {"n": rows.count_known()}
    for name, more in (("low", 0), ("high", share.denominator - 1)):
        raised = integers.add(position, integers.literal(more)) if more else position
        index = integers.truncate(raised, integers.literal(share.denominator)) if share.denominator != 1 else raised
        place = exp.Cast(this=integers.add(index, integers.literal(1)).sql, to=exp.DataType.build("INT"))
        parts[name] = _or_zero(exp.Bracket(this=ordered, expressions=[place], offset=1))
    return parts


def _gather_percentile(aggregate: Aggregate, items: list[Item]) -> dict[str, int]:
    values, share = sorted(_values(items)), percentile_of(aggregate)
    if not values:
        return {"low": 0, "high": 0, "n": 0}
    position = (len(values) - 1) * share
    low = position.numerator // position.denominator
    return {"low": values[low], "high": values[low + (position != low)], "n": len(values)}


def _finish_percentile(aggregate: Aggregate, parts: Parts) -> Ratio:
    """low + (high − low) · the fraction of h, exactly."""
    share = percentile_of(aggregate)
    counted = np.maximum(parts["n"], 1)
    rest = exact.multiply(exact.plus(counted, exact.whole(-1)), exact.whole(share.numerator)) % share.denominator
    spread = exact.plus(parts["high"], exact.multiply(parts["low"], exact.whole(-1)))
    above = exact.multiply(spread, np.asarray(rest))
    top = exact.plus(exact.multiply(parts["low"], exact.whole(share.denominator)), above)
    return exact.ratio(top, exact.whole(share.denominator * _scale(aggregate)), parts["n"] > 0)


_percentile = Aggregation(_lower_percentile, _gather_percentile, _finish_percentile)

AGGREGATIONS: dict[str, Aggregation] = {
    "count": Aggregation(
        lambda _aggregate, rows: {"n": rows.count()}, lambda _aggregate, items: {"n": len(items)}, _counted
    ),
    "count_distinct": Aggregation(
        lambda _aggregate, rows: {"n": rows(exp.Count(this=exp.Distinct(expressions=[rows.argument.sql])))},
        lambda _aggregate, items: {"n": len(set(_values(items)))},
        _counted,
    ),
    "sum": Aggregation(
        _lower_sum, lambda _aggregate, items: {"total": sum(_values(items)), "n": len(_values(items))}, _total
    ),
    "mean": Aggregation(
        _lower_sum,
        lambda _aggregate, items: {"total": sum(_values(items)), "n": len(_values(items))},
        _over_count("total"),
    ),
    "share": Aggregation(
        _lower_share,
        lambda _aggregate, items: {"hits": sum(_values(items)), "n": len(_values(items))},
        _over_count("hits"),
    ),
    "median": _percentile,
    "percentile": _percentile,
    "minimum": Aggregation(_lower_extreme(exp.Min), _gather_extreme(min), _value),
    "maximum": Aggregation(_lower_extreme(exp.Max), _gather_extreme(max), _value),
    "nps": Aggregation(_lower_nps, _gather_nps, _finish_nps),
    "first": Aggregation(_lower_edge(exp.Min), _gather_edge(min), _value),
    "last": Aggregation(_lower_edge(exp.Max), _gather_edge(max), _value),
}
"""By the function's name."""
