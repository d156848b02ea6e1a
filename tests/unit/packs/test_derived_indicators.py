"""The base pack's derived indicators by hand, from a few records and targets; no data where either is not there."""

from __future__ import annotations

import pytest
from tests.scenarios.desk import Desk
from tests.tiny import SCHEME, evaluated, write

from kaohe.exact import from_micros
from kaohe.plugin.scope import default_parameters, derived_scope

CUSTOMERS = (
    "code,owner,since,left_on\n"
    + "".join(
        # Of six customers at the start P1 lost one, P2 two of five; P4 began with none.
        f"C{number},{owner},2025-06-01,{left}\n"
        for number, (owner, left) in enumerate([("P1", ""), *[("P1", "")] * 4, ("P1", "2026-02-01")] + [("P2", "")] * 3)
    )
    + "C20,P2,2025-06-01,2026-02-01\nC21,P2,2025-06-01,2026-03-01\n"
)
TARGETS = """\
scope,who,indicator,period,value
person,P1,crm.retention_rate,2026-Q1,90%
person,P2,crm.retention_rate,2026-Q1,0.8
person,P4,crm.retention_rate,2026-Q1,0.8
"""


def weighing(indicator: str, params: str = "") -> str:
    old = 'use    = "in_time"\n  weight = 100\n  curve  = { kind = "points", at = [[0, 0], [1, 100]] }'
    assert old in SCHEME
    return (
        SCHEME.replace(old, f'use    = "{indicator}"\n  weight = 100\n  {params}')
        .replace("points('in_time')", "0")
        .replace('points("in_time")', f'points("{indicator}")')
    )


def figures(desk: Desk, indicator: str, params: str = "") -> dict[str, str | None]:
    write(desk, "schemes/tiny.toml", weighing(indicator, params))
    run = evaluated(desk)[0]
    values = run.appraisal.values[indicator]
    return {
        code: str(from_micros(micros)) if known else None
        for code, micros, known in zip(run.appraisal.people.code, values.micros, values.known, strict=True)
    }


@pytest.fixture
def desk(tiny: Desk) -> Desk:
    tiny.do("records", "import", "customer", write(tiny, "customers.csv", CUSTOMERS))
    tiny.do("targets", "import", write(tiny, "targets.csv", TARGETS))
    return tiny


def test_retention_against_its_target(desk: Desk) -> None:
    # 5/6 against 0.9; 3/5 against 0.8; P3 has neither, P4 no customers.
    assert figures(desk, "crm.retention_attainment") == {"P1": "0.925926", "P2": "0.75", "P3": None, "P4": None}


def test_attainment_of_any_indicator(desk: Desk) -> None:
    params = 'params = { of = "crm.retention_rate" }'
    assert figures(desk, "crm.target_attainment", params) == {"P1": "0.925926", "P2": "0.75", "P3": None, "P4": None}


def test_against_a_target_of_zero_there_is_no_data(desk: Desk) -> None:
    desk.do("targets", "set", "crm.retention_rate", "0", "--period", "2026-Q1", "--person", "P1")
    assert figures(desk, "crm.retention_attainment")["P1"] is None


def test_the_goal_of_a_team_is_no_mean_of_its_peoples_rates(desk: Desk) -> None:
    desk.do("targets", "set", "crm.retention_rate", "80%", "--period", "2026-Q1", "--team", "北一队")
    params = 'params = { of = "crm.retention_rate" }'
    # 8 of 11 stayed, against 0.8: (8/11 rounded to 0.727273) / 0.8; the mean of 5/6 and 3/5 would give 0.895833.
    assert figures(desk, "crm.team_goal", params) == {"P1": "0.909091", "P2": "0.909091", "P3": None, "P4": None}


def test_an_attainment_of_nothing_that_exists_is_told_where_it_is_used(desk: Desk) -> None:
    write(desk, "schemes/tiny.toml", weighing("crm.target_attainment", 'params = { of = "crm.retention" }'))
    answer = desk.try_("scheme", "check", "tiny")
    assert answer.code == 1
    assert "crm.target_attainment cannot be computed: there is no such id" in answer.err
    assert "crm.retention_rate" in answer.err


def test_every_derived_indicator_of_the_base_pack_is_worked_out_here(packs) -> None:
    derived = {each.id: each for each in packs.plugins["crm"].content.indicators if each.derived}
    assert set(derived) == {"crm.target_attainment", "crm.retention_attainment", "crm.team_goal"}
    for each in derived.values():
        assert each.curve is not None
        assert each.source
        assert derived_scope(default_parameters(each), packs.indicators.keys()).keyed["attainment"]
