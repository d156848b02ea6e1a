"""What a run was measured on, opened again: its snapshot, its windows, who worked where on each day, single records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from kaohe.engine import DuckEngine, OnDay, Request
from kaohe.engine.plan import Measure
from kaohe.language import Bounds
from kaohe.language.types import day_of_number, moment_of_number
from kaohe.plugin import RecordType
from kaohe.plugin.scope import field_type
from kaohe.records import Snapshot
from kaohe.records.rejections import Rejected
from kaohe.run.assessment.assessing import assess_everybody
from kaohe.run.assessment.model import Assessed
from kaohe.run.credit.attribution import COVERED, relations
from kaohe.run.measuring.describing import describing
from kaohe.run.measuring.measure import requests, windows
from kaohe.run.model import Run
from kaohe.run.organisation.members import read_members, read_teams
from kaohe.run.organisation.population import populate
from kaohe.run.organisation.staff import Staff
from kaohe.run.organisation.stints import Stint, main_stints
from kaohe.scheme.model import Subject
from kaohe.scheme.teams import of_teams

Row = Mapping[str, Any]
_SMALL = 1_000_000  # rows of a record type that are held in memory
_LATELY = 16
_GIVEN = {"_team": "team", "_manager": "manager"}


@dataclass(frozen=True)
class Evidence:
    """The facts behind a run. ``record_types``: those that its scheme uses, as they were. ``rejected``: the rows of
    imports that name a person and did not pass, by record type, as the database has them today."""

    run: Run
    record_types: Mapping[str, RecordType]
    snapshot: Snapshot
    rejected: Callable[[str], Mapping[str, tuple[Rejected, ...]]] = lambda _person: {}

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.run.timezone)

    @cached_property
    def windows(self) -> dict[str, Bounds]:
        bonus = self.run.scheme.bonus
        starts = bonus.year.starts if bonus is not None and bonus.year is not None else 1
        return windows(self.run.period, self.zone, starts)

    @cached_property
    def members(self) -> Staff:
        return read_members(self.snapshot)

    @cached_property
    def teams(self) -> Mapping[str, str]:
        """Codes of teams by name."""
        return read_teams(self.snapshot)

    @cached_property
    def stints(self) -> Mapping[str, tuple[Stint, ...]]:
        """Everybody's main assignments."""
        return {each.code: main_stints(each.assignments) for each in self.members}

    @cached_property
    def covered(self) -> Mapping[str, tuple[Stint, ...]]:
        """When the records of each person appraised count, where that depends on their dates."""
        found = populate(self.run.scheme, self.members, self.run.period)
        return dict(zip(found.people.code, found.stints or (), strict=False))

    @cached_property
    def assessed(self) -> Mapping[str, Assessed]:
        """Everybody's assessments by key, out of the ratings once more."""
        run = self.run
        joined = relations(run.scheme, self.members, populate(run.scheme, self.members, run.period), self.teams)
        codes, window = run.appraisal.people.code, self.windows["period"]
        types = self.record_types
        return assess_everybody(run.scheme, types, self.snapshot, DuckEngine(), window, codes, joined)

    @cached_property
    def _asked(self) -> Mapping[Subject, tuple[Request, ...]]:
        scheme = self.run.scheme
        whole = scheme if scheme.subject == "team" else of_teams(scheme)
        return {
            "person": () if scheme.subject == "team" else requests(scheme, self.record_types),
            "team": () if whole is None else requests(whole, self.record_types, "team"),
        }

    def requests(self, key: str, level: Subject) -> tuple[Request, ...]:
        """What was asked of the engine for an indicator: once, or for each of those credited."""
        return tuple(each for each in self._asked[level] if each.key == key)

    def candidates(self, asked: Sequence[Request], whose: str, level: Subject) -> list[Row]:
        """Every record that names the person or team, or somebody through whom it may be credited, in the order of
        dates and keys; fields of records that describe it under ``FIELD.NAME``."""
        records = asked[0].records
        codes = {whose} if level == "person" else {code for code in self.stints if whose in self._teams_of(code)}
        if any(name == "_manager" for each in asked for join in each.joins for name, _ in _gives(join)):
            codes |= {code for code in self.stints if codes & self._managers_of(code)}
        fields = {*records.who, *(name for each in asked for name in _read_for(each))}
        wanted = {each.name: codes for each in records.fields if each.name in fields and each.kind == "person"}
        if level == "team" and records.team is not None:
            wanted[records.team] = {whose}
        return self.records(records, wanted)

    def _teams_of(self, code: str) -> set[str]:
        names = {each.assignment.team for each in self.stints[code]}
        return {self.teams.get(name, name) for name in names if name is not None}

    def _managers_of(self, code: str) -> set[str]:
        return {each.assignment.manager for each in self.stints[code] if each.assignment.manager is not None}

    def records(self, records: RecordType, wanted: Mapping[str, Iterable[str]]) -> list[Row]:
        """The records in which any of the fields holds any of its values."""
        rows = self._read(records, {name: frozenset(values) for name, values in wanted.items() if values})
        for each in describing(records, self.record_types):
            keys = frozenset(row[each.field] for row in rows if row[each.field] is not None)
            (key,) = each.records.key
            told: dict[Any, Row] = {row[key]: row for row in self._read(each.records, {key: keys})} if keys else {}
            nothing: Row = {}
            names = [field.name for field in each.records.fields]
            rows = [
                {**row, **{f"{each.field}.{name}": told.get(row[each.field], nothing).get(name) for name in names}}
                for row in rows
            ]
        return sorted(rows, key=lambda row: tuple(str(row[name]) for name in records.key))

    def _read(self, records: RecordType, wanted: Mapping[str, frozenset[str]]) -> list[dict[str, Any]]:
        if records.name not in self.snapshot.records:
            return []
        asked = (records.name, *sorted((name, tuple(sorted(values))) for name, values in wanted.items()))
        if asked not in self._kept:
            found: list[dict[str, Any]] = []
            for table in self._tables(records.name):
                keep = np.zeros(table.num_rows, np.bool_)
                for name, values in wanted.items():
                    meant = pc.is_in(table.column(name), value_set=pa.array(sorted(values), pa.string()))
                    keep |= meant.to_numpy()
                if keep.any():
                    found += self._rows(table.filter(pa.array(keep)), records)
            if len(self._kept) >= _LATELY:
                self._kept.clear()
            self._kept[asked] = found
        return self._kept[asked]

    @cached_property
    def _kept(self) -> dict[tuple[Any, ...], list[dict[str, Any]]]:
        """What was read lately: the indicators of one person mostly ask for the same records."""
        return {}

    @cached_property
    def _held(self) -> dict[str, pa.Table]:
        """Whole record types, where they are small: for many people each file is read once."""
        return {}

    def _tables(self, name: str) -> Iterator[pa.Table]:
        partitions = self.snapshot.partitions(name)
        if sum(each.rows for each in partitions) > _SMALL:
            yield from (_file(each.path) for each in partitions)
            return
        if name not in self._held and partitions:
            self._held[name] = pa.concat_tables([_file(each.path) for each in partitions])
        if name in self._held:
            yield self._held[name]

    def _rows(self, table: pa.Table, records: RecordType) -> list[dict[str, Any]]:
        columns: dict[str, list[Any]] = {}
        for field in records.fields:
            kind, values = field_type(field), table.column(field.name).to_pylist()
            if kind.kind == "date":
                values = [None if each is None else day_of_number(each) for each in values]
            elif kind.kind == "datetime":
                values = [None if each is None else moment_of_number(each, self.zone) for each in values]
            elif kind.kind == "number":
                values = [None if each is None else _decimal(each, kind.scale) for each in values]
            columns[field.name] = values
        return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]

    def day(self, row: Row, when: str) -> date | None:
        """The day of the workspace's calendar on which a record is dated."""
        moment = row[when]
        return moment.astimezone(self.zone).date() if isinstance(moment, datetime) else moment

    def joined(self, row: Row, measure: Measure) -> tuple[Row, bool]:
        """The record with what the organisation says of its day, and whether it counts on that day at all."""
        seen = dict(row)
        there = True
        for join in measure.joins:
            if not isinstance(join, OnDay):
                raise TypeError(f"records are joined by day, not by {join}")
            stint = self._stint(join, seen)
            there &= stint is not None or not join.required
            for column, name in join.gives:
                given: str | None = None if stint is None else getattr(stint.assignment, _GIVEN[column])
                seen[name] = self.teams.get(given, given) if given is not None and column == "_team" else given
        return seen, there

    def _stint(self, join: OnDay, row: Row) -> Stint | None:
        person, day = row.get(join.person), self.day(row, join.when)
        if person is None or day is None:
            return None
        if join.drawn_to is not None:
            window = self.windows[join.drawn_to]
            day = min(max(day, window.start), window.end - timedelta(days=1))
        relation = self.covered if join.relation == COVERED else self.stints
        stints = relation.get(str(person), ())
        return next((each for each in stints if each.holds_on(day)), None)


def _file(path: Path) -> pa.Table:
    with pq.ParquetFile(path) as file:
        return file.read()


def credited(row: Row, request: Request) -> str | None:
    """Who is credited with a record, by what ``joined`` gave."""
    rather: str | None = None if request.rather is None else row[request.rather]
    return rather if rather is not None else row.get(request.who)


def _read_for(request: Request) -> tuple[str, ...]:
    """The fields by which it is told whose a record is."""
    return (request.who, *(join.person for join in request.joins if isinstance(join, OnDay)))


def _gives(join: object) -> tuple[tuple[str, str], ...]:
    return join.gives if isinstance(join, OnDay) else ()


def _decimal(stored: int, scale: int) -> int | Decimal:
    return Decimal(stored).scaleb(-scale) if scale else stored
