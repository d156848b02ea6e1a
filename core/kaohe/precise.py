"""Exact numbers for published methods: fractions where the method is rational, fifty digits where it needs roots.

Every machine gets the same figures: nothing here is a binary float. A figure is rounded half up once, at its end.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Context, Decimal, localcontext
from fractions import Fraction

from kaohe.exact import divide

Number = int | Decimal | Fraction | str
"""A number as a person writes it; texts may be fractions such as ``1/9``."""

Column = tuple[Fraction, ...]
Matrix = tuple[Column, ...]
"""Rows of exact numbers: alternatives × criteria, or judgements of row against column."""

FIFTY_DIGITS = Context(prec=50)
DECIMALS = 6


def exact(number: Number) -> Fraction:
    """The number itself; ``1/9`` is one ninth. Raises ValueError where a text is not a number."""
    return Fraction(number)


def exact_row(numbers: Iterable[Number]) -> Column:
    return tuple(exact(number) for number in numbers)


def exact_matrix(rows: Iterable[Iterable[Number]]) -> Matrix:
    """Rows of exact numbers; ValueError unless all rows are of one length above zero."""
    matrix = tuple(exact_row(row) for row in rows)
    if not matrix or {len(row) for row in matrix} != {len(matrix[0])} or not matrix[0]:
        raise ValueError("a matrix has rows of one length")
    return matrix


def transposed(matrix: Sequence[Sequence[Fraction]]) -> Matrix:
    return tuple(zip(*matrix, strict=True))


def added(numbers: Iterable[Fraction]) -> Fraction:
    """The exact sum. Numerators are added within each denominator, of which there are few as a rule."""
    parts: dict[int, int] = {}
    for number in numbers:
        parts[number.denominator] = parts.get(number.denominator, 0) + number.numerator
    return sum((Fraction(top, bottom) for bottom, top in parts.items()), Fraction(0))


def squared_distances(numbers: Sequence[Fraction]) -> Fraction:
    """Σ(x − mean)², which is Σx² − (Σx)²/n; ZeroDivisionError for no numbers."""
    total = added(numbers)
    return added(number * number for number in numbers) - total * total / len(numbers)


def digits(number: Fraction) -> Decimal:
    """The number at fifty digits."""
    with localcontext(FIFTY_DIGITS):
        return Decimal(number.numerator) / Decimal(number.denominator)


def root(number: Fraction) -> Decimal:
    """The square root at fifty digits."""
    with localcontext(FIFTY_DIGITS):
        return digits(number).sqrt()


def rounded(number: Fraction | Decimal, decimals: int = DECIMALS) -> Decimal:
    """The number with so many decimals, rounded half up (away from zero)."""
    whole = Fraction(number)
    units = divide(whole.numerator * 10**decimals, whole.denominator)
    # Built from its digits: arithmetic on a Decimal would round to the context's precision.
    return Decimal((int(units < 0), tuple(map(int, str(abs(units)))), -decimals))


def all_rounded(numbers: Iterable[Fraction | Decimal], decimals: int = DECIMALS) -> tuple[Decimal, ...]:
    return tuple(rounded(number, decimals) for number in numbers)
