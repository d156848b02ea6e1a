"""A stored run's facts under another scheme: the figures are those of an evaluation, and most changes read nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.scenarios.desk import Desk
from tests.tiny import SCHEME, evaluated, write
from tests.unit.engine.remembered_kit import Noted
from tests.unit.run.what_if_kit import (
    APPRAISED,
    MEASURED,
    OF_TEAMS_APPRAISED,
    TEAMS,
    changed,
    is_that_of_an_evaluation,
    under,
)

from kaohe.cli.context import App
from kaohe.errors import KaoheError
from kaohe.run.stored.repository import StoredRun, read_run
from kaohe.run.stored.runs import list_runs

CUSTOMERS = changed(('records = "ticket"\nvalue   = "mean(satisfaction)"', 'records = "customer"\nvalue   = "count()"'))


@pytest.fixture(scope="module")
def desk(tiny_original: Path, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The tiny workspace with the run, for all of these tests: they change nothing that is stored."""
    copied = Desk(shutil.copytree(tiny_original, tmp_path_factory.mktemp("what-if") / "tiny"))
    evaluated(copied)
    return copied


@pytest.fixture(scope="module")
def app(desk: Desk) -> App:
    return App("en", desk.workspace, {})


@pytest.fixture(scope="module")
def stored(app: App) -> StoredRun:
    return read_run(app.store, 1)


@pytest.mark.parametrize("change", APPRAISED)
def test_a_change_of_the_appraisal_reads_no_record_and_gives_what_an_evaluation_gives(
    change: str, desk: Desk, app: App, stored: StoredRun, tmp_path: Path
) -> None:
    text, engine = changed(APPRAISED[change]), Noted()
    found = under(app, stored, text, engine, tmp_path / "no snapshot is there")
    assert engine.calls == 0
    assert is_that_of_an_evaluation(app, desk, text, found)


@pytest.mark.parametrize("change", MEASURED)
def test_a_change_of_what_is_measured_is_measured(change: str, desk: Desk, app: App, stored: StoredRun) -> None:
    text, engine = changed(MEASURED[change]), Noted()
    found = under(app, stored, text, engine)
    assert engine.calls > 0
    assert is_that_of_an_evaluation(app, desk, text, found)


@pytest.mark.parametrize("base", TEAMS)
def test_points_of_whole_teams_are_worked_out_anew_from_what_the_run_measured(
    base: str, tmp_path_factory: pytest.TempPathFactory, tiny_original: Path, tmp_path: Path
) -> None:
    desk = Desk(shutil.copytree(tiny_original, tmp_path_factory.mktemp("what-if-teams") / "tiny"))
    write(desk, "schemes/tiny.toml", TEAMS[base])
    _run, number = evaluated(desk)
    app = App("en", desk.workspace, {})
    stored = read_run(app.store, number)
    for pairs in OF_TEAMS_APPRAISED:
        text, engine = changed(pairs, text=TEAMS[base]), Noted()
        found = under(app, stored, text, engine, tmp_path / "no snapshot is there")
        assert engine.calls == 0
        assert is_that_of_an_evaluation(app, desk, text, found)
    text, engine = changed(("hours(24)", "hours(2)"), text=TEAMS[base]), Noted()
    found = under(app, stored, text, engine)
    assert engine.calls > 0
    assert is_that_of_an_evaluation(app, desk, text, found)


def test_another_figure_looked_up_of_the_team_is_measured(desk: Desk, app: App, stored: StoredRun) -> None:
    text, engine = changed(('value("growth") * 0.5', 'value("growth", "team") * 0.5')), Noted()
    found = under(app, stored, text, engine)
    assert engine.calls > 0
    assert is_that_of_an_evaluation(app, desk, text, found)


def test_the_facts_are_those_of_the_run_and_not_those_of_now(tiny: Desk) -> None:
    run, number = evaluated(tiny)
    people = tiny.workspace / "people.csv"
    people.write_text(people.read_text("utf-8").replace("P2,李四,北一队,agent", "P2,李四,北一队,lead"), "utf-8")
    tiny.do("people", "import", people)
    now = App("en", tiny.workspace, {})
    found = under(now, read_run(now.store, number), changed(MEASURED["parameter"]))
    assert found.appraisal.people.code == run.appraisal.people.code


def test_the_same_scheme_gives_the_run_itself_and_nothing_is_stored(app: App, stored: StoredRun) -> None:
    runs = list_runs(app.store)
    found = under(app, stored, SCHEME)
    assert found.appraisal.total.tolist() == stored.run.appraisal.total.tolist()
    assert found.digest == ""
    assert list_runs(app.store) == runs


def test_records_that_the_run_did_not_read_are_asked_for(app: App, stored: StoredRun) -> None:
    with pytest.raises(KaoheError) as caught:
        under(app, stored, CUSTOMERS)
    assert [problem.code for problem in caught.value.problems] == ["what-if.records"]


def test_targets_that_the_run_did_not_read_are_asked_for(app: App, stored: StoredRun) -> None:
    with pytest.raises(KaoheError) as caught:
        under(app, stored, changed(('value("growth") * 0.5', 'attainment("growth") * 0.5')))
    assert [problem.code for problem in caught.value.problems] == ["what-if.targets"]


def test_a_mistake_is_told_at_its_place(app: App, stored: StoredRun) -> None:
    with pytest.raises(KaoheError) as caught:
        under(app, stored, changed(("weight = 60", "weight = 61")))
    assert str(caught.value.problems[0].where).startswith("scheme.toml:")


def test_a_scheme_that_is_not_in_force_is_refused(app: App, stored: StoredRun) -> None:
    with pytest.raises(KaoheError) as caught:
        under(app, stored, changed(("from = 2026-01-01", "from = 2026-04-01")))
    assert caught.value.problems[0].code == "evaluate.not-in-force"
