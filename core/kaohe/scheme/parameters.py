"""Parameters of an indicator where a scheme uses it: one value each, or values that depend on a record's day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from jsonschema import Draft202012Validator

from kaohe.language import Dated, Setting, Spell
from kaohe.plugin import Indicator, RecordType
from kaohe.plugin.scope import Parameters
from kaohe.scheme.draft import Draft, Path, show
from kaohe.scheme.schema import fit, fit_parameters
from kaohe.text import Message, msg

_YEAR = 2000  # a leap year: the 29th of February is a day of the year
_DAYS = 366


def read_parameters(
    draft: Draft, given: Mapping[str, Any], path: Path, indicator: Indicator, records: RecordType | None
) -> Parameters | None:
    """The parameters written at ``path``, defaults for those that are not; None where a dated one is not sound, which
    is reported. ``records``: what the indicator measures, None for nothing."""
    declared = {name: dict(item.schema) for name, item in indicator.parameters.items()}
    dated = {name: rows for name, rows in given.items() if isinstance(rows, list) and name in declared}
    single = {name: value for name, value in given.items() if name not in dated}
    fitting: dict[str, Setting] = fit_parameters(draft, single, path, declared)
    sound = True
    for name, rows in dated.items():
        found = _dated(draft, rows, (*path, name), declared[name], indicator, records)
        if found is not None:
            fitting[name] = found
        sound = sound and found is not None
    settings = {
        name: fitting[name]
        if name in fitting
        else item.default
        if name in given
        else draft.default((*path, name), item.default)
        for name, item in indicator.parameters.items()
    }
    return settings if sound else None


def _dated(
    draft: Draft, rows: list[dict[str, Any]], path: Path, schema: Any, indicator: Indicator, records: RecordType | None
) -> Dated | None:
    """A dated parameter; None where something is wrong with it."""
    if records is None:
        what = msg("{indicator} measures no records, on whose day a parameter could depend", indicator=indicator.name)
        draft.report(path, "dated-parameter", what, found=show(rows), fix=msg("write one value"))
        return None
    before = len(draft.problems)
    spells = []
    for index, row in enumerate(rows):
        here: Path = (*path, index)
        if row.keys() != draft.written(here).keys():
            return None  # reported as unfit
        fit(draft, row["value"], (*here, "value"), Draft202012Validator(schema))
        if not index:
            for key in row.keys() & {"from", "to"}:
                what = msg("the first row holds on all days that no other holds")
                draft.report((*here, key), "dated-parameter", what, fix=msg("leave out {key}", key=key), at_key=True)
        elif (wrong := _wrong(row)) is not None:
            key, what = wrong
            draft.report((*here, key), "dated-parameter", what, found=show(row))
        else:
            spells.append((index, Spell(row["from"], row.get("to"), row["value"])))
    if len(draft.problems) > before:
        return None
    _tell_overlaps(draft, spells, path)
    when = indicator.when or records.when
    return Dated(rows[0]["value"], tuple(spell for _index, spell in spells), when)


def _wrong(row: Mapping[str, Any]) -> tuple[str, Message] | None:
    """What is wrong with the days of a row, and at which key."""
    if "from" not in row:
        return "from", msg("from which day on does this value hold?")
    first, last = (None if key not in row else _day(row[key]) for key in ("from", "to"))
    if first is None:
        return "from", msg("there is no such date")
    if "to" in row and last is None:
        return "to", msg("there is no such date")
    if "to" in row and len(row["from"]) != len(row["to"]):
        return "to", msg("both are days of every year, as in 11-15, or both are dates, as in 2026-03-01")
    if len(row["from"]) == len("MM-DD"):
        return ("to", msg("a season of the year has a last day")) if last is None else None
    return ("to", msg("it ends before it begins")) if last is not None and last < first else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text if len(text) > len("MM-DD") else f"{_YEAR}-{text}")
    except ValueError:
        return None


def _tell_overlaps(draft: Draft, spells: Sequence[tuple[int, Spell]], path: Path) -> None:
    """Warn where a row takes days of an earlier one; dates within a season are meant to."""
    for position, (index, later) in enumerate(spells):
        taken = [row for row, earlier in spells[:position] if _meet(earlier, later)]
        if taken:
            what = msg("on some of these days row {number} holds too: the later row counts", number=taken[0] + 1)
            draft.report((*path, index, "from"), "dated-overlap", what, found=show(later.first), severity="warning")


def _meet(earlier: Spell, later: Spell) -> bool:
    if earlier.yearly and not later.yearly:
        return False
    if earlier.yearly == later.yearly and not later.yearly:
        return (later.last or "9999") >= earlier.first and (earlier.last or "9999") >= later.first
    return bool(_days_of_year(earlier) & _days_of_year(later))


def _days_of_year(spell: Spell) -> set[str]:
    """The days of the year that a spell holds, as 11-15."""
    first = _day(spell.first)
    last = None if spell.last is None else _day(spell.last)
    count = _DAYS
    if first is not None and last is not None:
        count = (last - first).days % _DAYS + 1 if spell.yearly else min((last - first).days + 1, _DAYS)
    every = (date(_YEAR, 1, 1) + timedelta(days=day) for day in range(_DAYS))
    listed = [f"{day:%m-%d}" for day in every]
    start = listed.index(spell.first[-len("MM-DD") :])
    return {listed[(start + step) % _DAYS] for step in range(count)}
