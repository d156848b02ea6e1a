"""Where each step leads from each state, who may approve, and what a refusal says."""

from __future__ import annotations

from itertools import product

import pytest
from tests.unit.run.life.life_kit import WAYS, walked

from kaohe.run.life import STATES, Rule, State, Step
from kaohe.run.life.model import FROM, same_name
from kaohe.run.life.refusals import not_to_approve, out_of_order

# Written out by hand: state, then what each step leads to; a dash where it is refused.
TABLE = """
            open   freeze  calculate   submit     approve    pay   close   reopen
none        open   -       -           -          -          -     -       -
open        -      frozen  -           -          -          -     -       -
frozen      -      -       calculated  -          -          -     -       open
calculated  -      -       calculated  in_review  -          -     -       open
in_review   -      -       calculated  -          in_review  -     -       open
approved    -      -       -           -          -          paid  -       open
paid        -      -       -           -          -          -     closed  -
closed      -      -       -           -          -          -     -       -
"""
# Where a refused step is mended: the command in the refusal's last line.
FIXES = """
            open       freeze  calculate  submit     approve    pay        close      reopen
none        -          open    open       open       open       open       open       open
open        freeze     -       freeze     freeze     freeze     freeze     freeze     freeze
frozen      calculate  reopen  -          calculate  calculate  calculate  calculate  -
calculated  submit     reopen  -          -          submit     submit     submit     -
in_review   approve    reopen  -          approve    -          approve    approve    -
approved    pay        reopen  reopen     pay        pay        -          pay        -
paid        close      restate restate    restate    restate    close      -          restate
closed      show       restate restate    restate    restate    show       show       restate
"""


def table(text: str) -> dict[tuple[State | None, Step], str | None]:
    header, *rows = (line.split() for line in text.strip().splitlines())
    return {
        (None if row[0] == "none" else row[0], step): None if cell == "-" else cell  # type: ignore[misc]
        for row in rows
        for step, cell in zip(header, row[1:], strict=True)
    }


LEADS, MENDS = table(TABLE), table(FIXES)
PAIRS = list(product(WAYS, FROM))


def test_the_tables_of_this_test_know_every_state_and_step() -> None:
    assert set(LEADS) == set(MENDS) == set(PAIRS)
    assert set(WAYS) == {None, *STATES}


@pytest.mark.parametrize(("state", "step"), PAIRS)
def test_each_step_from_each_state(state: State | None, step: Step) -> None:
    life = walked(WAYS[state])
    assert life.state == state
    leads, refused = LEADS[state, step], out_of_order(life, step)
    if leads is not None:
        assert refused is None
        assert life.after(step, Rule()) == leads
        return
    assert refused is not None
    assert (refused.code, refused.where.key) == ("period.order", "tiny 2026-Q1")
    assert str(refused.found) == ("not opened" if state is None else str(STATES[state]))
    assert f"kaohe period {MENDS[state, step]} tiny 2026-Q1" in str(refused.fix)
    possible = [str(STATES[each]) for each in STATES if LEADS[each, step]] or ["not opened"]
    assert all(words in str(refused.expected) for words in possible)


@pytest.mark.parametrize(("state", "step"), PAIRS)
def test_refusals_are_told_in_chinese_too(state: State | None, step: Step) -> None:
    if (refused := out_of_order(walked(WAYS[state]), step)) is not None:
        told = refused.render("zh_CN")
        assert "周期" in told
        assert f"kaohe period {MENDS[state, step]} tiny 2026-Q1" in told


def test_a_scheme_that_pays_nothing_is_closed_without_being_paid() -> None:
    life = walked(WAYS["approved"])
    assert not life.may("pay", pays=False)
    assert life.may("close", pays=False)
    assert life.next_step(pays=False) == "close"
    refused = out_of_order(life, "pay", pays=False)
    assert refused is not None
    assert str(refused.what) == "the scheme pays nothing"
    assert "kaohe period close" in str(refused.fix)


@pytest.mark.parametrize("state", WAYS)
def test_what_comes_next_may_be_done(state: State | None) -> None:
    life = walked(WAYS[state])
    following = life.next_step()
    assert (following is None) is (state == "closed")
    assert following is None or life.may(following)


def test_approvals_lapse_with_a_new_calculation_and_with_reopening() -> None:
    noted = walked("open freeze calculate submit approve:wang")
    assert [each.actor for each in noted.approvals] == ["wang"]
    for way in ("calculate", "calculate submit", "reopen", "reopen freeze calculate submit"):
        assert walked(f"open freeze calculate submit approve:wang {way}").approvals == ()
    again = walked("open freeze calculate submit approve:wang calculate submit approve:li")
    assert again.state == "in_review", "what wang approved is not what stands now"


def test_reopening_leaves_neither_inputs_nor_run_and_the_former_run_is_known() -> None:
    life = walked("open freeze calculate submit reopen:li")
    assert (life.state, life.inputs, life.run, life.former_run) == ("open", None, None, 3)
    assert life.submitted is life.frozen is None
    assert len(life.steps) == 5


def test_the_time_for_appeals_begins_with_the_submission_that_holds() -> None:
    assert walked("open freeze calculate").submitted is None
    life = walked("open freeze calculate submit calculate submit approve:wang approve:li pay:z")
    assert life.submitted is life.steps[5]
    assert walked("open freeze calculate submit calculate").submitted is None


class TestWhoApproves:
    LIFE = walked("open:a freeze:b calculate:c submit:d")

    @pytest.mark.parametrize("name", ["b", "c", "d", "B", " ｂ "])
    def test_whoever_froze_calculated_or_submitted_does_not(self, name: str) -> None:
        refused = not_to_approve(self.LIFE, name, Rule())
        assert refused is not None
        assert (refused.code, str(refused.expected)) == ("period.own-work", "somebody else than: b, c, d")
        assert "own_work = true" in str(refused.fix)

    def test_announcing_a_period_is_not_preparing_it(self) -> None:
        assert not_to_approve(self.LIFE, "a", Rule()) is None

    def test_whoever_proposed_a_manual_change_does_not(self) -> None:
        refused = not_to_approve(self.LIFE, "e", Rule(), ["e"])
        assert refused is not None
        assert refused.code == "period.own-work"
        assert "proposed manual changes" in str(refused.what)

    def test_own_work_lifts_that_rule_but_not_the_other(self) -> None:
        assert not_to_approve(self.LIFE, "b", Rule(own_work=True), ["b"]) is None
        once = walked("open:a freeze:b calculate:c submit:d approve:b")
        refused = not_to_approve(once, "b", Rule(own_work=True))
        assert refused is not None
        assert (refused.code, str(refused.expected)) == ("period.approved-already", "2 different people")

    def test_work_from_before_a_reopening_does_not_count(self) -> None:
        life = walked("open:a freeze:b calculate:b submit:b reopen:c freeze:d calculate:d submit:d")
        assert not_to_approve(life, "b", Rule()) is None
        assert life.preparers == ("d",)

    @pytest.mark.parametrize(("approvals", "state"), [(1, "approved"), (2, "in_review"), (9, "in_review")])
    def test_as_many_as_the_workspace_says(self, approvals: int, state: str) -> None:
        assert self.LIFE.after("approve", Rule(approvals)) == state


def test_a_name_is_the_same_however_it_is_typed() -> None:
    assert same_name("Wang  Wei ", "wang wei")
    assert same_name("ＷＡＮＧ", "wang")
    assert not same_name("王", "汪")
    for unseen in ("\u200b", "\ufe0f", "\u034f", "\u00ad", "\u3164", "\u2060", "\U000e0101"):
        assert same_name(f"wa{unseen}ng{unseen}", "wang")
