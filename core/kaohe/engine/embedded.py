"""DuckDB inside this process: an in-memory connection that may read the snapshot's folder and nothing else."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from threading import Lock
from typing import Any

import duckdb
import pyarrow as pa

from kaohe.engine.connection import connected, execute, give, read
from kaohe.engine.described import beside, nothing
from kaohe.engine.everybody import Everybody
from kaohe.engine.magnitudes import is_wide, largest_in
from kaohe.engine.ordered import Ordered, is_worth_it, taken_out
from kaohe.engine.passes import Pass, distributed, needed_for_pass, pass_query, passes
from kaohe.engine.plan import Scan, nodes, not_covered
from kaohe.engine.questions import QueryEngine, Question
from kaohe.engine.resources import USUAL, Resources
from kaohe.engine.source import NO_RELATIONS, RECORDS, Relations
from kaohe.engine.worktime import calendar_relations
from kaohe.errors import refuse_if_any
from kaohe.language import Bounds, render
from kaohe.records import Snapshot


class DuckEngine(QueryEngine):
    """Runs each scan, and each request for rows, as one query over the snapshot's Parquet files."""

    name = "duckdb"
    _resources = USUAL

    def __init__(self, resources: Resources = USUAL) -> None:
        self._resources = resources
        self._sorting = Lock()  # what is sorted takes memory of its own: one reading at a time

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
            return self._run(connection.cursor(), one, snapshot, windows, joined)

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

    def _run(
        self, cursor: Any, one: Pass, snapshot: Snapshot, windows: Mapping[str, Bounds], relations: Relations
    ) -> dict[int, Everybody]:
        query, columns = pass_query(one, windows)
        partitions = needed_for_pass(one, snapshot.partitions, windows)
        if not partitions:
            return dict(distributed(one, columns, None))
        if is_wide(query):
            query, columns = pass_query(one, windows, largest_in(partitions, query))
        statistics: list[Ordered] = []
        if is_worth_it(one, sum(each.rows for each in partitions), self._resources.memory):
            query, statistics = taken_out(query, columns)
        with cursor:
            give(cursor, relations)
            besides = beside(nodes(one.measures), one.one.describing)
            question = Question(one.records, query, partitions, relations, besides)
            table = _asked(cursor, question, snapshot)
            for each in statistics:
                with self._sorting:
                    table = each.beside(table, _asked(cursor, replace(question, query=each.query), snapshot))
        return dict(distributed(one, columns, table))

    def answer(self, question: Question, snapshot: Snapshot) -> pa.Table:
        with connected(snapshot.folder, question.relations, self._resources) as connection:
            return _asked(connection, question, snapshot)


def _asked(connection: Any, question: Question, snapshot: Snapshot) -> pa.Table:
    """What the query finds by a connection that has its relations. All records of the types that describe others are
    read, under the names that queries have for them."""
    for each in question.besides:
        described = each.description
        partitions = snapshot.partitions(described.records.name)
        if partitions:
            read(connection, described.relation, partitions)
        else:
            connection.register(described.relation, nothing(described.records))
    read(connection, RECORDS, question.partitions)
    return execute(connection, render(question.query, "duckdb"), question.records.name, question.figure)
