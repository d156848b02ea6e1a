"""``kaohe audit``: whether anything was changed past kaohe, and who did what when."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from kaohe.cli.context import App
from kaohe.cli.words import _
from kaohe.errors import Exit, Place, Problem, fail
from kaohe.text import msg

if TYPE_CHECKING:
    from kaohe.records.auditing.verify import Verdict

_DAY = click.DateTime(["%Y-%m-%d"])


@click.group(help=_("The audit log: verify it, show who did what when."))
def audit() -> None:
    pass


@audit.command(help=_("Whether anything was changed outside kaohe: events, rows, attachments, texts, records."))
@click.option("--head", metavar="DIGEST", help=_("A head that was written down elsewhere; it must be in the log."))
@click.option(
    "--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True, help=_("The form.")
)
@click.pass_obj
def verify(app: App, head: str | None, form: str) -> Exit:
    from kaohe.records.auditing.chain import sound_head
    from kaohe.records.auditing.verify import verify as verified

    app.require("audit")
    known = None if head is None else sound_head(head)
    if head is not None and known is None:
        what, expected = msg("this is not the head of an audit log"), msg("at least 12 hexadecimal digits of it")
        raise fail(Problem("audit.head-option", what, Place(key="--head"), head, expected), Exit.USAGE)
    store = app.bare_store
    with _progress() as progress:
        found = verified(store, known=known, progress=progress)
    if form == "json":
        app.json(_verdict_data(found, app))
    else:
        app.problems(found.problems)
        for code, count in found.more.items():
            app.say(msg("… and {count} more of [{code}]", count=f"{count:,}", code=code))
        sys.stdout.write(_verdict_text(found))
    return Exit.OK if found.sound else Exit.MISTAKE


@audit.command(help=_("Show events, the newest first; or one EVENT whole, with each field before and after."))
@click.argument("event", type=click.IntRange(min=1), required=False, metavar="[EVENT]")
@click.option("--since", type=_DAY, metavar="DAY", help=_("From this day on."))
@click.option("--until", type=_DAY, metavar="DAY", help=_("Up to and including this day."))
@click.option("--actor", metavar="NAME", help=_("Only what this person did: name or login."))
@click.option("--action", metavar="ACTION", help=_("Only these: import, export, period, period.approve …"))
@click.option("--subject", metavar="TEXT", help=_("Only those whose subject contains this text."))
@click.option("--person", metavar="CODE", help=_("Only those that changed evidence about this person."))
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help=_("At most so many."))
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "csv"]),
    default="table",
    show_default=True,
    help=_("The form."),
)
@click.pass_obj
def show(
    app: App,
    event: int | None,
    since: datetime | None,
    until: datetime | None,
    actor: str | None,
    action: str | None,
    subject: str | None,
    person: str | None,
    limit: int,
    form: str,
) -> Exit:
    from kaohe.cli.audit_output import event_text, events_csv, events_json, events_table
    from kaohe.cli.exported import hand_out
    from kaohe.records.auditing.events import Wanted, find_event, list_events

    app.require("audit")
    zone = app.workspace.timezone
    if event is not None and form == "table":
        sys.stdout.write(event_text(app, find_event(app.bare_store, event)))
        return Exit.OK
    wanted = Wanted(
        since=None if since is None else since.replace(tzinfo=zone),
        until=None if until is None else (until + timedelta(days=1)).replace(tzinfo=zone),
        actor=actor,
        action=action,
        subject=subject,
        person=person,
    )
    found = list_events(app.bare_store, wanted, limit) if event is None else [find_event(app.bare_store, event)]
    if form == "table":
        events_table(app, found)
    else:
        content = events_json(found, app) if form == "json" else events_csv(found, app)
        hand_out(app, content, None, "audit", "audit_log", form=form, events=len(found))
    if not found:
        app.say(msg("no such event"))
        return Exit.NOTHING
    return Exit.OK


def _verdict_text(found: Verdict) -> str:
    lines = [
        _("events: {count}").format(count=f"{found.events:,}"),
        _("head: {head}").format(head=f"{found.number} {found.head}"),
    ]
    if found.redacted:
        lines.append(_("events from which personal data were purged: {count}").format(count=found.redacted))
    if found.sound:
        lines.append(_("nothing was changed outside kaohe"))
        lines.append(_("write the head down elsewhere: kaohe audit verify --head {head}").format(head=found.head))
    else:
        lines.append(_("something was changed outside kaohe: see above"))
    return "\n".join(lines) + "\n"


def _verdict_data(found: Verdict, app: App) -> dict[str, Any]:
    from kaohe.text import render

    def shown(problem: Problem) -> dict[str, Any]:
        parts = {"what": problem.what, "found": problem.found, "expected": problem.expected, "fix": problem.fix}
        return {
            "code": problem.code,
            "where": str(problem.where),
            **{name: render(value, app.language) for name, value in parts.items() if value is not None},
        }

    return {
        "sound": found.sound,
        "events": found.events,
        "head": {"number": found.number, "digest": found.head},
        "redacted": found.redacted,
        "problems": [shown(problem) for problem in found.problems],
        "more": found.more,
    }


@contextmanager
def _progress() -> Iterator[Callable[[int], None] | None]:
    """How many events were read, on a terminal only."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        words = _("{count} events read")
        yield lambda count: bar.update(task, description=words.format(count=f"{count:,}"))
