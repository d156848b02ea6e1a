"""What engines that answer queries have in common: what a query reads, and what its answer says."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
from sqlglot import exp

from kaohe.engine.described import Beside, beside
from kaohe.engine.everybody import Everybody, of_these
from kaohe.engine.groups import Grouping, Groups, group_query, read_groups
from kaohe.engine.groups import computed as computed_in_groups
from kaohe.engine.overflow import A_FIGURE, A_SUM
from kaohe.engine.plan import Parts, Scan, needed, not_covered
from kaohe.engine.rows import Found, Rows, arranged, computed, needed_for, row_query
from kaohe.engine.settled import put_otherwise
from kaohe.engine.source import NO_RELATIONS, Relations
from kaohe.engine.worktime import calendar_relations, uncovered
from kaohe.errors import refuse_if_any
from kaohe.language import Bounds
from kaohe.language.worktime import needs
from kaohe.plugin import RecordType
from kaohe.records import Partition, Snapshot
from kaohe.text import Message


@dataclass(frozen=True)
class Question:
    """A query over partitions of a record type, given to it as the relation ``records``; the tables and the types of
    which it may read beside them; and what is too large where a number does not fit."""

    records: RecordType
    query: exp.Select
    partitions: Sequence[Partition]
    relations: Relations
    besides: Sequence[Beside]
    figure: Message = A_SUM


class QueryEngine(ABC):
    """An engine of which a question is one query: see ``Engine`` for what each method gives."""

    @abstractmethod
    def everybody(
        self,
        scans: Sequence[Scan],
        snapshot: Snapshot,
        windows: Mapping[str, Bounds],
        relations: Relations = NO_RELATIONS,
    ) -> list[Everybody]: ...

    @abstractmethod
    def answer(self, question: Question, snapshot: Snapshot) -> pa.Table:
        """What the query finds. Raises KaoheError where a number does not fit, and where files cannot be read."""

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
        joined = {**relations, **calendar_relations(asked, next(iter(windows.values())).zone)}
        question = Question(scan.records, query, partitions, joined, beside(asked, scan.describing))
        return read_groups(self.answer(question, snapshot), columns, grouping)

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
        joined = {**relations, **calendar_relations(asked, bounds.zone)}
        question = Question(wanted.records, query, partitions, joined, beside(asked, wanted.describing), A_FIGURE)
        return arranged(wanted, self.answer(question, snapshot), order)
