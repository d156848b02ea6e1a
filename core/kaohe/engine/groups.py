"""Aggregates by groups of records: by fields or figures of each record, and by who is credited where that is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlglot import exp

from kaohe.engine.described import beside
from kaohe.engine.plan import Measure, Scan, conditions, credited, nodes, projected
from kaohe.engine.source import Joined, source
from kaohe.engine.worktime import working_days
from kaohe.exact import Ints
from kaohe.language import Bounds, Expression, row_sql
from kaohe.language.tree import Node

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Grouping:
    """By what records are grouped: row-level expressions that do not ask about the period, and, where ``whose``, first
    by who is credited; records of nobody are then left out."""

    by: tuple[Expression, ...]
    whose: bool

    @property
    def width(self) -> int:
        return len(self.by) + self.whose


@dataclass(frozen=True)
class Groups:
    """What was found: of each group the key (as stored: numbers scaled, days; None: unknown), and per measure the
    integer parts of its aggregate, one entry for each group. In no order."""

    keys: tuple[tuple[Any, ...], ...]
    parts: Mapping[Measure, Mapping[str, Ints]]


def joins_of(scan: Scan, grouping: Grouping) -> tuple[Joined, ...]:
    """Everything that is joined to the records."""
    trees = computed(scan, grouping)
    return (*scan.joins, *beside(trees, scan.describing), *working_days(trees))


def computed(scan: Scan, grouping: Grouping) -> list[Node]:
    """Everything that is computed."""
    return [*nodes(scan.measures), *(each.tree for each in grouping.by)]


def group_query(
    scan: Scan, grouping: Grouping, windows: Mapping[str, Bounds]
) -> tuple[exp.Select, list[tuple[Measure, str]]]:
    """The scan as one SELECT over the relation ``records``, and what its columns are, after those of the groups.

    A group is there where a record of it meets the condition of any measure, in its window.
    """
    who = credited(scan.who, scan.rather)
    keys: list[exp.Expr] = [who] if grouping.whose else []
    keys += [row_sql(each, windows["period"]) for each in grouping.by]
    projections, columns, shared = projected(scan, windows)
    query = exp.select(*(key.as_(f"g{number}") for number, key in enumerate(keys)), *projections)
    query = source(query, scan.records, joins_of(scan, grouping), windows)
    seen = conditions(scan, windows)
    wanted = [] if shared is None else [shared]
    if None not in seen:
        wanted.append(exp.Paren(this=exp.or_(*(each for each in seen if each is not None))))
    if grouping.whose:
        wanted.append(who.is_(exp.null()).not_())
    if wanted:
        query = query.where(*wanted)
    return (query.group_by(*keys) if keys else query), columns


def read_groups(table: pa.Table | None, columns: Sequence[tuple[Measure, str]], grouping: Grouping) -> Groups:
    """What a query of ``group_query`` gave; None: no file was needed."""
    if table is None:
        none: dict[Measure, dict[str, Ints]] = {}
        for measure, part in columns:
            none.setdefault(measure, {})[part] = np.zeros(0, np.int64)
        return Groups((), none)
    keys = [table.column(f"g{number}").to_pylist() for number in range(grouping.width)]
    parts: dict[Measure, dict[str, Ints]] = {}
    for index, (measure, part) in enumerate(columns):
        parts.setdefault(measure, {})[part] = table.column(f"c{index}").to_numpy().astype(np.int64)
    return Groups(tuple(zip(*keys, strict=True)) if keys else ((),) * table.num_rows, parts)
