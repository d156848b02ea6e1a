"""Figures as a page writes them."""

from __future__ import annotations

from fractions import Fraction

from kaohe.exact import DECIMALS, MICRO, divide, format_fen, format_micros, round_micros
from kaohe.text import Message, msg

MINUS = "−"


def points(micros: int | Fraction, decimals: int) -> str:
    """Points with so many decimals, rounded half up once."""
    exact = Fraction(micros)
    unit = 10 ** (DECIMALS - decimals)
    return format_micros(divide(exact.numerator, exact.denominator * unit) * unit, decimals).replace("-", MINUS)


def signed(micros: int | Fraction, decimals: int) -> str:
    """Likewise, with + above zero."""
    text = points(micros, decimals)
    return text if text.startswith(MINUS) or not text.strip("0.") else f"+{text}"


def money(fen: int | Fraction) -> str:
    """Yuan with separators of thousands, rounded to the fen."""
    exact = Fraction(fen)
    return format_fen(divide(exact.numerator, exact.denominator)).replace("-", MINUS)


def part(share: Fraction) -> Message:
    """A share in percent with one decimal."""
    return msg(
        "{number} %",
        number=format_micros(
            round_micros(divide((share * 100 * MICRO).numerator, (share * 100 * MICRO).denominator), 1), 1
        ),
    )
