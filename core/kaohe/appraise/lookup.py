"""What a bonus table gives to people: for the period's figure, for the year so far less the year before, and with
thresholds in proportion to the days in service. One row for each person; None stands for what is unknown."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from kaohe.appraise.claims import Claims, proration
from kaohe.appraise.facts import Facts, evaluate
from kaohe.appraise.model import Records
from kaohe.appraise.rates import each, earned, earned_in_columns
from kaohe.exact import Flags, Ints
from kaohe.scheme.model import Bonus, RateTable


@dataclass(frozen=True)
class Given:
    """What the table gives to those of the rows for whom the figure is ``known``."""

    known: Flags
    claims: Claims


@dataclass(frozen=True)
class LookedUp:
    """One person's steps: the figure ``over`` which the table was read, of the year so far where it adds up over the
    year, and then the figure ``before`` the period (None: nothing was counted before). Thresholds are ``part`` of
    those written. Where each of the ``records`` was looked up by itself, ``over`` is their sum. ``given`` is what comes
    of it."""

    over: Fraction
    before: Fraction | None
    part: Fraction
    given: Fraction
    records: tuple[Fraction, ...] = ()


def given(bonus: Bonus, table: RateTable, seen: Facts, rows: Ints) -> Given:
    """What the table gives to these people. The year before a period counts as nothing where it is unknown."""
    if bonus.over is None:
        raise ValueError("a table is read over a figure")
    over = evaluate(bonus.over if bonus.year is None else bonus.year.to_date, seen, rows)
    worked = seen.people.worked[rows]
    known = over.flags(lambda answer: answer is not None)
    if bonus.prorate_bands:
        known &= worked > 0
    if bonus.per_record is not None and seen.people.records is not None:
        return Given(known, _one_by_one(table, seen.people.records, rows[known]))
    figures = over.where(known)
    if bonus.prorate_bands:
        days = seen.people.period_days
        parts = worked[known].tolist()
        stretched = [Fraction(figure) * days / part for figure, part in zip(figures, parts, strict=True)]
        found = earned_in_columns(table, stretched)
        return Given(known, found.times(proration(worked[known], days)) if table.gives == "rate" else found)
    found = earned_in_columns(table, figures)
    if bonus.year is None:
        return Given(known, found)
    earlier = evaluate(bonus.year.before, seen, rows[known])
    counted = earlier.flags(lambda answer: answer is not None)
    paid = earned_in_columns(table, earlier.where(counted))
    due = found.numerators.astype(object) * paid.denominator
    due[counted] -= paid.numerators.astype(object) * found.denominator
    return Given(known, Claims(due, found.denominator * paid.denominator))


def _one_by_one(table: RateTable, records: Records, rows: Ints) -> Claims:
    """What each person's records earn, every one looked up by itself."""
    listed = records.amounts.tolist()
    exact = {amount: Fraction(amount, records.unit) for amount in set(listed)}
    found = earned_in_columns(table, [exact[amount] for amount in listed])
    so_far = np.concatenate([np.zeros(1, object), np.cumsum(found.numerators.astype(object))])
    return Claims(so_far[records.begins[rows + 1]] - so_far[records.begins[rows]], found.denominator)


def look_up(bonus: Bonus, table: RateTable, seen: Facts, row: int) -> LookedUp | None:
    """The same for one person, step by step; None where the figure is unknown."""
    one = np.array([row], np.int64)
    if bonus.over is None:
        return None
    (over,) = evaluate(bonus.over if bonus.year is None else bonus.year.to_date, seen, one)
    worked = int(seen.people.worked[row])
    if over is None or (bonus.prorate_bands and not worked):
        return None
    figure, before, part = Fraction(over), None, Fraction(1)
    if bonus.prorate_bands:
        part = Fraction(worked, seen.people.period_days)
        amount = earned(table, figure / part) * (part if table.gives == "rate" else 1)
        return LookedUp(figure, None, part, amount)
    if bonus.per_record is not None and seen.people.records is not None:
        records = seen.people.records.of(row)
        return LookedUp(figure, None, part, sum(each(table, records), Fraction(0)), records)
    amount = earned(table, figure)
    if bonus.year is not None:
        (earlier,) = evaluate(bonus.year.before, seen, one)
        before = None if earlier is None else Fraction(earlier)
        amount -= 0 if before is None else earned(table, before)
    return LookedUp(figure, before, part, amount)
