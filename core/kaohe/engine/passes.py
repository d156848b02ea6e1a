"""Which scans are answered by one reading of the records: people, teams and others credited, by grouping sets.

A reading costs about as much as six sums over it, a join as twelve, an order statistic as eight; grouping sets work out
every aggregate for every set. Scans share a reading where that is cheaper than another one of their own columns, which
is as cheap as a copy of the columns would be, and needs no room.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from sqlglot import exp

from kaohe.engine.everybody import Everybody
from kaohe.engine.plan import SUBJECT, Measure, Scan, credited, joins_of, needed, projected, select
from kaohe.engine.source import Join, source
from kaohe.language import ANY_SIZE, Bounds, Largest
from kaohe.plugin import RecordType
from kaohe.records import Partition

if TYPE_CHECKING:
    import pyarrow as pa

Columns = list[tuple[Measure, str]]
READING, JOINING = 6, 12
_ORDERED = {"count_distinct": 8, "median": 8, "percentile": 8}


@dataclass(frozen=True)
class Subject:
    """By whom records are grouped: who is credited, of the records that meet the ``required`` joins."""

    who: str
    rather: str | None
    required: tuple[Join, ...]

    @classmethod
    def of(cls, scan: Scan) -> Subject:
        return cls(scan.who, scan.rather, tuple(join.free() for join in scan.joins if join.required))

    def credited(self, inner: Sequence[Join]) -> exp.Expression:
        """Who is credited; nobody with a record that does not meet a required join, but for those joined ``inner``."""
        who = credited(self.who, self.rather)
        met = [join.met() for join in self.required if join not in inner]
        return exp.Case().when(exp.and_(*met, wrap=False), who) if met else who


@dataclass(frozen=True)
class Pass:
    """Scans of one record type and the same partitions of it, and their ``numbers`` among all that were asked."""

    scans: tuple[Scan, ...]
    numbers: tuple[int, ...]

    @property
    def records(self) -> RecordType:
        return self.scans[0].records

    @cached_property
    def subjects(self) -> tuple[Subject, ...]:
        return tuple(dict.fromkeys(map(Subject.of, self.scans)))

    @cached_property
    def measures(self) -> tuple[Measure, ...]:
        """Each once, whoever is credited."""
        return tuple(dict.fromkeys(map(_anybodys, (each for scan in self.scans for each in scan.measures))))

    @cached_property
    def joins(self) -> tuple[Join, ...]:
        """Each once; what all subjects require stays required."""
        inner = self.inner
        found = dict.fromkeys(join.free() for scan in self.scans for join in scan.joins)
        required = {join.free(): join for scan in self.scans for join in scan.joins if join.required}
        return tuple(required[join] if join in inner else join for join in found)

    @cached_property
    def inner(self) -> tuple[Join, ...]:
        first, *others = self.subjects
        return tuple(join for join in first.required if all(join in other.required for other in others))

    @property
    def one(self) -> Scan:
        """All measures by the first subject, as a scan."""
        first = self.scans[0]
        return replace(first, measures=self.measures, joins=self.joins)

    def fits(self) -> bool:
        """Whether no two joins give columns of the same name."""
        given = [name for join in self.joins for name in join.given]
        return len(given) == len(set(given))

    def cost(self, rows: int) -> int:
        weights = sum(_ORDERED.get(each.aggregate.function, 1) for each in self.measures)
        return rows * (READING + JOINING * len(joins_of(self.one)) + len(self.subjects) * weights)


def passes(
    scans: Sequence[Scan], partitions_of: Callable[[str], Sequence[Partition]], windows: Mapping[str, Bounds]
) -> tuple[Pass, ...]:
    """The readings that answer all scans."""

    def cost(one: Pass) -> int:
        return one.cost(sum(each.rows for each in needed_for_pass(one, partitions_of, windows)))

    found: list[Pass] = []
    for number, scan in enumerate(scans):
        alone = Pass((scan,), (number,))
        for place, other in enumerate(found):
            if (other.records.name, other.one.among) == (scan.records.name, scan.among):
                both = Pass((*other.scans, scan), (*other.numbers, number))
                if both.fits() and cost(both) <= cost(other) + cost(alone):
                    found[place] = both
                    break
        else:
            found.append(alone)
    return tuple(found)


def needed_for_pass(
    one: Pass, partitions_of: Callable[[str], Sequence[Partition]], windows: Mapping[str, Bounds]
) -> list[Partition]:
    """The partitions that can hold a record of any window of any scan."""
    return needed(one.one, partitions_of(one.records.name), windows)


def pass_query(one: Pass, windows: Mapping[str, Bounds], largest: Largest = ANY_SIZE) -> tuple[exp.Select, Columns]:
    """The pass as one SELECT over the relation ``records``: a column for each subject, in each row all of them but one
    NULL, and the integer parts of the measures. What a subject is not asked for is NULL in its rows.
    """
    if len(one.subjects) == 1:
        return select(one.one, windows, largest)
    projections, columns, shared = projected(one.one, windows, largest)
    names = [_named(number) for number in range(len(one.subjects))]
    read = dict.fromkeys(each.name for projection in projections for each in projection.find_all(exp.Column))
    inner = exp.select(
        *(exp.column(name, quoted=True) for name in read),
        *(each.credited(one.inner).as_(name, quoted=True) for each, name in zip(one.subjects, names, strict=True)),
    )
    inner = source(inner, one.records, joins_of(one.one), windows)
    if shared is not None:
        inner = inner.where(shared)
    sets = [exp.Tuple(expressions=[exp.column(name, quoted=True)]) for name in names]
    there = {each: _not_null(name) for each, name in zip(one.subjects, names, strict=True)}
    query = exp.select(
        *(exp.column(name, quoted=True) for name in names), *_where_asked(one, projections, columns, there)
    )
    query = query.from_(inner.subquery("records")).having(
        exp.or_(*(each.copy() for each in there.values()), wrap=False)
    )
    query.set("group", exp.Group(grouping_sets=[exp.GroupingSets(expressions=sets)]))
    return query, columns


def distributed(one: Pass, columns: Columns, table: pa.Table | None) -> Iterator[tuple[int, Everybody]]:
    """What a query of ``pass_query`` gave (None: no file was needed), as what each scan asked: by its number, the
    figures of all whom it found."""
    import pyarrow as pa  # noqa: PLC0415 - a plan can be made without Arrow

    parts_of: dict[Measure, dict[str, str]] = {}
    for index, (measure, part) in enumerate(columns):
        parts_of.setdefault(measure, {})[part] = f"c{index}"
    by_subject: dict[str, tuple[pa.Table, pa.Array]] = {}
    for number, scan in zip(one.numbers, one.scans, strict=True):
        asked = {measure: parts_of[_anybodys(measure)] for measure in scan.measures}
        name = SUBJECT if len(one.subjects) == 1 else _named(one.subjects.index(Subject.of(scan)))
        if table is None:
            nobody = np.zeros(0, np.int64)
            none = {measure: dict.fromkeys(parts, nobody) for measure, parts in asked.items()}
            yield number, Everybody(pa.array([], pa.string()), none)
            continue
        if name not in by_subject:
            there = table.column(name)
            found = table.filter(there.is_valid()) if there.null_count else table
            by_subject[name] = found, found.column(name).cast(pa.string()).combine_chunks()
        found, codes = by_subject[name]
        figures = {each: found.column(each).to_numpy() for parts in asked.values() for each in parts.values()}
        yield (
            number,
            Everybody(
                codes,
                {measure: {part: figures[each] for part, each in parts.items()} for measure, parts in asked.items()},
            ),
        )


def _where_asked(
    one: Pass, projections: Sequence[exp.Expr], columns: Columns, there: Mapping[Subject, exp.Expression]
) -> Iterator[exp.Expr]:
    """The columns, each only for those subjects that asked for its measure: another's sum may be too large."""
    asked: dict[Measure, dict[Subject, None]] = {}
    for scan in one.scans:
        for measure in scan.measures:
            asked.setdefault(_anybodys(measure), {})[Subject.of(scan)] = None
    for projection, (measure, _part) in zip(projections, columns, strict=True):
        if len(asked[measure]) == len(one.subjects):
            yield projection
        else:
            whose = exp.or_(*(there[subject].copy() for subject in asked[measure]), wrap=False)
            yield exp.Case().when(whose, projection.this).as_(projection.alias)


def _not_null(name: str) -> exp.Expression:
    return exp.column(name, quoted=True).is_(exp.null()).not_()


def _named(number: int) -> str:
    """What the column of a subject is called: no field has a dot in its name."""
    return f"{SUBJECT}.{number}"


def _anybodys(measure: Measure) -> Measure:
    return replace(measure, joins=())
