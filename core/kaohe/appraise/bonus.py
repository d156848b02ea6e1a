"""Money: base × coefficient × days worked / days of the period, one exact fraction, rounded once to the fen.

The base is an amount, what a rate table gives, or a formula's result; accelerators multiply. Not graded and vetoed
people are unpaid. A base that is unknown pays nothing and says so. A claim of zero stays zero: floors are for those
who have earned something.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from kaohe.appraise.claims import Claims, coefficients, proration
from kaohe.appraise.facts import Facts
from kaohe.appraise.gross import factors, gross
from kaohe.appraise.model import EVERYBODY, Decision, Money, Note, People, Pool
from kaohe.appraise.pool import split
from kaohe.appraise.rules import Ruled
from kaohe.errors import Problem, fail
from kaohe.exact import Flags, Ints, format_fen
from kaohe.scheme.model import Bonus
from kaohe.text import Message, msg


@dataclass(frozen=True)
class Paid:
    """Everybody's bonus in fen, what it rests on, and the decisions behind it."""

    bonus: Ints
    money: Money | None
    notes: tuple[Note, ...]


def pay(bonus: Bonus, people: People, ruled: Ruled, coefficient: Ints, seen: Facts) -> Paid:
    """Everybody's bonus, for itself or out of the pool."""
    entitled = np.flatnonzero(ruled.graded & ~ruled.vetoed)
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
    pools: tuple[Pool, ...] = ()
    drawn = np.full(len(rows), -1)
    if bonus.kind == "pool":
        paid, raised, held, ratio = _out_of_pool(bonus, claimed, ruled, len(entitled) - len(rows))
        pools = (Pool(EVERYBODY, bonus.pool or 0, ratio),)
        drawn = np.where(claimed.numerators > 0, 0, -1)
    else:
        paid, raised, held = _by_itself(bonus, claimed)
    columns = (paid, earned.amounts.whole(), claimed.whole(), drawn + 1)
    amount, base, claim, pool = (_spread(column, rows, len(people)) for column in columns)
    notes = (*earned.notes, *notes, *_limit_notes(bonus, rows[raised], rows[held]))
    return Paid(amount, Money(base, claim, pool - 1, pools), notes)


def _spread(column: Ints, rows: Ints, people: int) -> Ints:
    """A column over some rows as one over everybody, 0 for the others."""
    spread = np.zeros(people, np.int64)
    spread[rows] = column
    return spread


def _by_itself(bonus: Bonus, of: Claims) -> tuple[Ints, Flags, Flags]:
    paid = of.whole()
    earned = np.asarray(of.numerators != 0, np.bool_)
    nobody = np.zeros_like(earned)
    raised = earned & (paid < bonus.floor) if bonus.floor is not None else nobody
    held = earned & (paid > bonus.cap) if bonus.cap is not None else nobody
    return np.where(raised, bonus.floor or 0, np.where(held, bonus.cap or 0, paid)), raised, held


def _out_of_pool(bonus: Bonus, of: Claims, ruled: Ruled, unknown: int) -> tuple[Ints, Flags, Flags, Fraction | None]:
    pool = bonus.pool or 0
    claiming = np.asarray(of.numerators > 0, np.bool_)
    if (of.numerators < 0).any():
        raise fail(_negative_claims(int((of.numerators < 0).sum())))
    paid = np.zeros(len(claiming), np.int64)
    raised, held = np.zeros_like(claiming), np.zeros_like(claiming)
    ratio = None
    if claiming.any():
        parts = split(of.numerators[claiming], pool, bonus.floor, bonus.cap)
        paid[claiming], raised[claiming], held[claiming] = parts.parts, parts.raised, parts.held
        ratio = None if parts.ratio is None else parts.ratio * of.denominator
    elif pool and ruled.graded.size:
        raise fail(_nobody_to_pay(pool, ruled, unknown, len(claiming)))
    return paid, raised, held, ratio


def _limit_notes(bonus: Bonus, raised: Ints, held: Ints) -> Iterator[Note]:
    for row in raised:
        what = msg("the bonus is raised to its floor of {amount}", amount=format_fen(bonus.floor or 0))
        yield int(row), Decision("bonus", "floor", what)
    for row in held:
        what = msg("the bonus is held at its cap of {amount}", amount=format_fen(bonus.cap or 0))
        yield int(row), Decision("bonus", "cap", what)


def _nobody_to_pay(pool: int, ruled: Ruled, unknown: int, no_claim: int) -> Problem:
    found: Message = msg(
        "of {people} people {not_graded} are not graded, {vetoed} vetoed, {unknown} without a base, "
        "{no_claim} with a claim of zero",
        people=len(ruled.graded),
        not_graded=int((~ruled.graded).sum()),
        vetoed=int(ruled.vetoed.sum()),
        unknown=unknown,
        no_claim=no_claim,
    )
    return Problem(
        "appraise.pool-without-claims",
        msg("there is a pool of {pool}, but nobody to pay it to", pool=format_fen(pool)),
        found=found,
        fix=msg("import the missing records and bases, or set the pool to 0"),
    )


def _negative_claims(people: int) -> Problem:
    return Problem(
        "appraise.negative-claims",
        msg("a pool cannot be split over negative claims"),
        found=msg("people with a base or coefficient below zero: {people}", people=people),
        fix=msg("mend the bases, or keep those people out of the population"),
    )
