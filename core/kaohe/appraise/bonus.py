"""Money: base × coefficient × days worked / days of the period, one exact fraction, rounded once to the fen.

The base is an amount, what a rate table gives, or a formula's result; accelerators multiply. Not graded and vetoed
people are unpaid. A base that is unknown pays nothing and says so. A claim of zero stays zero: floors are for those
who have earned something.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from kaohe.appraise.claims import Claims, coefficients, proration
from kaohe.appraise.decisions import told
from kaohe.appraise.eligibility import eligible
from kaohe.appraise.facts import Facts
from kaohe.appraise.gross import factors, gross
from kaohe.appraise.model import Decision, Money, Note, People
from kaohe.appraise.pools import Drawn, draw
from kaohe.appraise.rules import Ruled
from kaohe.appraise.settlement import settle_all, settlement_notes
from kaohe.exact import Ints, format_fen
from kaohe.scheme.model import Bonus
from kaohe.text import msg


@dataclass(frozen=True)
class Paid:
    """Everybody's bonus in fen, what it rests on, and the decisions behind it."""

    bonus: Ints
    money: Money | None
    notes: tuple[Note, ...]


def pay(bonus: Bonus, people: People, ruled: Ruled, coefficient: Ints, seen: Facts) -> Paid:
    """Everybody's bonus, for itself or out of the pool."""
    entitled, refused = eligible(bonus.eligible, people, np.flatnonzero(ruled.graded & ~ruled.vetoed))
    earned = gross(bonus, seen.numbers("coefficient", coefficient, ruled.graded), entitled)
    rows = earned.rows
    faster, notes = factors(bonus.accelerators, seen, rows)
    claimed = earned.amounts
    if bonus.kind != "formula":
        claimed = claimed.times(coefficients(coefficient[rows]))
    for factor in faster:
        claimed = claimed.times(factor)
    if bonus.prorate == "days":
        claimed = claimed.times(proration(people.worked[rows], people.period_days))
    drawn = draw(bonus, claimed, rows, ruled, seen) if bonus.kind == "pool" else _by_itself(bonus, claimed)
    columns = (drawn.parts, earned.amounts.whole(), claimed.whole(), drawn.pool + 1)
    amount, base, claim, pool = (_spread(column, rows, len(people)) for column in columns)
    notes = (*refused, *earned.notes, *notes, *_limit_notes(bonus, rows[drawn.raised], rows[drawn.held]))
    money = Money(base, claim, pool - 1, drawn.pools)
    if bonus.settlement is None:
        return Paid(amount, money, notes)
    entitled_now = np.zeros(len(people), np.bool_)
    entitled_now[rows] = True
    brought = np.zeros(len(people), np.int64) if people.brought is None else people.brought
    paid, carried = settle_all(bonus.settlement, amount, brought, entitled_now)
    notes = (*notes, *settlement_notes(bonus.settlement, paid, carried, entitled_now))
    return Paid(paid, replace(money, brought=brought, carried=carried), notes)


def _spread(column: Ints, rows: Ints, people: int) -> Ints:
    """A column over some rows as one over everybody, 0 for the others."""
    spread = np.zeros(people, np.int64)
    spread[rows] = column
    return spread


def _by_itself(bonus: Bonus, of: Claims) -> Drawn:
    """Each claim between floor and cap, out of no pool."""
    paid = of.whole()
    earned = np.asarray(of.numerators != 0, np.bool_)
    nobody = np.zeros_like(earned)
    raised = earned & (paid < bonus.floor) if bonus.floor is not None else nobody
    held = earned & (paid > bonus.cap) if bonus.cap is not None else nobody
    limited = np.where(raised, bonus.floor or 0, np.where(held, bonus.cap or 0, paid))
    return Drawn(limited, raised, held, np.full(len(paid), -1), ())


def _limit_notes(bonus: Bonus, raised: Ints, held: Ints) -> Iterator[Note]:
    what = msg("the bonus is raised to its floor of {amount}", amount=format_fen(bonus.floor or 0))
    yield from told(raised, Decision("bonus", "floor", what))
    what = msg("the bonus is held at its cap of {amount}", amount=format_fen(bonus.cap or 0))
    yield from told(held, Decision("bonus", "cap", what))
