"""DuckDB inside this process: an in-memory connection that may read the snapshot's folder and nothing else."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import duckdb
import pyarrow as pa

from kaohe.engine.connection import connected, execute, give, read
from kaohe.engine.described import Beside, beside, nothing
from kaohe.engine.groups import Grouping, Groups, group_query, read_groups
from kaohe.engine.groups import computed as computed_in_groups
from kaohe.engine.magnitudes import is_wide, largest_in
from kaohe.engine.overflow import A_FIGURE
from kaohe.engine.passes import Pass, distributed, needed_for_pass, pass_query, passes
from kaohe.engine.plan import Everybody, Parts, Scan, needed, nodes, not_covered, of_these
from kaohe.engine.resources import USUAL, Resources
from kaohe.engine.rows import Found, Rows, arranged, computed, needed_for, row_query
from kaohe.engine.settled import put_otherwise
from kaohe.engine.source import NO_RELATIONS, RECORDS, Relations
from kaohe.engine.worktime import calendar_relations, uncovered
from kaohe.errors import refuse_if_any
from kaohe.language import Bounds, render
from kaohe.language.worktime import needs
from kaohe.records import Snapshot


class DuckEngine:
    """Runs each scan, and each request for rows, as one query over the snapshot's Parquet files."""

    name = "duckdb"
    _resources = USUAL

    def __init__(self, resources: Resources = USUAL) -> None:
        self._resources = resources

    def measure(
        self,
        scans: Sequence[Scan],
        snapshot: Snapshot,
        windows: Mapping[str, Bounds],
        whose: Sequence[Sequence[str]],
        relations: Relations = NO_RELATIONS,
    ) -> list[Parts]:
        def of(asked: Sequence[Scan], whose: Sequence[pa.Array], joined: Relations) -> list[Parts]:
            return of_these(self.everybody(asked, snapshot, windows, joined), whose)

        return put_otherwise(of, scans, whose, windows, relations)

    def everybody(
        self,
        scans: Sequence[Scan],
        snapshot: Snapshot,
        windows: Mapping[str, Bounds],
        relations: Relations = NO_RELATIONS,
    ) -> list[Everybody]:
        refuse_if_any(problem for scan in scans for problem in not_covered(scan, snapshot.partitions, windows))
        found = [node for scan in scans for node in nodes(scan.measures)]
        joined = {**relations, **calendar_relations(found, next(iter(windows.values())).zone)}
        planned = passes(scans, snapshot.partitions, windows)

        def run(one: Pass) -> dict[int, Everybody]:
            return _run(connection.cursor(), one, snapshot, windows, joined)

        with connected(snapshot.folder, {}, self._resources) as connection:
            answers = {number: each for some in self._several(run, planned) for number, each in some.items()}
        return [answers[number] for number in range(len(scans))]

    def _several(
        self, run: Callable[[Pass], dict[int, Everybody]], planned: Sequence[Pass]
    ) -> list[dict[int, Everybody]]:
        """Several at once, as the files of one may have too few parts for all processors; where the memory does not
        suffice for that, one after the other."""
        at_once = min(len(planned), self._resources.threads or os.cpu_count() or 1)
        if at_once > 1:
            with suppress(duckdb.OutOfMemoryException), ThreadPoolExecutor(at_once) as several:
                return [*several.map(run, planned)]
        return [run(one) for one in planned]

    def grouped(
        self,
        scan: Scan,
        grouping: Grouping,
        snapshot: Snapshot,
        windows: Mapping[str, Bounds],
        relations: Relations = NO_RELATIONS,
    ) -> Groups:
        partitions = needed(scan, snapshot.partitions(scan.records.name), windows)
        query, columns = group_query(scan, grouping, windows)
        if not partitions:
            return read_groups(None, columns, grouping)
        refuse_if_any(not_covered(scan, snapshot.partitions, windows))
        asked = computed_in_groups(scan, grouping)
        refuse_if_any(uncovered(dict.fromkeys(needs(each.tree for each in grouping.by), partitions), scan.records))
        relations = {**relations, **calendar_relations(asked, next(iter(windows.values())).zone)}
        with connected(snapshot.folder, relations, self._resources) as connection:
            _bring(connection, snapshot, beside(asked, scan.describing))
            read(connection, RECORDS, partitions)
            return read_groups(execute(connection, render(query, "duckdb"), scan.records.name), columns, grouping)

    def rows(
        self,
        wanted: Rows,
        snapshot: Snapshot,
        bounds: Bounds,
        people: Sequence[str],
        relations: Relations = NO_RELATIONS,
    ) -> Found:
        order = pa.array(people, pa.string())
        partitions = needed_for(wanted, snapshot.partitions(wanted.records.name), bounds)
        if not partitions:
            return arranged(wanted, None, order)
        asked = computed(wanted)
        refuse_if_any(uncovered(dict.fromkeys(needs(asked), partitions), wanted.records))
        relations = {**relations, **calendar_relations(asked, bounds.zone)}
        with connected(snapshot.folder, relations, self._resources) as connection:
            _bring(connection, snapshot, beside(asked, wanted.describing))
            read(connection, RECORDS, partitions)
            sql = render(row_query(wanted, bounds), "duckdb")
            table = execute(connection, sql, wanted.records.name, A_FIGURE)
            return arranged(wanted, table, order)


def _run(
    cursor: Any,
    one: Pass,
    snapshot: Snapshot,
    windows: Mapping[str, Bounds],
    relations: Relations,
) -> dict[int, Everybody]:
    query, columns = pass_query(one, windows)
    partitions = needed_for_pass(one, snapshot.partitions, windows)
    if not partitions:
        return dict(distributed(one, columns, None))
    if is_wide(query):
        query, columns = pass_query(one, windows, largest_in(partitions, query))
    with cursor:
        give(cursor, relations)
        _bring(cursor, snapshot, beside(nodes(one.measures), one.one.describing))
        read(cursor, RECORDS, partitions)
        table = execute(cursor, render(query, "duckdb"), one.records.name)
    return dict(distributed(one, columns, table))


def _bring(connection: Any, snapshot: Snapshot, besides: Sequence[Beside]) -> None:
    """All records of the types that describe others, under the names that queries have for them."""
    for each in besides:
        described = each.description
        partitions = snapshot.partitions(described.records.name)
        if partitions:
            read(connection, described.relation, partitions)
        else:
            connection.register(described.relation, nothing(described.records))
