"""What an engine is asked: indicators that share a record type and the credited person fuse into one grouped scan."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from sqlglot import exp

from kaohe.engine.dated import may_hold, window_on
from kaohe.engine.described import Description, beside
from kaohe.engine.rows import Found, Rows
from kaohe.engine.source import NO_RELATIONS, Join, Joined, Relations, source
from kaohe.engine.worktime import uncovered, working_days
from kaohe.errors import Problem
from kaohe.exact import Ints
from kaohe.language import (
    ANY_SIZE,
    Aggregate,
    Bounds,
    Expression,
    Largest,
    aggregate_sql,
    aggregates,
    row_sql,
    sees_all_records,
)
from kaohe.language.tree import Node
from kaohe.language.worktime import Need, needs
from kaohe.plugin import RecordType
from kaohe.records import Partition, Snapshot

if TYPE_CHECKING:
    from kaohe.engine.everybody import Everybody
    from kaohe.engine.groups import Grouping, Groups

SUBJECT = "subject"
Window = tuple[str, int, int]  # a physical column, from, to but not including


@dataclass(frozen=True)
class Request:
    """One indicator to be measured: aggregates of ``value`` over the records that meet ``where``.

    ``when`` puts a record into the window; ``who`` is credited: a field, or what one of the ``joins`` gives. Where the
    field ``rather`` is filled, it is credited instead. ``describing``: what other types tell of the records, which is
    the same for all requests of a record type.
    """

    key: str
    records: RecordType
    value: Expression
    where: Expression | None
    when: str
    who: str
    joins: tuple[Join, ...] = ()
    rather: str | None = None
    describing: tuple[Description, ...] = ()


@dataclass(frozen=True)
class Measure:
    """One aggregate with the indicator's condition: the unit of work that indicators share."""

    aggregate: Aggregate
    where: Expression | None
    when: str
    joins: tuple[Join, ...] = ()

    @property
    def everything(self) -> bool:
        """It sees all records, whenever they are dated: the expression itself asks about the period."""
        return self.aggregate.everything or (self.where is not None and sees_all_records(self.where))


@dataclass(frozen=True)
class Scan:
    """One pass over the records of a type and what is joined to them, grouped by the credited person or team.

    ``among``: only the records in partitions of these contents are looked at; None: in all.
    """

    records: RecordType
    who: str
    measures: tuple[Measure, ...]
    joins: tuple[Join, ...] = ()
    rather: str | None = None
    describing: tuple[Description, ...] = ()
    among: frozenset[str] | None = None


# Per measure, the integer parts of its aggregate (``n``, ``total``, ``hits`` …), one entry for each person.
Parts = Mapping[Measure, Mapping[str, Ints]]


class Engine(Protocol):
    """Runs scans over a snapshot, by person or by other groups, or finds single records in it.

    Codes of people or teams ascend. ``measure`` is told for each scan ``whose`` figures are wanted; every column that
    it gives has one entry for each of them, 0 where one has no records. ``everybody`` gives the figures of whomever a
    scan finds. What can share a reading of the records does, so everything is best asked for at once. Raises KaoheError
    where an integer does not fit into 64 bits.
    """

    @property
    def name(self) -> str: ...

    def measure(
        self,
        scans: Sequence[Scan],
        snapshot: Snapshot,
        windows: Mapping[str, Bounds],
        whose: Sequence[Sequence[str]],
        relations: Relations = NO_RELATIONS,
    ) -> list[Parts]: ...

    def everybody(
        self,
        scans: Sequence[Scan],
        snapshot: Snapshot,
        windows: Mapping[str, Bounds],
        relations: Relations = NO_RELATIONS,
    ) -> list[Everybody]: ...

    def grouped(
        self,
        scan: Scan,
        grouping: Grouping,
        snapshot: Snapshot,
        windows: Mapping[str, Bounds],
        relations: Relations = NO_RELATIONS,
    ) -> Groups: ...

    def rows(
        self,
        wanted: Rows,
        snapshot: Snapshot,
        bounds: Bounds,
        people: Sequence[str],
        relations: Relations = NO_RELATIONS,
    ) -> Found: ...


def measures(request: Request) -> tuple[Measure, ...]:
    """The measures of one indicator, in the order of its aggregates."""
    found = []
    for aggregate in aggregates(request.value):
        measure = Measure(aggregate, request.where, request.when)
        shift = aggregate.shift if measure.everything else None
        found.append(replace(measure, joins=tuple(join.seen(shift) for join in request.joins)))
    return tuple(found)


def fuse(requests: Sequence[Request]) -> tuple[Scan, ...]:
    """The fewest scans that answer all requests; equal measures are computed once."""
    grouped: dict[tuple[str, str, tuple[Join, ...], str | None], dict[Measure, None]] = {}
    types: dict[str, RecordType] = {}
    describing: dict[str, tuple[Description, ...]] = {}
    for request in requests:
        types[request.records.name] = request.records
        describing[request.records.name] = request.describing
        for measure in measures(request):
            alike = (request.records.name, request.who, measure.joins, request.rather)
            grouped.setdefault(alike, {})[measure] = None
    return tuple(
        Scan(types[name], who, tuple(shared), joins, rather, describing[name])
        for (name, who, joins, rather), shared in grouped.items()
    )


def select(
    scan: Scan, windows: Mapping[str, Bounds], largest: Largest = ANY_SIZE, *, whenever: bool = False
) -> tuple[exp.Select, list[tuple[Measure, str]]]:
    """The scan as one SELECT over the relation ``records``, and what its columns are, after the subject's.

    ``whenever``: without the window that all of its measures share.
    """
    projections, columns, shared = projected(scan, windows, largest)
    who = credited(scan.who, scan.rather)
    # Grouped by the column, not by its new name: records may have a field of that name.
    query = source(exp.select(who.as_(SUBJECT), *projections), scan.records, joins_of(scan), windows)
    return query.where(_and(None if whenever else shared, who.is_(exp.null()).not_())).group_by(who), columns


def joins_of(scan: Scan) -> tuple[Joined, ...]:
    """Everything that is joined to the records."""
    return (*scan.joins, *beside(nodes(scan.measures), scan.describing), *working_days(nodes(scan.measures)))


def credited(who: str, rather: str | None) -> exp.Expression:
    """Who is credited with a record: ``who``, but where ``rather`` is filled, that."""
    column = exp.column(who, quoted=True)
    if rather is None:
        return column
    return exp.Coalesce(this=exp.column(rather, quoted=True), expressions=[column])


def projected(
    scan: Scan, windows: Mapping[str, Bounds], largest: Largest = ANY_SIZE
) -> tuple[list[exp.Expr], list[tuple[Measure, str]], exp.Expression | None]:
    """The integer parts of every measure as columns, what they are, and a condition that every record meets that any
    measure looks at."""
    spans = [window_of(scan.records, measure, windows) for measure in scan.measures]
    # A window that all measures share is said once, for all rows. What different ones span is said for all rows, too:
    # that is what lets parts of files be skipped.
    alike = len(set(spans)) == 1
    columns: list[tuple[Measure, str]] = []
    projections: list[exp.Expr] = []
    for measure, span in zip(scan.measures, spans, strict=True):
        bounds = windows[measure.aggregate.shift]
        keep = None if alike or span is None else _within(*span)
        dated = None if span is None else measure.when
        parts = aggregate_sql(measure.aggregate, bounds, keep, largest, where=measure.where, dated=dated)
        for part, aggregate in parts.items():
            projections.append(exp.cast(aggregate, exp.DataType.Type.BIGINT).as_(f"c{len(columns)}"))
            columns.append((measure, part))
    return projections, columns, _spanned(spans)


def conditions(scan: Scan, windows: Mapping[str, Bounds]) -> list[exp.Expression | None]:
    """Which records each measure looks at, its window included; None: at all."""
    found = []
    for measure in scan.measures:
        span = window_of(scan.records, measure, windows)
        keep = None if span is None else _within(*span)
        if measure.where is not None:
            keep = _and(keep, row_sql(measure.where, windows[measure.aggregate.shift]))
        found.append(keep)
    return found


def needed(scan: Scan, partitions: Sequence[Partition], windows: Mapping[str, Bounds]) -> list[Partition]:
    """The partitions that can hold a record of any of the scan's windows."""
    return [
        partition
        for partition in partitions
        if (scan.among is None or partition.content in scan.among)
        and any(_touches(scan.records, measure, partition, windows) for measure in scan.measures)
    ]


def nodes(measures: Iterable[Measure]) -> Iterator[Node]:
    """Everything that the measures compute."""
    for measure in measures:
        yield measure.aggregate
        if measure.where is not None:
            yield measure.where.tree


def not_covered(
    scan: Scan, partitions_of: Callable[[str], Sequence[Partition]], windows: Mapping[str, Bounds]
) -> Iterator[Problem]:
    """A problem for each field whose working time is asked for on days that its calendar does not cover, in the
    partitions of its record type."""
    partitions = partitions_of(scan.records.name)
    seen: dict[Need, list[Partition]] = {}
    for measure in scan.measures:
        for need in needs(nodes([measure])):
            told = [each.records.name for each in scan.describing if each.names(need[0]) is not None]
            touched = (
                partitions_of(told[0])
                if told
                else [each for each in partitions if _touches(scan.records, measure, each, windows)]
            )
            seen.setdefault(need, []).extend(touched)
    return uncovered(seen, scan.records)


def window_of(records: RecordType, measure: Measure, windows: Mapping[str, Bounds]) -> Window | None:
    """Where records that the measure sees are dated; None: it sees all of them."""
    return None if measure.everything else window_on(records, measure.when, windows[measure.aggregate.shift])


def _within(name: str, first: int, last: int) -> exp.Expression:
    column = exp.column(name, quoted=True)
    return exp.And(this=column >= exp.Literal.number(first), expression=column < exp.Literal.number(last))


def _spanned(spans: Sequence[Window | None]) -> exp.Expression | None:
    """From the first to the last day of any of the windows, for each column that dates records; None: all records."""
    by_column: dict[str, tuple[int, int]] = {}
    for span in spans:
        if span is None:
            return None
        name, first, last = span
        least, most = by_column.get(name, (first, last))
        by_column[name] = (min(least, first), max(most, last))
    spanned = [_within(name, first, last) for name, (first, last) in by_column.items()]
    return None if not spanned else spanned[0] if len(spanned) == 1 else exp.Paren(this=exp.or_(*spanned))


def _touches(records: RecordType, measure: Measure, partition: Partition, windows: Mapping[str, Bounds]) -> bool:
    span = window_of(records, measure, windows)
    return span is None or may_hold(partition, *span)


def _and(left: exp.Expression | None, right: exp.Expression) -> exp.Expression:
    return right if left is None else exp.And(this=left, expression=exp.Paren(this=right))
