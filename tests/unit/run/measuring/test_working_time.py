"""Working time in a whole evaluation: figures by hand, what the run rests on, and calendars that are not fit for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.scenarios.desk import Desk
from tests.tiny import SCHEME, evaluated, write
from tests.unit.worktime.calendars import OFFICE

from kaohe.errors import Exit
from kaohe.run.stored.evidence import summary

BUSINESS = SCHEME.replace("resolved_at - opened_at <= hours(24)", "business_time(opened_at, resolved_at) <= hours(7)")
INSTALLED = SCHEME.replace(
    'use    = "in_time"',
    'use    = "crm.resolution_within"\n  params = { hours = 7, clock = "business"CALENDAR }\n  min_sample = 0',
)
INSTALLED = INSTALLED.replace('points("in_time")', 'points("crm.resolution_within")')


@pytest.fixture
def desk(tiny: Desk) -> Desk:
    write(tiny, "calendars/office.toml", OFFICE)
    write(tiny, "schemes/tiny.toml", BUSINESS)
    return tiny


def in_time(desk: Desk) -> dict[str, int]:
    """The value of each person with data, in per cent."""
    run, _number = evaluated(desk)
    values = run.appraisal.values["in_time"]
    rows = zip(run.appraisal.people.code, values.micros.tolist(), values.known.tolist(), strict=True)
    return {code: micros // 10_000 for code, micros, known in rows if known}


def told(desk: Desk, exit_code: int = Exit.MISTAKE) -> str:
    answer = desk.try_("evaluate", "tiny", "--period", "2026-Q1")
    assert answer.code == exit_code
    return answer.err


def test_working_time_is_that_counted_by_hand(desk: Desk) -> None:
    # P1: a holiday, a weekend, an hour on a Tuesday, and all of a Wednesday, which is 7.5 hours. P4: at most an hour.
    assert in_time(desk) == {"P1": 75, "P2": 100, "P4": 100}


def test_a_calendar_may_be_named(desk: Desk) -> None:
    write(desk, "calendars/round-the-clock.toml", 'format = 1\nhours.saturday = ["00:00-24:00"]\n')
    named = BUSINESS.replace("resolved_at)", "resolved_at, 'round-the-clock')")
    write(desk, "schemes/tiny.toml", named)
    # On that calendar P1's ticket of the weekend takes the fifteen hours of a Saturday, P4's two likewise.
    assert in_time(desk) == {"P1": 75, "P2": 100, "P4": 33}


def test_the_explanation_names_the_calendar(desk: Desk) -> None:
    shown = desk.do("evaluate", "tiny", "--period", "2026-Q1", "--explain", "P1").out
    assert "working time by the calendar Office hours (office, Asia/Shanghai)" in shown


def test_the_run_holds_what_the_calendar_said(desk: Desk) -> None:
    run, _number = evaluated(desk)
    (held,) = summary(run)["calendars"]
    assert (held["name"], held["week"][0]) == ("office", ["09:00-12:00", "13:30-18:00"])
    assert ["2026-01-01", []] in held["special"]


def test_a_corrected_calendar_makes_another_run_and_a_renamed_holiday_does_not(desk: Desk) -> None:
    before = evaluated(desk)[0].digest
    write(desk, "calendars/office.toml", "# checked\n" + OFFICE.replace("元旦", "New Year"))
    assert evaluated(desk)[0].digest == before
    write(
        desk, "calendars/office.toml", OFFICE.replace('2026-02-16, hours = ["09:00-12:00"]', "2026-02-16, hours = []")
    )
    assert evaluated(desk)[0].digest != before


def test_a_calendar_that_nothing_asks_takes_no_part(tiny: Desk) -> None:
    before = evaluated(tiny)[0]
    write(tiny, "calendars/office.toml", "this is no calendar")
    after = evaluated(tiny)[0]
    assert (before.digest, "calendars" in summary(before)) == (after.digest, False)


def test_records_on_days_that_the_calendar_does_not_cover_are_an_error_that_names_them(desk: Desk) -> None:
    write(desk, "calendars/office.toml", OFFICE.replace("[2025, 2026]", "[2025]"))
    said = told(desk)
    for field in ("opened_at", "resolved_at"):
        assert f"ticket.{field}: error [calendar.not-covered]: the calendar office does not say" in said
    assert "expected: 2025-01-01 … 2025-12-31" in said


def test_a_mistake_in_the_calendar_is_told_in_its_file(desk: Desk) -> None:
    write(desk, "calendars/office.toml", OFFICE.replace('"09:00-12:00", "13:30-17:00"', '"09:00-12:00", "11:30-17:00"'))
    assert "calendars/office.toml:9:32: error [calendar.mistake]: these hours overlap" in told(desk)


@pytest.mark.parametrize(
    ("calendar", "said"),
    [
        ('"offce"', "there is no calendar offce"),
        ('""', "no calendar is named, and there is no default one"),
    ],
)
def test_a_calendar_that_is_not_there_is_told_where_the_indicator_is_used(desk: Desk, calendar: str, said: str) -> None:
    settings = desk.workspace / "kaohe.toml"
    lines = settings.read_text("utf-8").splitlines(keepends=True)
    settings.write_text("".join(line for line in lines if not line.startswith("calendar")), "utf-8")
    write(desk, "schemes/tiny.toml", INSTALLED.replace("CALENDAR", f", calendar = {calendar}"))
    answer = desk.try_("scheme", "check", "tiny")
    assert answer.code == Exit.MISTAKE
    assert f"crm.resolution_within cannot be computed: {said}" in answer.err
    assert "expected: office" in answer.err


def test_an_installed_indicator_counts_by_the_default_calendar(desk: Desk) -> None:
    write(desk, "schemes/tiny.toml", INSTALLED.replace("CALENDAR", ""))
    run, _number = evaluated(desk)
    assert [micros // 10_000 for micros in run.appraisal.values["crm.resolution_within"].micros] == [75, 100, 0, 100]


def test_outside_a_workspace_a_scheme_can_be_checked_whatever_its_calendars_are_called(tmp_path: Path) -> None:
    path = tmp_path / "scheme.toml"
    path.write_text(INSTALLED.replace("CALENDAR", ', calendar = "somewhere"'), "utf-8")
    from kaohe.cli.context import App
    from kaohe.cli.scheme_file import load_file

    _path, checked = load_file(App("en", None, {}), str(path))
    assert [problem.code for problem in checked.problems if problem.severity == "error"] == []
