"""Pools: how much is in each, who shares it, and everybody's part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from kaohe.appraise.claims import Claims
from kaohe.appraise.eligibility import eligible
from kaohe.appraise.facts import Facts, evaluate_together
from kaohe.appraise.model import EVERYBODY, People, Pool
from kaohe.appraise.pool import split
from kaohe.appraise.rules import Ruled
from kaohe.errors import Problem, fail
from kaohe.exact import Flags, Ints, format_fen, to_fen
from kaohe.scheme.model import Bonus
from kaohe.text import Message, msg


@dataclass(frozen=True)
class Drawn:
    """Over the claims: everybody's part in fen, who was raised or held, and the position of the pool (−1: none)."""

    parts: Ints
    raised: Flags
    held: Flags
    pool: Ints
    pools: tuple[Pool, ...]


def pool_groups(people: People, within: Sequence[str]) -> tuple[Ints, tuple[str, ...]]:
    """Which pool each person belongs to, by attributes, and the pools' names in the order of the first codes."""
    if not within:
        return np.zeros(len(people), np.int64), (EVERYBODY,) if len(people) else ()
    numbers: dict[tuple[Any, ...], int] = {}
    members = zip(*(people.attribute(name) for name in within), strict=True)
    number = np.fromiter((numbers.setdefault(member, len(numbers)) for member in members), np.int64, len(people))
    return number, tuple(" / ".join("—" if part is None else str(part) for part in member) for member in numbers)


def pool_amount(bonus: Bonus, seen: Facts, rows: Ints) -> int | None:
    """What is in the pool of these people, in fen, rounded half up; None where the expression is unknown."""
    if bonus.pool is None or isinstance(bonus.pool, int):
        return bonus.pool or 0
    yuan = evaluate_together(bonus.pool, seen, rows)
    return None if yuan is None else to_fen(yuan)


def draw(bonus: Bonus, claimed: Claims, rows: Ints, ruled: Ruled, seen: Facts) -> Drawn:
    """Everybody's part of their pool; ``rows`` are the people who claim."""
    if (claimed.numerators < 0).any():
        raise fail(_negative_claims(int((claimed.numerators < 0).sum())))
    number, names = pool_groups(seen.people, bonus.pool_within)
    parts = np.zeros(len(rows), np.int64)
    raised, held = np.zeros(len(rows), np.bool_), np.zeros(len(rows), np.bool_)
    drawn = np.full(len(rows), -1)
    claiming = np.asarray(claimed.numerators > 0, np.bool_)
    pools = []
    for position, name in enumerate(names):
        fen = pool_amount(bonus, seen, np.flatnonzero(number == position))
        if fen is None:
            raise fail(_unknown(name))
        here = claiming & (number[rows] == position)
        ratio: Fraction | None = None
        if here.any():
            of_pool = split(claimed.numerators[here], fen, bonus.floor, bonus.cap)
            parts[here], raised[here], held[here] = of_pool.parts, of_pool.raised, of_pool.held
            ratio = None if of_pool.ratio is None else of_pool.ratio * claimed.denominator
            drawn[here] = position
        elif fen:
            raise fail(_nobody_to_pay(bonus, seen.people, name, fen, ruled, number == position, rows))
        pools.append(Pool(name, fen, ratio))
    return Drawn(parts, raised, held, drawn, tuple(pools))


def _nobody_to_pay(
    bonus: Bonus, people: People, name: str, fen: int, ruled: Ruled, members: Flags, rows: Ints
) -> Problem:
    known = np.zeros_like(members)
    known[rows] = True
    asked = np.flatnonzero(members & ruled.graded & ~ruled.vetoed)
    may, _reasons = eligible(bonus.eligible, people, asked)
    found: Message = msg(
        "of {people} people {not_graded} are not graded, {vetoed} vetoed, {ineligible} not eligible, {unknown} without "
        "a base, {no_claim} with a claim of zero",
        people=int(members.sum()),
        not_graded=int((members & ~ruled.graded).sum()),
        vetoed=int((members & ruled.vetoed).sum()),
        ineligible=len(asked) - len(may),
        unknown=int((~known[may]).sum()),
        no_claim=int((members & known).sum()),
    )
    what = msg("there is a pool of {pool}, but nobody to pay it to", pool=format_fen(fen))
    if name != EVERYBODY:
        what = msg("there is a pool of {pool} for {group}, but nobody to pay it to", pool=format_fen(fen), group=name)
    return Problem(
        "appraise.pool-without-claims",
        what,
        found=found,
        fix=msg("import the missing records and bases, let more people be eligible, or set the pool to 0")
        if len(may) < len(asked)
        else msg("import the missing records and bases, or set the pool to 0"),
    )


def _negative_claims(people: int) -> Problem:
    return Problem(
        "appraise.negative-claims",
        msg("a pool cannot be split over negative claims"),
        found=msg("people with a base or coefficient below zero: {people}", people=people),
        fix=msg("mend the bases, or keep those people out of the population"),
    )


def _unknown(name: str) -> Problem:
    return Problem(
        "appraise.pool-unknown",
        msg("how much is in the pool is unknown: data are missing"),
        found=None if name == EVERYBODY else name,
        fix=msg("import the missing records, or let the pool fall back: if_(known(…), …, 0)"),
    )
