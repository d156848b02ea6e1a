"""Pairwise comparisons as a person writes them in a square: read into exact fractions, every mistake found at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from kaohe.errors import Problem, refuse_if_any
from kaohe.precise import Matrix, Number, exact, exact_matrix
from kaohe.text import Message, msg

Mistake = tuple[tuple[int, ...], Problem]
"""Where in the square (row, or row and column, from 0; empty: the whole) and what."""


def comparisons(rows: Sequence[Sequence[Number]], *, tolerance: Fraction = Fraction(0)) -> Matrix:
    """Judgements read from texts such as ``3`` and ``1/3``: row i against column j.

    Each judgement times its opposite is 1, the diagonal is 1, all are above zero; raises KaoheError with every place
    where that is not so. ``tolerance`` lets the product be off by so much, for comparisons printed as decimals.
    """
    refuse_if_any(problem for _place, problem in mistakes(rows, tolerance))
    return exact_matrix(rows)


def mistakes(rows: Sequence[Sequence[Number]], tolerance: Fraction = Fraction(0)) -> list[Mistake]:
    """Every place that is not fit; numbers are looked at once the shape is sound, opposites once they are numbers."""
    if (wrong := [*_shape(rows)]) or (wrong := [*_unreadable(rows)]):
        return wrong
    matrix = exact_matrix(rows)
    return [
        ((i, j), problem)
        for i, row in enumerate(matrix)
        for j in range(i, len(row))
        if (problem := _mistake(matrix, i, j, tolerance)) is not None
    ]


def _shape(rows: Sequence[Sequence[Number]]) -> Iterator[Mistake]:
    size = len(rows)
    what = msg("pairwise comparisons are as many rows as columns, at least one")
    if not size:
        yield (), Problem("judgement.shape", what, found=msg("none"), expected="1")
    for number, row in enumerate(rows):
        if len(row) != size:
            found: Message = msg("row {row} has {found} judgements", row=number + 1, found=len(row))
            yield (number,), Problem("judgement.shape", what, found=found, expected=str(size))


def _unreadable(rows: Sequence[Sequence[Number]]) -> Iterator[Mistake]:
    for i, row in enumerate(rows):
        for j, cell in enumerate(row):
            try:
                exact(cell)
            except (ValueError, ZeroDivisionError):
                what = msg(
                    "a judgement is a number or a fraction (row {row}, column {column})", row=i + 1, column=j + 1
                )
                scale = msg("1 for equal, 3 for somewhat more, up to 9; 1/3, 1/9 for less")
                yield (i, j), Problem("judgement.number", what, found=str(cell), expected=scale)


def _mistake(matrix: Matrix, i: int, j: int, tolerance: Fraction) -> Problem | None:
    judgement, opposite = matrix[i][j], matrix[j][i]
    words = {"row": i + 1, "column": j + 1}
    if judgement <= 0 or opposite <= 0:
        return Problem(
            "judgement.sign",
            msg("a judgement is above zero (row {row}, column {column})", **words),
            found=str(judgement if judgement <= 0 else opposite),
            expected=msg("1 for equal, 3 for somewhat more, up to 9; 1/3, 1/9 for less"),
        )
    if i == j and judgement != 1:
        return Problem(
            "judgement.diagonal",
            msg("a thing compared with itself is 1 (row {row}, column {column})", **words),
            found=str(judgement),
            expected="1",
        )
    if abs(judgement * opposite - 1) > tolerance:
        return Problem(
            "judgement.reciprocal",
            msg("two opposite judgements are not each other's reciprocals (row {row}, column {column})", **words),
            found=f"{judgement} / {opposite}",
            expected=str(1 / judgement),
            fix=msg("write one as 1/x of the other"),
        )
    return None
