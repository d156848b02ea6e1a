"""Whatever people do with a period, in whatever order: its state is that of its last step, and nothing is lost."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import func, select
from tests.unit.run.life.life_kit import RUNS, any_run, step

from kaohe.errors import KaoheError
from kaohe.records import open_store
from kaohe.records.audit import BEGINNING, detail_of, link
from kaohe.records.auditing.verify import verify
from kaohe.records.canonical import text_digest
from kaohe.records.evidence_tables import AuditRow, PeriodStepRow
from kaohe.records.tables import table_of
from kaohe.run.life import Life, lives, official_run, state_of
from kaohe.run.life.model import FROM

LOG, STEPS = table_of(AuditRow), table_of(PeriodStepRow)
PEOPLE = st.sampled_from(["chen", "wang", "li"])
"""Few, so that the same person comes again."""
PERIODS = st.sampled_from(["2026-Q1", "2026-Q2"])


class Periods(RuleBasedStateMachine):
    """Random steps by random people beside a model that knows only what is allowed."""

    seen = Bundle("seen")

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="kaohe-life-"))
        self.store = open_store("sqlite:///kaohe.db", {}, folder=self.folder)
        self.taken: dict[str, list[tuple[str, str]]] = {"2026-Q1": [], "2026-Q2": []}
        self.runs = 0

    def teardown(self) -> None:
        if hasattr(self, "store"):
            assert verify(self.store).problems == ()
            self.store.close()
            shutil.rmtree(self.folder)

    @rule(taken=st.sampled_from(list(FROM)), name=PEOPLE, period=PERIODS)
    def anybody_does_anything(self, taken: str, name: str, period: str) -> None:
        self.do(taken, name, period)

    @rule(target=seen, period=PERIODS)
    def somebody_looks(self, period: str) -> tuple[str, int]:
        return period, state_of(self.store, "tiny", period).number

    @rule(known=seen, name=PEOPLE)
    def somebody_leads_on_from_what_they_saw(self, known: tuple[str, int], name: str) -> None:
        period, number = known
        life = state_of(self.store, "tiny", period)
        following = life.next_step()
        if following is None:
            return
        done = self.do(following, name, period, seen=number)
        assert not (done and number != life.number), "a step on what was overtaken"

    @precondition(lambda self: hasattr(self, "store"))
    @rule(period=PERIODS)
    def the_way_is_led_to_the_end_of_review(self, period: str) -> None:
        for name in ("chen", "wang", "li"):
            life = state_of(self.store, "tiny", period)
            if life.state not in ("approved", "paid", "closed"):
                self.do(life.next_step() or "open", name, period)

    def do(self, taken: str, name: str, period: str, **rest: Any) -> bool:
        before = state_of(self.store, "tiny", period)
        if taken == "calculate":
            rest["run"] = any_run(self.store, period)
            self.runs += 1
        try:
            after = step(self.store, taken, name, period=period, **rest)
        except KaoheError as error:
            assert state_of(self.store, "tiny", period) == before
            codes = {problem.code for problem in error.problems}
            assert codes <= {"period.order", "period.own-work", "period.approved-already", "period.overtaken"}
            assert ("period.order" in codes) is (before.state not in FROM[taken] or self.unpaid(before, taken)) or (
                "period.overtaken" in codes
            )
            return False
        self.taken[period].append((taken, name))
        assert before.steps == after.steps[:-1]
        return True

    def unpaid(self, life: Life, taken: str) -> bool:
        return taken == "close" and life.state == "approved"

    @invariant()
    def every_step_is_there_and_the_last_one_holds(self) -> None:
        if not hasattr(self, "store"):
            return
        for period, taken in self.taken.items():
            life = state_of(self.store, "tiny", period)
            assert [(each.step, each.actor) for each in life.steps] == taken
            assert life.state == (life.steps[-1].state if taken else None)
            assert official_run(self.store, "tiny", period) == life.run
            if life.state in ("approved", "paid", "closed"):
                self.was_approved_properly(life)
        assert {life.period for life in lives(self.store)} == {name for name, taken in self.taken.items() if taken}

    def was_approved_properly(self, life: Life) -> None:
        """Two people who took no part in what they approved, after it was calculated and submitted."""
        last = max(index for index, each in enumerate(life.steps) if each.step == "submit")
        opened = max(index for index, each in enumerate(life.steps) if each.step == "freeze")
        approvals = [each.actor for each in life.steps[last:] if each.step == "approve"]
        prepared = {each.actor for each in life.steps[opened : last + 1]}
        assert len(set(approvals)) == len(approvals) == 2
        assert not prepared & set(approvals)
        assert life.run is not None

    @invariant()
    def no_run_is_lost_and_the_chain_holds(self) -> None:
        if not hasattr(self, "store"):
            return
        with self.store.reading() as connection:
            assert connection.scalar(select(func.count()).select_from(RUNS)) == self.runs
            events = [dict(row) for row in connection.execute(select(LOG).order_by(LOG.c.seq)).mappings()]
            rows = {row["id"]: row["state"] for row in connection.execute(select(STEPS)).mappings()}
        previous, said = BEGINNING, {}
        for event in events:
            assert event["previous"] == previous
            assert event["digest"] == link(event)
            assert event["detail_digest"] == text_digest(event["detail"])
            previous = event["digest"]
            changes = [change for change in detail_of(event["detail"]).get("rows", ()) if change[0] == STEPS.name]
            said |= {key["id"]: after["state"] for _table, key, _before, after in changes}
        assert said == rows


TestPeriods = Periods.TestCase
TestPeriods.settings = settings(max_examples=10, stateful_step_count=25, deadline=None)
