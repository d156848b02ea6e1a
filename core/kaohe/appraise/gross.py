"""What a bonus starts from before coefficient and proration: a base, what a rate table gives, or a formula's result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from kaohe.appraise.claims import Claims, amounts
from kaohe.appraise.coded import Coded
from kaohe.appraise.facts import Facts, evaluate
from kaohe.appraise.lookup import given
from kaohe.appraise.model import Decision, Note
from kaohe.appraise.rates import earned_in_columns
from kaohe.exact import FEN, Ints
from kaohe.scheme.model import Accelerator, Bonus
from kaohe.text import Message, msg


@dataclass(frozen=True)
class Gross:
    """Exact amounts in fen for those ``rows`` of people for whom everything needed is known; the others are told."""

    rows: Ints
    amounts: Claims
    notes: tuple[Note, ...]


def gross(bonus: Bonus, seen: Facts, rows: Ints) -> Gross:
    """The amounts of these rows. ``seen`` knows the coefficient, which a formula may name."""
    notes: list[Note] = []
    if bonus.kind == "formula" and bonus.formula is not None:
        answers = evaluate(bonus.formula, _with_base_and_table(bonus, seen, rows), rows)
        rows, results = _known(rows, answers, "formula", msg("the bonus by formula is unknown: no bonus"), notes)
        return Gross(rows, amounts(results), tuple(notes))
    bases = None
    if bonus.base is not None:
        answers = evaluate(bonus.base, seen, rows)
        rows, bases = _known(rows, answers, "base", msg("the base of the bonus is unknown: no bonus"), notes)
    if bonus.table is None:
        return Gross(rows, amounts(bases or []), tuple(notes))
    found = given(bonus, bonus.table, seen, rows)
    unknown = msg("the figure that the bonus table asks for is unknown: no bonus")
    notes += [(int(row), Decision("bonus", "table", unknown)) for row in rows[~found.known]]
    if bases is None:
        in_fen = Claims(found.claims.numerators * FEN, found.claims.denominator)
        return Gross(rows[found.known], in_fen, tuple(notes))
    of_them = amounts(bases.where(found.known))
    return Gross(rows[found.known], found.claims.times(of_them), tuple(notes))


def _with_base_and_table(bonus: Bonus, seen: Facts, rows: Ints) -> Facts:
    """What a formula may name besides: it may do without the base, or the table, of whom they are unknown."""
    if bonus.base is not None:
        seen = seen.answers("base", _spread(evaluate(bonus.base, seen, rows), rows, len(seen.people)))
    if bonus.table is None:
        return seen
    found = given(bonus, bonus.table, seen, rows)
    results = [Fraction(int(each), found.claims.denominator) for each in found.claims.numerators]
    return seen.answers("table", _spread(results, rows[found.known], len(seen.people)))


def _spread(answers: Sequence[Any], rows: Ints, people: int) -> list[Any]:
    """Answers for some rows as a column over everybody, None for the others."""
    by_row = dict(zip(rows.tolist(), answers, strict=True))
    return [by_row.get(row) for row in range(people)]


def factors(accelerators: Sequence[Accelerator], seen: Facts, rows: Ints) -> tuple[list[Claims], tuple[Note, ...]]:
    """The factor of each accelerator for these rows, 1 where it is unknown what it asks for."""
    found, notes = [], []
    for accelerator in accelerators:
        over = evaluate(accelerator.over, seen, rows)
        known = np.array([answer is not None for answer in over], np.bool_)
        looked_up = earned_in_columns(accelerator.table, [answer for answer in over if answer is not None])
        what = msg("accelerator {id}: unknown, not applied", id=accelerator.id)
        notes += [(int(row), Decision("bonus", accelerator.id, what)) for row in rows[~known]]
        numerators = np.full(len(rows), looked_up.denominator, object)
        numerators[known] = looked_up.numerators
        found.append(Claims(numerators, looked_up.denominator))
    return found, tuple(notes)


def _known(rows: Ints, answers: Coded, about: str, what: Message, notes: list[Note]) -> tuple[Ints, Coded]:
    """The rows with an answer; a note for the others."""
    known = answers.flags(lambda answer: answer is not None)
    notes += [(int(row), Decision("bonus", about, what)) for row in rows[~known]]
    return rows[known], answers.where(known)
