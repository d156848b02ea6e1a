"""Whose results a command is about, whether it is the person who acts, and by what appeals are measured."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kaohe.cli.context import App
from kaohe.errors import Exit, Place, Problem, fail
from kaohe.text import msg

if TYPE_CHECKING:
    from datetime import date

    from kaohe.run.appeals import Terms
    from kaohe.run.model import Run
    from kaohe.run.stored.repository import StoredRun
    from kaohe.scheme.model import AppealRules

LONGEST = 100_000
"""Characters of notes; an hour of talk written down has fewer."""


def stored_run(app: App, named: str) -> StoredRun:
    """The run of that number, or whose digest begins so."""
    from kaohe.run.stored.repository import read_run
    from kaohe.run.stored.runs import find_run

    return read_run(app.store, find_run(app.store, named))


def today(app: App) -> date:
    """The day it is in the workspace's timezone."""
    return app.now().astimezone(app.workspace.timezone).date()


def names_of(run: Run, row: int) -> tuple[str, ...]:
    """What the person of that row goes by: the code, and the name where nobody else bears it."""
    code, name = run.appraisal.people.code[row], run.names[row]
    return (code, name) if run.names.count(name) == 1 else (code,)


def acts_for(app: App, run: Run, row: int, on_behalf: str | None) -> str | None:
    """The reason why somebody else than the person acts, None where the person does.

    Raises KaoheError where somebody else acts without a reason, or without the role of those who prepare results.
    """
    from kaohe.run.appeals.refusals import not_the_person
    from kaohe.run.life.model import same_name

    if any(same_name(app.actor.name, name) for name in names_of(run, row)):
        return None
    code = run.appraisal.people.code[row]
    if not (on_behalf or "").strip():
        raise fail(not_the_person(code, app.actor.name, Place(key=code)), Exit.ENVIRONMENT)
    app.require("prepare")
    return (on_behalf or "").strip()


def terms_of(app: App, rules: AppealRules | None) -> Terms | None:
    """How appeals are measured here; None where the scheme takes none. KaoheError where working days count and the
    workspace has no calendar."""
    from kaohe.run.appeals import Terms

    if rules is None:
        return None
    calendar = app.calendars.find("") if rules.working_days else None
    if rules.working_days and calendar is None:
        what = msg("working days are those of the workspace's calendar, and the workspace names none")
        fix = msg('write calendar = "NAME" in kaohe.toml; see what there is: kaohe calendar list')
        place = Place(str(app.workspace.file), key="calendar")
        raise fail(Problem("appeal.no-calendar", what, place, fix=fix), Exit.ENVIRONMENT)
    return Terms(rules, calendar, app.workspace.timezone)


def person_named(app: App, named: str) -> str:
    """The code of somebody of the organisation, by code or by a name that nobody else bears; else that of a team."""
    from kaohe.records.people import read_directory, read_teams

    found = read_directory(app.store).find(named) or read_teams(app.store).find(named)
    if isinstance(found, str):
        return found
    if found is not None:
        what, listed, fix = msg("several people bear this name"), ", ".join(found), msg("name the person by code")
        raise fail(Problem("person.unknown", what, Place(key=named), listed, fix=fix))
    what, fix = msg("nobody is known by this code or name"), msg("see who there is: kaohe people list")
    raise fail(Problem("person.unknown", what, Place(key=named), named, fix=fix))


_SUFFIXES = (".txt", ".md", ".doc", ".docx", ".pdf", ".rtf", ".odt")


def text_or_file(said: str, option: str) -> str:
    """The text, or what the file of that name holds. KaoheError for nothing, too much, what is no text, and what looks
    like a file's name where there is none: nobody means to hand in a name."""
    text = said
    try:
        path = Path(said)
        if len(said) < 1000 and path.is_file():
            text = path.read_text("utf-8-sig")
        elif path.suffix.lower() in _SUFFIXES and len(said.splitlines()) == 1:
            fix = msg("correct the name, or write the text itself")
            raise fail(Problem("file.missing", msg("there is no such file"), Place(file=said), fix=fix))
    except (OSError, ValueError) as error:
        what = msg("this file cannot be read as text in UTF-8")
        raise fail(Problem("file.unreadable", what, Place(file=said), found=str(error))) from None
    if not text.strip() or len(text) > LONGEST:
        what = msg("a text is missing") if not text.strip() else msg("this text is too long")
        found = msg("{count} characters", count=len(text))
        limit = msg("1 to {count} characters", count=LONGEST)
        raise fail(Problem("usage.text", what, Place(key=option), found=found, expected=limit))
    return text.strip()
