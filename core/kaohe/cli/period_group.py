"""The group that the commands of ``kaohe period`` join, and what they have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from kaohe.cli.context import App
from kaohe.cli.words import _
from kaohe.errors import Place, Problem
from kaohe.text import Message, msg

if TYPE_CHECKING:
    from datetime import datetime

    from kaohe.run.life import Life, Rule


@click.group(help=_("The life of a period: open, freeze, calculate, submit, approve, pay, close, restate."))
def period() -> None:
    pass


def whose(command: Callable[..., Any]) -> Callable[..., Any]:
    """The two arguments that every step has."""
    command = click.argument("name", metavar="PERIOD")(command)
    return click.argument("scheme", metavar="SCHEME")(command)


def rule_of(app: App) -> Rule:
    """How many people approve here, and whether those who prepared it may."""
    from kaohe.run.life import Rule

    roles = app.workspace.roles
    return Rule(roles.approvals, roles.own_work)


def proposers_of(app: App, life: Life) -> list[str]:
    """Who proposed the manual changes that the period's run holds."""
    from kaohe.run.changes import find_changes

    approved = find_changes(app.store, scheme_id=life.scheme_id, period=life.period, state="approved")
    return [each.proposed_by for each in approved]


def step_time(app: App, life: Life) -> datetime:
    """Now; with a warning where the clock is behind the last step."""
    now, last = app.now(), life.last
    if last is not None and now < last.at:
        what = msg("the clock is behind the last step of this period, and this step is noted with its time")
        app.problems(
            [
                Problem(
                    "period.clock",
                    what,
                    Place(key=f"{life.scheme_id} {life.period}"),
                    found=app.moment(now),
                    expected=msg("{moment} or later", moment=app.moment(last.at)),
                    fix=msg("set the computer's clock"),
                    severity="warning",
                )
            ]
        )
    return now


def step_taken(app: App, life: Life, *, pays: bool = True) -> None:
    """Say where the period stands now, and what comes next."""
    from kaohe.run.life.refusals import state_words

    words = {"scheme": life.scheme_id, "period": life.period, "state": state_words(life.state)}
    app.say(msg("{scheme} {period}: {state}", **words))
    app.say(what_next(app, life, pays=pays))


def what_next(app: App, life: Life, *, pays: bool = True) -> Message:
    """What leads on from here."""
    named = {"scheme": life.scheme_id, "period": life.period}
    match life.next_step(pays=pays):
        case "open":
            return msg("next: kaohe period open {scheme} {period}", **named)
        case "freeze":
            return msg("next, when the records are in: kaohe period freeze {scheme} {period}", **named)
        case "calculate":
            return msg("next: kaohe period calculate {scheme} {period}", **named)
        case "submit":
            return msg("next, when the run has been looked at: kaohe period submit {scheme} {period}", **named)
        case "approve":
            return _approvals_wanted(app, life)
        case "pay":
            return msg("next: kaohe period pay {scheme} {period} --output FILE", **named)
        case "close":
            return msg("next: kaohe period close {scheme} {period}", **named)
    return msg("later facts: kaohe period restate {scheme} {period}", **named)


def _approvals_wanted(app: App, life: Life) -> Message:
    rule, given = rule_of(app), life.approvals
    prepared = [] if rule.own_work else [*life.preparers, *proposers_of(app, life)]
    others = [*prepared, *(each.actor for each in given)]
    words = {
        "count": max(rule.approvals - len(given), 1),
        "names": ", ".join(dict.fromkeys(others)),
        "scheme": life.scheme_id,
        "period": life.period,
    }
    if not others:
        return msg("approvals wanted: {count}: kaohe period approve {scheme} {period} --as NAME", **words)
    return msg(
        "approvals wanted: {count}, by others than {names}: kaohe period approve {scheme} {period} --as NAME", **words
    )
