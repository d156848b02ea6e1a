"""The conformance suite on Spark. A query of Spark's takes a while, however little it asks: many cases go into one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from tests.conformance.back_ends import Database
from tests.conformance.test_conformance import ALL, Case, figure, typed

from kaohe.engine.spark import Cluster
from kaohe.engine.spark.session import opened
from kaohe.language import compile_expression

_AT_ONCE = 24


class _Unanswered(Exception):  # noqa: N818 - no error: it is asked with others
    pass


class Batched:
    """Answers what was asked before; what was not is noted, to be asked in one query with others."""

    def __init__(self, cluster: Cluster) -> None:
        self._session = opened(cluster)
        self._answers: dict[str, Sequence[Any]] = {}
        self._asked: dict[str, None] = {}
        self.database = Database("spark", self._answer)

    def _answer(self, sql: str) -> Sequence[Any]:
        if sql not in self._answers:
            self._asked[sql] = None
            raise _Unanswered
        return self._answers[sql]

    def ask(self) -> None:
        """Whatever was asked since."""
        asked, self._asked = [*self._asked], {}
        for first in range(0, len(asked), _AT_ONCE):
            some = asked[first : first + _AT_ONCE]
            rows = [
                f"SELECT {number} AS n, to_json(struct(*), map('ignoreNullFields', 'false')) AS found FROM ({sql})"
                for number, sql in enumerate(some)
            ]
            table = self._session.ask(" UNION ALL ".join(rows))
            for number, found in zip(*(table.column(name).to_pylist() for name in ("n", "found")), strict=True):
                self._answers[some[number]] = [*json.loads(found).values()]


@pytest.fixture(scope="module")
def batched(where: Cluster) -> Iterator[Batched]:
    one = Batched(where)
    # A hundred small queries in one, each of which would else be replanned while it runs.
    one._session._spark.conf.set("spark.sql.adaptive.enabled", "false")
    yield one
    one._session._spark.conf.set("spark.sql.adaptive.enabled", "true")


def test_spark_gives_what_every_case_expects(batched: Batched) -> None:
    waiting, wrong = [*ALL], []
    while waiting:
        again = []
        for case in waiting:
            try:
                if (found := _found(case, batched.database)) != (expected := _expected(case)):
                    wrong.append((case.name, found, expected))
            except _Unanswered:
                again.append(case)
        batched.ask()
        waiting = again
    assert wrong == []


def _found(case: Case, database: Database) -> Any:
    expression = compile_expression(case.expression, case.scope())
    return (database.figure if case.aggregate else database.value)(expression, case.table())


def _expected(case: Case) -> Any:
    if case.expect is None:
        return None
    kind = compile_expression(case.expression, case.scope()).type.kind
    return figure(case.expect) if case.aggregate else typed(case.expect, kind)
