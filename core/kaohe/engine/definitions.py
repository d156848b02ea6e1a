"""What a measure's figures depend on: what is asked, and which records it is asked of.

What a query answers depends on its text and on the tables that it reads, and on nothing else. The text is that to which
a measure alone is lowered, without the window on the records' dates: what else in it depends on a window stands there
in figures. Which records lie in the window is said of each partition, and so is who worked where on its days. So the
same months are the same, whatever window they are seen through, unless the expression itself looks at the window; and
they stay so when people join or move in another month.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
from sqlglot import exp

from kaohe.engine.dated import dated_by, day_unit
from kaohe.engine.described import beside
from kaohe.engine.plan import Measure, Scan, Window, needed, nodes, select, window_of
from kaohe.engine.source import RECORDS, OnDay, Relations
from kaohe.engine.sums import MERGED
from kaohe.engine.worktime import calendar_relations
from kaohe.language import Bounds, render
from kaohe.records import Partition, Snapshot
from kaohe.records.canonical import digest

FORMAT = 2
"""Raised when what an engine does with a query's answer changes; the SQL itself says how a measure is lowered."""
Months = frozenset[str]
"""Partitions of records, each named by its content; where only some of it lies in the window, also by which; and by
what it is joined to on its days."""


@dataclass(frozen=True)
class Definition:
    """What is asked, as a ``digest``; the names of its ``parts``; and of which ``months``: how many rows each has.

    ``merged``: figures over some of the months and over the others make those over all.
    """

    digest: str
    function: str
    parts: tuple[str, ...]
    months: Mapping[str, int]
    merged: bool

    @property
    def whole(self) -> Months:
        return frozenset(self.months)

    def rows(self, months: Iterable[str]) -> int:
        """How many there are in those of its months that are among these."""
        return sum(self.months.get(each, 0) for each in months)


def contents(months: Months) -> frozenset[str]:
    """The contents of the partitions."""
    return frozenset(each.partition(" ")[0] for each in months)


class Defining:
    """Defines measures over one snapshot; each table is looked at once. ``by``: what measures them, and its version."""

    def __init__(self, by: str, snapshot: Snapshot, windows: Mapping[str, Bounds], relations: Relations) -> None:
        self._by = by
        self._snapshot = snapshot
        self._windows = windows
        self._relations = relations
        self._digests: dict[str, str] = {}
        self._days: dict[tuple[str, int, int], str] = {}

    def definition(self, scan: Scan, measure: Measure) -> Definition:
        """KeyError for a table that is none of those that the scan may read."""
        alone = replace(scan, measures=(measure,))
        query, columns = select(alone, self._windows, whenever=True)
        parts = tuple(part for _measure, part in columns)
        window = window_of(scan.records, measure, self._windows)
        partitions = [each for each in needed(alone, self._partitions(scan.records.name), self._windows) if each.rows]
        daily = _daily(scan)
        named = [" ".join([_named(each, window), *self._joined(scan, daily, each)]) for each in partitions]
        different = len(set(named)) == len(named)  # a partition is not there twice; if it were, names would not do
        said = {
            "format": FORMAT,
            "by": self._by,
            "records": scan.records.name,
            "sql": render(query, "duckdb"),
            "dated": None if window is None else window[0],
            "parts": list(parts),
            "tables": dict(self._tables(alone, query, {each.relation for each in daily})),
            "repeated": [] if different else sorted(named),
        }
        months = {name: each.rows for name, each in zip(named, partitions, strict=True)}
        function = measure.aggregate.function
        return Definition(digest(said), function, parts, months, function in MERGED and different)

    def _partitions(self, records: str) -> tuple[Partition, ...]:
        return self._snapshot.partitions(records)

    def _joined(self, scan: Scan, daily: Sequence[OnDay], partition: Partition) -> Iterator[str]:
        """What the relations hold of the days of the partition's records."""
        for join in daily:
            least, most = partition.ranges.get(dated_by(scan.records, join.when), (None, None))
            if least is None or most is None:
                yield self._relation(join.relation, scan)
                continue
            unit = day_unit(scan.records, join.when)
            of = join.relation, least // unit, most // unit + 1
            if of not in self._days:
                self._days[of] = _content(_on_days(self._relations[join.relation], *of[1:]))
            yield self._days[of]

    def _tables(self, alone: Scan, query: exp.Select, daily: Collection[str]) -> Iterator[tuple[str, Any]]:
        """What each table holds that the query reads beside the records and what is joined to them by their days."""
        described = {each.description.relation: each for each in beside(nodes(alone.measures), alone.describing)}
        for name in sorted(_sources(query) - {RECORDS, *daily}):
            if name in described:
                other = described[name].description.records.name
                yield name, [each.content for each in self._partitions(other)]
            else:
                yield name, self._relation(name, alone)

    def _relation(self, name: str, scan: Scan) -> str:
        """A relation that is joined, or else the days of a working calendar."""
        if name not in self._digests:
            given = self._relations if name in self._relations else self._calendars(scan)
            self._digests[name] = _content(given[name])
        return self._digests[name]

    def _calendars(self, scan: Scan) -> Relations:
        return calendar_relations(nodes(scan.measures), next(iter(self._windows.values())).zone)


def _daily(scan: Scan) -> list[OnDay]:
    """The joins of relations of which no other rows meet a record than those that cover its own day."""
    by_day = [each for each in scan.joins if isinstance(each, OnDay) and each.drawn_to is None]
    others = {each.relation for each in scan.joins if isinstance(each, OnDay) and each.drawn_to is not None}
    return [each for each in by_day if each.relation not in others]


def _on_days(relation: pa.Table, first: int, end: int) -> pa.Table:
    """The rows that cover any of these days, as far as they do."""
    begins, ends = (relation.column(name).to_numpy() for name in ("_first", "_end"))
    there = (begins < end) & (ends > first)
    clipped = {"_first": np.maximum(begins, first)[there], "_end": np.minimum(ends, end)[there]}
    rows = relation.filter(pa.array(there))
    return pa.table({name: clipped.get(name, rows.column(name)) for name in rows.column_names})


def _named(partition: Partition, window: Window | None) -> str:
    """The partition's content, and the part of the window that it lies in where not all of its dates do. Records
    without that date are in no window."""
    if window is None:
        return partition.content
    column, first, end = window
    least, most = partition.ranges.get(column, (None, None))
    if least is None or most is None:
        return f"{partition.content} {first} {end}"
    if first <= least and most < end:
        return partition.content
    return f"{partition.content} {max(first, least)} {min(end, most + 1)}"


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
