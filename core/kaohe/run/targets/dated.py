"""The dated targets of the people appraised: for exactly the period, or the sum of its parts where the figure adds up.

Nothing is inherited or divided silently: a person's target is the person's own, and a target of the year is none of a
quarter's. What is missing is told.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

import pyarrow as pa
import pyarrow.parquet as pq

from kaohe.appraise.model import People
from kaohe.errors import Place, Problem
from kaohe.period import Cycle, Period, parse_period, usual
from kaohe.records import Snapshot
from kaohe.records.targets import Scope
from kaohe.scheme.model import Scheme, team_key
from kaohe.text import Message, msg

_FINER: tuple[Cycle, ...] = ("half", "quarter", "month")
_LISTED = 5
Dated = Mapping[str, int]
"""Targets in millionths by the name of their period."""


@dataclass(frozen=True)
class Goals:
    """Every target of a snapshot, by scope, whose it is (a team by its name; empty: the company) and indicator."""

    by_owner: Mapping[tuple[str, str, str], Dated]

    def of(self, asked: str, who: str) -> Dated:
        """Those of a person (a code) or team for what an expression looks up: ``crm.nps``, ``crm.nps@team``."""
        indicator, scope = split(asked)
        return self.by_owner.get((scope, "" if scope == "company" else who, indicator), {})


def split(asked: str) -> tuple[str, Scope]:
    """The indicator and whose target of it is asked for."""
    indicator, _at, said = asked.partition("@")
    return indicator, next((scope for scope in get_args(Scope) if scope == said), "person")


def read_goals(snapshot: Snapshot) -> Goals:
    """The targets that the snapshot holds; none where it was taken without."""
    teams = {row["code"]: row["name"] for row in _rows(snapshot, "teams")}
    found: dict[tuple[str, str, str], dict[str, int]] = {}
    for row in _rows(snapshot, "targets"):
        who = teams.get(row["who"], row["who"]) if row["scope"] == "team" else row["who"]
        found.setdefault((row["scope"], who, row["indicator"]), {})[row["period"]] = row["value"]
    return Goals(found)


def targets_in(
    asked: Sequence[str], goals: Goals, people: People, period: Period, adding: Collection[str]
) -> dict[str, tuple[int | None, ...]]:
    """What expressions look up, for everybody. ``adding``: the indicators whose figures add up over periods."""
    teams = people.attribute("team")
    columns = {}
    for each in asked:
        indicator, scope = split(each)
        owners = teams if scope == "team" else people.code
        settled: dict[str, int | None] = {}
        for who in {owner for owner in owners if owner is not None}:
            settled[who] = in_period(goals.of(each, who), period, adds_up=indicator in adding)
        columns[each] = tuple(None if owner is None else settled[owner] for owner in owners)
    return columns


def targets_of_teams(
    asked: Sequence[str], goals: Goals, names: Sequence[str], period: Period, adding: Collection[str]
) -> dict[str, tuple[int | None, ...]]:
    """Likewise for whole teams, by their names: a team's target is its own, whether it is asked for as that or not."""
    columns = {}
    for each in asked:
        indicator, scope = split(each)
        whose = each if scope == "company" else team_key(indicator)
        columns[each] = tuple(in_period(goals.of(whose, name), period, adds_up=indicator in adding) for name in names)
    return columns


def in_period(dated: Dated, period: Period, *, adds_up: bool) -> int | None:
    """The target of the period itself; else the sum over its halves, quarters or months where all of them are there
    and the figure adds up; else none."""
    if (exact := dated.get(usual(period).name)) is not None:
        return exact
    for cycle in _FINER if adds_up else ():
        parts = [dated.get(part.name) for part in period.divided(cycle)]
        known = [part for part in parts if part is not None]
        if parts and len(known) == len(parts):
            return sum(known)
    return None


def without_target(scheme: Scheme, people: People, goals: Goals, period: Period) -> list[Problem]:
    """A warning for each target that people have not, with their number and the periods for which there is one."""
    names = {each.key: each.indicator.name for each in scheme.indicators}
    problems = []
    for asked, column in people.targets.items():
        indicator, scope = split(asked)
        owners = people.attribute("team") if scope == "team" else people.code
        lacking = [(code, owner) for code, owner, goal in zip(people.code, owners, column, strict=True) if goal is None]
        if not lacking:
            continue
        named, said = names.get(indicator, indicator), _WHAT[scope].template
        what = Message(said, {"count": len(lacking), "indicator": named, "period": period.name})
        others = {name for _code, owner in lacking for name in _overlapping(goals.of(asked, owner or ""), period)}
        problems.append(_no_target(asked, what, [code for code, _owner in lacking], sorted(others)))
    return problems


def teams_without_target(teams: People, period: Period) -> list[Problem]:
    """Likewise a warning for each target that teams have not."""
    problems = []
    for asked, column in teams.targets.items():
        lacking = [name for name, goal in zip(teams.attribute("team"), column, strict=True) if goal is None]
        if lacking:
            words = {"count": len(lacking), "indicator": split(asked)[0], "period": period.name}
            what = msg("{count} teams have no target of {indicator} in {period}", **words)
            problems.append(_no_target(asked, what, lacking))
    return problems


def _no_target(asked: str, what: Message, lacking: Sequence[str], others: Sequence[str] = ()) -> Problem:
    """``others``: the periods for which there are targets."""
    indicator, _scope = split(asked)
    fix = msg("set them: kaohe targets import FILE, or kaohe targets set {indicator} …", indicator=indicator)
    if others:
        fix = msg(
            "there are targets of {periods}; they are not divided silently: kaohe targets break-down {indicator} …",
            periods=", ".join(others[:_LISTED]),
            indicator=indicator,
        )
    found = ", ".join(lacking[:_LISTED]) + (" …" if len(lacking) > _LISTED else "")
    return Problem("evaluate.no-target", what, Place(key=asked), found, fix=fix, severity="warning")


_WHAT: Mapping[Scope, Message] = {
    "person": msg("{count} people have no target of {indicator} in {period}"),
    "team": msg("the teams of {count} people have no target of {indicator} in {period}"),
    "company": msg("the company has no target of {indicator} in {period}; {count} people are measured by it"),
}


def _overlapping(dated: Dated, period: Period) -> list[str]:
    others = [(name, parse_period(name)) for name in dated]
    return [name for name, other in others if period.overlap(other.start, other.end) > 0]


def _rows(snapshot: Snapshot, table: str) -> list[dict[str, Any]]:
    if table not in snapshot.organisation:
        return []
    rows: list[dict[str, Any]] = []
    for partition in snapshot.organisation[table].partitions:
        with pq.ParquetFile(partition.path) as file:
            read: pa.Table = file.read()
            rows += read.to_pylist()
    return rows
