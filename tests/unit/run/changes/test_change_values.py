"""The value of a manual change as people write it, and what the groups of a run come to."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.appraise.builder import coefficient_bonus, people, quota, scheme, table

from kaohe.appraise import ManualChange, appraise
from kaohe.errors import NOWHERE, Problem
from kaohe.exact import MICRO
from kaohe.run.changes.distribution import distributions
from kaohe.run.changes.model import read_value, written
from kaohe.scheme.model import ManualLimits


@settings(deadline=None)
@given(st.sampled_from(["points", "bonus"]), st.integers(-(10**12), 10**12).filter(bool))
def test_what_is_written_is_read_back(kind, value) -> None:
    assert read_value(kind, written(kind, value), NOWHERE) == value


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("points", "+3", 3 * MICRO),
        ("points", " −2.5 ", -2_500_000),
        ("points", "＋0.000001", 1),
        ("bonus", "1,234.50", 123_450),
        ("bonus", "-0.01", -1),
        ("tier", " A ", "A"),
    ],
)
def test_signs_and_separators_are_understood(kind, text, value) -> None:
    assert read_value(kind, text, NOWHERE) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        *(("points", text) for text in ("", "three", "0", "-0.0", "NaN", "Infinity", "1e13", "0.0000001")),
        *(("bonus", text) for text in ("1.005", "0", "¥5", "1e400")),
        ("tier", "  "),
    ],
)
def test_what_is_no_change_is_a_problem(kind, text) -> None:
    found = read_value(kind, text, NOWHERE)
    assert isinstance(found, Problem)
    assert found.code == "change.value"


def test_groups_are_counted_without_and_with_changes_and_everybody_last() -> None:
    made = replace(scheme(tiers=quota(), bonus=coefficient_bonus()), manual=ManualLimits(points=Decimal(6)))
    staff = people(10, team=["b", "a", None, *["b"] * 7])
    values = table(a=[95, 90, 85, 80, 75, 70, 65, 60, 55, 50])
    # The third, without a team, rises over the second, who is alone in team a.
    gift = ManualChange(1, "p0002", "points", 5_500_000, "calibration")
    before, after = appraise(made, staff, values), appraise(made, staff, values, manual=[gift])
    found = distributions(made, before, after, "team")
    assert [(each.group, each.people, each.changed, each.before, each.after) for each in found] == [
        ("a", 1, 0, (1, 0, 0), (0, 1, 0)),
        ("b", 8, 0, (1, 6, 1), (1, 6, 1)),
        (None, 1, 1, (0, 1, 0), (1, 0, 0)),
        ("*", 10, 1, (2, 7, 1), (2, 7, 1)),
    ]
    assert [(each.mean, each.fen) for each in found] == [
        (Fraction(0), -50_000),
        (Fraction(0), 0),
        (Fraction(5_500_000), 50_000),
        (Fraction(550_000), 0),
    ]
