"""Two runs of the same facts side by side, counted by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from tests.scenarios.desk import Desk
from tests.tiny import evaluated

from kaohe.run import Run
from kaohe.run.what_if.differences import Level, Money, Pair, TierMove, Ways, differences_of

MILLION = 1_000_000


@pytest.fixture
def run(tiny: Desk) -> Run:
    """Five people: P1 to P4 and P7."""
    return evaluated(tiny)[0]


def standing(run: Run, totals: list[int | None], ranks: list[int], tiers: str, bonuses: list[int]) -> Run:
    """The run with these figures: totals in points (None: not graded), a letter for each tier (-: none), fen."""
    graded = np.array([each is not None for each in totals])
    figures: dict[str, Any] = {
        "graded": graded,
        "total": np.array([(each or 0) * MILLION for each in totals], np.int64),
        "rank": np.array(ranks, np.int64),
        "tier": tuple(None if each == "-" else each for each in tiers),
        "bonus": np.array(bonuses, np.int64),
    }
    return replace(run, appraisal=replace(run.appraisal, **figures))


def test_every_figure_is_that_counted_by_hand(run: Run) -> None:
    codes = run.appraisal.people.code
    assert len(codes) == 4
    before = standing(run, [90, 70, 50, None], [1, 2, 3, 0], "ABC-", [500, 300, 100, 0])
    after = standing(run, [60, 70, 80, 20], [3, 2, 1, 4], "BBAC", [300, 300, 700, 50])
    found = differences_of(before, after)
    assert (found.people, found.graded) == (Pair(4, 4), Pair(3, 4))
    assert found.mean == Pair(70 * MILLION, 57_500_000)
    assert (found.totals, found.ranks) == (Ways(1, 1), Ways(1, 1))
    assert found.levels == (Level("A", Pair(1, 1)), Level("B", Pair(1, 2)), Level("C", Pair(1, 1)))
    assert found.tier_moves == (TierMove("C", "A", 1), TierMove("A", "B", 1), TierMove(None, "C", 1))
    assert found.tiers == Ways(2, 1)
    assert found.money == Money(Pair(900, 1350), (2, 650), (1, 200))
    assert found.moved == (codes[2], codes[0], codes[3])


def test_nothing_differs_from_itself(run: Run) -> None:
    found = differences_of(run, run)
    assert (found.moved, found.tier_moves, found.totals) == ((), (), Ways(0, 0))
    assert found.money is not None
    assert found.money.given.difference == 0


def test_who_is_in_one_run_alone_is_moved(run: Run) -> None:
    people = run.appraisal.people
    shorter = standing(run, [90, 70, 50, 40], [1, 2, 3, 4], "ABCC", [500, 300, 100, 0])
    appraisal = shorter.appraisal
    alone = replace(
        shorter,
        appraisal=replace(
            appraisal,
            people=replace(people, code=people.code[1:]),
            **{name: getattr(appraisal, name)[1:] for name in ("graded", "total", "rank", "tier", "bonus")},
        ),
    )
    found = differences_of(shorter, alone)
    assert (found.people, found.moved) == (Pair(4, 3), (people.code[0],))
    assert found.money == Money(Pair(900, 400), (0, 0), (0, 0))


def test_other_tiers_are_counted_but_not_compared(run: Run) -> None:
    assert run.scheme.tiers is not None
    levels = tuple(replace(each, id=f"{each.id}+") for each in run.scheme.tiers.levels)
    other = replace(run, scheme=replace(run.scheme, tiers=replace(run.scheme.tiers, levels=levels)))
    found = differences_of(run, other)
    assert found.tiers is None
    assert [each.tier for each in found.levels] == ["A+", "B+", "C+", "A", "B", "C"]
