"""The working calendars that a run rests on: those that the scheme's indicators ask, whole, as data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kaohe.language.worktime import calendars
from kaohe.scheme.model import Measured, UsedIndicator, expressions_over_records
from kaohe.text import Message, msg
from kaohe.worktime import Calendar

Used = UsedIndicator | Measured


def calendars_asked(indicators: Iterable[Used]) -> tuple[Calendar, ...]:
    """Each calendar once, in the order of names."""
    found = calendars(each.tree for used in indicators for each in expressions_over_records(used))
    return tuple(sorted(found, key=lambda calendar: (calendar.name, calendar.digest)))


def calendars_data(indicators: Iterable[Used]) -> list[dict[str, Any]]:
    """What these calendars say: a run's digest and evidence hold it, so that a correction gives another run."""
    return [calendar.data() for calendar in calendars_asked(indicators)]


def calendars_in_words(used: Used) -> tuple[Message, ...]:
    """By which calendars an indicator counts working time."""
    return tuple(
        msg(
            "working time by the calendar {label} ({name}, {zone})",
            label=each.label,
            name=each.name,
            zone=each.zone.key,
        )
        for each in calendars_asked([used])
    )
