"""Working time with pauses, and the next opening."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.worktime.calendars import HOUR, at, calendar, shown

from kaohe.worktime import clock_of
from kaohe.worktime.pauses import between, due, joined, next_opening

# Monday to Friday, 09:00-12:00 and 13:30-18:00.
CLOCK = clock_of(calendar())
MORNING, EVENING = at("2026-01-05 09:00"), at("2026-01-05 18:00")


def pause(first, second):
    return at(f"2026-01-{first}"), at(f"2026-01-{second}")


@pytest.mark.parametrize(
    ("pauses", "hours"),
    [
        ([], 7.5),
        ([("05 10:00", "05 11:00")], 6.5),
        ([("05 11:00", "05 14:00")], 6),  # lunch does not count twice
        ([("05 10:00", "05 11:00"), ("05 10:30", "05 11:30")], 6),  # nor does what overlaps
        ([("04 00:00", "05 10:00"), ("05 17:00", "09 00:00")], 5.5),  # only what lies between the moments
        ([("01 00:00", "09 00:00")], 0),
        ([("05 10:00", "05 10:00")], 7.5),
    ],
)
def test_pauses_are_not_worked(pauses, hours):
    listed = [pause(*each) for each in pauses]
    assert between(CLOCK, MORNING, EVENING, listed) == hours * HOUR
    assert between(CLOCK, EVENING, MORNING, listed) == -hours * HOUR


@pytest.mark.parametrize(
    ("hours", "pauses", "expected"),
    [
        (1, [], "2026-01-05 10:00"),
        (2, [("05 10:00", "05 10:30")], "2026-01-05 11:30"),
        (1, [("05 10:00", "05 10:30")], "2026-01-05 10:00"),
        (2, [("05 10:00", "06 10:00")], "2026-01-06 11:00"),
        (2, [("05 08:00", "05 10:00"), ("05 10:00", "05 10:30")], "2026-01-05 14:00"),
        (1, [("01 00:00", "02 00:00")], "2026-01-05 10:00"),
        (0, [("05 08:00", "05 10:00")], "2026-01-05 09:00"),
    ],
)
def test_pauses_put_off_what_is_due(hours, pauses, expected):
    assert shown(due(CLOCK, MORNING, hours * HOUR, [pause(*each) for each in pauses])) == f"{expected}:00"


def test_a_pause_that_ends_before_it_begins_and_going_back_over_pauses_are_refused():
    with pytest.raises(ValueError, match="ends before"):
        joined([(2, 1)])
    with pytest.raises(ValueError, match="pauses delay"):
        due(CLOCK, MORNING, -HOUR, [(MORNING, EVENING)])


@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        ("2026-01-05 08:00", "2026-01-05 09:00"),
        ("2026-01-05 09:00", "2026-01-05 09:00"),
        ("2026-01-05 11:00", "2026-01-05 11:00"),
        ("2026-01-05 12:00", "2026-01-05 13:30"),
        ("2026-01-09 18:00", "2026-01-12 09:00"),
    ],
)
def test_work_goes_on_at_the_next_opening(moment, opening):
    assert shown(next_opening(CLOCK, at(moment))) == f"{opening}:00"


quarters = st.integers(0, 4 * 24 * 5).map(lambda each: MORNING + each * HOUR // 4)


@given(quarters, st.integers(0, 80), st.lists(st.tuples(quarters, quarters).map(lambda pair: tuple(sorted(pair)))))
@settings(max_examples=50)
def test_what_is_due_is_exactly_so_much_working_time_away(moment, quarter_hours, pauses):
    amount = quarter_hours * HOUR // 4
    assert between(CLOCK, moment, due(CLOCK, moment, amount, pauses), pauses) == amount
