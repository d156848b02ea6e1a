"""``kaohe period approve``, ``close`` and ``reopen``: what other people decide about a calculated period."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from kaohe.cli.accounts import noted_accounts
from kaohe.cli.context import App
from kaohe.cli.period_appeals import warn_of_appeals
from kaohe.cli.period_group import period, proposers_of, rule_of, step_taken, step_time, whose
from kaohe.cli.period_scheme import life_named
from kaohe.cli.period_steps import refuse_out_of_order
from kaohe.cli.words import _
from kaohe.errors import Exit, KaoheError, Place, Problem, refuse_if_any
from kaohe.text import msg

if TYPE_CHECKING:
    from kaohe.run import Run
    from kaohe.run.life import Life

_DESPITE = _("Do not wait for appeals that are not decided on, for this reason.")


@period.command(help=_("Approve the run of a period in review; different people do, none of whom prepared it."))
@whose
@click.option("--despite-appeals", "despite", metavar="REASON", help=_DESPITE)
@click.option("--reason", metavar="TEXT", help=_("A note that stays with the step."))
@click.pass_obj
def approve(app: App, scheme: str, name: str, despite: str | None, reason: str | None) -> None:
    from kaohe.records.audit import take_turn
    from kaohe.run.life import take_step
    from kaohe.run.life.blocking import (
        appeals_without_outcome,
        before_approving,
        before_submitting,
        pays,
        undecided_appeals,
    )
    from kaohe.run.life.refusals import not_to_approve

    app.require("approve")
    before = life_named(app, scheme, name)
    refuse_out_of_order(before, "approve")
    whose_life, rule = (before.scheme_id, before.period), rule_of(app)
    proposers = proposers_of(app, before)
    own = not_to_approve(before, app.actor.name, rule, proposers)
    refuse_if_any([own] if own else [])
    said = noted_accounts(app, " ".join(whose_life), [*those_before(before), *proposers])
    at = step_time(app, before)
    verified(app, before)
    warn_of_appeals(app, before)
    with app.store.writing() as connection:
        take_turn(connection)
        appeals, upheld = undecided_appeals(connection, before), appeals_without_outcome(connection, before)
        waiting = () if given(despite) else before_approving(before, appeals, upheld)
        refuse_if_any([*before_submitting(connection, before), *waiting])
        paying = pays(connection, before)
        life = take_step(
            connection,
            *whose_life,
            "approve",
            at,
            seen=before.number,
            reason=joined(reason, despite if appeals or upheld else None),
            rule=rule,
            proposers=proposers,
            run=before.run,
            despite_appeals=[each.number for each in (*appeals, *upheld)],
            **said,
        )
    step_taken(app, life, pays=paying)


@period.command(help=_("Close a period that is paid, or an approved one that pays nothing."))
@whose
@click.option("--despite-appeals", "despite", metavar="REASON", help=_DESPITE)
@click.option("--reason", metavar="TEXT", help=_("A note that stays with the step."))
@click.pass_obj
def close(app: App, scheme: str, name: str, despite: str | None, reason: str | None) -> None:
    from kaohe.records.audit import take_turn
    from kaohe.run.life import take_step
    from kaohe.run.life.blocking import before_approving, pays, undecided_appeals

    app.require("pay")
    before = life_named(app, scheme, name)
    with app.store.reading() as connection:
        paying = pays(connection, before)
    refuse_out_of_order(before, "close", pays=paying)
    at = step_time(app, before)
    whose_life = (before.scheme_id, before.period)
    with app.store.writing() as connection:
        take_turn(connection)
        appeals = undecided_appeals(connection, before)
        refuse_if_any(() if given(despite) else before_approving(before, appeals))
        life = take_step(
            connection,
            *whose_life,
            "close",
            at,
            seen=before.number,
            reason=joined(reason, despite if appeals else None),
            pays=paying,
            despite_appeals=[each.number for each in appeals],
        )
    step_taken(app, life, pays=paying)


@period.command(help=_("Lead a period back to open, before it is paid; approvals lapse, and the former run stays."))
@whose
@click.option("--reason", metavar="TEXT", required=True, help=_("Why; it stays with the step."))
@click.pass_obj
def reopen(app: App, scheme: str, name: str, reason: str) -> None:
    from kaohe.run.life import take_step

    if not given(reason):
        raise click.UsageError(_("--reason says why the period is reopened"))
    before = life_named(app, scheme, name)
    refuse_out_of_order(before, "reopen")
    # What others look at, or approved, is not taken from them by those who prepared it.
    app.require("approve" if before.state in ("in_review", "approved") else "prepare")
    at = step_time(app, before)
    with app.store.writing() as connection:
        detail: dict[str, Any] = {"former_run": before.run, "former_inputs": before.inputs}
        life = take_step(
            connection,
            before.scheme_id,
            before.period,
            "reopen",
            at,
            seen=before.number,
            reason=reason.strip(),
            **detail,
        )
    if before.run is not None:
        app.say(msg("run {number} stays as it is, and stands for the period no longer", number=before.run))
    step_taken(app, life)


def verified(app: App, life: Life) -> Run:
    """The period's run. Raises KaoheError where it is not what was stored, or does not come out of its inputs again to
    the last figure: nobody approves such a run or pays by it."""
    from kaohe import __version__
    from kaohe.run.stored.repository import read_run
    from kaohe.run.stored.verifying import verify_run

    if life.run is None:
        raise RuntimeError("a period in review has a run")
    verdict = verify_run(app.store, life.run, app.workspace.snapshots, __version__)
    if not verdict.identical:
        problem = Problem(
            "period.not-verified",
            msg("run {number} does not verify, and nobody may approve it or pay by it", number=life.run),
            Place(key=f"{life.scheme_id} {life.period}"),
            fix=msg("calculate again, or see what differs: kaohe run verify {number}", number=life.run),
        )
        raise KaoheError((problem, *verdict.findings), Exit.ENVIRONMENT)
    return read_run(app.store, life.run).run


def those_before(life: Life) -> list[str]:
    """Who prepared what stands now, and who approved it."""
    return [*life.preparers, *(each.actor for each in life.approvals)]


def given(text: str | None) -> bool:
    """Whether somebody wrote something."""
    return text is not None and bool(text.strip())


def _named(life: Life) -> dict[str, Any]:
    return {"scheme_id": life.scheme_id, "period": life.period}


def joined(*reasons: str | None) -> str | None:
    """The reasons that were given, as one; None where there is none."""
    said = [each.strip() for each in reasons if each is not None and each.strip()]
    return " · ".join(said) or None
