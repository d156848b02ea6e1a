"""What can be wrong with the log or with the rows that it speaks of, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kaohe.errors import Place, Problem
from kaohe.text import msg


def named(table: str, key: Mapping[str, Any]) -> str:
    """A row as it is named: ``appeals 3``, ``run_results run=3 person=P1``."""
    if len(key) == 1:
        return f"{table} {next(iter(key.values()))}"
    return " ".join([table, *(f"{name}={value}" for name, value in key.items())])


def changed_row(
    table: str, key: Mapping[str, Any], event: int, now: Mapping[str, Any], told: Mapping[str, Any] | None
) -> Problem:
    """A row is not what the event says; ``told`` None: what it says has been erased."""
    what = msg("a row was changed outside kaohe after event {number}", number=event)
    if told is None:
        return Problem("audit.row-changed", what, Place(key=named(table, key)))
    differ = [name for name in {**told, **now} if told.get(name) != now.get(name)]
    found, expected = (", ".join(f"{name} = {_short(row.get(name))}" for name in differ) for row in (now, told))
    return Problem("audit.row-changed", what, Place(key=named(table, key)), found, expected)


def deleted_row(table: str, key: Mapping[str, Any], event: int) -> Problem:
    what = msg("a row of event {number} was deleted outside kaohe", number=event)
    return Problem("audit.row-deleted", what, Place(key=named(table, key)))


def added_row(table: str, key: Mapping[str, Any]) -> Problem:
    return Problem("audit.row-added", msg("a row was added outside kaohe"), Place(key=named(table, key)))


def behind(table: str, key: Mapping[str, Any], last: int, number: int) -> Problem:
    what = msg("it was changed outside kaohe between event {number} and event {next}", number=last, next=number)
    return Problem("audit.row-changed", what, Place(key=named(table, key)))


def changed_rows(table: str, where: Mapping[str, Any], event: int, now: int, told: int) -> Problem:
    """Rows that are sealed together: how many they are, and how many they must be."""
    what = msg("rows were changed outside kaohe after event {number}", number=event)
    found, expected = (None if now == told else msg("{count} rows", count=count) for count in (now, told))
    fix = {
        "runs": msg("see what differs: kaohe run verify {number}", number=where.get("id")),
        "run_results": msg("see what differs: kaohe run verify {number}", number=where.get("run")),
    }.get(table)
    return Problem("audit.rows-changed", what, Place(key=named(table, where)), found, expected, fix)


def changed_event(number: Any, part: str) -> Problem:
    what = {
        "event": msg("event {number} of the audit log was changed", number=number),
        "detail": msg("the detail of event {number} of the audit log was changed", number=number),
        "order": msg("event {number} of the audit log does not follow on the one before", number=number),
        "place": msg("event {number} of the audit log is none of kaohe's", number=number),
    }[part]
    return Problem(f"audit.{part}", what, Place(key=f"audit_log {number}"))


def missing_events(first: int, last: int) -> Problem:
    place = Place(key="audit_log")
    if first == last:
        return Problem("audit.missing", msg("event {number} of the audit log is missing", number=first), place)
    what = msg("events {first} to {last} of the audit log are missing", first=first, last=last)
    return Problem("audit.missing", what, place)


def _short(value: Any) -> str:
    text = "∅" if value is None else str(value)
    return text if len(text) <= _LONG else f"{text[:_LONG]}…"


_LONG = 80
