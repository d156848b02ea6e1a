"""``kaohe statement``: acknowledge, interview, list; ``make`` is beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import click

from kaohe.cli import statement_make  # noqa: F401 - its command joins the group
from kaohe.cli.context import App
from kaohe.cli.exported import hand_out
from kaohe.cli.output import json_text
from kaohe.cli.statement_group import circumstances_of, statement, statements_of, superseded
from kaohe.cli.whose import acts_for, person_named, stored_run, text_or_file
from kaohe.cli.words import _
from kaohe.errors import Place, Problem, fail
from kaohe.text import msg

__all__ = ["statement"]


@statement.command(help=_("Note that the person has seen the statement as it is now."))
@click.argument("run", metavar="RUN")
@click.argument("person", metavar="PERSON")
@click.option("--comment", metavar="TEXT", help=_("What the person says to it."))
@click.option("--on-behalf", metavar="REASON", help=_("Why somebody else does this for the person."))
@click.pass_obj
def acknowledge(app: App, run: str, person: str, comment: str | None, on_behalf: str | None) -> None:
    from kaohe.period import usual
    from kaohe.run.explanation import find_person
    from kaohe.run.feedback import acknowledge as keep

    stored = stored_run(app, run)
    row = find_person(stored.run, person)
    reason = acts_for(app, stored.run, row, on_behalf)
    if (other := superseded(app, stored)) is not None:
        raise fail(replace(other, severity="error"))
    made = statements_of(app, stored, hindsight=False)(row)
    seen = made.around.acknowledged
    if seen is not None and seen.current:
        what = msg("this statement is acknowledged already, by {name}", name=seen.by)
        raise fail(Problem("statement.acknowledged", what, Place(key=f"{stored.number} {made.code}")))
    keep(
        app.store,
        made.scheme_id,
        usual(stored.run.period).name,
        made.code,
        run=stored.number,
        statement=made.digest,
        at=app.now(),
        comment=(comment or "").strip() or None,
        on_behalf=reason,
    )
    words = {"name": made.name, "period": made.period, "digest": made.digest[:16]}
    app.say(msg("{name} has acknowledged the statement of {period}: {digest}", **words))


@statement.command(help=_("Keep the notes of an interview about a period, and the goals agreed."))
@click.argument("scheme", metavar="SCHEME")
@click.argument("period", metavar="PERIOD")
@click.argument("person", metavar="PERSON")
@click.option(
    "--notes", required=True, metavar="TEXT|FILE", help=_("What was said: a text, or the file that holds it.")
)
@click.option("--goals", required=True, metavar="TEXT|FILE", help=_("What was agreed: a text, or a file."))
@click.pass_obj
def interview(app: App, scheme: str, period: str, person: str, notes: str, goals: str) -> None:
    from kaohe.cli.period_scheme import period_name, scheme_id
    from kaohe.run.feedback import keep_talk

    app.require("prepare")
    whose, named = scheme_id(app, scheme), period_name(period)
    code = person_named(app, person)
    keep_talk(app.store, whose, named, code, text_or_file(notes, "--notes"), text_or_file(goals, "--goals"), app.now())
    app.say(msg("kept the interview with {person} about {period}", person=code, period=named))


@statement.command("list", help=_("Who has acknowledged the statement of a run, and who has not."))
@click.argument("run", metavar="RUN")
@click.option("--open", "missing", is_flag=True, help=_("Only those who have not."))
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", help=_("The form."))
@click.pass_obj
def list_(app: App, run: str, missing: bool, form: str) -> None:
    from kaohe.period import usual

    stored = stored_run(app, run)
    made, around = statements_of(app, stored, hindsight=False), circumstances_of(app, stored)
    rows: list[dict[str, Any]] = []
    for row, (code, name) in enumerate(zip(stored.run.appraisal.people.code, stored.run.names, strict=True)):
        # Only what was acknowledged is set beside the statement as it is now.
        beside = made(row).around if code in around.seen else around.of(code)
        seen = beside.acknowledged
        state = "open" if seen is None else "acknowledged" if seen.current else "changed_since"
        if missing and state == "acknowledged":
            continue
        rows.append(
            {
                "code": code,
                "name": name,
                "state": state,
                "by": None if seen is None else seen.by,
                "at": None if seen is None else seen.at,
                "comment": None if seen is None else seen.comment,
                "interview": beside.interview is not None,
                "items": len(beside.items),
            }
        )
    if form == "json":
        data = [{**each, "at": each["at"] and each["at"].isoformat()} for each in rows]
        subject = f"{stored.run.scheme.id} {usual(stored.run.period).name}"
        hand_out(app, json_text(data), None, "statements", subject, form=form, run=stored.number, count=len(data))
        return
    words = {"open": _("not acknowledged"), "acknowledged": _("acknowledged"), "changed_since": _("changed since")}
    heads = (_("Code"), _("Name"), _("State"), _("By"), _("At"), _("Comment"), _("Interview"), _("Items"))
    app.table(
        heads,
        ([*_cells(app, each, words), _("yes") if each["interview"] else "", each["items"] or ""] for each in rows),
        right=(7,),
    )


def _cells(app: App, each: dict[str, Any], words: dict[str, str]) -> list[Any]:
    return [
        each["code"],
        each["name"],
        words[each["state"]],
        each["by"],
        each["at"] and app.moment(each["at"]),
        each["comment"],
    ]
