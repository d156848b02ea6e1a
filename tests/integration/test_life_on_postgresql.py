"""The life of a period on a real PostgreSQL server, and people who step on at the same moment."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from tests.scenarios.desk import Desk
from tests.tiny import add_tickets, make_desk, ticket_lines
from tests.unit.cli.period_kit import LATE, WHOSE, lead, shown, take
from tests.unit.run.life.life_kit import WAYS, acting, step, walk

from kaohe.errors import KaoheError
from kaohe.records import Store, open_store
from kaohe.run.life import official_run, state_of


@pytest.fixture
def store(postgresql_url: str, tmp_path: Path) -> Iterator[Store]:
    opened = open_store(postgresql_url, {}, folder=tmp_path)
    yield opened
    opened.close()


def test_a_whole_life_is_the_same_as_on_sqlite(postgresql_url: str, tiny: Desk, tmp_path: Path) -> None:
    served = make_desk(tmp_path / "served", database=postgresql_url)
    add_tickets(served, ticket_lines()[::-1])
    both = []
    for desk in (served, tiny):
        lead(desk, "approved")
        take(desk, "reopen", "wang", "--reason", "late records")
        add_tickets(desk, LATE, "late.csv")
        late = desk.do("period", "show", *WHOSE)
        assert "came after" not in late.err, "nothing is frozen"
        take(desk, "freeze", "chen")
        add_tickets(desk, ["T99,repair,P2,2026-03-31 23:59,2026-04-01 12:00,8"], "later.csv")
        assert "1 rows, 1 in the period" in desk.do("period", "show", *WHOSE).err
        for taken, name in (("calculate", "chen"), ("submit", "chen"), ("approve", "wang"), ("approve", "li")):
            take(desk, taken, name)
        paid = take(desk, "pay", "zhao").out
        take(desk, "close", "zhao")
        data = shown(desk)
        steps = [{name: each[name] for name in ("step", "state", "by", "run", "inputs")} for each in data["steps"]]
        both.append((paid, data["run"], steps))
    assert both[0] == both[1]


@pytest.mark.parametrize("server", ["sqlite", "postgresql"])
class TestAtTheSameMoment:
    @pytest.fixture
    def shared(self, server: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
        url = "sqlite:///kaohe.db" if server == "sqlite" else request.getfixturevalue("postgresql_url")
        opened = open_store(url, {}, folder=tmp_path, patience=20)
        yield opened
        opened.close()

    def at_once(self, store: Store, taken: str, names: list[str], **rest: object) -> list[str]:
        """What became of each: the state it led to, or the code of the refusal."""
        start = Barrier(len(names))

        def one(name: str) -> str:
            start.wait(timeout=20)
            try:
                return str(step(store, taken, name, **rest).state)
            except KaoheError as error:
                return error.problems[0].code

        with ThreadPoolExecutor(len(names)) as people:
            return sorted(people.map(one, names))

    def test_two_approvals_that_saw_the_same_state(self, shared: Store) -> None:
        seen = walk(shared, WAYS["in_review"]).number
        assert self.at_once(shared, "approve", ["wang", "li"], seen=seen) == ["in_review", "period.overtaken"]
        assert len(state_of(shared, "tiny", "2026-Q1").approvals) == 1

    def test_two_approvals_complete_each_other_once(self, shared: Store) -> None:
        walk(shared, WAYS["in_review"])
        assert self.at_once(shared, "approve", ["wang", "li", "sun"]) == ["approved", "in_review", "period.order"]

    def test_one_person_at_two_screens_approves_once(self, shared: Store) -> None:
        walk(shared, WAYS["in_review"])
        assert self.at_once(shared, "approve", ["wang", "wang"]) == ["in_review", "period.approved-already"]

    def test_a_period_is_opened_frozen_and_paid_once(self, shared: Store) -> None:
        assert self.at_once(shared, "open", ["a", "b", "c"]) == ["open", "period.order", "period.order"]
        assert self.at_once(shared, "freeze", ["a", "b"]) == ["frozen", "period.order"]
        walk(shared, "calculate submit approve:wang approve:li")
        assert self.at_once(shared, "pay", ["a", "b"]) == ["paid", "period.order"]

    def test_paying_and_reopening_exclude_each_other(self, shared: Store) -> None:
        walk(shared, WAYS["approved"])
        start = Barrier(2)

        def one(taken: str) -> str:
            start.wait(timeout=20)
            try:
                return str(step(shared, taken, "sun", reason="why").state)
            except KaoheError as error:
                return error.problems[0].code

        with ThreadPoolExecutor(2) as people:
            came = list(people.map(one, ["pay", "reopen"]))
        assert came in (["paid", "period.order"], ["period.order", "open"])


def test_the_run_that_stands_is_told_on_a_server_too(store: Store) -> None:
    walk(store, WAYS["closed"])
    assert official_run(store, "tiny", "2026-Q1") == state_of(acting(store, "x"), "tiny", "2026-Q1").run == 1
