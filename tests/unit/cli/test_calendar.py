"""Calendars in a workspace: made by init, listed, shown, checked; statutory holidays entered and nothing undone."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from tests.scenarios.desk import Desk

from kaohe.cli.calendar_file import new_calendar, with_holidays
from kaohe.cli.calendar_folder import CalendarFolder
from kaohe.cli.statutory import known_years, statutory
from kaohe.cli.workspace import load_workspace
from kaohe.errors import Exit, KaoheError
from kaohe.worktime import WEEKDAYS, check_calendar

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    found = Desk(tmp_path / "desk")
    found.do("init", found.workspace)
    return found


def office(desk: Desk) -> Path:
    return desk.workspace / "calendars" / "office.toml"


def test_a_new_workspace_has_a_default_calendar_that_is_sound(desk: Desk) -> None:
    workspace = load_workspace(desk.workspace, {})
    assert workspace.calendar == "office"
    answer = desk.do("calendar", "check")
    assert f"sound; {known_years()[-3]}–{known_years()[-1]}" in answer.err
    listed = desk.do("calendar", "list").out.split("\n")
    assert any("office *" in line and "37:30" in line for line in listed)


def test_a_workspace_elsewhere_gets_no_chinese_holidays(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "desk")
    desk.do("init", desk.workspace, "--timezone", "Europe/Berlin")
    found = CalendarFolder(desk.workspace / "calendars", load_workspace(desk.workspace, {}).timezone)["office"]
    assert (found.zone.key, found.special, found.first.year) == ("Europe/Berlin", (), 1970)


def test_a_year_is_shown_with_its_special_days_and_working_hours(desk: Desk) -> None:
    shown = desk.do("calendar", "show", "office", "--year", "2026").out
    assert "2026-01-04   Sunday      09:00-12:00, 13:30-18:00   Made up for New Year's Day" in shown
    assert "2026-02-17   Tuesday     day off                    Spring Festival" in shown
    # 248 working days were announced for 2026.
    assert [line.split() for line in shown.splitlines() if line.split()[:1] == ["2026"]] == [["2026", "248", "1860:00"]]


def test_a_year_that_is_not_covered_cannot_be_shown(desk: Desk) -> None:
    answer = desk.try_("calendar", "show", "office", "--year", "1999")
    assert (answer.code, "does not cover 1999" in answer.err) == (Exit.MISTAKE, True)


def test_a_calendar_that_is_not_there_is_told_with_those_that_are(desk: Desk) -> None:
    answer = desk.try_("calendar", "show", "offices")
    assert (answer.code, "there is no calendar offices" in answer.err) == (Exit.MISTAKE, True)
    assert "expected: office" in answer.err


def test_mistakes_of_all_calendars_are_told_at_their_places(desk: Desk) -> None:
    office(desk).write_text('format = 1\nhours.monday = ["18:00-09:00"]\n', "utf-8")
    folder = office(desk).parent
    (folder / "shop.toml").write_text("format = 1\nhours.sundy = []\n", "utf-8")
    (folder / "Two Words.toml").write_text("", "utf-8")
    settings = desk.workspace / "kaohe.toml"
    settings.write_text(settings.read_text("utf-8").replace('calendar = "office"', 'calendar = "ofice"'), "utf-8")
    answer = desk.try_("calendar", "check")
    assert answer.code == Exit.MISTAKE
    assert "office.toml:2:17: error [calendar.mistake]: the interval does not end after it begins" in answer.err
    assert "shop.toml:2:7: error [calendar.mistake]: there is no such weekday" in answer.err
    assert "Two Words.toml: error [calendar.name]" in answer.err
    assert "error [calendar.default]" in answer.err
    assert desk.try_("calendar", "list").code == Exit.MISTAKE


def test_a_file_that_is_not_utf_8_is_told_with_its_line(desk: Desk) -> None:
    office(desk).write_bytes("format = 1\nname = '工作'\n".encode("gbk"))
    answer = desk.try_("calendar", "check")
    assert (answer.code, "office.toml:2: error [calendar.encoding]" in answer.err) == (Exit.MISTAKE, True)


def test_holidays_are_listed_with_the_days_made_up_for_them(desk: Desk) -> None:
    listed = desk.do("calendar", "holidays", "cn", "2026").out
    assert "2026-02-15   2026-02-23   day off" in listed
    assert "2026-02-14                hours of Friday" in listed


@pytest.mark.parametrize(
    ("words", "said"), [(("DE", "2026"), "no statutory holidays are known for DE"), (("CN", "1999"), "are not known")]
)
def test_a_country_or_a_year_that_is_not_known_is_an_error_and_no_guess(desk: Desk, words, said) -> None:
    answer = desk.try_("calendar", "holidays", *words)
    assert (answer.code, said in answer.err) == (Exit.MISTAKE, True)


def test_a_year_is_entered_once_and_what_was_corrected_stays(desk: Desk) -> None:
    text = office(desk).read_text("utf-8")
    corrected = text.replace('{day = 2026-01-04, as = "friday"', '{day = 2026-01-04, as = "monday"')
    assert corrected != text
    office(desk).write_text(corrected + "\n# our own note\n", "utf-8")
    assert "0 entries added" in desk.do("calendar", "holidays", "CN", "2026", "--write", "office").err
    assert office(desk).read_text("utf-8") == corrected + "\n# our own note\n"
    assert "15 entries added for 2023" in desk.do("calendar", "holidays", "CN", "2023", "--write", "office").err
    after = office(desk).read_text("utf-8")
    assert "years = [2023, 2024, 2025" in after
    assert after.endswith("# our own note\n")
    assert desk.do("calendar", "check").code == 0


def test_a_gap_between_the_years_is_refused_and_the_file_stays(desk: Desk) -> None:
    before = office(desk).read_text("utf-8")
    answer = desk.try_("calendar", "holidays", "CN", "2021", "--write", "office")
    assert (answer.code, "do not follow one another" in answer.err) == (Exit.MISTAKE, True)
    assert office(desk).read_text("utf-8") == before


def test_a_day_of_one_s_own_within_a_holiday_splits_it() -> None:
    text = 'format = 1\nhours.monday = ["09:00-12:00"]\ndays = [{ day = 2026-02-17, hours = ["10:00-11:00"] }]\n'
    entered, _added = with_holidays(text, 2026, statutory("CN", 2026))
    found = check_calendar(entered, "x", "x", SHANGHAI).require()
    by_day = {each.day: each for each in found.special}
    assert by_day[date(2026, 2, 16)].kind == by_day[date(2026, 2, 18)].kind == "holiday"
    assert by_day[date(2026, 2, 17)].kind == "own"


def test_hours_may_stand_in_a_table_of_their_own() -> None:
    week = "".join(f'{day} = ["09:00-12:00"]\n' for day in WEEKDAYS[:5])
    text = f"format = 1\n\n[hours]\n{week}"
    entered, added = with_holidays(text, 2026, statutory("CN", 2026))
    found = check_calendar(entered, "x", "x", SHANGHAI)
    assert (found.problems, added) == ((), 13)
    assert found.require().first.year == 2026


@pytest.mark.parametrize("year", range(2015, 2027))
def test_every_known_year_makes_a_sound_calendar(year: int) -> None:
    text = new_calendar("Asia/Shanghai", [(year, statutory("CN", year))])
    assert check_calendar(text, "x", "x", SHANGHAI).problems == ()


def test_holidays_are_entered_in_a_file_that_an_editor_began_with_a_mark(desk: Desk) -> None:
    (desk.workspace / "calendars" / "shop.toml").write_text(
        'format = 1\nname = "店"\nyears = [2026]\nhours.monday = ["09:00-12:00"]\n', "utf-8-sig"
    )
    assert (
        "shop.toml: 13 entries added for 2026" in desk.do("calendar", "holidays", "CN", "2026", "--write", "shop").err
    )
    assert "sound" in desk.do("calendar", "check", "shop").err


def test_a_folder_with_the_name_of_a_calendar_is_none(desk: Desk) -> None:
    (desk.workspace / "calendars" / "old.toml").mkdir()
    assert "office *" in desk.do("calendar", "list").out
    assert "old.toml" not in desk.do("calendar", "check").err


def test_a_workspace_without_calendars_is_told_where_one_goes(desk: Desk) -> None:
    office(desk).unlink()
    answer = desk.try_("calendar", "holidays", "CN", "2026", "--write", "office")
    assert (answer.code, f"save a calendar as {office(desk)}" in answer.err) == (Exit.MISTAKE, True)


def test_a_broken_calendar_is_told_only_where_it_is_asked(tmp_path: Path) -> None:
    (tmp_path / "broken.toml").write_text("format = 2\n", "utf-8")
    (tmp_path / "sound.toml").write_text('format = 1\nhours.monday = ["09:00-12:00"]\n', "utf-8")
    folder = CalendarFolder(tmp_path, SHANGHAI)
    assert (list(folder), "broken" in folder, "none" in folder, 5 in folder) == (
        ["broken", "sound"],
        True,
        False,
        False,
    )
    assert folder["sound"].name == "sound"
    with pytest.raises(KaoheError, match="the format of this file is not known"):
        folder["broken"]
    with pytest.raises(KeyError):
        folder["none"]
