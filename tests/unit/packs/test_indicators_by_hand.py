"""Every indicator of every pack against values worked out by hand; the cases are in ``cases/*.toml``.

Each case is computed twice: record by record as explanations do it, and by the engine that evaluations use. Those that
rest on other indicators are in ``test_derived_by_hand.py``.
"""

from __future__ import annotations

import pytest
from tests.unit.packs.hand_cases import HandCase, all_cases, rounded, through_the_engine
from tests.unit.packs.packs_kit import Packs

CASES = all_cases()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_indicator_gives_the_value_worked_out_by_hand(packs: Packs, case: HandCase) -> None:
    rows = packs.rows(packs.indicators[case.indicator].records, case.records)
    assert packs.measure(case.indicator, rows, case.period, **case.params) == case.value


def test_the_engine_finds_the_same_in_one_snapshot_of_all_cases(packs, tmp_path):
    # What several people's ratings come to is no aggregate: tests/unit/run/assessment/test_assessment.py has it.
    cases = [case for case in CASES if packs.indicators[case.indicator].assessment is None]
    differing = [
        f"{case}: {value} instead of {case.value}"
        for case, value in zip(cases, through_the_engine(packs, cases, tmp_path), strict=True)
        if value != rounded(case.value)
    ]
    assert differing == []


def test_every_indicator_is_worked_out_by_hand_from_records(packs):
    worked_out = {case.indicator for case in CASES if not case.empty}
    assert sorted(packs.indicators.keys() - worked_out) == []


def test_every_indicator_is_worked_out_by_hand_where_there_is_nothing_to_measure(packs):
    found_nothing = {case.indicator for case in CASES if case.empty}
    assert sorted(packs.indicators.keys() - found_nothing) == []


def test_every_parameter_is_changed_by_a_case(packs):
    changed = {(case.indicator, name) for case in CASES for name in case.params}
    declared = {(each.id, name) for each in packs.indicators.values() for name in each.parameters}
    same_meaning = {"crm.self_assessment", "crm.peer_assessment", "crm.customer_assessment"}
    spoken_for = {(id_, name) for id_, name in declared if id_ in same_meaning and name == "of_item"}
    untested = declared - changed - spoken_for
    assert sorted(untested) == []


def test_no_records_are_no_data_except_where_nothing_counts_as_zero(packs):
    for indicator in packs.indicators.values():
        found = packs.measure(indicator.id, [], "2026-Q1")
        assert found == (0 if indicator.min_sample == 0 else None), indicator.id
