"""Targets as plain values, and what the rows of a targets file say: every mistake with its cell. Nothing is stored."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from kaohe.errors import KaoheError, Place, Problem
from kaohe.exact import format_micros, from_micros
from kaohe.period import parse_period, usual
from kaohe.records.directory import Directory
from kaohe.records.headers import cells_of, recognised
from kaohe.records.rows import CleanRow, Reading
from kaohe.records.source import cell_of
from kaohe.records.targets_file import SCOPES, TARGETS
from kaohe.records.words import nearest
from kaohe.text import Message, Text, msg

Scope = Literal["person", "team", "company"]
TargetKey = tuple[str, str, str, str]


@dataclass(frozen=True, order=True)
class Target:
    """``who`` is a code, empty for the company; ``value`` in millionths of the indicator's unit; ``period`` by its
    usual name."""

    scope: Scope
    who: str
    indicator: str
    period: str
    value: int

    @property
    def key(self) -> TargetKey:
        return self.scope, self.who, self.indicator, self.period

    @property
    def owner(self) -> Text | str:
        """Whose target it is, in words."""
        return self.who or SCOPES["company"]


@dataclass(frozen=True)
class Known:
    """What a target may be about: people and teams by code or name, and the ids of installed indicators."""

    people: Directory
    teams: Directory
    indicators: Collection[str]


def read_targets(
    readings: Iterable[Reading], known: Known
) -> tuple[dict[TargetKey, tuple[Target, Place]], list[Problem]]:
    """The targets of a file with their places, and everything that is wrong or doubtful in it, in the file's order."""
    found: dict[TargetKey, tuple[Target, Place]] = {}
    problems: list[Problem] = []
    for reading in readings:
        columns = recognised(TARGETS, reading.header)
        problems += reading.notes
        for rejection in reading.rejected:
            for mistake in rejection.mistakes:
                where = cell_of(rejection.place, columns.get(mistake.field or ""), mistake.column)
                problems.append(Problem("targets.cell", mistake.reason, where, mistake.value or None, fix=mistake.fix))
        for row in reading.rows:
            places = cells_of(row.place, TARGETS, reading.header)
            target, wrong = target_of(row, known, places)
            problems += wrong
            if target is None:
                continue
            first, place = found.setdefault(target.key, (target, places["value"]))
            if first.value != target.value:
                problems.append(_twice(target, first, places["value"], place))
    return found, problems


def target_of(row: CleanRow, known: Known, places: Mapping[str, Place]) -> tuple[Target | None, list[Problem]]:
    """The target that a row tells of (None: of none that can be), with problems; warnings leave it standing."""
    scope, who, value = str(row.values["scope"]), str(row.values["who"] or ""), row.values["value"]
    indicator, period = str(row.values["indicator"]), str(row.values["period"])
    owner, wrong = _owner(scope, who, known)
    problems = [problem.at(places["who"]) for problem in wrong]
    problems += [problem.at(places["indicator"]) for problem in _about_indicator(indicator, known.indicators)]
    try:
        period = usual(parse_period(period)).name
    except KaoheError as error:
        problems += [problem.at(places["period"]) for problem in error.problems]
    if any(problem.severity == "error" for problem in problems) or not isinstance(value, int):
        return None, problems
    target = Target(_SCOPES[scope], owner, indicator, period, value)
    return target, [*problems, *(problem.at(places["value"]) for problem in _not_positive(target))]


_SCOPES: Mapping[str, Scope] = {"person": "person", "team": "team", "company": "company"}


def _owner(scope: str, who: str, known: Known) -> tuple[str, list[Problem]]:
    """The code of whom the target is for."""
    if scope == "company":
        what, fix = msg("the company has no code of its own"), msg("leave the cell empty")
        return "", [Problem("targets.company", what, found=who, fix=fix)] if who else []
    directory = known.people if scope == "person" else known.teams
    found = directory.find(who)
    if isinstance(found, str):
        return found, []
    if not who:
        return "", [Problem("targets.nobody", msg("it does not say whose target this is"), fix=msg("fill it in"))]
    if found is not None:
        what, fix = msg("several bear this name"), msg("write the code")
        return "", [Problem("targets.ambiguous", what, found=who, expected=", ".join(found), fix=fix)]
    what = msg("there is no such person") if scope == "person" else msg("there is no such team")
    near = ", ".join(directory.nearest(who))
    fix = msg("did you mean {name}?", name=near) if near else msg("import the people first: kaohe people import FILE")
    return "", [Problem("targets.unknown-owner", what, found=who, fix=fix)]


def _about_indicator(indicator: str, known: Collection[str]) -> Iterator[Problem]:
    """An id with a dot is an installed indicator's; any other word is a name that schemes give."""
    if indicator in known:
        return
    near = nearest(indicator, sorted(known))
    fix = msg("did you mean {name}?", name=near) if near else msg("see all: kaohe indicator list")
    if "." in indicator:
        yield Problem("targets.unknown-indicator", msg("there is no such indicator"), found=indicator, fix=fix)
    elif near is not None:
        what = msg("this is no installed indicator; it is kept as a name of a scheme's own")
        yield Problem("targets.own-name", what, found=indicator, fix=fix, severity="warning")


def _not_positive(target: Target) -> Iterator[Problem]:
    if target.value <= 0:
        what = msg("a target of zero or less: a ratio curve needs zero_target to say what it means")
        found = str(from_micros(target.value))
        yield Problem("targets.not-positive", what, found=found, severity="warning")


def _twice(target: Target, first: Target, where: Place, before: Place) -> Problem:
    return Problem(
        "targets.twice",
        msg("the target of {owner} for {indicator} in {period} is given twice", **_words(target)),
        where,
        found=format_micros(target.value, 2),
        expected=msg("{value}, as at {place}", value=format_micros(first.value, 2), place=str(before)),
        fix=msg("keep the row that is right"),
    )


def stored_otherwise(target: Target, stored: int, where: Place) -> Problem:
    """The problem of a target that is stored with another value."""
    return Problem(
        "targets.differs",
        msg("another target of {owner} for {indicator} in {period} is stored", **_words(target)),
        where,
        found=format_micros(target.value, 2),
        expected=format_micros(stored, 2),
        fix=msg("import with --update to replace what is stored, or correct the value"),
    )


def _words(target: Target) -> dict[str, Message | Text | str]:
    return {"owner": target.owner, "indicator": target.indicator, "period": target.period}
