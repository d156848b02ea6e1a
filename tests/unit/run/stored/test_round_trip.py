"""A stored run is the run: every field of it, its digest, and every report made of it."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from tests.same import difference
from tests.scenarios.desk import Desk
from tests.tiny import SCHEME, evaluated, write

from kaohe import __version__
from kaohe.cli.context import App
from kaohe.cli.evaluate import explanation, rendered
from kaohe.report.data import run_json
from kaohe.run.digest import digest_of
from kaohe.run.inputs import evaluate_inputs
from kaohe.run.stored.repository import read_run
from kaohe.run.stored.shelf import LARGE, shelve
from kaohe.text import Language

INDUSTRIES = ("customer_department", "energy_storage", "enterprise_transfer", "floor_heating", "investment")


@pytest.mark.parametrize("number", range(1, 11))
def test_every_run_of_the_demo_is_read_back_whole(demo_workspace: Path, number: int) -> None:
    app = App("en", demo_workspace, {})
    stored = read_run(app.store, number)
    run = stored.run
    fresh = evaluate_inputs(stored.inputs, app.workspace.snapshots, core_version=__version__, created_at=run.created_at)
    assert difference(run, fresh) is None
    assert shelve(run) == shelve(fresh)
    again = digest_of(
        run.scheme,
        run.period,
        run.timezone,
        run.snapshot,
        run.appraisal,
        run.counts,
        run.assessments,
        run.team_counts,
    )
    assert again == run.digest == fresh.digest


@pytest.mark.parametrize("number", range(1, 11))
def test_what_is_read_without_the_large_parts_is_the_same_but_for_them(demo_workspace: Path, number: int) -> None:
    store = App("en", demo_workspace, {}).store
    whole, less = read_run(store, number).run, read_run(store, number, without=LARGE).run
    assert (less.counts, less.team_counts, less.appraisal.decisions) == ({}, {}, ())
    teams = whole.appraisal.teams and replace(whole.appraisal.teams, stays=())
    appraisal = replace(whole.appraisal, decisions=(), teams=teams)
    assert difference(less, replace(whole, counts={}, team_counts={}, appraisal=appraisal)) is None


@pytest.mark.parametrize("number", [2, 4, 6])
@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_report_of_a_stored_run_is_that_of_the_fresh_one(
    demo_workspace: Path, number: int, language: Language
) -> None:
    app = App(language, demo_workspace, {})
    stored = read_run(app.store, number)
    run = stored.run
    fresh = evaluate_inputs(stored.inputs, app.workspace.snapshots, core_version=__version__, created_at=run.created_at)
    assert run_json(run, language) == run_json(fresh, language)
    for form in ("table", "csv"):
        assert rendered(app, run, number, form) == rendered(app, fresh, number, form)
    books = [rendered(app, each, number, "xlsx") for each in (run, fresh)]
    assert pages(books[0]) == pages(books[1])
    for code in run.appraisal.people.code[:5]:
        for form in ("table", "json"):
            assert explanation(app, run, code, form) == explanation(app, fresh, code, form)


def pages(book: str | bytes) -> dict[str, bytes]:
    """What a workbook holds, without the moment at which it was written."""
    assert isinstance(book, bytes)
    with zipfile.ZipFile(BytesIO(book)) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name != "docProps/core.xml"}


def test_a_run_without_people_graded_and_with_one_person_is_read_back(tiny: Desk) -> None:
    write(tiny, "schemes/one.toml", SCHEME.replace('role == "agent"', "bonus_base == 6000"))
    run, _number = evaluated(tiny, "one")  # compares what is read
    assert run.appraisal.people.code == ("P2",)
    strict = SCHEME.replace('policy = "renormalise", min_coverage = 0.5', 'policy = "not_graded"')
    write(tiny, "schemes/strict.toml", strict.replace('role == "agent"', 'role == "agent" and region == "华南"'))
    run, _number = evaluated(tiny, "strict")
    assert run.appraisal.people.code == ("P3", "P4")
    assert run.appraisal.graded.tolist() == [False, True]
    write(
        tiny,
        "schemes/strict.toml",
        strict.replace('role == "agent"', 'role == "agent" and joined_on >= date("2026-02-01")'),
    )
    run, _number = evaluated(tiny, "strict")
    assert run.appraisal.people.code == ("P3",)
    assert not run.appraisal.graded.any()
