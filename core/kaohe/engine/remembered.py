"""An engine that measures nothing twice: the integer parts of each measure are kept, under all that they depend on.

What a query answers depends on its text and on the tables that it reads, and on nothing else. So the key of a measure
is the SQL that it alone is lowered to, what those tables hold, and whose figures are wanted. Weights, curves, tiers
and money are not part of it; a parameter, a window, or a record in a month that is read, is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from sqlglot import exp

from kaohe.engine.described import beside
from kaohe.engine.kept_values import KeptValues
from kaohe.engine.plan import Engine, Measure, Parts, Scan, needed, nodes, select
from kaohe.engine.source import NO_RELATIONS, RECORDS, Relations
from kaohe.engine.worktime import calendar_relations
from kaohe.errors import Place, Problem
from kaohe.exact import Ints
from kaohe.language import Bounds, render
from kaohe.records import Snapshot
from kaohe.records.canonical import digest
from kaohe.system import said_by_system
from kaohe.text import msg

if TYPE_CHECKING:
    from kaohe.engine.groups import Grouping, Groups
    from kaohe.engine.rows import Found, Rows

FORMAT = 1
"""Raised when what an engine does with a query's answer changes; the SQL itself says how a measure is lowered."""


class RememberedEngine:
    """Asks another engine for the measures that are not kept yet, all at once, and keeps them.

    ``version`` says by what they are measured: other versions share nothing. ``tell`` is given one warning where
    nothing can be kept; that fails no evaluation. Groups and single records are not kept.
    """

    def __init__(
        self, measuring: Engine, kept: KeptValues, version: str, tell: Callable[[Sequence[Problem]], None]
    ) -> None:
        self._measuring = measuring
        self._kept = kept
        self._version = version
        self._tell = tell
        self._told = False

    @property
    def name(self) -> str:
        return self._measuring.name

    def measure(
        self,
        scans: Sequence[Scan],
        snapshot: Snapshot,
        windows: Mapping[str, Bounds],
        whose: Sequence[Sequence[str]],
        relations: Relations = NO_RELATIONS,
    ) -> list[Parts]:
        read = _Reading(snapshot, windows, relations)
        keys = [self._keys(read, scan, codes) for scan, codes in zip(scans, whose, strict=True)]
        found = [self._read(each, len(codes)) for each, codes in zip(keys, whose, strict=True)]
        missing = {
            number: replace(scan, measures=left)
            for number, scan in enumerate(scans)
            if (left := tuple(each for each in scan.measures if each not in found[number]))
        }
        if missing:
            asked = [*missing.values()]
            answers = self._measuring.measure(asked, snapshot, windows, [whose[at] for at in missing], relations)
            for number, parts in zip(missing, answers, strict=True):
                found[number] |= parts
                for measure, columns in parts.items():
                    self._kept.keep(keys[number][measure].digest, columns)
            self._kept.trim()
            self._warn()
        return [{each: found[number][each] for each in scan.measures} for number, scan in enumerate(scans)]

    def grouped(
        self,
        scan: Scan,
        grouping: Grouping,
        snapshot: Snapshot,
        windows: Mapping[str, Bounds],
        relations: Relations = NO_RELATIONS,
    ) -> Groups:
        return self._measuring.grouped(scan, grouping, snapshot, windows, relations)

    def rows(
        self,
        wanted: Rows,
        snapshot: Snapshot,
        bounds: Bounds,
        people: Sequence[str],
        relations: Relations = NO_RELATIONS,
    ) -> Found:
        return self._measuring.rows(wanted, snapshot, bounds, people, relations)

    def _keys(self, read: _Reading, scan: Scan, codes: Sequence[str]) -> dict[Measure, _Key]:
        return {measure: self._key(read, replace(scan, measures=(measure,)), codes) for measure in scan.measures}

    def _key(self, read: _Reading, alone: Scan, codes: Sequence[str]) -> _Key:
        """What a scan of one measure is kept under."""
        query, columns = select(alone, read.windows)
        parts = tuple(part for _measure, part in columns)
        said = {
            "format": FORMAT,
            "version": self._version,
            "engine": self.name,
            "sql": render(query, "duckdb"),
            "parts": list(parts),
            "tables": dict(read.tables(alone, query)),
            "whose": read.codes(codes),
        }
        return _Key(digest(said), parts)

    def _read(self, keys: Mapping[Measure, _Key], length: int) -> dict[Measure, Mapping[str, Ints]]:
        read = ((measure, self._kept.read(key.digest, key.parts, length)) for measure, key in keys.items())
        return {measure: parts for measure, parts in read if parts is not None}

    def _warn(self) -> None:
        if self._kept.failure is None or self._told:
            return
        self._told = True
        what = msg("what was measured cannot be kept for the next evaluation")
        where, said = Place(file=str(self._kept.folder)), said_by_system(self._kept.failure)
        fix = msg("make room or grant the right to write there, or switch it off: limit = 0 in [values] of kaohe.toml")
        self._tell([Problem("engine.values-not-kept", what, where, said, fix=fix, severity="warning")])


@dataclass(frozen=True)
class _Key:
    """What a measure's ``parts``, by these names, are kept under."""

    digest: str
    parts: tuple[str, ...]


class _Reading:
    """What queries read in one call, by what it says; each table is looked at once."""

    def __init__(self, snapshot: Snapshot, windows: Mapping[str, Bounds], relations: Relations) -> None:
        self.windows = windows
        self._snapshot = snapshot
        self._relations = relations
        self._digests: dict[str, str] = {}
        self._codes: dict[int, str] = {}

    def tables(self, scan: Scan, query: exp.Select) -> Iterator[tuple[str, Any]]:
        """What each table holds that the query names. KeyError for one that is none of those it may read."""
        described = {each.description.relation: each for each in beside(nodes(scan.measures), scan.describing)}
        for name in sorted(_sources(query)):
            if name == RECORDS:
                partitions = needed(scan, self._snapshot.partitions(scan.records.name), self.windows)
                yield name, [each.content for each in partitions]
            elif name in described:
                other = described[name].description.records.name
                yield name, [each.content for each in self._snapshot.partitions(other)]
            else:
                yield name, self._relation(name, scan)

    def codes(self, codes: Sequence[str]) -> str:
        """Who is asked for, in that order."""
        if id(codes) not in self._codes:
            self._codes[id(codes)] = _content(pa.table({"code": pa.array(codes, pa.string())}))
        return self._codes[id(codes)]

    def _relation(self, name: str, scan: Scan) -> str:
        """A relation that is joined, or else the days of a working calendar."""
        if name not in self._digests:
            given = self._relations if name in self._relations else self._calendars(scan)
            self._digests[name] = _content(given[name])
        return self._digests[name]

    def _calendars(self, scan: Scan) -> Relations:
        return calendar_relations(nodes(scan.measures), self._zone)

    @cached_property
    def _zone(self) -> Any:
        return next(iter(self.windows.values())).zone


def _sources(query: exp.Select) -> set[str]:
    """The names of all tables that the query reads, in whatever it joins as well."""
    read = (each.this for each in query.find_all(exp.From, exp.Join))
    return {each.name for each in read if not isinstance(each, exp.Subquery)}


def _content(table: pa.Table) -> str:
    """SHA-256 over the table's columns, however it is cut into chunks."""
    sink = pa.BufferOutputStream()
    whole = table.combine_chunks()
    with pa.ipc.new_stream(sink, whole.schema) as writer:
        writer.write_table(whole)
    return hashlib.sha256(sink.getvalue()).hexdigest()
