"""``kaohe period list`` and ``show``: where periods stand, who led them there, and what stands in their way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from kaohe.cli.context import App
from kaohe.cli.period_appeals import say_appeals
from kaohe.cli.period_group import period, what_next, whose
from kaohe.cli.period_scheme import life_named, scheme_id
from kaohe.cli.words import _
from kaohe.errors import KaoheError
from kaohe.text import Message, msg

if TYPE_CHECKING:
    from kaohe.errors import Problem
    from kaohe.run.life import Life
    from kaohe.run.life.blocking import Undecided
    from kaohe.run.life.contents import Late

_FORM = click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", help=_("The form."))


@period.command("list", help=_("Where every period stands, and what comes next."))
@click.option("--scheme", metavar="SCHEME", help=_("Only periods of this scheme."))
@_FORM
@click.pass_obj
def list_(app: App, scheme: str | None, form: str) -> None:
    from kaohe.run.life import lives
    from kaohe.run.life.blocking import pays, undecided_appeals
    from kaohe.run.life.refusals import state_words

    found = lives(app.store, None if scheme is None else scheme_id(app, scheme))
    with app.store.reading() as connection:
        known = [
            (life, _stands(connection, life), undecided_appeals(connection, life), pays(connection, life))
            for life in found
        ]
    if form == "json":
        app.json([_data(life, stands, appeals, pays=paying) for life, stands, appeals, paying in known])
        return
    rows = [
        (
            life.scheme_id,
            life.period,
            state_words(life.state).in_(app.language),
            stands,
            app.moment(life.steps[-1].at),
            life.steps[-1].actor,
            life.next_step(pays=paying) or "",
            _deadline(appeals),
        )
        for life, stands, appeals, paying in known
    ]
    headers = [_("Scheme"), _("Period"), _("State"), _("Run"), _("Since"), _("By"), _("Next step"), _("Appeals due")]
    if rows:
        app.table(headers, rows, right=(3,))
    else:
        app.say(msg("no period was opened yet: kaohe period open SCHEME PERIOD"))


@period.command(help=_("Every step of a period, what came in after it was frozen, and what stands in its way."))
@whose
@_FORM
@click.pass_obj
def show(app: App, scheme: str, name: str, form: str) -> None:
    from kaohe.run.life.blocking import undecided_appeals
    from kaohe.run.life.refusals import state_words

    life = life_named(app, scheme, name)
    with app.store.reading() as connection:
        appeals, stands = undecided_appeals(connection, life), _stands(connection, life)
    logins, paying = _logins(app, life), _pays(app, life)
    obstacles = blocking(app, life, pays=paying)
    late = _late(app, life)
    if form == "json":
        app.json(
            {
                **_data(life, stands, appeals, pays=paying),
                "steps": [{**_step(each), "login": login} for each, login in zip(life.steps, logins, strict=True)],
                "approvals": [each.actor for each in life.approvals],
                "blocked_by": [{"code": each.code, "what": each.what.in_(app.language)} for each in obstacles],
                "came_later": [_late_data(each) for each in late],
            }
        )
        return
    words = {"scheme": life.scheme_id, "period": life.period, "state": state_words(life.state)}
    if life.steps:
        headers = [_("Step"), _("State"), _("By"), _("Login"), _("At"), _("Run"), _("Inputs"), _("Reason")]
        rows = [
            (
                each.step,
                state_words(each.state).in_(app.language),
                each.actor,
                login,
                app.moment(each.at),
                each.run,
                (each.inputs or "")[:12],
                each.reason,
            )
            for each, login in zip(life.steps, logins, strict=True)
        ]
        title = msg("{scheme} {period}: {state}", **words).in_(app.language)
        app.table(headers, rows, right=(5,), title=title)
    else:
        app.say(msg("{scheme} {period}: {state}", **words))
    restated = [] if stands == life.run else [msg("restated: run {number} stands for the period now", number=stands)]
    for sentence in [*restated, *_late_words(app, late), *_appeal_words(appeals)]:
        app.say(sentence)
    say_appeals(app, life)
    app.problems(obstacles)
    app.say(what_next(app, life, pays=paying))


def blocking(app: App, life: Life, *, pays: bool) -> list[Problem]:
    """What the next step would be refused for, whoever takes it."""
    from kaohe.run.life.blocking import before_approving, before_submitting, undecided_appeals

    step = life.next_step(pays=pays)
    with app.store.reading() as connection:
        found: list[Problem] = []
        if step in ("submit", "approve"):
            found += before_submitting(connection, life)
        if step in ("approve", "close"):
            found += before_approving(life, undecided_appeals(connection, life))
    return found


def _pays(app: App, life: Life) -> bool:
    from kaohe.run.life.blocking import pays

    with app.store.reading() as connection:
        return pays(connection, life)


def _logins(app: App, life: Life) -> list[str]:
    """The accounts under which the steps were taken, as the audit log has them."""
    from kaohe.run.life.history import logins

    with app.store.reading() as connection:
        known = logins(connection, life)
    return [known.get(each.number, "") for each in life.steps]


def _late(app: App, life: Life) -> tuple[Late, ...]:
    """What came in after the freeze."""
    from kaohe.period import parse_period
    from kaohe.records.manifest import snapshot_from
    from kaohe.run.inputs import read_inputs
    from kaohe.run.life.contents import came_later

    if life.inputs is None or life.frozen is None:
        return ()
    try:
        inputs = read_inputs(app.store, life.inputs)
    except KaoheError as error:  # the history is shown all the same
        app.problems(error.problems)
        return ()
    snapshot = snapshot_from(inputs.manifest, app.workspace.snapshots)
    return came_later(app.store, snapshot, life.frozen.at, parse_period(life.period), app.workspace.timezone)


def _late_words(app: App, late: tuple[Late, ...]) -> list[Message]:
    said = []
    for each in late:
        words = {"batch": each.batch, "name": each.name, "rows": f"{each.rows:,}", "at": app.moment(each.at)}
        if each.undone:
            said.append(msg("undone since the freeze: import {batch} of {name}, {rows} rows, on {at}", **words))
        elif each.in_period is None:
            said.append(msg("came after the freeze: import {batch} of {name}, {rows} rows, on {at}", **words))
        else:
            inside = {"inside": f"{each.in_period:,}"}
            said.append(
                msg(
                    "came after the freeze: import {batch} of {name}, {rows} rows, {inside} in the period, on {at}",
                    **words,
                    **inside,
                )
            )
    return said


def _appeal_words(appeals: tuple[Undecided, ...]) -> list[Message]:
    return [
        msg("appeal {number} of {person} is due on {day}", number=each.number, person=each.person, day=each.due)
        for each in appeals
        if each.due is not None
    ]


def _deadline(appeals: tuple[Undecided, ...]) -> str:
    days = [each.due for each in appeals if each.due is not None]
    return f"{min(days)} ({len(appeals)})" if days else ""


def _stands(connection: Any, life: Life) -> int | None:
    """The run that stands for the period: a restatement's takes the place of the one that was calculated."""
    from kaohe.run.life.store import official_in

    return official_in(connection, life.scheme_id, life.period)


def _data(life: Life, stands: int | None, appeals: tuple[Undecided, ...], *, pays: bool) -> dict[str, Any]:
    return {
        "scheme": life.scheme_id,
        "period": life.period,
        "state": life.state,
        "run": stands,
        "calculated_run": life.run,
        "inputs": life.inputs,
        "since": life.steps[-1].at.isoformat() if life.steps else None,
        "by": life.steps[-1].actor if life.steps else None,
        "next": life.next_step(pays=pays),
        "appeals": [{"number": each.number, "person": each.person, "due": each.due} for each in appeals],
    }


def _step(step: Any) -> dict[str, Any]:
    return {
        "step": step.step,
        "state": step.state,
        "by": step.actor,
        "at": step.at.isoformat(),
        "run": step.run,
        "inputs": step.inputs,
        "reason": step.reason,
    }


def _late_data(late: Late) -> dict[str, Any]:
    return {
        "import": late.batch,
        "of": late.name,
        "at": late.at.isoformat(),
        "undone": late.undone,
        "rows": late.rows,
        "in_period": late.in_period,
    }
