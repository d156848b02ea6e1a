"""``kaohe appeal``: open, answer, uphold, reject, withdraw; ``list`` and ``show`` are beside it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kaohe.cli import appeal_views  # noqa: F401 - its commands join the group
from kaohe.cli.accounts import noted_accounts
from kaohe.cli.appeal_group import appeal, goes_by, leads_to
from kaohe.cli.context import App
from kaohe.cli.whose import acts_for, stored_run, terms_of, text_or_file
from kaohe.cli.words import _
from kaohe.errors import Exit, Place, Problem, fail
from kaohe.system import said_by_system
from kaohe.text import msg

if TYPE_CHECKING:
    from kaohe.records.attachments import Attachment

__all__ = ["appeal"]
FILE = click.Path(path_type=Path, dir_okay=False)


@appeal.command("open", help=_("Appeal against a figure of one's own results."))
@click.argument("run", metavar="RUN")
@click.argument("person", metavar="PERSON")
@click.option("--figure", required=True, metavar="FIGURE", help=_("total, rank, tier, bonus, or an indicator's key."))
@click.option("--text", metavar="TEXT", help=_("What is wrong, and why."))
@click.option("--file", "written", type=FILE, metavar="FILE", help=_("The file in which that is written."))
@click.option(
    "--evidence", "attached", multiple=True, type=FILE, metavar="FILE", help=_("A file that shows it; repeatable.")
)
@click.option("--on-behalf", metavar="REASON", help=_("Why somebody else does this for the person."))
@click.pass_obj
def open_(
    app: App,
    run: str,
    person: str,
    figure: str,
    text: str | None,
    written: Path | None,
    attached: tuple[Path, ...],
    on_behalf: str | None,
) -> None:
    from kaohe.period import usual
    from kaohe.run.appeals import Opening, figure_names, open_appeal
    from kaohe.run.appeals.refusals import no_appeals, unknown_figure
    from kaohe.run.explanation import find_person

    if (text is None) == (written is None):
        raise click.UsageError(_("say what is wrong: --text TEXT or --file FILE"))
    stored = stored_run(app, run)
    rules, row = stored.run.scheme, find_person(stored.run, person)
    terms, code = terms_of(app, rules.appeals), stored.run.appraisal.people.code[row]
    if terms is None:
        raise fail(no_appeals(rules.id))
    known = figure_names(stored.run, row)
    if figure not in known:
        raise fail(unknown_figure(stored.number, code, figure, known))
    opening = Opening(
        scheme_id=rules.id,
        period=usual(stored.run.period).name,
        run=stored.number,
        person=code,
        figure=figure,
        text=_said(text, written),
        files=tuple(map(_attachment, attached)),
        on_behalf=acts_for(app, stored.run, row, on_behalf),
    )
    opened = open_appeal(app.store, opening, terms, app.now())
    words = {"number": opened.number, "answer": opened.answer_due, "decision": opened.decision_due}
    app.say(msg("appeal {number}: an answer is due by {answer}, a decision by {decision}", **words))


@appeal.command(help=_("Answer an appeal: what was looked at, and what was found."))
@click.argument("number", metavar="NUMBER", type=int)
@click.option("--text", required=True, metavar="TEXT|FILE", help=_("The answer: a text, or the file that holds it."))
@click.pass_obj
def answer(app: App, number: int, text: str) -> None:
    from kaohe.run.appeals import answer_appeal, find_appeal

    app.require("prepare")
    asked = find_appeal(app.store, number)
    answered = answer_appeal(app.store, number, text_or_file(text, "--text"), goes_by(app, asked), app.now())
    words = {"number": number, "decision": answered.decision_due}
    app.say(msg("appeal {number} is answered; a decision is due by {decision}", **words))


@appeal.command(help=_("Decide for the person: corrected records or manual changes lead to a new run."))
@click.argument("number", metavar="NUMBER", type=int)
@click.option("--reason", required=True, metavar="TEXT|FILE", help=_("Why; the person reads it."))
@click.option("--change", "changes", multiple=True, type=int, metavar="NUMBER", help=_("A manual change; repeatable."))
@click.option(
    "--batch", "batches", multiple=True, type=int, metavar="NUMBER", help=_("A corrected import; repeatable.")
)
@click.pass_obj
def uphold(app: App, number: int, reason: str, changes: tuple[int, ...], batches: tuple[int, ...]) -> None:
    from kaohe.run.appeals import Outcome, find_appeal, uphold_appeal
    from kaohe.run.life import state_of

    app.require("approve")
    names = goes_by(app, find_appeal(app.store, number))
    outcome = Outcome(tuple(dict.fromkeys(changes)), tuple(dict.fromkeys(batches)))
    said, alone = text_or_file(reason, "--reason"), app.workspace.roles.own_work
    accounts = _accounts(app, number)
    decided = uphold_appeal(app.store, number, said, outcome, names, app.now(), may_own_work=alone, said=accounts)
    app.say(msg("appeal {number} is upheld", number=number))
    app.say(leads_to(state_of(app.store, decided.scheme_id, decided.period), decided))


@appeal.command(help=_("Decide against the person: the results stay as they are."))
@click.argument("number", metavar="NUMBER", type=int)
@click.option("--reason", required=True, metavar="TEXT|FILE", help=_("Why; the person reads it."))
@click.pass_obj
def reject(app: App, number: int, reason: str) -> None:
    from kaohe.run.appeals import find_appeal, reject_appeal

    app.require("approve")
    names = goes_by(app, find_appeal(app.store, number))
    said, alone = text_or_file(reason, "--reason"), app.workspace.roles.own_work
    accounts = _accounts(app, number)
    reject_appeal(app.store, number, said, names, app.now(), may_own_work=alone, said=accounts)
    app.say(msg("appeal {number} is rejected", number=number))


@appeal.command(help=_("Take an appeal back before it is decided."))
@click.argument("number", metavar="NUMBER", type=int)
@click.option("--reason", default="", metavar="TEXT", help=_("Why."))
@click.option("--on-behalf", metavar="REASON", help=_("Why somebody else does this for the person."))
@click.pass_obj
def withdraw(app: App, number: int, reason: str, on_behalf: str | None) -> None:
    from kaohe.run.appeals import find_appeal, withdraw_appeal
    from kaohe.run.stored.repository import read_run

    found = find_appeal(app.store, number)
    run = read_run(app.store, found.run).run
    why = acts_for(app, run, run.appraisal.people.code.index(found.person), on_behalf)
    withdraw_appeal(app.store, number, reason.strip(), app.now(), on_behalf=why)
    app.say(msg("appeal {number} is withdrawn", number=number))


def _accounts(app: App, number: int) -> dict[str, Any]:
    """Under which names of those whose work or appeal it is the account at work acted too."""
    from kaohe.run.appeals.store import behind, find_appeal

    found = find_appeal(app.store, number)
    return noted_accounts(app, f"{found.scheme_id} {found.period}", behind(app.store, found))


def _said(text: str | None, written: Path | None) -> str:
    if written is None:
        return text_or_file(text or "", "--text")
    if not written.is_file():
        raise fail(Problem("file.missing", msg("there is no such file"), Place(file=str(written))))
    return text_or_file(str(written), "--file")


def _attachment(path: Path) -> Attachment:
    from kaohe.records.attachments import Attachment

    try:
        return Attachment(path.name, path.read_bytes())
    except OSError as error:
        what = msg("this file cannot be read")
        raise fail(
            Problem("file.unreadable", what, Place(file=str(path)), said_by_system(error)), Exit.MISTAKE
        ) from None
