"""A scheme of one indicator alone, as it would be used with its defaults: what it measures, and its curve, checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from difflib import get_close_matches

from kaohe.errors import Place, Problem, fail, refuse_if_any
from kaohe.plugin import Indicator, RecordType
from kaohe.plugin.parameters import value_mistakes
from kaohe.scheme.draft import nearest, show
from kaohe.scheme.levels import names_no_person
from kaohe.scheme.load import load_scheme
from kaohe.scheme.model import Scheme
from kaohe.text import msg
from kaohe.worktime import ANY_CALENDAR, Calendars

_HEAD = """\
format = 1
[scheme]
id = "sketch"
version = "1"
name = "sketch"
cycle = "quarter"
missing = { policy = "renormalise" }
[[dimensions]]
id = "only"
name = "only"
weight = 100
[[dimensions.indicators]]
weight = 100
"""
_NEAREST = 6
# Where a plugin gives no curve, any will do for what is measured.
_ANY_CURVE = 'curve = { kind = "points", at = [[0, 0], [1, 0]] }'


def find_indicator(identifier: str, indicators: Mapping[str, Indicator]) -> Indicator:
    """The indicator of an id; KaoheError with the nearest ids where there is none."""
    if identifier in indicators:
        return indicators[identifier]
    near = nearest_ids(identifier, indicators)
    raise fail(
        Problem(
            "indicator.unknown",
            msg("there is no indicator {id}", id=identifier),
            expected=", ".join(near) or None,
            fix=nearest(identifier, near) or msg("see all: kaohe indicator list"),
        )
    )


def nearest_ids(identifier: str, indicators: Mapping[str, Indicator]) -> list[str]:
    """Ids that contain what was written or are spelt like it, or whose name is like it; the nearest first."""
    written = identifier.lower()
    inside = [each.id for each in indicators.values() if matches(each, written)]
    spelt = get_close_matches(written, indicators, n=_NEAREST, cutoff=0.5)
    tails = {each.partition(".")[2]: each for each in indicators}
    spelt += [tails[tail] for tail in get_close_matches(written.rpartition(".")[2], tails, n=_NEAREST, cutoff=0.6)]
    return list(dict.fromkeys([*inside, *spelt]))[:_NEAREST]


def matches(indicator: Indicator, text: str) -> bool:
    """Whether the id, a name or the description in either language contains the text, whatever its case."""
    sought = text.casefold()
    name, about = indicator.name, indicator.description
    return any(sought in place.casefold() for place in (indicator.id, name.zh, name.en, about.zh, about.en))


def sketch(
    indicator: Indicator,
    parameters: Mapping[str, str],
    record_types: Mapping[str, RecordType],
    indicators: Mapping[str, Indicator],
    calendars: Calendars = ANY_CALENDAR,
) -> Scheme:
    """The scheme. ``parameters`` are as a person types them; those not given have their defaults.

    Raises KaoheError for parameters that the indicator does not have, or values that do not keep to their schema.
    """
    given = {name: _typed(indicator, name, text) for name, text in parameters.items()}
    refuse_if_any(problem for name, value in given.items() for problem in _mistakes(indicator, name, value))
    lines = [f"use = {show(indicator.id)}"]
    lines += [f"params = {show(given)}"] if given else []
    lines += ['level = "team"'] if names_no_person(indicator, record_types.get(indicator.records)) else []
    lines += [] if indicator.curve else [_ANY_CURVE]
    text = _HEAD + "\n".join(lines) + "\n"
    return load_scheme(text, indicator.id, record_types, indicators, calendars=calendars).require()


def _typed(indicator: Indicator, name: str, text: str) -> Decimal | int | str | bool:
    """The text as the parameter's type; text where it cannot be read as that, which is then a mistake."""
    kind = indicator.parameters[name].schema["type"] if name in indicator.parameters else "string"
    if kind == "boolean":
        return {"true": True, "false": False}.get(text.strip().lower(), text)
    if kind in ("number", "integer"):
        try:
            number = Decimal(text.strip())
        except ArithmeticError:
            return text
        return int(number) if number.is_finite() and number == number.to_integral_value() else number
    return text


def _mistakes(indicator: Indicator, name: str, value: Decimal | int | str | bool) -> Iterator[Problem]:
    place = Place(key=f"{indicator.id}: {name}")
    parameter = indicator.parameters.get(name)
    if parameter is None:
        known = list(indicator.parameters)
        what = msg("{indicator} has no parameter {name}", indicator=indicator.name, name=name)
        yield Problem("indicator.parameter", what, place, name, ", ".join(known) or None, nearest(name, known))
        return
    for what, found, expected in value_mistakes(parameter, value):
        yield Problem("indicator.parameter", what, place, str(found), expected)
