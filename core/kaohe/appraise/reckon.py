"""One person's bonus worked out once more from the appraisal's own columns, step by step with fractions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from math import prod

import numpy as np

from kaohe.appraise.eligibility import eligible
from kaohe.appraise.facts import Facts, evaluate, facts
from kaohe.appraise.lookup import LookedUp, look_up
from kaohe.appraise.model import Appraisal, Pool
from kaohe.appraise.rates import earned
from kaohe.appraise.settlement import settle
from kaohe.exact import FEN, MICRO, divide
from kaohe.language import Expression
from kaohe.scheme.model import Bonus


@dataclass(frozen=True)
class Reckoning:
    """The steps to a bonus. All figures are exact; ``claim`` and ``share`` in fen, other amounts in yuan.

    ``base`` is what its expression comes to, ``table`` how the table was read, where there are any; ``gross`` is what
    the base, table or formula gives. ``factors`` are the accelerators', with what each looked up; ``worked`` None: not
    prorated. ``pool`` is the one it is paid from, ``share`` the exact part of it in fen before rounding, ``extra`` the
    fen that the largest remainder added. ``limit`` says whether the bonus was raised to the floor or held at the cap.
    ``earned`` in fen is what these steps come to; ``bonus`` is paid of it, together with what was ``brought`` forward,
    and the rest is ``carried`` forward: 0 where all is paid at once. ``by_hand`` is added to it by manual changes.
    """

    base: Fraction | None
    table: LookedUp | None
    gross: Fraction
    coefficient: Fraction
    factors: tuple[tuple[Fraction | None, Fraction], ...]
    worked: int | None
    period_days: int
    claim: Fraction
    pool: Pool | None
    share: Fraction | None
    extra: int
    limit: str | None
    earned: int
    brought: int = 0
    carried: int = 0
    by_hand: int = 0

    @property
    def bonus(self) -> int:
        return self.earned + self.brought - self.carried + self.by_hand


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
    seen = seen_in(appraisal).numbers("coefficient", appraisal.coefficient, appraisal.graded)
    return [_reckon(bonus, appraisal, seen, row) for row in rows]


def _reckon(bonus: Bonus, appraisal: Appraisal, seen: Facts, row: int) -> Reckoning | None:
    people, money = appraisal.people, appraisal.money
    if money is None or not appraisal.graded[row] or appraisal.vetoed[row]:
        return None
    if not eligible(bonus.eligible, people, np.array([row], np.int64))[0].size:
        return None
    base = _answer(bonus.base, seen, row)
    table = None if bonus.table is None else look_up(bonus, bonus.table, seen, row)
    gross = _gross(bonus, seen, row, base, table)
    if gross is None:
        return None
    looked_up = [_answer(each.over, seen, row) for each in bonus.accelerators]
    factors = tuple(
        (figure, Fraction(1) if figure is None else earned(each.table, figure))
        for each, figure in zip(bonus.accelerators, looked_up, strict=True)
    )
    coefficient = Fraction(int(appraisal.coefficient[row]), MICRO)
    worked = int(people.worked[row]) if bonus.prorate == "days" else None
    claim = gross * FEN * prod((factor for _figure, factor in factors), start=Fraction(1))
    claim *= 1 if bonus.kind == "formula" else coefficient
    claim *= 1 if worked is None else Fraction(worked, people.period_days)
    number = int(money.pool[row])
    pool = money.pools[number] if number >= 0 else None
    if pool is not None:
        share, extra, limit, paid = _drawn(bonus, pool, claim, int(appraisal.bonus_by_scheme[row]))
    else:
        whole = 0 if bonus.kind == "pool" else divide(claim.numerator, claim.denominator)
        share, extra, (limit, paid) = None, 0, _limited(bonus, whole) if claim else (None, whole)
    steps = Reckoning(
        base, table, gross, coefficient, factors, worked, people.period_days, claim, pool, share, extra, limit, paid
    )
    if appraisal.computed is not None:
        steps = replace(steps, by_hand=int(appraisal.computed.fen[row]))
    if bonus.settlement is None or money.brought is None:
        return steps
    brought = int(money.brought[row])
    settled = settle(paid, brought, bonus.settlement.minimum or 0, bonus.settlement.draw)
    return replace(steps, brought=brought, carried=settled.carried)


def _gross(bonus: Bonus, seen: Facts, row: int, base: Fraction | None, table: LookedUp | None) -> Fraction | None:
    match bonus.kind:
        case "formula":
            everybody = len(seen.people)
            own = seen.answers("base", [base] * everybody)
            own = own.answers("table", [None if table is None else table.given] * everybody)
            return _answer(bonus.formula, own, row)
        case "table":
            if table is None or (base is None and bonus.base is not None):
                return None
            return table.given * (1 if base is None else base)
        case _:
            return base


def _answer(expression: Expression | None, seen: Facts, row: int) -> Fraction | None:
    if expression is None:
        return None
    (answer,) = evaluate(expression, seen, np.array([row], np.int64))
    return None if answer is None else Fraction(answer)


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
