"""Spark as an engine: each scan, and each request for rows, is one query over the snapshot's files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
from sqlglot import exp

from kaohe.engine.described import beside, nothing
from kaohe.engine.everybody import Everybody
from kaohe.engine.overflow import too_large
from kaohe.engine.passes import distributed, needed_for_pass, pass_query, passes
from kaohe.engine.plan import Scan, nodes, not_covered
from kaohe.engine.questions import QueryEngine, Question
from kaohe.engine.source import NO_RELATIONS, RECORDS, Relations
from kaohe.engine.spark.failures import Overflow, seen_otherwise
from kaohe.engine.spark.proof import Proof
from kaohe.engine.spark.session import Session, opened, turn
from kaohe.engine.worktime import calendar_relations
from kaohe.errors import Exit, Place, Problem, fail, refuse_if_any
from kaohe.language import Bounds, render, summed_wide
from kaohe.records import Partition, Snapshot
from kaohe.text import msg

if TYPE_CHECKING:
    from kaohe.engine.spark.cluster import Cluster
    from kaohe.engine.spark.shared import Shared


class SparkEngine(QueryEngine):
    """Measures on a cluster. Nothing is started before something is to be measured.

    ``shared``: where workers find the snapshot's files; None: where the snapshot itself lies. ``proof``: that they find
    the bytes there which were written.
    """

    name = "spark"

    def __init__(self, cluster: Cluster, shared: Shared | None = None, proof: Proof | None = None) -> None:
        self._cluster = cluster
        self._shared = shared
        self._proof = proof or Proof()

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
            asked = [*nodes(one.measures)]
            partitions = needed_for_pass(one, snapshot.partitions, windows)
            joined = {**relations, **calendar_relations(asked, next(iter(windows.values())).zone)}
            question = Question(one.records, query, partitions, joined, beside(asked, one.one.describing))
            answers |= distributed(one, columns, self.answer(question, snapshot) if partitions else None)
        return [answers[number] for number in range(len(scans))]

    def answer(self, question: Question, snapshot: Snapshot) -> pa.Table:
        with self._over(question, snapshot) as session:
            try:
                return session.ask(render(question.query, "spark"))
            except Overflow:
                pass
            try:
                # A part of a sum may be too large although the whole is not.
                return session.ask(render(summed_wide(question.query), "spark"))
            except Overflow:
                raise too_large(question.figure, question.records.name) from None

    @contextmanager
    def _over(self, question: Question, snapshot: Snapshot) -> Iterator[Session]:
        """The session, with everything that the query reads from."""
        named = {each.name for each in question.query.find_all(exp.Identifier)}
        given = {name: table for name, table in question.relations.items() if name in named}
        read = {RECORDS: question.partitions}
        for each in question.besides:
            described = each.description
            all_of_it = snapshot.partitions(described.records.name)
            if all_of_it:
                read[described.relation] = all_of_it
            else:
                given[described.relation] = nothing(described.records)
        schemas = {name: _schema(partitions[0].path) for name, partitions in read.items()}
        with turn:
            session = opened(self._cluster)
            try:
                for name, partitions in read.items():
                    session.read(name, self._files(session, snapshot, partitions), schemas[name])
                for name, table in given.items():
                    session.give(name, table)
                yield session
            finally:
                session.forget([*read, *given])

    def _files(self, session: Session, snapshot: Snapshot, partitions: Sequence[Partition]) -> list[str]:
        """Where workers find these files. Raises KaoheError where they see others."""
        shared = self._shared
        if shared is None:
            urls = [f"file://{partition.path}" for partition in partitions]
        else:
            urls = shared.files(snapshot.folder, partitions)
        others = self._proof.others(session, dict(zip(urls, partitions, strict=True)))
        if others and shared is not None:
            shared.files(snapshot.folder, others, anew=True)
            others = self._proof.others(session, dict(zip(urls, partitions, strict=True)))
        if others:
            raise seen_otherwise(others[0].path)
        return urls


def _schema(path: Path) -> pa.Schema:
    """The columns of a file of the snapshot."""
    try:
        return pq.read_schema(path)
    except (OSError, pa.ArrowException) as error:
        what = msg("a file of the snapshot cannot be read")
        fix = msg("evaluate again to take a new snapshot from the database")
        raise fail(Problem("engine.snapshot", what, Place(str(path)), fix=fix), Exit.ENVIRONMENT) from error
