"""Dates and times as people and spreadsheets write them."""

from datetime import UTC, date, datetime

import pytest
from tests.unit.records.reading_kit import BERLIN, clean

DAY = date(2026, 1, 5)
MOMENT = datetime(2026, 1, 5, 6, 30, tzinfo=UTC)  # 14:30 in Shanghai


@pytest.mark.parametrize(
    "cell",
    [
        "2026-01-05",
        "2026/1/5",
        "2026.1.5",
        "20260105",
        "2026年1月5日",
        "２０２６年１月５日",
        "2026年1月5日 星期一",
        "46027",
        "2026-01-05 00:00:00",
        "2026-01-05 23:59",
        "2026-01-04T16:00:00Z",
    ],
)
def test_a_date_is_read_in_every_usual_form(cell):
    assert clean("signed_on", cell) == DAY


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("01/02/2026", "this date can be 2026-02-01 or 2026-01-02"),
        ("13/02/2026", "this date has its year last; it can only be 2026-02-13"),
        ("05.05.2026", "this date has its year last; it can only be 2026-05-05"),
        ("31/31/2026", "there is no such date or time"),
        ("2026-02-30", "there is no such date or time"),
        ("2026/13/1", "there is no such date or time"),
        ("2026", "this is not a date"),
        ("26-1-5", "this is not a date"),
        ("2026-01/05", "this is not a date"),
        ("soon", "this is not a date"),
        ("0202-01-05", "the year 202 is not plausible"),
        ("9999-12-31", "the year 9999 is not plausible"),
        ("9999-12-31T23:59:59-12:00", "the year 9999 is not plausible"),
        ("0001-01-01T00:00:00+14:00", "the year 1 is not plausible"),
        ("9:30", "this is a time without a date"),
    ],
)
def test_what_is_no_certain_date_says_why(cell, reason):
    assert clean("signed_on", cell) == reason


def test_a_format_decides_what_the_file_means():
    assert clean("signed_on", "05-01-2026", formats=("%d-%m-%Y",)) == DAY
    assert clean("signed_on", "1/5/2026", formats=("%m/%d/%Y",)) == DAY
    assert clean("signed_on", "5 Jan 2026", formats=("%d-%m-%Y", "%d %b %Y")) == DAY
    assert clean("signed_on", "2026-01-05", formats=("%d-%m-%Y",)) == DAY
    assert clean("signed_on", "25/12/2026", formats=("%m/%d/%Y",)).startswith("this date has its year last")


@pytest.mark.parametrize(
    "cell",
    [
        "2026-01-05 14:30",
        "2026-01-05 14:30:00",
        "2026-01-05T14:30:00.000",
        "2026/1/5 14:30",
        "20260105 14:30",
        "2026年1月5日 14时30分",
        "2026年1月5日14时30分00秒",
        "2026年1月5日 14：30",
        "2026/1/5 下午 2:30",
        "2026/1/5 2:30:00 PM",
        "2026-01-05T06:30:00Z",
        "2026-01-05T07:30+01:00",
        "2026-01-05 14:30:00 +0800",
        "46027.604166666664",
    ],
)
def test_a_moment_is_stored_in_utc_and_without_an_offset_is_the_workspaces(cell):
    assert clean("opened_at", cell) == MOMENT


def test_a_date_alone_is_its_local_midnight():
    assert clean("opened_at", "2026-01-05") == datetime(2026, 1, 4, 16, tzinfo=UTC)


def test_noon_and_midnight_of_the_twelve_hour_clock_are_told_apart():
    assert clean("opened_at", "2026-01-05 12:00 AM") == datetime(2026, 1, 4, 16, tzinfo=UTC)
    assert clean("opened_at", "2026-01-05 中午") == "this is not a date"
    assert clean("opened_at", "2026-01-05 13:00 PM") == "there is no such date or time"


def test_a_time_that_the_clock_skipped_is_refused():
    assert "did not exist" in clean("opened_at", "2026-03-29 02:30", BERLIN)
    assert clean("opened_at", "2026-03-29 02:30+01:00", BERLIN) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_a_time_that_the_clock_showed_twice_is_the_earlier():
    assert clean("opened_at", "2025-10-26 02:30", BERLIN) == datetime(2025, 10, 26, 0, 30, tzinfo=UTC)
    assert clean("opened_at", "2025-10-26 02:30+01:00", BERLIN) == datetime(2025, 10, 26, 1, 30, tzinfo=UTC)


def test_fractions_finer_than_a_microsecond_are_cut():
    assert clean("opened_at", "2026-01-05T06:30:00.1234567Z") == MOMENT.replace(microsecond=123456)
