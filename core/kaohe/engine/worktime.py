"""Working time over a snapshot: which calendars a query asks, what is joined for them, and whether they cover its
records. A moment that a calendar does not cover would read as missing, so it is an error before anything runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import TYPE_CHECKING

import pyarrow as pa
from sqlglot import exp

from kaohe.errors import Place, Problem
from kaohe.language import Bounds
from kaohe.language.tree import Node
from kaohe.language.worked_sql import days_columns, joined, relation
from kaohe.language.worktime import Need, calendars, needs
from kaohe.plugin import RecordType
from kaohe.records import Partition
from kaohe.worktime import clock_of

if TYPE_CHECKING:
    from kaohe.engine.source import Relations


@dataclass(frozen=True)
class WorkingDay:
    """A join: beside each record the calendar's row of the local day of one of its moments."""

    need: Need

    def onto(self, query: exp.Select, _records: RecordType, windows: Mapping[str, Bounds]) -> exp.Select:
        return joined(query, self.need, next(iter(windows.values())).zone)


def working_days(nodes: Iterable[Node]) -> tuple[WorkingDay, ...]:
    """What must be joined to compute these."""
    return tuple(map(WorkingDay, needs(nodes)))


def calendar_relations(nodes: Iterable[Node], zone: tzinfo) -> Relations:
    """The tables that those joins name. ``zone``: the wall clock of the snapshot."""
    return {relation(each): pa.table(days_columns(each, zone)) for each in calendars(nodes)}


def uncovered(seen: Mapping[Need, Iterable[Partition]], records: RecordType) -> Iterator[Problem]:
    """A problem for each field with moments that its calendar does not cover, in the partitions seen for it."""
    for (field, calendar), partitions in seen.items():
        clock = clock_of(calendar)
        name = field.rpartition(".")[2]  # of a describing record, in its own partitions
        ends = [end for partition in partitions for end in partition.ranges.get(name, ()) if end is not None]
        outside = [end for end in ends if not clock.start <= end <= clock.end]
        if outside:
            (problem,) = clock.not_covered(min(outside), max(outside)).problems
            yield problem.at(Place(key=f"{records.name}.{field}"))
