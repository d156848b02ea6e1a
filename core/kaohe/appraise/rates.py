"""Rate tables (提成表): what a table gives for an amount, exactly; per period, per record, or year to date.

Inside a band a table is a polynomial of the amount x: a marginal table is rate · x − deduction (速算扣除), an
interpolated rate times the amount is quadratic. A band whose rate falls to 0 therefore acts as a cap. The functions
here take and give whole numbers, decimals and fractions; no scheme is needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import Literal

import numpy as np

from kaohe.appraise.claims import Claims, amounts
from kaohe.appraise.columns import room_for
from kaohe.scheme.model import RateBand, RateTable

Number = int | Decimal | Fraction
Written = int | Decimal | str
_ZERO = Fraction(0)


@dataclass(frozen=True)
class Part:
    """What one band contributes: its ``rate`` of so much of the ``amount``, and a ``lump`` for reaching it."""

    band: int
    amount: Fraction
    rate: Fraction
    lump: Fraction = _ZERO

    @property
    def earned(self) -> Fraction:
        return self.amount * self.rate + self.lump


def rate_table(
    rows: Iterable[tuple[Written | None, Written] | tuple[Written | None, Written, Written]],
    mode: Literal["marginal", "whole", "interpolated"] = "marginal",
    gives: Literal["rate", "amount", "factor"] = "rate",
    boundary: Literal["upper", "lower"] = "upper",
    retroactive: Sequence[int] = (),
) -> RateTable:
    """A table from rows (from, value) or (from, value, value at the end), ascending; ``retroactive`` by position."""
    listed = list(rows)
    bands = []
    for number, row in enumerate(listed):
        last = number + 1 == len(listed)
        following = row[2] if len(row) > 2 else row[1] if last or row[0] is None else listed[number + 1][1]
        end = following if mode == "interpolated" else row[1]
        lower = None if row[0] is None else Decimal(row[0])
        bands.append(RateBand(lower, Decimal(row[1]), Decimal(end), number in retroactive))
    return RateTable(mode, gives, tuple(bands), boundary)


def band_of(table: RateTable, amount: Number) -> int:
    """The position of the amount's band; below the lowest it is the lowest."""
    found = 0
    for number, band in enumerate(table.bands):
        if number and band.lower is not None:
            reached = amount >= band.lower if table.boundary == "upper" else amount > band.lower
            found = number if reached else found
    return found


def earned(table: RateTable, amount: Number) -> Fraction:
    """What the table gives for an amount: rate times amount, a fixed amount, or a factor."""
    x = Fraction(amount)
    start, slope, bend = polynomials(table)[band_of(table, x)]
    return start + slope * x + bend * x * x


def rate_at(table: RateTable, amount: Number) -> Fraction:
    """The rate, amount or factor at an amount: of its band, or between the ends of it."""
    x = Fraction(amount)
    number = band_of(table, x)
    start, slope = _line(table, number)
    return start + slope * x


def parts(table: RateTable, amount: Number, before: Number = 0) -> tuple[Part, ...]:
    """A marginal amount band by band, on top of what was counted ``before``.

    Below a retroactive band all counts at that band's rate; ValueError where such a band is reached on top of others.
    """
    after = Fraction(before) + Fraction(amount)
    reached = band_of(table, after)
    first = max((number for number in range(reached + 1) if table.bands[number].retroactive), default=0)
    if before and first:
        raise ValueError("a retroactive band counts everything: what came before it has no parts of its own")
    start = band_of(table, before) if before else first
    found = []
    for number in range(start, reached + 1):
        begin = Fraction(before) if number == start else _lower(table, number)
        end = after if number == reached else _lower(table, number + 1)
        band = table.bands[number]
        # A retroactive band takes the place of the rates below it, not of what was given for reaching those bands.
        reached_here = (band,) if number > first else table.bands[: number + 1]
        lump = _ZERO if before and number == start else Fraction(sum(each.lump for each in reached_here))
        found.append(Part(number, end - begin, Fraction(band.value), lump))
    return tuple(found)


def deductions(table: RateTable) -> tuple[Fraction, ...]:
    """Quick deductions (速算扣除数) of a marginal table: in band k it gives rate k × amount − deduction k."""
    return tuple(-start for start, _slope, _bend in polynomials(table))


def each(table: RateTable, records: Iterable[Number]) -> tuple[Fraction, ...]:
    """Each record by itself, from the bottom of the table."""
    return tuple(earned(table, record) for record in records)


def accumulated(table: RateTable, records: Iterable[Number], before: Number = 0) -> tuple[Fraction, ...]:
    """Each record on top of those before it: what the table gives after it less what it gave before it."""
    reached, found = Fraction(before), []
    for record in records:
        after = reached + Fraction(record)
        found.append(earned(table, after) - earned(table, reached))
        reached = after
    return tuple(found)


def year_to_date(table: RateTable, amount: Number, paid: Number) -> Fraction:
    """What is due now: the table of the year's amount so far, less what was paid; negative where too much was."""
    return earned(table, amount) - Fraction(paid)


def earned_in_columns(table: RateTable, over: Sequence[Number]) -> Claims:
    """What the table gives for each of many amounts, exactly."""
    given = amounts(over, unit=1)
    terms = polynomials(table)
    common = lcm(*(part.denominator for band in terms for part in band))
    edges = [_lower(table, number) for number in range(1, len(table.bands))]
    number = np.zeros(len(given.numerators), np.int64)
    for edge in edges:
        # An exact comparison of whole numbers: numerator / denominator ≥ edge.
        left = room_for(given.numerators, 2**63) * edge.denominator
        right = given.denominator * edge.numerator
        number = number + np.asarray(left >= right if table.boundary == "upper" else left > right, np.int64)
    start, slope, bend = (
        np.array([int(band[degree] * common) for band in terms], object)[number] for degree in range(3)
    )
    x, d = given.numerators.astype(object), given.denominator
    if not any(band[2] for band in terms):
        return Claims(start * d + slope * x, common * d)
    return Claims(start * d * d + slope * x * d + bend * x * x, common * d * d)


def polynomials(table: RateTable) -> tuple[tuple[Fraction, Fraction, Fraction], ...]:
    """Per band (a, b, c): the table gives a + b·x + c·x² there."""
    found = []
    reached = lumps = _ZERO
    for number, band in enumerate(table.bands):
        start, slope = _line(table, number)
        lumps = Fraction(band.lump) + (lumps if table.mode == "marginal" else 0)
        if table.mode == "marginal":
            rate = Fraction(band.value)
            # What the bands below give at the beginning of this one; a retroactive band starts afresh from 0.
            begin = _lower(table, number) if number and not band.retroactive else _ZERO
            reached = reached if number and not band.retroactive else _ZERO
            found.append((lumps + reached - rate * begin, rate, _ZERO))
            if number + 1 < len(table.bands):
                reached += rate * (_lower(table, number + 1) - begin)
        elif table.gives == "rate":
            found.append((lumps, start, slope))
        else:
            found.append((start, slope, _ZERO))
    return tuple(found)


def _line(table: RateTable, number: int) -> tuple[Fraction, Fraction]:
    """The band's value as a line of the amount."""
    band, last = table.bands[number], number + 1 == len(table.bands)
    low, high = Fraction(band.value), Fraction(band.value_to)
    if table.mode != "interpolated" or band.lower is None or last or low == high:
        return low, _ZERO
    slope = (high - low) / (_lower(table, number + 1) - Fraction(band.lower))
    return low - slope * Fraction(band.lower), slope


def _lower(table: RateTable, number: int) -> Fraction:
    return Fraction(table.bands[number].lower or 0)
