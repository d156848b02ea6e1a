"""Every indicator of every pack against values worked out by hand; the cases are in ``cases/*.toml``."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

CASES: list[dict[str, Any]] = [
    case
    for path in sorted((Path(__file__).parent / "cases").glob("*.toml"))
    for case in tomllib.loads(path.read_text("utf-8"), parse_float=Decimal)["cases"]
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['indicator']}: {case['says']}")
def test_indicator_gives_the_value_worked_out_by_hand(packs, case):
    rows = packs.rows(packs.indicators[case["indicator"]].records, case["records"])
    found = packs.measure(case["indicator"], rows, case.get("period", "2026-Q1"), **case.get("params", {}))
    assert found == (Fraction(case["value"]) if "value" in case else None)


def test_every_indicator_is_worked_out_by_hand_at_least_once(packs):
    assert {case["indicator"] for case in CASES if "value" in case} == packs.indicators.keys()


def test_every_parameter_is_changed_by_a_case(packs):
    changed = {(case["indicator"], name) for case in CASES for name in case.get("params", {})}
    declared = {(each.id, name) for each in packs.indicators.values() for name in each.parameters}
    same_meaning = {"crm.self_assessment", "crm.peer_assessment", "crm.customer_assessment"}
    spoken_for = {(id_, name) for id_, name in declared if id_ in same_meaning and name == "of_item"}
    untested = declared - changed - spoken_for
    assert sorted(untested) == []


def test_no_records_are_no_data_except_where_nothing_counts_as_zero(packs):
    for indicator in packs.indicators.values():
        found = packs.measure(indicator.id, [], "2026-Q1")
        assert found == (0 if indicator.min_sample == 0 else None), indicator.id
