"""Pairwise comparisons as a person writes them: read into exact fractions, with every mistake found at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from kaohe.errors import Problem, refuse_if_any
from kaohe.precise import Matrix, Number, exact, exact_matrix
from kaohe.text import Message, msg


def comparisons(rows: Sequence[Sequence[Number]], *, tolerance: Fraction = Fraction(0)) -> Matrix:
    """Judgements read from texts such as ``3`` and ``1/3``: row i against column j.

    Each judgement times its opposite is 1, the diagonal is 1, all are above zero; raises KaoheError with every place
    where that is not so. ``tolerance`` lets the product be off by so much, for comparisons printed as decimals.
    """
    _refuse_shape(rows)
    refuse_if_any(_unreadable(rows))
    matrix = exact_matrix(rows)
    refuse_if_any(
        problem
        for i, row in enumerate(matrix)
        for j in range(i, len(row))
        if (problem := _mistake(matrix, i, j, tolerance)) is not None
    )
    return matrix


def _refuse_shape(rows: Sequence[Sequence[Number]]) -> None:
    size = len(rows)
    wrong: list[Message] = [
        msg("row {row} has {found} judgements", row=number, found=len(row))
        for number, row in enumerate(rows, start=1)
        if len(row) != size
    ]
    what = msg("pairwise comparisons are as many rows as columns, at least one")
    refuse_if_any(
        Problem("judgement.shape", what, found=found, expected=str(size))
        for found in (wrong if size else [msg("none")])
    )


def _unreadable(rows: Sequence[Sequence[Number]]) -> Iterator[Problem]:
    for i, row in enumerate(rows, start=1):
        for j, cell in enumerate(row, start=1):
            try:
                exact(cell)
            except (ValueError, ZeroDivisionError):
                yield Problem(
                    "judgement.number",
                    msg("a judgement is a number or a fraction (row {row}, column {column})", row=i, column=j),
                    found=str(cell),
                    expected=msg("1 for equal, 3 for somewhat more, up to 9; 1/3, 1/9 for less"),
                )


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
