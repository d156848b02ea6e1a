"""Spark as an engine: each scan, and each request for rows, is one query over the snapshot's files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
from sqlglot import exp

from kaohe.engine.described import Beside, beside, nothing
from kaohe.engine.groups import Grouping, Groups, group_query, read_groups
from kaohe.engine.groups import computed as computed_in_groups
from kaohe.engine.overflow import A_FIGURE, A_SUM, too_large
from kaohe.engine.passes import distributed, needed_for_pass, pass_query, passes
from kaohe.engine.plan import Everybody, Parts, Scan, needed, nodes, not_covered, of_these
from kaohe.engine.rows import Found, Rows, arranged, computed, needed_for, row_query
from kaohe.engine.source import NO_RELATIONS, RECORDS, Relations
from kaohe.engine.spark.failures import Overflow
from kaohe.engine.spark.session import Session, opened, turn
from kaohe.engine.worktime import calendar_relations, uncovered
from kaohe.errors import Exit, Place, Problem, fail, refuse_if_any
from kaohe.language import Bounds, render, summed_wide
from kaohe.language.worktime import needs
from kaohe.records import Partition, Snapshot
from kaohe.text import Message, msg

if TYPE_CHECKING:
    from kaohe.engine.spark.cluster import Cluster
    from kaohe.engine.spark.shared import Shared


class SparkEngine:
    """Measures on a cluster. Nothing is started before something is to be measured.

    ``shared``: where workers find the snapshot's files; None: where the snapshot itself lies.
    """

    name = "spark"

    def __init__(self, cluster: Cluster, shared: Shared | None = None) -> None:
        self._cluster = cluster
        self._shared = shared

    def measure(
        self,
        scans: Sequence[Scan],
        snapshot: Snapshot,
        windows: Mapping[str, Bounds],
        whose: Sequence[Sequence[str]],
        relations: Relations = NO_RELATIONS,
    ) -> list[Parts]:
        found = self.everybody(scans, snapshot, windows, relations)
        different = {id(codes): pa.array(codes, pa.string()) for codes in whose}
        return of_these(found, [different[id(codes)] for codes in whose])

    def everybody(
        self,
        scans: Sequence[Scan],
        snapshot: Snapshot,
        windows: Mapping[str, Bounds],
        relations: Relations = NO_RELATIONS,
    ) -> list[Everybody]:
        refuse_if_any(problem for scan in scans for problem in not_covered(scan, snapshot.partitions, windows))
        answers: dict[int, Everybody] = {}
        for one in passes(scans, snapshot.partitions, windows):
            query, columns = pass_query(one, windows)
            partitions = needed_for_pass(one, snapshot.partitions, windows)
            table = None
            if partitions:
                asked = [*nodes(one.measures)]
                given = {**relations, **calendar_relations(asked, next(iter(windows.values())).zone)}
                besides = beside(asked, one.one.describing)
                with self._over(snapshot, partitions, query, given, besides) as session:
                    table = _answer(session, query, one.records.name, A_SUM)
            answers |= distributed(one, columns, table)
        return [answers[number] for number in range(len(scans))]

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
        refuse_if_any(uncovered(dict.fromkeys(needs(each.tree for each in grouping.by), partitions), scan.records))
        asked = computed_in_groups(scan, grouping)
        relations = {**relations, **calendar_relations(asked, next(iter(windows.values())).zone)}
        with self._over(snapshot, partitions, query, relations, beside(asked, scan.describing)) as session:
            return read_groups(_answer(session, query, scan.records.name, A_SUM), columns, grouping)

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
        asked, query = computed(wanted), row_query(wanted, bounds)
        refuse_if_any(uncovered(dict.fromkeys(needs(asked), partitions), wanted.records))
        relations = {**relations, **calendar_relations(asked, bounds.zone)}
        with self._over(snapshot, partitions, query, relations, beside(asked, wanted.describing)) as session:
            return arranged(wanted, _answer(session, query, wanted.records.name, A_FIGURE), order)

    @contextmanager
    def _over(
        self,
        snapshot: Snapshot,
        partitions: Sequence[Partition],
        query: exp.Select,
        relations: Relations,
        besides: Iterable[Beside],
    ) -> Iterator[Session]:
        """The session, with everything that the query reads from."""
        named = {each.name for each in query.find_all(exp.Identifier)}
        given = {name: table for name, table in relations.items() if name in named}
        read = {RECORDS: partitions}
        for each in besides:
            described = each.description
            all_of_it = snapshot.partitions(described.records.name)
            if all_of_it:
                read[described.relation] = all_of_it
            else:
                given[described.relation] = nothing(described.records)
        files = {name: self._files(snapshot, each) for name, each in read.items()}
        with turn:
            session = opened(self._cluster)
            try:
                for name, paths in files.items():
                    session.read(name, paths, _schema(read[name][0].path))
                for name, table in given.items():
                    session.give(name, table)
                yield session
            finally:
                session.forget([*files, *given])

    def _files(self, snapshot: Snapshot, partitions: Sequence[Partition]) -> list[str]:
        """Where workers find these files."""
        if self._shared is not None:
            return self._shared.files(snapshot.folder, partitions)
        return [f"file://{partition.path}" for partition in partitions]


def _schema(path: Path) -> pa.Schema:
    """The columns of a file of the snapshot."""
    try:
        return pq.read_schema(path)
    except (OSError, pa.ArrowException) as error:
        what = msg("a file of the snapshot cannot be read")
        fix = msg("evaluate again to take a new snapshot from the database")
        raise fail(Problem("engine.snapshot", what, Place(str(path)), fix=fix), Exit.ENVIRONMENT) from error


def _answer(session: Session, query: exp.Select, records: str, what: Message) -> pa.Table:
    try:
        return session.ask(render(query, "spark"))
    except Overflow:
        pass
    try:
        # A part of a sum may be too large although the whole is not.
        return session.ask(render(summed_wide(query), "spark"))
    except Overflow:
        raise too_large(what, records) from None
