"""Comparisons by several people brought together, and weights from comparisons of which some were never made."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, localcontext
from fractions import Fraction
from math import prod

from kaohe.precise import FIFTY_DIGITS, Matrix, digits
from kaohe.scheme.judgement import eigenvector


def joint(matrices: Sequence[Matrix]) -> Matrix:
    """One square of comparisons for several people: the geometric mean of each judgement (Aczél & Saaty 1983).

    At fifty digits, so that two opposite judgements multiply to 1 but for the last digit.
    """
    places = range(len(matrices[0]))
    return tuple(tuple(_mean([matrix[i][j] for matrix in matrices]) for j in places) for i in places)


def incomplete_weights(rows: Sequence[Sequence[Fraction | None]]) -> tuple[Decimal, ...]:
    """Weights as shares of 1 where some comparisons (None) are missing (Harker 1987, Math. Modelling 9:353).

    What was not compared stands for 0, and each thing counts once more for itself. ValueError where the comparisons
    made do not hang together, so that nothing follows about some against others.
    """
    if len(_reached(rows)) < len(rows):
        raise ValueError("the comparisons that were made do not hang together")
    return eigenvector(
        tuple(
            tuple(
                Fraction(1 + sum(each is None for each in row)) if i == j else Fraction(cell or 0)
                for j, cell in enumerate(row)
            )
            for i, row in enumerate(rows)
        )
    )


def _mean(judgements: Sequence[Fraction]) -> Fraction:
    with localcontext(FIFTY_DIGITS):
        return Fraction(digits(prod(judgements, start=Fraction(1))) ** (1 / Decimal(len(judgements))))


def _reached(rows: Sequence[Sequence[Fraction | None]]) -> set[int]:
    """What the first thing is compared with, directly or by way of others."""
    found, ahead = {0}, [0]
    while ahead:
        here = ahead.pop()
        fresh = {there for there, cell in enumerate(rows[here]) if cell is not None} - found
        found |= fresh
        ahead += fresh
    return found
