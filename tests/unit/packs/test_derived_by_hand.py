"""Indicators that rest on other indicators and on targets, worked out by hand: one person, one value, one target."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from kaohe.appraise import People, Values
from kaohe.exact import to_micros
from kaohe.run.measuring.derive import derive
from kaohe.scheme.sketch import sketch

# Indicator, what it looks at, its value, its target (None: there is none), what comes out (None: no data).
CASES = [
    ("crm.target_attainment", "crm.sales_amount", "90000", "120000", "3/4"),
    ("crm.target_attainment", "crm.sales_amount", "0", "120000", "0"),
    ("crm.target_attainment", "crm.sales_amount", "90000", None, None),
    ("crm.target_attainment", "crm.sales_amount", "90000", "0", None),
    ("crm.target_attainment", "crm.sales_amount", None, "120000", None),
    ("crm.retention_attainment", "crm.retention_rate", "0.9", "0.96", "15/16"),
    ("crm.retention_attainment", "crm.retention_rate", None, "0.96", None),
    ("crm.retention_attainment", "crm.retention_rate", "0.9", "0", None),
    ("crm.team_goal", "crm.sales_amount@team", "240000", "200000", "6/5"),
    ("crm.team_goal", "crm.sales_amount@team", "240000", None, None),
    ("crm.team_goal", "crm.sales_amount@team", "240000", "0", None),
]
# Indicator, the values that it rests on (None: no data), what comes out.
BLENDS = [
    # 40% of three certificates in four, 60% of nine tasks in ten
    ("floor_heating.technician", {"crm.certification_rate": "0.75", "crm.task_on_time": "0.9"}, "84"),
    ("floor_heating.technician", {"crm.certification_rate": "1", "crm.task_on_time": "0"}, "40"),
    ("floor_heating.technician", {"crm.certification_rate": "1", "crm.task_on_time": None}, None),
    ("floor_heating.technician", {"crm.certification_rate": None, "crm.task_on_time": "1"}, None),
]


@pytest.mark.parametrize(("identifier", "looked_at", "value", "target", "expected"), CASES)
def test_a_derived_indicator_gives_the_value_worked_out_by_hand(packs, identifier, looked_at, value, target, expected):
    scheme = sketch(packs.installed[identifier], {}, packs.record_types, packs.installed)
    targets = {} if target is None else {looked_at: (to_micros(target),)}
    people = People(("p",), {}, np.array([90]), 90, targets=targets)
    known = np.array([value is not None])
    measured = Values(np.array([to_micros(value or 0)]), known, np.where(known, 100, 0))
    found = derive(scheme, people, {looked_at: measured, looked_at.partition("@")[0]: measured})[identifier]
    assert (Fraction(int(found.micros[0]), 10**6) if found.known[0] else None) == (
        None if expected is None else Fraction(expected)
    )


@pytest.mark.parametrize(("identifier", "values", "expected"), BLENDS)
def test_what_is_put_together_gives_the_value_worked_out_by_hand(packs, identifier, values, expected):
    assert _blended(packs, identifier, values, {}) == (None if expected is None else Fraction(expected))


def test_the_proportion_of_certificates_is_a_parameter(packs):
    values = {"crm.certification_rate": "1", "crm.task_on_time": "0.9"}
    assert _blended(packs, "floor_heating.technician", values, {"certificates": "70"}) == 97


def _blended(packs, identifier, values, params):
    scheme = sketch(packs.installed[identifier], params, packs.record_types, packs.installed)
    measured = {
        each: Values(np.array([to_micros(value or 0)]), np.array([value is not None]), np.array([100]))
        for each, value in values.items()
    }
    found = derive(scheme, People(("p",), {}, np.array([90]), 90), measured)[identifier]
    return Fraction(int(found.micros[0]), 10**6) if found.known[0] else None


def test_every_derived_indicator_is_worked_out_by_hand(packs):
    derived = {
        each.id for pack in packs.plugins.values() for each in pack.content.indicators if each.derived is not None
    }
    expected = [(case[0], case[-1]) for case in (*CASES, *BLENDS)]
    with_data = {identifier for identifier, value in expected if value}
    without = {identifier for identifier, value in expected if value is None}
    assert with_data == without == derived
