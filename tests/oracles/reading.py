"""What a case writes, read: numbers in any usual form, and lists whose things may have names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.oracles.case import NotRunnable

_SEPARATED = re.compile(r"(?<=\d)[,_](?=\d{3})")
_CURRENCY = re.compile(r"^[¥$€£]\s*|\s*(?:元|yuan|CNY|USD|RMB|EUR)$", re.IGNORECASE)
NONE = ("", "-", "n/a", "na", "#n/a", "none", "null", "missing", "nan", "?")


def number(written: Any) -> Decimal | Fraction:
    """A number as an integer, a decimal or a text: ``25%``, ``1,250.00``, ``1/3``, ``¥300``."""
    if isinstance(written, bool) or written is None:
        raise NotRunnable(f"a number is written as {written!r}")
    if not isinstance(written, str):
        return Fraction(written) if isinstance(written, Fraction) else Decimal(written)
    text = _SEPARATED.sub("", _CURRENCY.sub("", written.strip()))
    try:
        if "/" in text:
            return Fraction(text)
        return Decimal(text[:-1]).scaleb(-2) if text.endswith("%") else Decimal(text)
    except (ArithmeticError, ValueError):
        raise NotRunnable(f"a number is written as {written!r}") from None


def decimal(written: Any) -> Decimal:
    """The same where it has to be a decimal."""
    read = number(written)
    if isinstance(read, Fraction):
        raise NotRunnable(f"a decimal is written as {written!r}")
    return read


def whole(written: Any) -> int:
    read = number(written)
    if read != int(read):
        raise NotRunnable(f"a whole number is written as {written!r}")
    return int(read)


def missing(written: Any) -> bool:
    return written is None or (isinstance(written, str) and written.strip().casefold() in NONE)


def is_name(written: Any) -> bool:
    """Whether a text is no number."""
    return isinstance(written, str) and not re.search(r"^\s*[-+]?[\d.]", written)


def listing(given: Any) -> tuple[list[str] | None, list[Any]]:
    """The names of things, where they have any, and the things: of a mapping or a list, also of [name, thing] pairs."""
    if isinstance(given, Mapping):
        return list(given), list(given.values())
    if not isinstance(given, list):
        raise NotRunnable(f"a list is written as {given!r}")
    if given and all(isinstance(each, list) and len(each) == 2 and is_name(each[0]) for each in given):
        return [name for name, _ in given], [thing for _, thing in given]
    return None, list(given)


def numbers(given: Any) -> list[Decimal | Fraction]:
    return [number(each) for each in listing(given)[1]]


def share(written: Any) -> Decimal:
    """A share of 1, also where it is written as so many percent: 40 and ``40%`` are 0.4."""
    read = decimal(written)
    return read.scaleb(-2) if abs(read) > 1 else read
