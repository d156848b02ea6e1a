"""``kaohe people purge``: personal data taken out after their time, proposed by one and confirmed by another."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING

import click

from kaohe.cli.accounts import noted_accounts
from kaohe.cli.context import App
from kaohe.cli.words import _
from kaohe.errors import Exit, Place, Problem, fail
from kaohe.system import said_by_system
from kaohe.text import msg

if TYPE_CHECKING:
    from pathlib import Path

    from kaohe.run.purging.purge import Done

_SPAN = re.compile(r"([1-9][0-9]?)y")


@click.command(
    "purge",
    help=_(
        "Take out the names, texts and records of PEOPLE who left long ago; figures by code and digests stay. One "
        "proposes it, another confirms it. It cannot be undone."
    ),
)
@click.argument("people", metavar="[PERSON]...", nargs=-1)
@click.option("--before", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY", help=_("They left before this day."))
@click.option("--retention", metavar="YEARS", help=_("They left so long ago: 3y, for instance."))
@click.option(
    "--alias",
    "aliases",
    multiple=True,
    metavar="CODE=NAME",
    help=_("Another name or login of one of them; repeatable."),
)
@click.option("--reason", metavar="TEXT", help=_("Why; it stays in the audit log."))
@click.option("--confirm", type=click.IntRange(min=1), metavar="NUMBER", help=_("Carry out what somebody proposed."))
@click.option("--reject", type=click.IntRange(min=1), metavar="NUMBER", help=_("The data stay; --reason says why."))
@click.pass_obj
def purge(
    app: App,
    people: tuple[str, ...],
    before: datetime | None,
    retention: str | None,
    aliases: tuple[str, ...],
    reason: str | None,
    confirm: int | None,
    reject: int | None,
) -> None:
    from kaohe.run.purging import purge as purging

    if sum((bool(people), confirm is not None, reject is not None)) != 1:
        raise click.UsageError(_("name people, or --confirm NUMBER, or --reject NUMBER"))
    if confirm is not None:
        app.require("approve")
        own_work = app.workspace.roles.own_work
        said = noted_accounts(app, "people", [purging.proposer_of(app.store, confirm)])
        done = purging.purge(app.store, confirm, app.workspace.snapshots, app.now(), own_work=own_work, said=said)
        _said(app, done)
        _forget_measured(app.workspace.values)
        return
    if reason is None or not reason.strip():
        raise click.UsageError(_("--reason says why"))
    if reject is not None:
        app.require("approve")
        purging.reject(app.store, reject, reason.strip(), app.now())
        app.say(msg("the proposal {number} is rejected: the data stay", number=reject))
        return
    app.require("prepare")
    from kaohe.records.people import read_directory

    known = read_directory(app.store)
    codes = [known.find(person) for person in people]
    unknown = [person for person, code in zip(people, codes, strict=True) if not isinstance(code, str)]
    if unknown:
        what, fix = msg("nobody is known by this code or name"), msg("kaohe people list shows everybody")
        raise fail(Problem("purge.person", what, Place(key=", ".join(unknown)), fix=fix))
    listed = [code for code in codes if isinstance(code, str)]
    called = _aliases(aliases, listed)
    limit = _limit(app, before, retention)
    made = purging.propose(app.store, listed, limit, reason.strip(), app.now(), aliases=called)
    app.say(msg("proposal {number}: {count} people, who left before {day}", number=made.number, count=len(listed),
                day=made.before))  # fmt: skip
    app.say(msg("it cannot be undone; next, somebody else: kaohe people purge --confirm {number}", number=made.number))


def _forget_measured(folder: Path) -> None:
    """Delete what was measured before: figures of theirs are among it. Raises KaoheError where that fails; the purge
    is done by then."""
    from kaohe.engine.kept_values import clear_values

    try:
        clear_values(folder)
    except OSError as error:
        what = msg("the purge is done, but figures measured before cannot be deleted, theirs among them")
        fix = msg("delete all files in this folder; what is missed there is measured anew")
        problem = Problem("purge.values", what, Place(str(folder)), found=said_by_system(error), fix=fix)
        raise fail(problem, Exit.ENVIRONMENT) from error


def _aliases(said: tuple[str, ...], codes: list[str]) -> dict[str, str]:
    """The code of each other name."""
    pairs = [each.partition("=") for each in said]
    if any(code not in codes or not name.strip() for code, _equals, name in pairs):
        raise click.UsageError(_("--alias is CODE=NAME, with the code of one of the people"))
    return {name.strip(): code for code, _equals, name in pairs}


def _limit(app: App, before: datetime | None, retention: str | None) -> date:
    """The day before which people must have left."""
    if (before is None) == (retention is None):
        raise click.UsageError(_("say before when they left: --before DAY or --retention YEARS"))
    today = app.now().astimezone(app.workspace.timezone).date()
    if before is not None:
        if before.date() > today:
            raise click.UsageError(_("--before is a day that has come: nobody has left by then"))
        return before.date()
    found = _SPAN.fullmatch(retention or "")
    if found is None:
        raise click.UsageError(_("--retention is a number of years: 3y"))
    year = today.year - int(found[1])
    return date(year, 3, 1) if (today.month, today.day) == (2, 29) and year % 4 else today.replace(year=year)


def _said(app: App, done: Done) -> None:
    rows = ", ".join(f"{table} {count:,}" for table, count in sorted(done.gone.items()))
    app.say(msg("event {event}: taken out: {rows}", event=done.event, rows=rows or "0"))
    app.say(msg("{count} files of snapshots were written anew", count=len(done.files)))
    if done.unclear:
        what = msg("these names are borne by others too, or are too short: they stay in texts that people wrote")
        app.problems([Problem("purge.name", what, found=", ".join(done.unclear), severity="warning")])
    if done.schemes:
        what = msg("these schemes name somebody who was purged; a scheme that results rest on is not changed")
        app.problems([Problem("purge.scheme", what, found=", ".join(done.schemes), severity="warning")])
    app.say(msg("backups, exports and files handed in still hold these data: see docs/personal-data.md"))
