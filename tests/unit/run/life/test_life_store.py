"""Steps in the database: taken whole with their audit event or not at all, in one order for everybody."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import select
from tests.unit.run.life.life_kit import START, WAYS, acting, any_run, step, walk

from kaohe.errors import KaoheError
from kaohe.period import parse_period
from kaohe.records import Store, open_store
from kaohe.records.audit import detail_of, insert_row
from kaohe.records.evidence_tables import AuditRow, RestatementRow
from kaohe.records.tables import table_of
from kaohe.run.life import Rule, State, Step, lives, official_run, open_period_after, state_of, take_step
from kaohe.run.life.history import logins
from kaohe.run.life.model import FROM
from kaohe.run.life.store import overlapping

LOG, RESTATEMENTS = table_of(AuditRow), table_of(RestatementRow)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store("sqlite:///kaohe.db", {}, folder=tmp_path)


def events(store: Store) -> list[tuple[str, str, str]]:
    with store.reading() as connection:
        rows = connection.execute(select(LOG).where(LOG.c.action.startswith("period.")).order_by(LOG.c.seq))
        return [(row.action, row.subject, row.actor) for row in rows]


def test_a_whole_life(store: Store) -> None:
    life = walk(store, WAYS["closed"])
    assert life == state_of(store, "tiny", "2026-Q1")
    assert [each.state for each in life.steps] == [
        *("open", "frozen", "calculated", "in_review", "in_review", "approved", "paid", "closed")
    ]
    assert [each.actor for each in life.steps] == ["chen"] * 4 + ["wang", "li", "zhao", "zhao"]
    assert (life.inputs, life.run) == ("inputs", 1)
    assert events(store) == [(f"period.{each.step}", "tiny 2026-Q1", each.actor) for each in life.steps]


@pytest.mark.parametrize(("state", "wrong"), [(s, t) for s, t in product(WAYS, FROM) if s not in FROM[t]])
def test_a_step_out_of_order_leaves_nothing_behind(store: Store, state: State | None, wrong: Step) -> None:
    before = walk(store, WAYS[state])
    noted = events(store)
    with pytest.raises(KaoheError) as caught:
        step(store, wrong, "sun", run=before.run, inputs=before.inputs)
    assert [each.code for each in caught.value.problems] == ["period.order"]
    assert state_of(store, "tiny", "2026-Q1") == before
    assert events(store) == noted


def test_the_event_holds_the_row_and_from_it_the_login_is_known(store: Store) -> None:
    life = walk(store, "open freeze:wang")
    with store.reading() as connection:
        said = detail_of(connection.scalar(select(LOG.c.detail).where(LOG.c.action == "period.freeze")))
        assert logins(connection, life) == {1: "login-chen", 2: "login-wang"}
    ((table, key, before, after),) = said["rows"]
    assert (table, key, before) == ("period_steps", {"id": 2}, None)
    assert (after["state"], after["inputs"], after["actor"]) == ("frozen", "inputs", "wang")


def test_a_step_that_rests_on_an_overtaken_state_is_refused(store: Store) -> None:
    seen = walk(store, WAYS["in_review"]).number
    step(store, "approve", "wang", seen=seen)
    with pytest.raises(KaoheError) as caught:
        step(store, "approve", "li", seen=seen)
    (problem,) = caught.value.problems
    assert (problem.code, str(problem.what)) == (
        "period.overtaken",
        "somebody else took a step in the meantime: approve by wang",
    )


def test_the_run_that_stands_for_a_period(store: Store) -> None:
    def official() -> int | None:
        return official_run(store, "tiny", "2026-Q1")

    assert official() is None
    walk(store, "open freeze")
    assert official() is None
    assert step(store, "calculate").run == official() == 1
    assert step(store, "calculate").run == official() == 2
    walk(store, "reopen", reason="why")
    assert official() is None
    walk(store, "freeze calculate submit approve:wang approve:li pay:z close:z")
    assert official() == 3


def test_an_approved_restatement_takes_the_place_of_the_run(store: Store) -> None:
    walk(store, WAYS["closed"])
    for state in ("prepared", "approved", "rejected"):
        runs = {"from_run": 1, "to_run": any_run(store), "posted_to": "2026-Q2"}
        prepared = {"prepared_by": "chen", "prepared_at": START, "state": state, "reason": "late"}
        row = {"scheme_id": "tiny", "period": "2026-Q1", **runs, **prepared}
        with store.writing() as connection:
            insert_row(connection, RESTATEMENTS, row)
    assert official_run(store, "tiny", "2026-Q1") == 3
    assert state_of(store, "tiny", "2026-Q1").run == 1


def test_the_open_period_after_another(store: Store) -> None:
    def after(period: str) -> str | None:
        found = open_period_after(store, "tiny", period)
        return None if found is None else found.period

    walk(store, WAYS["closed"])
    assert after("2026-Q1") is None
    for period in ("2026-Q4", "2026-Q3", "2026-H2", "2026-07", "2025-Q4"):
        step(store, "open", period=period)
    assert after("2026-Q1") == "2026-Q3", "the earliest of the same length"
    assert after("2026-Q3") == "2026-Q4"
    assert after("2026-H1") == "2026-H2"
    assert after("2026-06") == "2026-07"
    assert after("2025-Q4") == "2026-Q3", "2026-Q1 is closed"
    assert after("2026") is None
    assert open_period_after(store, "other", "2026-Q1") is None


def test_periods_are_listed_by_scheme_and_day_and_overlaps_are_found(store: Store) -> None:
    for period in ("2026-Q2", "2026", "2026-01", "2025-12"):
        step(store, "open", period=period)
    assert [life.period for life in lives(store)] == ["2025-12", "2026-01", "2026", "2026-Q2"]
    assert lives(store, "other") == ()
    with store.reading() as connection:
        found = overlapping(connection, "tiny", parse_period("2026-Q1"))
    assert [life.period for life in found] == ["2026-01", "2026"]


def test_steps_keep_their_order_when_the_clock_runs_back(store: Store) -> None:
    step(store, "open", at=START)
    life = step(store, "freeze", at=START - timedelta(days=400))
    assert life.state == "frozen"
    assert [each.step for each in state_of(store, "tiny", "2026-Q1").steps] == ["open", "freeze"]


@pytest.mark.parametrize("approvals", [1, 2, 3])
def test_as_many_different_people_approve_as_the_workspace_says(store: Store, approvals: int) -> None:
    life = walk(store, WAYS["in_review"])
    for number in range(approvals):
        assert life.state == "in_review"
        life = step(store, "approve", f"person {number}", rule=Rule(approvals))
    assert life.state == "approved"


def test_nobody_approves_twice_or_their_own_work_in_the_database(store: Store) -> None:
    walk(store, WAYS["in_review"])
    for name, code in (("chen", "period.own-work"), ("CHEN", "period.own-work"), ("Q", "period.own-work")):
        with pytest.raises(KaoheError, match=code):
            step(store, "approve", name, proposers=["q"])
    step(store, "approve", "wang")
    with pytest.raises(KaoheError, match="approved it already"):
        step(store, "approve", "wang", rule=Rule(own_work=True))
    assert [each.actor for each in state_of(store, "tiny", "2026-Q1").approvals] == ["wang"]


def test_what_else_happened_in_the_transaction_goes_with_a_refused_step(store: Store) -> None:
    def both() -> None:
        with acting(store, "chen").writing() as connection:
            take_step(connection, "tiny", "2026-Q2", "open", START)
            take_step(connection, "tiny", "2026-Q2", "pay", START)

    with pytest.raises(KaoheError, match="only an approved period can be paid"):
        both()
    assert lives(store) == ()
    assert events(store) == []
