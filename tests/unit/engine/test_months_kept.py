"""What can be added up is counted over new months alone; which partitions are really asked for is noted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tests.unit.engine.remembered_kit import Remembering, figures, snapshot
from tests.unit.engine.scan_kit import TICKET, day, local, period_windows, request
from tests.unit.engine.test_settled import ONE_MOVED, STAYED, TEAMS, of_teams

from kaohe.engine import DuckEngine, OnDay, kept_values
from kaohe.errors import KaoheError
from kaohe.period import parse_period
from kaohe.records import Snapshot

PEOPLE = ("P00", "P01", "P02")
YEAR = period_windows(parse_period("2026"))
ADDED = [request(value, value) for value in ("count()", "sum(cost)", "mean(cost)", "share(cost > 4)", "nps(rating)")]
MERGED = [*ADDED, *(request(value, value) for value in ("minimum(cost)", "maximum(cost)"))]
WHOLE = [request(value, value) for value in ("median(cost)", "count_distinct(kind)", "last(cost, by=opened_at)")]
_FOLDERS = count()


def month(number: int, *costs: int | None, owner: str = "P00", year: int = 2026) -> list[dict[str, Any]]:
    """Tickets of a month, one on each day from the first on, which are due two weeks later."""
    return [
        {
            "no": f"{year}-{number}-{at}-{owner}",
            "owner": owner,
            "opened_at": local(f"{year}-{number:02}-{at:02} 09:00"),
            "closed_at": None if cost is None else local(f"{year}-{number + 1:02}-{at:02} 09:00"),
            "cost": cost,
            "rating": cost,
            "kind": "repair",
        }
        for at, cost in enumerate(costs, 1)
    ]


JANUARY, FEBRUARY, MARCH, APRIL = month(1, 3, 5, None), month(2, -7, 80), month(3, 9, 9), month(4, 1, owner="P01")


class Kept:
    """Asks a remembering engine and another one, which must agree, and tells what was asked of the one behind."""

    def __init__(self, folder: Path) -> None:
        self.engine, self._folder = Remembering(folder / "values"), folder

    def asked(
        self,
        requests: Sequence[Any],
        *months: list[dict[str, Any]],
        windows: Any = YEAR,
        people: Sequence[str] = PEOPLE,
        **joined: Any,
    ) -> list[list[int] | None]:
        """For each measure that was asked for, which of the months it was counted over; None: all."""
        taken = snapshot(self._folder / str(next(_FOLDERS)), {"ticket": (TICKET, months)})
        self.engine.behind.forget()
        found = figures(self.engine, requests, taken, windows, people, **joined)
        among = self.engine.behind.among
        assert found == figures(DuckEngine(), requests, taken, windows, people, **joined)
        return [None if each is None else numbers(taken, each) for each in among]


def numbers(taken: Snapshot, contents: frozenset[str]) -> list[int]:
    return [number for number, each in enumerate(taken.partitions("ticket"), 1) if each.content in contents]


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path)


def test_a_new_month_is_counted_alone_where_figures_add_up(kept: Kept) -> None:
    assert kept.asked([*MERGED, *WHOLE], JANUARY, FEBRUARY) == [None] * 10
    assert kept.asked([*MERGED, *WHOLE], JANUARY, FEBRUARY, MARCH) == [[3]] * 7 + [None] * 3
    assert kept.asked([*MERGED, *WHOLE], JANUARY, FEBRUARY, MARCH) == []
    assert kept.asked([*MERGED, *WHOLE], JANUARY, FEBRUARY, MARCH, APRIL) == [[4]] * 7 + [None] * 3


def test_what_is_left_of_a_change_is_counted_apart_once(kept: Kept) -> None:
    kept.asked(MERGED, JANUARY, FEBRUARY, MARCH)
    late = [{**MARCH[0], "cost": 10}, *MARCH[1:]]
    assert sorted(map(str, kept.asked(MERGED, JANUARY, FEBRUARY, late))) == ["[1, 2]"] * 7 + ["[3]"] * 7
    assert kept.asked(MERGED, JANUARY, FEBRUARY, [*late, *month(3, 1, owner="P02")]) == [[3]] * 7
    assert kept.asked(MERGED, JANUARY, FEBRUARY, MARCH) == []  # undone
    assert kept.asked(MERGED, JANUARY, FEBRUARY, APRIL) == [[3]] * 7  # March was taken out, and April is new


def test_of_what_is_added_only_the_part_that_changes_again_is_left_out(kept: Kept) -> None:
    kept.asked(ADDED[:1], JANUARY, FEBRUARY)
    kept.asked(ADDED[:1], JANUARY, FEBRUARY, MARCH, APRIL)
    late = month(4, 1, 2)
    assert kept.asked(ADDED[:1], JANUARY, FEBRUARY, MARCH, late) == [[3], [4]]
    assert kept.asked(ADDED[:1], JANUARY, FEBRUARY, MARCH, [*late, *APRIL]) == [[4]]


def test_where_most_is_new_everything_is_counted(kept: Kept) -> None:
    kept.asked(ADDED, JANUARY)
    assert kept.asked(ADDED, JANUARY, FEBRUARY, MARCH) == [None] * 5


def test_the_same_months_are_the_same_in_another_window(kept: Kept) -> None:
    asked = [request("n", "count(where=in_period(opened_at))"), *ADDED]
    months = (JANUARY, FEBRUARY, MARCH)
    kept.asked(asked, *months, windows=period_windows(parse_period("2026-Q1")))
    # What looks at the period itself is another question in another one.
    assert kept.asked(asked, *months, windows=YEAR) == [None]
    before = [request("b", "sum(cost) - previous(sum(cost))")]
    next_year = month(1, 6, year=2027)
    assert kept.asked(before, *months, next_year, windows=period_windows(parse_period("2027"))) == [None]


def test_a_month_that_lies_in_two_windows_is_counted_in_each(kept: Kept) -> None:
    both = [*month(3, 1, 2), *month(4, 4, 8, 16)]
    first, second = (period_windows(parse_period(f"2026-Q{quarter}")) for quarter in (1, 2))
    assert kept.asked(MERGED, JANUARY, FEBRUARY, both, windows=first) == [None] * 7
    assert kept.asked(MERGED, both, windows=second) == [None] * 7
    assert kept.asked(MERGED, JANUARY, FEBRUARY, both, windows=first) == []
    assert sorted(map(str, kept.asked(MERGED, JANUARY, FEBRUARY, both, windows=YEAR))) == ["[1, 2]"] * 7 + ["[3]"] * 7


def test_another_date_puts_other_records_into_the_window(kept: Kept) -> None:
    for when in ("opened_at", "closed_at"):
        assert kept.asked([request("n", "count()", when=when)], JANUARY, FEBRUARY, windows=YEAR) == [None]


def test_nobodys_least_is_not_nothing(kept: Kept) -> None:
    asked = [request("x", "minimum(cost) + maximum(cost)")]
    kept.asked(asked, month(1, 5, 7), month(2, -5, -7, owner="P01"))
    three = (month(1, 5, 7), month(2, -5, -7, owner="P01"), month(3, 1, owner="P02"))
    assert kept.asked(asked, *three) == [[3]] * 2
    assert kept.asked(asked, *three, month(4, 2, owner="P01"), month(5, None, owner="P02")) == [[4, 5]] * 2


def test_who_joins_or_leaves_asks_nothing_anew(kept: Kept) -> None:
    months = (JANUARY, FEBRUARY, month(3, 9, owner="joiner"), month(4, 9, owner="P00"))
    kept.asked([*MERGED, *WHOLE], *months)
    for people in (("P00", "P01", "joiner"), ("P01",), ("A", "P00", "P01", "joiner"), ("joiner", "P00")):
        assert kept.asked([*MERGED, *WHOLE], *months, people=people) == []
    assert kept.asked(MERGED, *months, month(5, 1, owner="next"), people=("P00", "joiner", "next")) == [[5]] * 7


def test_teams_are_added_up_of_what_is_kept_of_people(kept: Kept) -> None:
    asked = [of_teams("c", "sum(cost)")]
    months = (JANUARY, FEBRUARY, APRIL)
    kept.asked(asked, *months, people=TEAMS, relations=STAYED)
    assert kept.asked(asked, *months, MARCH, people=TEAMS, relations=STAYED) == [[4]]
    moved = kept.asked(asked, *months, MARCH, people=TEAMS, relations=ONE_MOVED)
    assert moved == [None]  # the records of the one who moved, by their days
    assert kept.asked(asked, *months, MARCH, month(5, 1), people=TEAMS, relations=ONE_MOVED) == [[5]] * 2


def test_who_joins_or_moves_counts_from_that_month_on(kept: Kept) -> None:
    def covered(*rows: tuple[str, str, str]) -> dict[str, Any]:
        columns = {"_person": [row[0] for row in rows], "_first": [day(row[1]) for row in rows]}
        return {"relations": {"covered": pa.table({**columns, "_end": [day(row[2]) for row in rows]})}}

    def asked(*rows: tuple[str, str, str]) -> list[list[int] | None]:
        return kept.asked(requests, JANUARY, FEBRUARY, MARCH, month(4, 1, owner="P01"), **covered(*rows))

    joins = (OnDay("covered", "owner", "opened_at", required=True),)
    requests = [replace(each, joins=joins) for each in ADDED[:2]]
    assert asked(("P00", "2025-01-01", "2030-01-01")) == [None] * 2
    assert asked(("P00", "2025-01-01", "2027-01-01")) == []
    april = ("P01", "2026-04-01", "2027-01-01")
    assert sorted(map(str, asked(("P00", "2025-01-01", "2027-01-01"), april))) == ["[1, 2, 3]"] * 2 + ["[4]"] * 2
    assert asked(("P00", "2025-01-01", "2026-04-01"), april) == [[4]] * 2
    assert sorted(map(str, asked(("P00", "2026-01-02", "2026-04-01"), april))) == ["[1]"] * 2 + ["[2, 3, 4]"] * 2
    # By another date, the months' days are others.
    due = [replace(request("n", "count()"), joins=(replace(joins[0], when="closed_at"),))]
    for end, expected in (("2026-05-02", [None]), ("2026-05-01", [[1, 2, 3], [4]]), ("2026-03-02", [[1, 4], [2, 3]])):
        rows = covered(("P00", "2025-01-01", end))
        assert kept.asked(due, JANUARY, FEBRUARY, MARCH, month(4, 1), **rows) == expected


def test_a_part_that_does_not_fit_is_no_reason_to_refuse_the_whole(kept: Kept) -> None:
    asked, huge = [request("s", "sum(cost)")], 2**62
    kept.asked(asked, month(1, huge), month(2, 1), month(3, -huge))
    # January and February are left: together they do not fit, with March they do.
    assert kept.asked(asked, month(1, huge), month(2, huge), month(3, -huge, 1, 1)) == [None]
    assert kept.asked(asked, month(1, huge), month(2, huge, owner="P01"), month(3, huge - 1)) == [None]
    with pytest.raises(KaoheError) as caught:
        kept.asked(asked, month(1, huge), month(2, huge, owner="P01"), month(3, huge - 1), month(4, 1))
    assert [problem.code for problem in caught.value.problems] == ["engine.overflow"]


def test_what_was_kept_and_is_damaged_or_anothers_is_counted_again(kept: Kept) -> None:
    asked, folder = ADDED[:1], kept.engine.kept.folder
    kept.asked(asked, JANUARY, FEBRUARY)
    (path,) = folder.glob("*-*")
    sound = path.read_bytes()
    apart, anew = [[1, 2], [3]], [None]
    damages = {sound[:-1]: apart, sound[:40]: anew, b"": anew, sound.replace(b"months", b"mouths"): anew}
    for number, (damaged, expected) in enumerate(damages.items(), 1):
        path.write_bytes(damaged)
        assert kept.asked(asked, JANUARY, FEBRUARY, month(3, number)) == expected
        for other in {*folder.glob("*-*")} - {path}:
            other.unlink()
    path.write_bytes(sound)
    other = path.with_name(path.name.replace(path.name[:8], "0" * 8))
    path.rename(other)
    assert kept.asked(asked, JANUARY, FEBRUARY, MARCH) == [None]


def test_of_one_question_only_the_last_answers_are_kept(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_values, "AT_MOST", 3)
    for number in range(6):
        kept.asked(ADDED[:1], JANUARY, FEBRUARY, month(3, number))
    assert len([*kept.engine.kept.folder.glob("*-*")]) == 3
    assert kept.asked(ADDED[:1], JANUARY, FEBRUARY, month(3, 99)) == [[3]]  # January and February are used each time


def test_figures_are_kept_in_the_smallest_integers_that_hold_them(kept: Kept) -> None:
    asked = [request("x", "minimum(cost) + maximum(cost)")]
    for least, most in ((-(2**63), 2**63 - 1), (-128, 127), (-129, 128), (2**31, 2**31), (-(2**31), 0)):
        assert kept.asked(asked, month(1, least, most)) == [None] * 2
        assert kept.asked(asked, month(1, least, most)) == []
    people = [f"P{number:05}" for number in range(20_000)]
    rows = [{**JANUARY[0], "no": each, "owner": each} for each in people]
    kept.asked([request("n", "count()")], rows, people=people)
    assert max(path.stat().st_size for path in kept.engine.kept.folder.glob("*-*")) < 2_000
