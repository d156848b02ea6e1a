"""``kaohe change approve``, ``reject`` and ``withdraw``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from kaohe.cli.accounts import noted_accounts
from kaohe.cli.change_group import change, change_words
from kaohe.cli.context import App
from kaohe.cli.words import _
from kaohe.errors import KaoheError
from kaohe.text import msg

if TYPE_CHECKING:
    from kaohe.run.changes.model import Proposal


def numbers(command: Callable[..., Any]) -> Callable[..., Any]:
    """The changes that are decided on together."""
    taken = click.argument("numbers", metavar="NUMBER...", type=click.IntRange(1), nargs=-1, required=True)
    return taken(command)


@change.command(help=_("Approve changes that somebody else proposed; all of them, or none."))
@numbers
@click.option("--reason", metavar="TEXT", help=_("A note that stays with the decision."))
@click.pass_obj
def approve(app: App, numbers: tuple[int, ...], reason: str | None) -> None:
    from kaohe.run.changes.deciding import approve, proposals_of

    app.require("approve")
    asked = proposals_of(app.store, numbers)
    said = noted_accounts(app, f"{asked[0].scheme_id} {asked[0].period}", [each.proposed_by for each in asked])
    own_work = app.workspace.roles.own_work
    done = approve(app.store, numbers, app.now(), reason=reason, own_work=own_work, said=said)
    _say(app, done)
    first = done[0]
    words = {"scheme": first.scheme_id, "period": first.period}
    if first.appeal is None:
        app.say(
            msg("approved; they count from the next calculation on: kaohe period calculate {scheme} {period}", **words)
        )
    else:
        app.say(msg("approved; after a payment they count with: kaohe period restate {scheme} {period}", **words))


@change.command(help=_("Reject proposed changes, with a reason."))
@numbers
@click.option("--reason", metavar="TEXT", required=True, help=_("Why."))
@click.pass_obj
def reject(app: App, numbers: tuple[int, ...], reason: str) -> None:
    from kaohe.run.changes.deciding import reject

    app.require("approve")
    _say(app, reject(app.store, numbers, app.now(), reason=reason))
    app.say(msg("rejected"))


@change.command(help=_("Take back what you proposed; or, with a reason, what is approved and not yet final."))
@numbers
@click.option("--reason", metavar="TEXT", help=_("Why."))
@click.pass_obj
def withdraw(app: App, numbers: tuple[int, ...], reason: str | None) -> None:
    from kaohe.run.changes.deciding import withdraw

    done = withdraw(app.store, numbers, app.now(), reason=reason, may_approve=_may_approve(app))
    _say(app, done)
    app.say(msg("withdrawn"))


def _may_approve(app: App) -> bool:
    try:
        app.require("approve")
    except KaoheError:
        return False
    return True


def _say(app: App, done: Sequence[Proposal]) -> None:
    for each in done:
        app.say(change_words(each))
