"""``kaohe calendar``: list, show, check, and statutory holidays entered into a calendar's file."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from kaohe.cli import calendar_words as words
from kaohe.cli.context import App
from kaohe.cli.words import _
from kaohe.errors import Exit, KaoheError, Place, Problem, fail
from kaohe.text import msg, visible

if TYPE_CHECKING:
    from kaohe.cli.statutory import Statutory
    from kaohe.worktime import Checked, Intervals, SpecialDay


@click.group(help=_("Working calendars: list, show, check, holidays."))
def calendar() -> None:
    pass


@calendar.command("list", help=_("List the calendars of the workspace."))
@click.pass_obj
def list_(app: App) -> int:
    folder = app.calendar_folder
    headers = [_("Name"), _("Title"), _("Timezone"), _("Years"), _("Hours a week"), _("Days off"), _("Make-up days")]
    rows = []
    problems: list[Problem] = []
    for name in folder:
        checked = folder.checked(name)
        problems += checked.problems
        if checked.calendar is None:
            continue
        found = checked.calendar
        hours = words.hours(sum(map(words.seconds, found.week)))
        kinds = [each.kind for each in found.special]
        mark = f"{name} *" if name == app.workspace.calendar else name
        counts = [str(kinds.count("holiday")), str(kinds.count("workday"))]
        rows.append([mark, found.label.in_(app.language), found.zone.key, words.years(found), hours, *counts])
    if rows:
        app.table(headers, rows, right=[4, 5, 6])
    app.problems(problems)
    if rows and app.workspace.calendar in folder:
        app.say(msg("* is the default one"))
    if not len(folder):
        app.say(msg("there are no calendars in {folder}", folder=folder.folder))
    return Exit.MISTAKE if any(each.severity == "error" for each in problems) else Exit.OK


@calendar.command(help=_("Show a calendar: its weekly hours, its special days, the working hours of each month."))
@click.argument("name", metavar="NAME")
@click.option("--year", type=int, metavar="YEAR", help=_("The year; left out: the present one, or the last covered."))
@click.pass_obj
def show(app: App, name: str, year: int | None) -> None:
    found = _known(app, name).require()
    covered = range(found.first.year, (found.end - timedelta(days=1)).year + 1)
    shown = year if year is not None else min(max(app.now().astimezone(found.zone).year, covered[0]), covered[-1])
    if shown not in covered:
        what = msg("the calendar {name} does not cover {year}", name=name, year=shown)
        raise fail(Problem("calendar.not-covered", what, expected=words.years(found)))
    head = msg("{label} ({name}), {zone}, {year}", label=found.label, name=name, zone=found.zone.key, year=shown)
    sys.stdout.write(f"{visible(head.in_(app.language))}\n")
    week = [[words.weekday(index, app.language), _hours(app, each)] for index, each in enumerate(found.week)]
    app.table([_("Weekday"), _("Hours")], week)
    special = [
        [str(each.day), words.weekday(each.day.weekday(), app.language), _hours(app, each.intervals), _name(app, each)]
        for each in found.special
        if each.day.year == shown
    ]
    if special:
        app.table([_("Day"), _("Weekday"), _("Hours"), _("Name")], special)
    months = [words.month(found, shown, number) for number in range(1, 13)]
    whole = (sum(days for days, _seconds in months), sum(seconds for _days, seconds in months))
    labels = [*(f"{shown}-{number:02d}" for number in range(1, 13)), str(shown)]
    rows = [
        [label, str(days), words.hours(worked)] for label, (days, worked) in zip(labels, [*months, whole], strict=True)
    ]
    app.table([_("Period"), _("Working days"), _("Working hours")], rows, right=[1, 2])


@calendar.command(help=_("Report every mistake in calendars; left out: in all of the workspace."))
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.pass_obj
def check(app: App, names: tuple[str, ...]) -> int:
    folder = app.calendar_folder
    problems: list[Problem] = [] if names else folder.misnamed()
    for name in names or tuple(folder):
        checked = _known(app, name)
        problems += checked.problems
        if checked.calendar is not None:
            app.say(msg("{file}: sound; {years}", file=folder.path(name), years=words.years(checked.calendar)))
    default = app.workspace.calendar
    if not names and default is not None and default not in folder:
        what = msg("kaohe.toml names a default calendar that is not there")
        problems.append(Problem("calendar.default", what, Place(str(app.workspace.file)), default, ", ".join(folder)))
    app.problems(problems)
    return Exit.MISTAKE if any(each.severity == "error" for each in problems) else Exit.OK


@calendar.command(
    help=_("List a country's statutory holidays and make-up days of a year, or enter them in a calendar.")
)
@click.argument("country", metavar="CN")
@click.argument("year", type=int, metavar="YEAR")
@click.option("--write", "name", metavar="NAME", help=_("Enter them in this calendar; days it lists stay as they are."))
@click.pass_obj
def holidays(app: App, country: str, year: int, name: str | None) -> None:
    from kaohe.cli.statutory import statutory

    found = statutory(country.upper(), year)
    if name is None:
        _print_arrangements(app, found)
        return
    _enter(app, name, year, found)


def _print_arrangements(app: App, found: Statutory) -> None:
    from kaohe.worktime import WEEKDAYS

    off, rows = msg("day off").in_(app.language), []
    for each in found.holidays:
        last = "" if each.last == each.first else str(each.last)
        rows.append([str(each.first), last, off, each.name.in_(app.language)])
    for made_up in found.workdays:
        weekday = words.weekday(WEEKDAYS.index(made_up.weekday), app.language)
        hours = msg("hours of {weekday}", weekday=weekday).in_(app.language)
        rows.append([str(made_up.day), "", hours, made_up.name.in_(app.language)])
    app.table([_("From"), _("To"), _("Hours"), _("Name")], sorted(rows))


def _enter(app: App, name: str, year: int, found: Statutory) -> None:
    from kaohe.cli.calendar_file import with_holidays
    from kaohe.cli.files import write_whole
    from kaohe.worktime import check_calendar

    before = _known(app, name)
    path = app.calendar_folder.path(name)
    before.require()
    text, added = with_holidays(path.read_text("utf-8-sig"), year, found)
    after = check_calendar(text, str(path), name, app.workspace.timezone)
    if after.calendar is None:
        raise KaoheError(after.problems)
    write_whole(path, text)
    covered = words.years(after.calendar)
    app.say(
        msg(
            "{file}: {count} entries added for {year}; covered: {years}",
            file=path,
            count=added,
            year=year,
            years=covered,
        )
    )


def _known(app: App, name: str) -> Checked:
    folder = app.calendar_folder
    if name in folder:
        return folder.checked(name)
    what = msg("there is no calendar {name}", name=name)
    fix = (
        msg("kaohe calendar list shows those there are")
        if len(folder)
        else msg("save a calendar as {file}; docs/calendars.md has one", file=folder.folder / "office.toml")
    )
    raise fail(
        Problem("calendar.no-file", what, Place(str(folder.folder)), expected=", ".join(folder) or None, fix=fix)
    )


def _hours(app: App, listed: Intervals) -> str:
    return words.intervals(listed, app.language)


def _name(app: App, special: SpecialDay) -> str:
    return words.named(special.name, app.language)
