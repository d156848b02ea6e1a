"""Order statistics of many people at once: all values in one order, by person and by size.

A database gathers a list for each person to find two values in it. Where there are many records that costs more than to
read the values by themselves and sort them together. They are the same values: nothing is computed of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from sqlglot import exp

from kaohe.engine.magnitudes import is_wide
from kaohe.engine.passes import Columns, Pass
from kaohe.engine.plan import SUBJECT, Measure, joins_of
from kaohe.exact import Ints
from kaohe.language import percentile_of

VALUE = "value"
BYTES = 64
"""What a record takes while its value is sorted."""
WORTH = 100_000
"""From so many records on it is worth another reading of them."""
_FINEST = 10**6
_FUNCTIONS = {"median", "percentile"}


@dataclass(frozen=True)
class Ordered:
    """An order statistic that was taken out of a query: what the columns of its parts are called there, and the query
    for all of its values, each beside whose it is."""

    share: Fraction
    columns: Mapping[str, str]
    query: exp.Select

    def beside(self, table: pa.Table, values: pa.Table) -> pa.Table:
        """What the other query found, with the columns that were taken out of it."""
        codes = table.column(SUBJECT).cast(pa.string()).combine_chunks()
        places = pc.index_in(values.column(SUBJECT).cast(pa.string()), value_set=codes).to_numpy()
        parts = order_statistics(self.share, places, values.column(VALUE).cast(pa.int64()).to_numpy(), len(codes))
        for part, name in self.columns.items():
            table = table.append_column(name, pa.array(parts[part]))
        return table


def is_worth_it(one: Pass, rows: int, memory: int) -> bool:
    """Whether to read values by themselves: nothing is joined to the records, and at most half the memory is needed."""
    return len(one.subjects) == 1 and not joins_of(one.one) and WORTH <= rows <= memory // 2 // BYTES


def taken_out(query: exp.Select, columns: Columns) -> tuple[exp.Select, list[Ordered]]:
    """A query of ``plan.select`` without order statistics, and these by themselves; those of values that may need 128
    bits stay in it."""
    subject, *projections = query.selects
    by_measure: dict[Measure, dict[str, exp.Expr]] = {}
    for (measure, part), projection in zip(columns, projections, strict=True):
        by_measure.setdefault(measure, {})[part] = projection
    kept, found = [subject], list[Ordered]()
    for measure, parts in by_measure.items():
        share = percentile_of(measure.aggregate) if measure.aggregate.function in _FUNCTIONS else None
        if share is None or share.denominator > _FINEST or is_wide(parts["low"]):
            kept += parts.values()
        else:
            named = {part: projection.alias for part, projection in parts.items()}
            found.append(Ordered(share, named, _values(query, subject, parts["low"])))
    rest = query.copy()
    rest.set("expressions", [each.copy() for each in kept])
    return rest, found


def _values(query: exp.Select, subject: exp.Expr, part: exp.Expr) -> exp.Select:
    """All values of which the part takes one, each beside whose it is."""
    gathered = part.find(exp.ArrayAgg)
    assert gathered is not None  # noqa: S101 - an order statistic is one of a list
    values = query.copy()
    values.set("group", None)
    values.set("expressions", [subject.copy(), exp.alias_(gathered.this.copy(), VALUE)])
    met = gathered.parent
    return values.where(met.expression.this.copy()) if isinstance(met, exp.Filter) else values


def order_statistics(share: Fraction, places: Ints, values: Ints, length: int) -> dict[str, Ints]:
    """Of each place how many values there are, and the two on both sides of (n − 1)·share, counted from 0."""
    n = np.bincount(places, minlength=length)
    ordered = _in_order(places, values, length)
    first, last = np.cumsum(n) - n, n - 1
    parts = {"n": n}
    for name, more in (("low", 0), ("high", share.denominator - 1)):
        at = (last * share.numerator + more) // share.denominator
        parts[name] = np.zeros(length, np.int64)
        parts[name][n > 0] = ordered[(first + at)[n > 0]]
    return parts


def _in_order(places: Ints, values: Ints, length: int) -> Ints:
    """The values by place, and in each place by size."""
    if not len(values):
        return values
    least = int(values.min())
    bits = (int(values.max()) - least).bit_length()
    if bits + length.bit_length() > 63:
        found: Ints = values[np.lexsort((values, places))]
        return found
    # Place and value in one integer: these are sorted many times as fast as pairs are.
    keys = values - least
    keys |= places.astype(np.int64) << bits
    keys.sort()
    keys &= (1 << bits) - 1
    keys += least
    return keys
