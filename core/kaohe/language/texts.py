"""Text: compared character by character, folded by A–Z only, so that no database's collation or locale has a say."""

from __future__ import annotations

import re
import string
from collections.abc import Callable
from datetime import tzinfo
from decimal import Decimal
from typing import Any, cast

from sqlglot import exp

from kaohe.exact import DECIMALS, to_micros
from kaohe.language.integers import Lowered
from kaohe.language.tree import Call

Compute = Callable[..., Any]
_FOLD = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
_NUMBER = r"^[+-]?([0-9]{1,18}|[0-9]{1,3}(,[0-9]{3}){1,5})([.][0-9]{0,18})?$"
_PATTERN = re.compile(_NUMBER.removeprefix("^").removesuffix("$"))


def lower_lower(_call: Call, arguments: tuple[Lowered, ...]) -> Lowered:
    alphabets = (exp.Literal.string(letters) for letters in (string.ascii_uppercase, string.ascii_lowercase))
    folded = exp.func("TRANSLATE", arguments[0].sql, *alphabets)
    return Lowered(cast(exp.Expression, folded))


def compute_lower(_call: Call, _zone: tzinfo) -> Compute:
    return lambda text: text.translate(_FOLD)


def lower_contains(_call: Call, arguments: tuple[Lowered, ...]) -> Lowered:
    text, part = (argument.sql for argument in arguments)
    return Lowered(exp.GT(this=exp.StrPosition(this=text, substr=part), expression=exp.Literal.number(0)))


def compute_contains(_call: Call, _zone: tzinfo) -> Compute:
    return lambda text, part: part in text


def lower_number(_call: Call, arguments: tuple[Lowered, ...]) -> Lowered:
    trimmed = exp.Trim(this=arguments[0].sql, expression=exp.Literal.string(" "))
    digits = exp.func("REPLACE", trimmed, exp.Literal.string(","), exp.Literal.string(""))
    decimal = exp.Cast(this=digits, to=exp.DataType.build(f"DECIMAL(38, {DECIMALS})"))
    shifted = exp.Mul(this=decimal, expression=exp.Literal.number(10**DECIMALS))
    whole = exp.Cast(this=exp.Paren(this=shifted), to=exp.DataType.build("INT128"))
    readable = exp.RegexpLike(this=trimmed, expression=exp.Literal.string(_NUMBER))
    return Lowered(exp.Case(ifs=[exp.If(this=readable, true=whole)]), 10 ** (18 + DECIMALS), "wide")


def compute_number(_call: Call, _zone: tzinfo) -> Compute:
    return _read


def _read(text: str) -> int | None:
    trimmed = text.strip(" ")
    return to_micros(Decimal(trimmed.replace(",", ""))) if _PATTERN.fullmatch(trimmed) else None
