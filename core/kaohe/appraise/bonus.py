"""Money: base × coefficient × days worked / days of the period, one exact fraction, rounded once to the fen.

Not graded and vetoed people are unpaid. A base that is unknown pays nothing and says so. A claim of zero stays zero:
floors are for those who have earned something.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import lcm

import numpy as np

from kaohe.appraise.columns import Wide, magnitude, narrow, room_for, round_half_up
from kaohe.appraise.facts import Facts, evaluate
from kaohe.appraise.model import Decision, Note, People
from kaohe.appraise.pool import split
from kaohe.appraise.rules import Ruled
from kaohe.errors import Problem, fail
from kaohe.exact import FEN, MICRO, Flags, Ints, format_fen
from kaohe.scheme.model import Bonus
from kaohe.text import Message, msg


@dataclass(frozen=True)
class Claims:
    """What each person may claim, in fen: ``numerators`` over one common ``denominator``."""

    numerators: Wide
    denominator: int


@dataclass(frozen=True)
class Paid:
    """Everybody's bonus in fen, and the decisions behind it."""

    bonus: Ints
    notes: tuple[Note, ...]


def pay(bonus: Bonus, people: People, ruled: Ruled, coefficient: Ints, seen: Facts) -> Paid:
    """Bonuses by coefficient or out of the pool."""
    eligible = ruled.graded & ~ruled.vetoed
    rows = np.flatnonzero(eligible)
    bases = evaluate(bonus.base, seen, rows)
    known = np.array([base is not None for base in bases], np.bool_)
    unknown_notes = [
        (int(row), Decision("bonus", "base", msg("the base of the bonus is unknown: no bonus"))) for row in rows[~known]
    ]
    rows = rows[known]
    worked = people.worked[rows] if bonus.prorate == "days" else None
    of_rows = claims([base for base in bases if base is not None], coefficient[rows], worked, people.period_days)
    amounts = np.zeros(len(people), np.int64)
    if bonus.kind == "coefficient":
        paid, raised, held = _by_coefficient(bonus, of_rows)
    else:
        paid, raised, held = _out_of_pool(bonus, of_rows, ruled, int((~known).sum()))
    amounts[rows] = paid
    return Paid(amounts, (*unknown_notes, *_limit_notes(bonus, rows[raised], rows[held])))


def claims(
    bases: Sequence[Decimal | Fraction | int], coefficient: Ints, worked: Ints | None, period_days: int
) -> Claims:
    """Bases in yuan times coefficients in millionths, in proportion to the days worked (None: all of them)."""
    ratios = [base.as_integer_ratio() for base in bases]
    common = lcm(*{denominator for _, denominator in ratios})
    whole = [numerator * (common // denominator) for numerator, denominator in ratios]
    step = int(np.gcd.reduce(coefficient)) or 1 if coefficient.size else 1
    factors = coefficient // step
    days = worked if worked is not None else np.ones(len(bases), np.int64)
    bound = max(map(abs, whole), default=0) * magnitude(factors) * magnitude(days)
    column = np.array(whole, object if bound * 2 * FEN * step > 2**63 - 1 else np.int64)
    return Claims(column * factors * days * (FEN * step), common * MICRO * (period_days if worked is not None else 1))


def _by_coefficient(bonus: Bonus, of: Claims) -> tuple[Ints, Flags, Flags]:
    numerators = room_for(of.numerators, 2 * max(magnitude(of.numerators), of.denominator))
    paid = narrow(round_half_up(numerators, of.denominator))
    earned = np.asarray(of.numerators != 0, np.bool_)
    nobody = np.zeros_like(earned)
    raised = earned & (paid < bonus.floor) if bonus.floor is not None else nobody
    held = earned & (paid > bonus.cap) if bonus.cap is not None else nobody
    return np.where(raised, bonus.floor or 0, np.where(held, bonus.cap or 0, paid)), raised, held


def _out_of_pool(bonus: Bonus, of: Claims, ruled: Ruled, unknown: int) -> tuple[Ints, Flags, Flags]:
    pool = bonus.pool or 0
    claiming = np.asarray(of.numerators > 0, np.bool_)
    if (of.numerators < 0).any():
        raise fail(_negative_claims(int((of.numerators < 0).sum())))
    paid = np.zeros(len(claiming), np.int64)
    raised, held = np.zeros_like(claiming), np.zeros_like(claiming)
    if claiming.any():
        parts = split(of.numerators[claiming], pool, bonus.floor, bonus.cap)
        paid[claiming], raised[claiming], held[claiming] = parts.parts, parts.raised, parts.held
    elif pool and ruled.graded.size:
        raise fail(_nobody_to_pay(pool, ruled, unknown, len(claiming)))
    return paid, raised, held


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
