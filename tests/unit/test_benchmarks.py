"""The benchmarks' competitors come to kaohe's figures, on little data; what takes long is left to ``make bench``."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from benchmarks import group_duckdb, group_kaohe, group_queries
from benchmarks.agreement import NEEDED
from benchmarks.group_data import write_csv, write_snapshot
from benchmarks.group_records import SHARES
from benchmarks.group_scoring import read_people, scored
from benchmarks.results import Goal, with_part
from benchmarks.workspace import other_weights

from kaohe.run.inputs import evaluate_inputs

RECORDS, PEOPLE = 6_000, 40


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("group")
    group_kaohe.write_inputs(place, write_snapshot(place / "snapshots", RECORDS, PEOPLE))
    return place


@pytest.fixture(scope="module")
def ours(place: Path) -> dict[str, Any]:
    inputs = group_kaohe.read_inputs(place)
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return group_kaohe.figures(evaluate_inputs(inputs, place / "snapshots", core_version="0", created_at=at))


@pytest.mark.parametrize("competitor", [group_duckdb, group_queries], ids=["one query each type", "one each indicator"])
def test_a_competitor_comes_to_the_same_figures(competitor: Any, place: Path, ours: dict[str, Any]) -> None:
    people = read_people(str(place))
    theirs = scored(people, competitor.count(str(place), people))
    shared = theirs.keys() & ours.keys()
    assert len(shared) >= NEEDED
    assert [name for name in sorted(shared) if not np.array_equal(ours[name], theirs[name])] == []


def test_the_figures_are_worth_comparing(ours: dict[str, Any]) -> None:
    assert ours["graded"].all()
    assert len(set(ours["tier"].tolist())) > 2
    for name in (name for name in ours if name.startswith("points ")):
        assert len(set(ours[name].tolist())) > 1, name


def test_files_for_importing_hold_as_many_records_and_all_fields(tmp_path: Path) -> None:
    paths = write_csv(tmp_path, 1_000, PEOPLE)
    for name, share in SHARES.items():
        header, *rows = paths[name].read_text("utf-8").splitlines()
        assert len(rows) == 10 * share.percent
        assert all(row.count(",") == header.count(",") for row in rows)


def test_other_weights_still_add_up() -> None:
    text = group_kaohe.SCHEME.read_text("utf-8")
    changed = other_weights(text)
    assert changed != text
    assert changed.index("weight = 25\n") < changed.index("weight = 30\n")


def test_a_part_of_the_results_is_renewed_in_its_place_and_goals_are_gathered() -> None:
    page = "head\n\n<!-- goals -->\n<!-- end -->\n\ntail\n"
    goals = "| goal | at most | measured | |\n|---|---:|---:|---|\n{}\n"
    once = with_part(page, "a", goals.format(Goal("a", 2, 1.5).row()))
    twice = with_part(with_part(once, "b", "nothing"), "a", goals.format(Goal("a", 2, 3).row()))
    assert "| a | 2 × | 1.5 × | met |" in once
    assert twice.count("| a | 2 × | 3 × | **missed**: 1.50 times what was to be reached |") == 2
    assert "1.5 × | met" not in twice
    assert twice.index("tail") < twice.index("part: a") < twice.index("part: b")
