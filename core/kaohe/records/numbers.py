"""Cells that hold numbers: whole numbers, decimals and money, exactly, as integers scaled by a power of ten."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal

from kaohe.exact import shorten
from kaohe.plugin.types import Field
from kaohe.records.rows import Unfit
from kaohe.text import Message, msg

_NUMBER = re.compile(r"([+-]?)(?:(\d+|\d{1,3}(?:,\d{3})+)(?:\.(\d*))?|\.(\d+))(%?)", re.ASCII)
_SCIENTIFIC = re.compile(r"[+-]?\d+(?:\.\d*)?e[+-]?\d+", re.ASCII | re.IGNORECASE)
_CURRENCY = re.compile(r"^([+-]?)\s*(?:¥|rmb|cny)\s*|\s*元$", re.IGNORECASE)
_LONGEST = 40
_LARGEST = 2**63 - 1
_MONEY_SCALE = 2


def number_parser(field: Field) -> Callable[[str], int]:
    """A parser of an ``integer``, ``decimal`` or ``money`` field; it raises Unfit."""
    money = field.kind == "money"
    scale = scale_of(field)
    percent = field.kind == "decimal"
    least = None if field.minimum is None else field.minimum.scaleb(scale)
    most = None if field.maximum is None else field.maximum.scaleb(scale)

    def parse(cell: str) -> int:
        number = _scaled(cell, scale, money=money, percent=percent)
        if least is not None and number < least:
            raise _out_of_range(msg("the number is below {limit}", limit=shown(field.minimum)), field)
        if most is not None and number > most:
            raise _out_of_range(msg("the number is above {limit}", limit=shown(field.maximum)), field)
        return number

    return parse


def scale_of(field: Field) -> int:
    """How many decimals a stored number of the field has: it counts units of 10^-scale."""
    return _MONEY_SCALE if field.kind == "money" else field.scale if field.kind == "decimal" else 0


def read_number(cell: str) -> Decimal | None:
    """The number in a cell as people write it (full width, thousands separators, currency, percent), or None."""
    match = _match(cell, money=True)
    if match is None:
        return None
    digits, decimals = _digits(match)
    return Decimal(digits).scaleb(-decimals)


def shown(limit: Decimal | None) -> str:
    return "" if limit is None else f"{shorten(limit):f}"


def _scaled(cell: str, scale: int, *, money: bool, percent: bool) -> int:
    match = _match(cell, money=money)
    if match is None or (match[5] and not percent):
        raise _not_a_number(cell)
    digits, decimals = _digits(match)
    while decimals > scale and digits % 10 == 0:
        digits //= 10
        decimals -= 1
    if decimals > scale:
        raise _too_precise(scale, money=money)
    number: int = digits * 10 ** (scale - decimals)
    if abs(number) > _LARGEST:
        raise Unfit(msg("the number is too large to be stored"), msg("Correct the number."))
    return number


def _match(cell: str, *, money: bool) -> re.Match[str] | None:
    if len(cell) > _LONGEST:
        return None
    if match := _NUMBER.fullmatch(cell):
        return match
    text = unicodedata.normalize("NFKC", cell).replace("\u2212", "-").strip()
    if money:
        text = _CURRENCY.sub(r"\1", text)
    return _NUMBER.fullmatch(text.removesuffix(" %") + "%" if text.endswith(" %") else text)


def _digits(match: re.Match[str]) -> tuple[int, int]:
    """All digits as one integer with its sign, and how many of them are decimals."""
    sign, whole, fraction, bare, percent = match.groups()
    decimals = bare or fraction or ""
    digits = int((whole or "").replace(",", "") + decimals)
    return -digits if sign == "-" else digits, len(decimals) + (2 if percent else 0)


def _not_a_number(cell: str) -> Unfit:
    if _SCIENTIFIC.fullmatch(cell):
        return Unfit(
            msg("a number in scientific notation may have lost digits"),
            msg("Write the number in full; in Excel, format the column as a number."),
        )
    return Unfit(
        msg("this is not a number"),
        msg("Write a number such as 1234.5; words that stand for no value go into the mapping's missing list."),
    )


def _too_precise(scale: int, *, money: bool) -> Unfit:
    if money:
        return Unfit(msg("an amount has at most two decimals"), msg("Round the amount to the fen."))
    if scale == 0:
        return Unfit(msg("this is not a whole number"), msg("Write a whole number."))
    return Unfit(
        msg("the number has more than {scale} decimals", scale=scale),
        msg("Round the number to {scale} decimals.", scale=scale),
    )


def _out_of_range(reason: Message, field: Field) -> Unfit:
    if field.minimum is None:
        return Unfit(reason, msg("Write a number of at most {most}.", most=shown(field.maximum)))
    if field.maximum is None:
        return Unfit(reason, msg("Write a number of at least {least}.", least=shown(field.minimum)))
    fix = msg("Write a number from {least} to {most}.", least=shown(field.minimum), most=shown(field.maximum))
    return Unfit(reason, fix)
