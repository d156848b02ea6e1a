"""One person's bonus worked out once more from the appraisal's own columns, step by step with fractions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from kaohe.appraise.facts import Facts, evaluate, facts
from kaohe.appraise.model import Appraisal, Money, Pool
from kaohe.exact import FEN, MICRO, divide
from kaohe.scheme.model import Bonus


@dataclass(frozen=True)
class Reckoning:
    """The steps to a bonus. ``base`` in yuan, ``claim`` in fen, both exact; ``worked`` None: not prorated.

    ``pool`` is the one it is paid from, ``share`` the exact part of it in fen before rounding, ``extra`` the fen that
    the largest remainder added. ``limit`` says whether the bonus was raised to the floor or held at the cap.
    ``bonus`` in fen is what the steps come to.
    """

    base: Fraction
    coefficient: Fraction
    worked: int | None
    period_days: int
    claim: Fraction
    pool: Pool | None
    share: Fraction | None
    extra: int
    limit: str | None
    bonus: int


def seen_in(appraisal: Appraisal) -> Facts:
    """What the expressions of the bonus saw: everything up to the tier."""
    seen = facts(
        appraisal.people,
        appraisal.values,
        appraisal.data,
        appraisal.points,
        appraisal.counted,
        appraisal.dimension_points,
        appraisal.dimension_counted,
    )
    seen = seen.numbers("total", appraisal.total, appraisal.graded)
    return seen.counts("rank", appraisal.rank, appraisal.rank > 0).words("tier", appraisal.tier)


def reckon(bonus: Bonus, appraisal: Appraisal, rows: Iterable[int]) -> list[Reckoning | None]:
    """The steps for each of the rows; None for who has no bonus: not graded, vetoed, or without a base."""
    listed = list(rows)
    bases = evaluate(bonus.base, seen_in(appraisal), np.array(listed, np.int64))
    return [
        None
        if base is None or appraisal.money is None or not appraisal.graded[row] or appraisal.vetoed[row]
        else _reckon(bonus, appraisal, appraisal.money, row, Fraction(base))
        for row, base in zip(listed, bases, strict=True)
    ]


def _reckon(bonus: Bonus, appraisal: Appraisal, money: Money, row: int, base: Fraction) -> Reckoning:
    people = appraisal.people
    coefficient = Fraction(int(appraisal.coefficient[row]), MICRO)
    worked = int(people.worked[row]) if bonus.prorate == "days" else None
    claim = base * coefficient * FEN
    if worked is not None:
        claim = claim * worked / people.period_days
    number = int(money.pool[row])
    if number >= 0:
        pool, drawn = money.pools[number], int(appraisal.bonus[row])
        return Reckoning(base, coefficient, worked, people.period_days, claim, pool, *_drawn(bonus, pool, claim, drawn))
    paid = divide(claim.numerator, claim.denominator) if bonus.kind == "coefficient" else 0
    limit, paid = _limited(bonus, paid) if claim else (None, paid)
    return Reckoning(base, coefficient, worked, people.period_days, claim, None, None, 0, limit, paid)


def _limited(bonus: Bonus, fen: int) -> tuple[str | None, int]:
    if bonus.floor is not None and fen < bonus.floor:
        return "floor", bonus.floor
    if bonus.cap is not None and fen > bonus.cap:
        return "cap", bonus.cap
    return None, fen


def _drawn(bonus: Bonus, pool: Pool, claim: Fraction, drawn: int) -> tuple[Fraction | None, int, str | None, int]:
    """Share, extra fen, limit and bonus. The last fen is a matter of everybody's remainders: it is believed where it
    is one at most."""
    share = None if pool.ratio is None else claim * pool.ratio
    for limit, fen, beyond in (
        ("floor", bonus.floor, share is not None and bonus.floor is not None and share < bonus.floor),
        ("cap", bonus.cap, share is not None and bonus.cap is not None and share > bonus.cap),
    ):
        if fen is not None and (beyond or (share is None and drawn == fen)):
            return share, 0, limit, fen
    if share is None:
        return None, 0, None, 0
    sign = -1 if pool.fen < 0 else 1
    whole = int(share)  # towards zero, as the largest remainder begins
    extra = sign if drawn == whole + sign and share != whole else 0
    return share, extra, None, whole + extra
