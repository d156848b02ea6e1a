"""What a restatement tells of two runs, what it reads, and where it is posted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.scenarios.desk import Desk
from tests.tiny import evaluated
from tests.unit.run.assessment.test_assessment_disclosure import SCHEMES, run_of, scheme_of, world

from kaohe.appraise.manual import ManualChange
from kaohe.cli.context import App
from kaohe.errors import KaoheError
from kaohe.run import Run
from kaohe.run.restating.differences import differences
from kaohe.run.restating.effects import effects
from kaohe.run.restating.inputs import restated_inputs
from kaohe.run.stored.repository import read_run


def rated(folder: Path, text: str, peers: int) -> Run:
    folder.mkdir()
    return run_of(folder, text, world(peers))


@pytest.mark.parametrize("text", [SCHEMES["one relation"], SCHEMES["bonus by formula"], SCHEMES["bonus by dimension"]])
def test_why_somebody_moves_does_not_depend_on_what_is_withheld(tmp_path: Path, text: str) -> None:
    """Of P1 two peers' ratings are withheld. Corrected from 50 to 60 or to 62, the words are the same; rank and money,
    which everybody sees, are not words about ratings."""
    before, one, other = (rated(tmp_path / str(peers), text, peers) for peers in (50, 60, 62))
    told = [next(each for each in effects(before, after) if each.code == "P1") for after in (one, other)]
    words = [[sentence.in_("en") for sentence in each.why] for each in told]
    assert words[0] == words[1]
    assert "Opinion: moved; withheld" in words[0]
    assert all(each.before is not None and each.before.total is None for each in told)


def test_differences_are_of_everybody_and_turn_with_the_runs(tmp_path: Path) -> None:
    """10 yuan for a point of the total: P1's supervisor gave 80, the peers 50 and then 60; by 50 and 30 of 80 of the
    weight that is (80 × 50 + 60 × 30) / 80 − (80 × 50 + 50 × 30) / 80 = 3.75 points."""
    text = scheme_of('[bonus]\nkind = "formula"\nformula = "total * 10"\nprorate = "none"\n')
    before, after = (rated(tmp_path / str(peers), text, peers) for peers in (50, 60))
    assert differences(before, after) == {"P1": 37_50}
    assert differences(after, before) == {"P1": -37_50}
    assert effects(before, before) == ()


def test_manual_changes_that_went_into_one_of_the_runs_are_told_in_their_order(tmp_path: Path) -> None:
    run = rated(tmp_path / "run", scheme_of(""), 50)
    one, two, three = (ManualChange(number, "P1", "points", 1_000_000, f"no. {number}") for number in (1, 2, 3))
    (told,) = effects(run, run, ((three, two), (two, one)))
    assert told.code == "P1"
    assert [each.in_("en") for each in told.why] == ["manual change 1: no. 1", "manual change 3: no. 3"]


def test_a_record_type_that_is_gone_or_declared_otherwise_is_named(tiny: Desk) -> None:
    _run, number = evaluated(tiny)
    app = App("en", tiny.workspace, {})
    inputs, installed = read_run(app.store, number).inputs, dict(app.registry.record_types)
    ticket = installed.pop("ticket")
    with pytest.raises(KaoheError) as gone:
        restated_inputs(app.store, app.workspace.snapshots, inputs, installed)
    assert [each.code for each in gone.value.problems] == ["restate.record-type-gone"]
    fields = tuple(replace(each, kind="integer") if each.name == "satisfaction" else each for each in ticket.fields)
    with pytest.raises(KaoheError) as changed:
        restated_inputs(app.store, app.workspace.snapshots, inputs, {"ticket": replace(ticket, fields=fields)})
    (problem,) = changed.value.problems
    assert (problem.code, problem.found) == ("restate.record-type-changed", "satisfaction")


def test_a_field_more_does_not_stand_in_the_way(tiny: Desk) -> None:
    _run, number = evaluated(tiny)
    app = App("en", tiny.workspace, {})
    inputs, installed = read_run(app.store, number).inputs, dict(app.registry.record_types)
    ticket = installed["ticket"]
    more = replace(ticket.fields[0], name="remark", required=False)
    installed["ticket"] = replace(ticket, fields=(*ticket.fields, more))
    assert restated_inputs(app.store, app.workspace.snapshots, inputs, installed).digest == inputs.digest
