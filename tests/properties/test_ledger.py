"""Whatever is paid, restated and paid in whatever order: no fen is lost in the database and none paid twice."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert

from kaohe.period import parse_period
from kaohe.records import Store, open_store
from kaohe.records.core_tables import RunRow, SchemeRow
from kaohe.records.evidence_tables import PaymentRow, PostingRow, RestatementRow
from kaohe.records.tables import table_of
from kaohe.run import Run
from kaohe.run.paying.store import due_in, outstanding, pay, payments_of
from kaohe.scheme.model import Recovery

AT = datetime(2026, 1, 1, tzinfo=UTC)
QUARTERS = ("2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4")
CODES = st.sampled_from(["P1", "P2", "P3"])
FIGURES = st.dictionaries(CODES, st.integers(0, 9_000_00), max_size=3)
RULES = st.builds(
    Recovery,
    cap_share=st.decimals(0, 1, places=2),
    minimum=st.integers(0, 2_000_00),
    after_leaving=st.sampled_from(["carry", "write_off", "report"]),
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("pay"), st.sampled_from(QUARTERS), FIGURES),
        st.tuples(st.just("restate"), st.sampled_from(QUARTERS), FIGURES),
    ),
    max_size=14,
)


@pytest.fixture(scope="module")
def store() -> Store:
    return open_store("sqlite:///ledger.db", {}, folder=Path(tempfile.mkdtemp()))


def run_of(period: str, figures: Mapping[str, int], by: Recovery) -> Run:
    """As much of a run as a payment reads."""
    codes = tuple(sorted(figures))
    bonus = np.array([figures[code] for code in codes], np.int64)
    made = SimpleNamespace(
        belongs_to=("s", period),
        scheme=SimpleNamespace(id="s", bonus=object(), recovery=by),
        period=parse_period(period),
        left_out=(),
        appraisal=SimpleNamespace(people=SimpleNamespace(code=codes), bonus=bonus),
    )
    return cast("Run", made)


class Ledger:
    """What the database is to hold, kept beside it in plain numbers."""

    def __init__(self, store: Store, by: Recovery) -> None:
        self.store, self.by = store, by
        self.newest: dict[str, Mapping[str, int]] = {}
        with store.writing() as connection:
            for row in (PostingRow, PaymentRow, RestatementRow, RunRow, SchemeRow):
                connection.execute(delete(table_of(row)))
            scheme = {"digest": "d", "scheme_id": "s", "version": "1", "text": "", "recorded_at": AT}
            connection.execute(insert(table_of(SchemeRow)).values(**scheme))
            run = {"digest": "r", "scheme_digest": "d", "scheme_id": "s", "period": "p", "snapshot": "", "actor": ""}
            connection.execute(insert(table_of(RunRow)).values(id=1, **run, created_at=AT, evidence="", columns=b""))

    def pay(self, period: str, figures: Mapping[str, int]) -> None:
        self.newest[period] = figures
        with self.store.writing() as connection:
            pay(connection, 1, run_of(period, figures, self.by))

    def restate(self, period: str, figures: Mapping[str, int]) -> None:
        if period not in self.newest:
            return
        before, self.newest[period] = self.newest[period], figures
        newest = max(self.newest, key=QUARTERS.index)
        whose = {"scheme_id": "s", "period": period, "posted_to": parse_period(newest).following.name}
        with self.store.writing() as connection:
            added = insert(table_of(RestatementRow)).values(
                **whose, from_run=1, to_run=1, reason="", prepared_by="", prepared_at=AT, state="approved"
            )
            number = connection.execute(added).inserted_primary_key[0]  # type: ignore[index]  # it has a key
            for person in before.keys() | figures.keys():
                fen = figures.get(person, 0) - before.get(person, 0)
                if fen:
                    row: dict[str, Any] = {"restatement": number, "person": person, **whose, "fen": fen}
                    connection.execute(insert(table_of(PostingRow)).values(**row))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS, RULES)
def test_what_the_newest_runs_give_is_what_was_paid_is_outstanding_and_was_dropped(
    store: Store, steps: list[tuple[str, str, dict[str, int]]], by: Recovery
) -> None:
    ledger = Ledger(store, by)
    for step, period, figures in steps:
        latest = all(QUARTERS.index(period) > QUARTERS.index(paid) for paid in ledger.newest)
        before = {each.person: each.fen for each in outstanding(store, "s")} if latest else {}
        if step == "pay" and period not in ledger.newest:
            ledger.pay(period, figures)
            due = {line.person: line.due for line in payments_of(store, "s", period) if line.due}
            assert due == before  # all that is outstanding, and nothing that is not
        elif step == "restate":
            ledger.restate(period, figures)
        lines = [line for each in ledger.newest for line in payments_of(store, "s", each)]
        for person in ("P1", "P2", "P3"):
            earned = sum(run.get(person, 0) for run in ledger.newest.values())
            paid = sum(line.paid + line.dropped for line in lines if line.person == person)
            owed = sum(each.fen for each in outstanding(store, "s") if each.person == person)
            assert earned == paid + owed
        assert all(line.paid >= 0 for line in lines)


def test_a_quarter_that_is_paid_after_a_later_one_leaves_what_is_outstanding_to_the_next(store: Store) -> None:
    """The second quarter is paid before the first. A posting to the third is settled with neither."""
    ledger = Ledger(store, Recovery())
    ledger.pay("2026-Q2", {"P1": 100})
    ledger.restate("2026-Q2", {"P1": 70})
    ledger.pay("2026-Q1", {"P1": 100})
    assert [line.due for line in payments_of(store, "s", "2026-Q1")] == [0]
    with store.reading() as connection:
        assert due_in(connection, "s", "2026-Q3") == {"P1": -30}
