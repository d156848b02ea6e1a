"""What a bonus starts from before coefficient and proration: a base, what a rate table gives, or a formula's result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from kaohe.appraise.claims import Claims, amounts
from kaohe.appraise.facts import Facts, evaluate
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
    bases = over = None
    if bonus.base is not None:
        bases = evaluate(bonus.base, seen, rows)
        # A formula may do without the base of whom it is unknown.
        if bonus.kind != "formula":
            rows, bases = _known(rows, bases, "base", msg("the base of the bonus is unknown: no bonus"), notes)
        else:
            by_row = dict(zip(rows.tolist(), bases, strict=True))
            seen = seen.answers("base", [by_row.get(row) for row in range(len(seen.people))])
    if bonus.kind == "formula" and bonus.formula is not None:
        results = evaluate(bonus.formula, seen, rows)
        rows, results = _known(rows, results, "formula", msg("the bonus by formula is unknown: no bonus"), notes)
        return Gross(rows, amounts(results), tuple(notes))
    if bonus.over is not None and bonus.table is not None:
        before = rows
        over = evaluate(bonus.over, seen, rows)
        unknown = msg("the figure that the bonus table asks for is unknown: no bonus")
        rows, over = _known(rows, over, "table", unknown, notes)
        given = earned_in_columns(bonus.table, over)
        if bases is None:
            return Gross(rows, Claims(given.numerators * FEN, given.denominator), tuple(notes))
        kept = np.isin(before, rows).tolist()
        of_them = amounts([base for base, keep in zip(bases, kept, strict=True) if keep])
        return Gross(rows, given.times(of_them), tuple(notes))
    return Gross(rows, amounts(bases or []), tuple(notes))


def factors(accelerators: Sequence[Accelerator], seen: Facts, rows: Ints) -> tuple[list[Claims], tuple[Note, ...]]:
    """The factor of each accelerator for these rows, 1 where it is unknown what it asks for."""
    found, notes = [], []
    for accelerator in accelerators:
        over = evaluate(accelerator.over, seen, rows)
        known = np.array([answer is not None for answer in over], np.bool_)
        given = earned_in_columns(accelerator.table, [answer for answer in over if answer is not None])
        what = msg("accelerator {id}: unknown, not applied", id=accelerator.id)
        notes += [(int(row), Decision("bonus", accelerator.id, what)) for row in rows[~known]]
        numerators = np.full(len(rows), given.denominator, object)
        numerators[known] = given.numerators
        found.append(Claims(numerators, given.denominator))
    return found, tuple(notes)


def _known(
    rows: Ints, answers: Sequence[Fraction | None], about: str, what: Message, notes: list[Note]
) -> tuple[Ints, list[Fraction]]:
    """The rows with an answer; a note for the others."""
    known = np.array([answer is not None for answer in answers], np.bool_)
    notes += [(int(row), Decision("bonus", about, what)) for row in rows[~known]]
    return rows[known], [answer for answer in answers if answer is not None]
