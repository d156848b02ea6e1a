"""A calibration sheet → drafts of manual changes, or every mistake with its cell. Nothing is stored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from kaohe.appraise.manual import ManualKind
from kaohe.errors import KaoheError, Place, Problem, fail, refuse_if_any
from kaohe.records.changes_file import CHANGES
from kaohe.records.headers import cells_of, recognised
from kaohe.records.rows import CleanRow, Reading
from kaohe.records.source import cell_of
from kaohe.run.changes.model import Draft
from kaohe.run.explanation.person import find_person
from kaohe.run.model import Run
from kaohe.text import msg

_KINDS: tuple[ManualKind, ...] = ("points", "tier", "bonus")


def drafts_in(readings: Iterable[Reading], run: Run) -> list[Draft]:
    """What a sheet asks for, in its order. Raises KaoheError with every mistake in it."""
    found: list[Draft] = []
    problems: list[Problem] = []
    seen: dict[str, Place] = {}
    for reading in readings:
        problems += [each for each in reading.notes if each.severity == "error"]
        problems += _unreadable(reading)
        for row in reading.rows:
            places = cells_of(row.place, CHANGES, reading.header)
            try:
                drafts = _of_row(row, run, places)
            except KaoheError as error:
                problems += error.problems
                continue
            if (first := seen.setdefault(drafts[0].person, places["who"])) != places["who"]:
                what = msg("this person stands in the file twice")
                problems.append(
                    Problem("change.twice", what, places["who"], expected=msg("only in {place}", place=first))
                )
            found += drafts
    refuse_if_any(problems)
    if not found:
        raise fail(Problem("change.empty", msg("there is no change in this file")))
    return found


def _of_row(row: CleanRow, run: Run, places: Mapping[str, Place]) -> list[Draft]:
    problems: list[Problem] = []
    person = ""
    try:
        person = run.appraisal.people.code[find_person(run, str(row.values["who"]))]
    except KaoheError as error:
        problems += [each.at(places["who"]) for each in error.problems]
    asked = {kind: value for kind in _KINDS if (value := row.values[kind]) not in (None, "")}
    if not asked:
        what, fix = msg("nothing is to be changed in this row"), msg("fill in points, tier or bonus")
        problems.append(Problem("change.nothing", what, places["who"], fix=fix))
    for kind, value in asked.items():
        problems += _wrong(run, kind, value, places[kind])
    refuse_if_any(problems)
    reason = str(row.values["reason"])
    return [
        Draft(person, kind, value if isinstance(value, int) else str(value), reason, places[kind])
        for kind, value in asked.items()
    ]


def _wrong(run: Run, kind: ManualKind, value: object, place: Place) -> Iterator[Problem]:
    if value == 0:
        yield Problem("change.value", msg("a change by 0 changes nothing"), place)
    levels = run.scheme.tiers.levels if run.scheme.tiers is not None else ()
    tiers = [level.id for level in levels]
    if kind == "tier" and value not in tiers:
        what = msg("the scheme has no such tier")
        yield Problem("change.tier", what, place, str(value), ", ".join(tiers) or None)


def _unreadable(reading: Reading) -> Iterator[Problem]:
    columns = recognised(CHANGES, reading.header)
    for rejection in reading.rejected:
        for mistake in rejection.mistakes:
            where = cell_of(rejection.place, columns.get(mistake.field or ""), mistake.column)
            yield Problem("change.cell", mistake.reason, where, mistake.value or None, fix=mistake.fix)
