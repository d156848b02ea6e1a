"""Published figures beside computed ones: tolerance, and rounding as the source words it.

A figure agrees if it lies within the tolerance as it is, or after it is rounded to the decimals that the source names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal, InvalidOperation, localcontext
from fractions import Fraction
from typing import Any

from tests.oracles.case import Case, Difference, Named, NotRunnable

_DECIMALS = re.compile(r"(\d+)\s*(?:dp|digits?|decimals?|位)")
_WHOLE = re.compile(r"whole|integer|整数")
_SEPARATED = re.compile(r"(?<=\d),(?=\d{3})")
_SUFFIX = re.compile(r"_(\d+)dp$")


def differences(case: Case, computed: Mapping[str, Any]) -> list[Difference]:
    """Every published figure that the computed ones do not agree with.

    Raises NotRunnable where nothing differs but not every figure is known.
    """
    differing: list[Difference] = []
    unknown: list[str] = []
    for key, expected in case.expected.items():
        try:
            differing += _compare(key, expected, figure(key, computed), _Reading(case, key))
        except NotRunnable as reason:
            unknown.append(str(reason))
    if unknown and not differing:
        raise NotRunnable("; ".join(unknown))
    return differing


def figure(key: str, computed: Mapping[str, Any]) -> Any:
    """A computed figure by its published name: ``csat_2dp`` is csat to two decimals, ``churn_pct`` churn in percent."""
    name = _SUFFIX.sub("", key)
    for known in (key, name):
        if known in computed:
            return computed[known]
    if name.endswith("_pct") and name.removesuffix("_pct") in computed:
        return _in_percent(computed[name.removesuffix("_pct")])
    raise NotRunnable(f"no function is known for the figure {key!r}")


class _Reading:
    """How the source printed a figure: tolerance, decimals, and whether it cut instead of rounding."""

    def __init__(self, case: Case, key: str) -> None:
        self.tolerance, self.relative = case.tolerance, case.relative
        text = case.rounding.casefold()
        self.cut = "truncat" in text
        self.as_printed = "as printed" in text
        self.decimals = int(suffix[1]) if (suffix := _SUFFIX.search(key)) else named_decimals(case.rounding, key)

    def agrees(self, expected: Decimal, computed: Fraction, *, amount: bool = False) -> bool:
        """``amount``: published as a text, and so with all its decimals."""
        allowed = max(Fraction(self.tolerance), abs(Fraction(expected)) * Fraction(self.relative))
        if abs(computed - Fraction(expected)) <= allowed:
            return True
        decimals = self.decimals
        if decimals is None and (self.as_printed or amount):
            decimals = max(0, -int(expected.as_tuple().exponent))
        return decimals is not None and abs(Fraction(self._printed(computed, decimals) - expected)) <= allowed

    def _printed(self, computed: Fraction, decimals: int) -> Decimal:
        with localcontext(prec=60):
            exact = Decimal(computed.numerator) / Decimal(computed.denominator)
            return exact.quantize(Decimal(1).scaleb(-decimals), ROUND_DOWN if self.cut else ROUND_HALF_UP)


def named_decimals(rounding: str, key: str) -> int | None:
    """The decimals that a text such as "weights 3 dp, CI/CR 2 dp" names for a figure: its own, else the general ones,
    else the most that are named; None where none are."""
    own: list[int] = []
    general: list[int] = []
    every: list[int] = []
    words = set(re.split(r"[_\W]+", key.casefold()))
    for part in re.split(r"[,;]", re.sub(r"\([^)]*\)", "", rounding.casefold())):
        found = _DECIMALS.search(part)
        if not found and not _WHOLE.search(part):
            continue
        decimals = int(found[1]) if found else 0
        subject = set(re.findall(r"[a-z]+", _DECIMALS.sub("", part))) - _FILLERS
        every.append(decimals)
        if subject & words:
            own.append(decimals)
        elif not subject:
            general.append(decimals)
    return next((max(listed) for listed in (own, general, every) if listed), None)


_FILLERS = frozenset(
    re.findall(
        "[a-z]+",
        "to for the of a at only end every step and or half up down nearest whole number integer units minor percent"
        " rounded exact truncation truncated asserted upstream",
    )
)


def _compare(where: str, expected: Any, computed: Any, reading: _Reading) -> Iterator[Difference]:
    if isinstance(computed, Named) and isinstance(expected, Mapping):
        computed = computed.by_name()
    elif isinstance(computed, Mapping) and _is_list(expected):
        computed = list(computed.values())
    if isinstance(expected, Mapping) and isinstance(computed, Mapping):
        if computed and not expected:
            yield Difference(where, "nothing", _plain(list(computed)))
        for key, each in expected.items():
            yield from _compare(f"{where}.{key}", each, _part(computed, key, where), reading)
    elif _is_list(expected) and _is_list(computed):
        if len(expected) != len(computed):
            yield Difference(where, _plain(expected), _plain(computed))
            return
        for number, (each, ours) in enumerate(zip(expected, computed, strict=True)):
            yield from _compare(f"{where}[{number}]", each, ours, reading)
    elif not _same(expected, computed, reading):
        yield Difference(where, _plain(expected), _plain(computed))


def _same(expected: Any, computed: Any, reading: _Reading) -> bool:
    if isinstance(expected, bool) or isinstance(computed, bool) or expected is None or computed is None:
        return bool(expected is computed)
    if isinstance(computed, datetime):
        return _same_moment(expected, computed)
    published, ours = _number(expected), _number(computed)
    if published is None or ours is None:
        return bool(expected == computed)
    return reading.agrees(published, Fraction(ours), amount=isinstance(expected, str))


def _number(value: Any) -> Any:
    """Amounts are texts with two decimals, also with thousands separated or in percent; other texts are labels."""
    if not isinstance(value, str):
        return Decimal(value) if isinstance(value, int) else value if isinstance(value, Decimal | Fraction) else None
    text = _SEPARATED.sub("", value.strip())
    try:
        number = Decimal(text.removesuffix("%"))
    except InvalidOperation:
        return None
    if not number.is_finite():
        return None
    return number.scaleb(-2) if text.endswith("%") else number


def _same_moment(expected: Any, computed: datetime) -> bool:
    """A moment as it is published: with its offset, or as the desk's wall clock shows it."""
    try:
        published = datetime.fromisoformat(str(expected))
    except ValueError:
        return False
    return published == (computed if published.tzinfo is not None else computed.replace(tzinfo=None))


def _part(computed: Mapping[str, Any], key: str, where: str) -> Any:
    if key not in computed:
        raise NotRunnable(f"no function is known for the figure {where}.{key}")
    return computed[key]


def _in_percent(value: Any) -> Any:
    return [_in_percent(each) for each in value] if _is_list(value) else Fraction(value) * 100


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _plain(value: Any) -> str:
    if _is_list(value):
        return f"[{', '.join(map(_plain, value))}]"
    if isinstance(value, Fraction):
        with localcontext(prec=12):
            return str(Decimal(value.numerator) / Decimal(value.denominator))
    return str(value)
