"""The figures of a statement, worked out by hand for nine people of one group.

A1 … A9 have one repair each. Ai is rated i of 10: 10·i points, weight 40. Those of an odd number were in time (100
points, weight 60), the others were not (0 points). A repair more than the period before adds 0.5.
Totals: 60·(i odd) + 4·i + 0.5 = 64.5, 8.5, 72.5, 16.5, 80.5, 24.5, 88.5, 32.5, 96.5; in order 8.5, 16.5, 24.5, 32.5,
64.5, 72.5, 80.5, 88.5, 96.5. Quartiles by type 7 of nine figures are the third and the seventh.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.scenarios.desk import Desk
from tests.tiny import add_tickets, evaluated, make_desk, write

from kaohe.appraise.manual import ManualChange
from kaohe.appraise.quantiles import quantile
from kaohe.exact import MICRO, divide
from kaohe.run import Run
from kaohe.run.changes.effect import with_changes
from kaohe.run.statement import Statement, Statements
from kaohe.run.statement.group import quarter
from kaohe.run.statement.model import Spread
from kaohe.scheme.model.manual import ManualLimits

POINT = MICRO
PEOPLE = "code,name,team,role,region,bonus_base,from,to\n" + "".join(
    f"A{number},人{number},一队,agent,华东,5000,2025-01-01,\n" for number in range(1, 10)
)


def ticket(number: int) -> str:
    day = 11 if number % 2 else 12
    return f"T{number},repair,A{number},2026-01-10 09:00,2026-01-{day} 09:00,{number}"


def group_of(folder: Path, size: int) -> Desk:
    desk = make_desk(folder)
    write(desk, "nine.csv", "".join(PEOPLE.splitlines(keepends=True)[: size + 1]))
    desk.do("people", "import", desk.workspace / "nine.csv")
    add_tickets(desk, [ticket(number) for number in range(1, size + 1)])
    return desk


@pytest.fixture(scope="module")
def nine(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Statements]:
    run, number = evaluated(group_of(tmp_path_factory.mktemp("nine"), 9))
    return run, Statements(run, number)


def of(made: tuple[Run, Statements], code: str) -> Statement:
    return made[1].of(made[0].appraisal.people.code.index(code))


def test_the_group_is_those_who_are_graded(nine: tuple[Run, Statements]) -> None:
    assert int(nine[0].appraisal.graded.sum()) == 9
    assert of(nine, "P1").totals is None  # has no ticket, and no grade


def test_a_total_stands_beside_the_median_and_the_quartiles(nine: tuple[Run, Statements]) -> None:
    seven = of(nine, "A7")
    assert seven.total == 88_500_000
    assert seven.totals == Spread(9, 64_500_000, (24_500_000, 80_500_000), 2)
    assert (seven.rank, seven.group_size, seven.tier) == (2, 9, "A")


def test_points_and_contributions_stand_beside_those_of_the_group(nine: tuple[Run, Statements]) -> None:
    eight = of(nine, "A8")
    speed, satisfaction = (each.indicators[0].figure for each in eight.dimensions)
    assert (speed.points, speed.weight, speed.contribution) == (0, 60, 0)
    assert speed.spread == Spread(9, 100 * POINT, (0, 100 * POINT), 6)  # five are better
    assert (satisfaction.points, satisfaction.weight, satisfaction.contribution) == (80 * POINT, 40, 32 * POINT)
    assert satisfaction.spread == Spread(9, 50 * POINT, (30 * POINT, 70 * POINT), 2)
    assert [(each.id, each.points) for each in eight.additions] == [("repairs", 500_000)]


def test_contributions_and_additions_make_the_total(nine: tuple[Run, Statements]) -> None:
    for code in nine[0].appraisal.people.code:
        made = of(nine, code)
        if made.graded:
            parts = [each.figure.contribution or 0 for each in made.dimensions]
            assert made.total == sum(parts) + sum(each.points or 0 for each in made.additions)
            assert parts == [sum(one.figure.contribution or 0 for one in each.indicators) for each in made.dimensions]


def test_strengths_and_shortfalls_are_differences_from_the_medians_contribution(nine: tuple[Run, Statements]) -> None:
    """The median contributes 60 by time and 20 by rating: A8 has 0 and 32, A1 has 60 and 4, A5 has both medians."""
    eight, one, five = of(nine, "A8"), of(nine, "A1"), of(nine, "A5")
    assert [(each.key, each.contribution, each.median) for each in eight.strengths] == [
        ("rating", 32 * POINT, 20 * POINT)
    ]
    assert [(each.key, each.contribution, each.median) for each in eight.shortfalls] == [("in_time", 0, 60 * POINT)]
    assert one.strengths == ()
    assert [(each.key, each.contribution) for each in one.shortfalls] == [("rating", 4 * POINT)]
    assert (five.strengths, five.shortfalls) == ((), ())


def test_what_would_have_been_enough_is_said_where_there_is_a_better_tier(nine: tuple[Run, Statements]) -> None:
    assert of(nine, "A5").enough == 85 * POINT
    assert of(nine, "A2").enough == 60 * POINT
    assert of(nine, "A9").enough is None


def test_what_follows_and_the_bonus_are_the_runs(nine: tuple[Run, Statements]) -> None:
    eight = of(nine, "A8")
    assert [(each.kind, each.note.zh) for each in eight.outcomes] == [("training", "参加培训")]
    assert eight.bonus == 250_000  # 5,000 × 0.5
    assert eight.derivation is not None


def test_who_is_moved_by_changes_by_hand_is_told_from_where(nine: tuple[Run, Statements]) -> None:
    """A6 is given what makes it better than the first, whom nobody changed."""
    run = nine[0]
    run = replace(run, scheme=replace(run.scheme, manual=ManualLimits(points=Decimal(100))))
    people, rank, total = run.appraisal.people.code, run.appraisal.rank, run.appraisal.total
    first = rank.tolist().index(1)
    given = int(total[first] - total[people.index("A6")]) + MICRO
    appraisal = with_changes(run, [ManualChange(1, "A6", "points", given, "a letter of thanks")])
    made = Statements(replace(run, appraisal=appraisal), 1)

    def said(row: int) -> list[str]:
        return [each.what.in_("en") for each in made.of(row).reasons if each.about in ("rank", "tier")]

    assert said(first) == ["computed rank 1, before changes by hand"]
    before, now = run.appraisal, appraisal
    row = people.index("A6")
    assert said(row) == [
        f"computed rank {before.rank[row]}, before changes by hand",
        *([f"computed tier {before.tier[row]}, before changes by hand"] if before.tier[row] != now.tier[row] else []),
    ]
    assert said(int(rank.argmax())) == []


@pytest.mark.parametrize(("size", "median", "quartiles"), [(3, False, False), (4, True, False), (7, True, False)])
def test_small_groups_are_not_given_away(size: int, median: bool, quartiles: bool, tmp_path: Path) -> None:
    """With two others a median is one of theirs; with fewer than eight people a quartile can be a single person's."""
    run, number = evaluated(group_of(tmp_path, size))
    made = Statements(run, number).of(run.appraisal.people.code.index("A1"))
    assert (made.totals is not None) == median
    assert (made.totals is not None and made.totals.quartiles is not None) == quartiles
    if not median:
        assert (made.strengths, made.shortfalls) == ((), ())
        assert all(one.figure.spread is None for each in made.dimensions for one in each.indicators)


def test_the_digest_is_the_persons_and_changes_with_the_run(nine: tuple[Run, Statements], tmp_path: Path) -> None:
    made = of(nine, "A1")
    again = Statements(nine[0], 77).of(nine[0].appraisal.people.code.index("A1"))
    assert again.digest == made.digest  # under another number it is the same run
    assert len({of(nine, f"A{number}").digest for number in range(1, 10)}) == 9
    other, number = evaluated(group_of(tmp_path, 8))
    assert Statements(other, number).of(other.appraisal.people.code.index("A1")).digest != made.digest


@given(st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=40), st.sampled_from([1, 2, 3]))
def test_quarters_are_those_of_type_7(figures: list[int], number: int) -> None:
    exact = quantile(map(Fraction, figures), Fraction(number, 4))
    assert exact is not None
    assert quarter(sorted(figures), number) == divide(exact.numerator, exact.denominator)
