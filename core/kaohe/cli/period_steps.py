"""``kaohe period open``, ``freeze``, ``calculate`` and ``submit``: from nothing to a run that others look at."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import click

from kaohe.cli.context import App
from kaohe.cli.period_appeals import say_appeals
from kaohe.cli.period_group import period, proposers_of, rule_of, step_taken, step_time, whose
from kaohe.cli.period_scheme import life_named, period_name, scheme_file
from kaohe.cli.words import _
from kaohe.errors import Place, Problem, refuse_if_any
from kaohe.text import msg

if TYPE_CHECKING:
    from kaohe.run import Run
    from kaohe.run.inputs import Inputs
    from kaohe.run.life import Life, Step


@period.command("open", help=_("Announce a period of a scheme, which is checked for it."))
@whose
@click.pass_obj
def open_(app: App, scheme: str, name: str) -> None:
    from kaohe.cli.scheme_file import load_file
    from kaohe.period import parse_period
    from kaohe.run.life import state_of, take_step
    from kaohe.run.life.store import overlapping
    from kaohe.run.remarks import check_period

    app.require("prepare")
    asked = parse_period(period_name(name))
    checked = load_file(app, str(scheme_file(app, scheme)))[1]
    rules = checked.require()
    app.problems(problem for problem in checked.problems if problem.severity == "warning")
    app.problems(check_period(rules, asked))
    before = state_of(app.store, rules.id, asked.name)
    at = step_time(app, before)
    with app.store.writing() as connection:
        noted: dict[str, Any] = {"scheme": rules.digest, "version": rules.version}
        life = take_step(connection, rules.id, asked.name, "open", at, **noted)
        others = overlapping(connection, rules.id, asked)
    if others:
        app.problems([_overlap(life, others)])
    step_taken(app, life)


@period.command(help=_("Evaluate what was frozen, with the approved manual changes; again: a new run in its place."))
@whose
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", help=_("The form."))
@click.option("--dry-run", is_flag=True, help=_("Show the result, but keep nothing."))
@click.pass_obj
def calculate(app: App, scheme: str, name: str, form: str, dry_run: bool) -> None:
    from kaohe.cli.evaluation import evaluated
    from kaohe.records.audit import take_turn
    from kaohe.run.life import take_step
    from kaohe.run.stored.repository import add_run, ready_to_store

    app.require("prepare")
    before = life_named(app, scheme, name)
    refuse_out_of_order(before, "calculate")
    at = step_time(app, before)
    inputs = inputs_now(app, before)
    run = evaluated(app, inputs)
    app.problems(run.notes)
    if dry_run:
        _show_run(app, run, None, form)
        app.say(msg("nothing was kept: this was a rehearsal (--dry-run)"))
        return
    ready = ready_to_store(app.store, run, inputs)
    with app.store.writing() as connection:
        take_turn(connection)
        number = add_run(connection, ready, replaces=before.former_run)
        whose_life = (before.scheme_id, before.period)
        life = take_step(connection, *whose_life, "calculate", at, seen=before.number, run=number, digest=run.digest)
    _show_run(app, run, number, form)
    if before.former_run not in (None, number):
        app.say(msg("run {number} takes the place of run {former}", number=number, former=before.former_run))
    if before.state == "in_review":
        app.say(msg("the period is no longer in review: submit it again"))
    step_taken(app, life)


def _show_run(app: App, run: Run, number: int | None, form: str) -> None:
    """The run on stdout: in short as a table, whole as data, which is an export. ``number`` None: it is not stored."""
    if form == "json":
        from kaohe.cli.exported import hand_out
        from kaohe.report.data import write_json

        subject = f"{run.scheme.id} {run.period.name}"
        hand_out(app, partial(write_json, run, app.language), None, "ranking", subject, run=number, form="json")
        return
    from kaohe.cli.evaluate import terminal_width, write
    from kaohe.report.terminal import run_text

    write(run_text(run, number, app.language, width=terminal_width(app), first=10), None)


@period.command(help=_("Hand the calculated period over for review; the time for appeals begins."))
@whose
@click.option("--reason", metavar="TEXT", help=_("A note that stays with the step."))
@click.pass_obj
def submit(app: App, scheme: str, name: str, reason: str | None) -> None:
    from kaohe.records.audit import take_turn
    from kaohe.run.life import take_step
    from kaohe.run.life.blocking import before_submitting, pays

    app.require("prepare")
    before = life_named(app, scheme, name)
    refuse_out_of_order(before, "submit")
    at = step_time(app, before)
    with app.store.writing() as connection:
        take_turn(connection)
        refuse_if_any(before_submitting(connection, before))
        paying = pays(connection, before)
        life = take_step(
            connection,
            before.scheme_id,
            before.period,
            "submit",
            at,
            seen=before.number,
            reason=reason,
            rule=rule_of(app),
        )
    _warn_of_few_approvers(app, life)
    say_appeals(app, life)
    step_taken(app, life, pays=paying)


def inputs_now(app: App, life: Life) -> Inputs:
    """The frozen inputs with the manual changes that are approved by now."""
    from dataclasses import replace

    from kaohe.run.changes import approved_changes
    from kaohe.run.inputs import read_inputs

    if life.inputs is None:
        raise RuntimeError("a frozen period has inputs")
    approved = approved_changes(app.store, life.scheme_id, life.period)
    return replace(read_inputs(app.store, life.inputs), manual=approved)


def refuse_out_of_order(life: Life, step: Step, *, pays: bool = True) -> None:
    """Before anything is computed; the step itself asks again."""
    from kaohe.run.life.refusals import out_of_order

    refuse_if_any(filter(None, [out_of_order(life, step, pays=pays)]))


def _warn_of_few_approvers(app: App, life: Life) -> None:
    """Where so few people have the role that they can never complete the approval."""
    from kaohe.run.life.refusals import not_to_approve

    rule, named = rule_of(app), app.workspace.roles.people.get("approve")
    if named is None:
        return
    proposers = proposers_of(app, life)
    able = [name for name in named if not_to_approve(life, name, rule, proposers) is None]
    if len(able) < rule.approvals:
        problem = Problem(
            "period.few-approvers",
            msg("fewer people can approve this period than have to"),
            Place(str(app.workspace.file), key="roles.approve"),
            found=", ".join(able) or msg("nobody"),
            expected=msg("{count} different people", count=rule.approvals),
            fix=msg("name more people in [roles], or set approvals or own_work there"),
            severity="warning",
        )
        app.problems([problem])


def _overlap(life: Life, others: list[Life]) -> Problem:
    return Problem(
        "period.overlap",
        msg("other periods of this scheme share days with {period}", period=life.period),
        Place(key=life.scheme_id),
        found=", ".join(each.period for each in others),
        fix=msg("see to it that nobody is paid twice for the same days"),
        severity="warning",
    )
