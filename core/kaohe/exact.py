"""Exact numbers: fixed point at six decimals ("micros"), rounding half up as Excel does, whole parts of a total.

A value, points, weight or share is an int64 that counts millionths. Money is an int64 that counts fen.
Rounding half up means half away from zero: 2.5 → 3 and −2.5 → −3.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

DECIMALS = 6
MICRO = 10**DECIMALS
FEN = 100

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

_LIMIT = 2**63 - 1


def divide(numerator: int, denominator: int) -> int:
    """numerator / denominator rounded half up to an integer; the denominator may be negative, never zero."""
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    quotient = (2 * abs(numerator) + denominator) // (2 * denominator)
    return quotient if numerator >= 0 else -quotient


def to_micros(number: int | Decimal | Fraction | str) -> int:
    """A number as millionths, rounded half up at the sixth decimal."""
    exact = Fraction(number)
    return divide(exact.numerator * MICRO, exact.denominator)


def from_micros(micros: int) -> Decimal:
    """Millionths as a decimal without trailing zeros."""
    return shorten(Decimal(int(micros)).scaleb(-DECIMALS))


def to_fen(yuan: int | Decimal | Fraction | str) -> int:
    """An amount in yuan as fen, rounded half up."""
    exact = Fraction(yuan)
    return divide(exact.numerator * FEN, exact.denominator)


def shorten(number: Decimal) -> Decimal:
    """The same number without trailing zeros and without an exponent."""
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()


def round_micros(micros: int, decimals: int) -> int:
    """Millionths rounded half up to so many decimals (at most six), still as millionths."""
    unit: int = 10 ** (DECIMALS - decimals)
    return divide(micros, unit) * unit


def format_micros(micros: int, decimals: int) -> str:
    """Millionths as text with exactly so many decimals."""
    return _fixed(divide(int(micros), 10 ** (DECIMALS - decimals)), decimals)


def format_fen(fen: int) -> str:
    """Fen as yuan with thousands separators: 1,234.50."""
    return _fixed(int(fen), 2, ",")


def plain_fen(fen: int) -> str:
    """Fen as yuan for programs, in JSON and the like: 1234.50."""
    return _fixed(int(fen), 2)


def _fixed(number: int, decimals: int, thousands: str = "") -> str:
    """A whole number of the last of so many decimals, written out."""
    whole, rest = divmod(abs(number), 10**decimals)
    written = f"{whole:{thousands}}.{rest:0{decimals}d}" if decimals else f"{whole:{thousands}}"
    return f"-{written}" if number < 0 else written


def signed_micros(micros: int) -> str:
    """Millionths with their sign, as many decimals as they have: +3, −2.5. Nothing is +0."""
    return f"{'−' if micros < 0 else '+'}{from_micros(abs(micros)):f}"


def signed_fen(fen: int) -> str:
    """Fen as yuan with their sign: +500.00, −1,234.50. Nothing is +0.00."""
    return f"{'−' if fen < 0 else '+'}{format_fen(abs(fen))}"


def divide_columns(numerator: Ints, denominator: Ints, scale: int = 1) -> Ints:
    """``numerator * scale / denominator`` row by row, rounded half up; no denominator may be zero.

    Exact for any int64 inputs: rows whose product would not fit into 64 bits are divided with Python's integers.
    Raises OverflowError where a quotient itself does not fit.
    """
    numerator, denominator = np.broadcast_arrays(np.asarray(numerator, np.int64), np.asarray(denominator, np.int64))
    magnitude, divisor = np.abs(numerator), np.abs(denominator)
    bound = _LIMIT // (2 * scale + 1)
    wide = (magnitude > bound) | (magnitude < 0) | (divisor > _LIMIT // 4) | (divisor < 0)
    safe = np.where(wide, 0, magnitude)
    divisor = np.where(wide, 1, divisor)
    # Long division keeps the doubled remainder small enough to compare instead of doubling the whole.
    whole, rest = np.divmod(safe * scale, divisor)
    quotient = whole + (2 * rest >= divisor)
    result = np.where((numerator < 0) != (denominator < 0), -quotient, quotient)
    for index in np.flatnonzero(wide):
        value = divide(int(numerator[index]) * scale, int(denominator[index]))
        if abs(value) > _LIMIT:
            raise OverflowError(value)
        result[index] = value
    return result


def largest_remainder(weights: Sequence[int], total: int) -> list[int]:
    """Whole parts of ``total`` in proportion to non-negative ``weights`` (Hamilton's method); they sum to it exactly.

    Each part is the quota rounded towards zero; what is left goes one by one to the largest remainders, earlier
    position first. The caller therefore orders by a stable id. A negative total mirrors the positive one.
    Raises ZeroDivisionError where all weights are zero and the total is not.
    """
    if total < 0:
        return [-part for part in largest_remainder(weights, -total)]
    whole = sum(weights)
    if total == 0:
        return [0] * len(weights)
    parts = [weight * total // whole for weight in weights]
    remainders = [weight * total % whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda index: (-remainders[index], index))
    for index in by_remainder[: total - sum(parts)]:
        parts[index] += 1
    return parts
