"""``kaohe period restate``: a paid period computed anew from later facts, approved by others; what is posted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import click

from kaohe.cli.accounts import noted_accounts
from kaohe.cli.context import App
from kaohe.cli.period_group import period, rule_of, step_time
from kaohe.cli.period_scheme import life_named, period_name, scheme_id
from kaohe.cli.sheets import show_sheet
from kaohe.cli.words import _
from kaohe.errors import Exit, KaoheError, Place, Problem, fail
from kaohe.text import Message, msg

if TYPE_CHECKING:
    from kaohe.run.inputs import Inputs
    from kaohe.run.life import Life
    from kaohe.run.model import Run
    from kaohe.run.restating.model import Restatement

Of = Literal["original", "current"]
_OF = click.Choice(["original", "current"])
_STATES = {"prepared": msg("prepared"), "approved": msg("approved"), "rejected": msg("rejected")}


@period.command(help=_("Compute a paid period anew from corrected records; with approval the differences are posted."))
@click.argument("scheme", metavar="SCHEME", required=False)
@click.argument("name", metavar="PERIOD", required=False)
@click.option("--reason", metavar="TEXT", help=_("Why; it stays with the restatement."))
@click.option("--organisation", type=_OF, default="original", help=_("People, teams and assignments of then or now."))
@click.option("--targets", type=_OF, default="original", help=_("Targets of then or now."))
@click.option("--dry-run", is_flag=True, help=_("Show what would come of it, but keep nothing."))
@click.option("--approve", "approved", type=int, metavar="NUMBER", help=_("Approve what somebody else prepared."))
@click.option("--reject", "rejected", type=int, metavar="NUMBER", help=_("Reject it; --reason says why."))
@click.option("--show", "shown", type=int, metavar="NUMBER", help=_("Show once more who gains and who loses."))
@click.option("--list", "listed", is_flag=True, help=_("List the restatements."))
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", help=_("The form."))
@click.pass_obj
def restate(
    app: App,
    scheme: str | None,
    name: str | None,
    reason: str | None,
    organisation: Of,
    targets: Of,
    dry_run: bool,
    approved: int | None,
    rejected: int | None,
    shown: int | None,
    listed: bool,
    form: str,
) -> None:
    if sum(each not in (None, False) for each in (approved, rejected, shown, listed, dry_run)) > 1:
        raise click.UsageError(_("one at a time: --dry-run, --approve, --reject, --show, --list"))
    if listed:
        _list(app, scheme, name, form)
    elif approved is not None:
        _approve(app, approved, reason)
    elif rejected is not None:
        _reject(app, rejected, reason)
    elif shown is not None:
        _show(app, shown, form)
    elif scheme is None or name is None:
        raise click.UsageError(_("say which: kaohe period restate SCHEME PERIOD --reason TEXT"))
    elif not dry_run and not (reason or "").strip():
        raise click.UsageError(_("--reason says why the period is restated"))
    else:
        _prepare(app, scheme, name, (reason or "").strip(), organisation, targets, form, dry_run=dry_run)


def _prepare(
    app: App, scheme: str, name: str, reason: str, organisation: Of, targets: Of, form: str, *, dry_run: bool
) -> None:
    from kaohe.cli.evaluation import evaluated
    from kaohe.run.changes import approved_changes
    from kaohe.run.restating.inputs import restated_inputs
    from kaohe.run.restating.model import nothing_new
    from kaohe.run.restating.store import posted_now, prepare, standing_run

    app.require("prepare")
    life = life_named(app, scheme, name)
    standing = standing_run(app.store, life.scheme_id, life.period)
    at = step_time(app, life)
    inputs = restated_inputs(
        app.store,
        app.snapshots,
        standing.inputs,
        app.registry.record_types,
        manual=approved_changes(app.store, life.scheme_id, life.period),
        organisation=organisation,
        targets=targets,
    )
    if inputs.digest == standing.inputs.digest:
        raise fail(nothing_new(life, standing.number))
    run = evaluated(app, inputs)
    _warn_of_appeals(app, life, inputs)
    if dry_run:
        target = posted_now(app.store, life.scheme_id, life.period)
        _say(app, (standing.run, standing.inputs), (run, inputs), target, form, {})
        app.say(msg("nothing was kept: this was a rehearsal (--dry-run)"))
        return
    prepared = prepare(app.store, standing, run, inputs, reason, at)
    _say(app, (standing.run, standing.inputs), (run, inputs), prepared.posted_to, form, _data(prepared))
    words = {"number": prepared.number, "run": prepared.to_run, "former": prepared.from_run}
    app.say(msg("restatement {number}: run {run} in the place of run {former}, once it is approved", **words))
    app.say(msg("next, somebody else: kaohe period restate --approve {number}", number=prepared.number))


def _warn_of_appeals(app: App, life: Life, inputs: Inputs) -> None:
    """Where an appeal was upheld, and what it led to is not part of this."""
    from kaohe.run.life.blocking import before_approving, unfollowed

    with app.store.reading() as connection:
        upheld = unfollowed(connection, life.scheme_id, life.period, inputs)
    app.problems(replace(each, severity="warning", fix=None) for each in before_approving(life, (), upheld))


def _show(app: App, number: int, form: str) -> None:
    from kaohe.run.restating.store import restatement_of
    from kaohe.run.stored.repository import read_run

    found = restatement_of(app.store, number)
    one, other = read_run(app.store, found.from_run), read_run(app.store, found.to_run)
    _say(app, (one.run, one.inputs), (other.run, other.inputs), found.posted_to, form, _data(found))


def _say(
    app: App, before: tuple[Run, Inputs], after: tuple[Run, Inputs], posted_to: str, form: str, data: dict[str, Any]
) -> None:
    """What is different in the facts on the one hand, in the people's money on the other."""
    from kaohe.report.restatement import effects_sheet, facts_lines, facts_sheet, restatement_data, totals_lines
    from kaohe.run.restating.differences import pool_effects
    from kaohe.run.restating.effects import effects
    from kaohe.run.restating.facts import facts_between

    facts = facts_between(app.store, app.workspace.snapshots, before[1], after[1])
    moved = effects(before[0], after[0], (before[1].manual, after[1].manual))
    pools = pool_effects(before[0], after[0])
    if form == "json":
        told = restatement_data(facts, moved, pools, after[0], app.language)
        app.json({**data, "posted_to": posted_to, **told})
        return
    for sentence in facts_lines(facts):
        app.say(sentence)
    for sheet in (facts_sheet(facts, after[0], app.language), effects_sheet(moved, after[0], app.language)):
        if sheet.rows:
            show_sheet(app, sheet)
    for sentence in totals_lines(moved, pools, posted_to):
        app.say(sentence)


def _approve(app: App, number: int, reason: str | None) -> None:
    from kaohe.run.restating.store import approve, behind, restatement_of

    app.require("approve")
    found = restatement_of(app.store, number)
    _verify(app, found)
    said = noted_accounts(app, f"{found.scheme_id} {found.period}", behind(app.store, number))
    done = approve(app.store, number, rule_of(app), app.now(), reason, said)
    if done.state == "prepared":
        missing = rule_of(app).approvals - len(done.decided_by)
        words = {"number": number, "count": missing, "names": ", ".join((done.prepared_by, *done.decided_by))}
        app.say(
            msg("approvals wanted: {count}, by others than {names}: kaohe period restate --approve {number}", **words)
        )
        return
    words = {"run": done.to_run, "scheme": done.scheme_id, "period": done.period}
    app.say(msg("run {run} stands for {scheme} {period} now; what was paid stays as it was paid", **words))
    app.say(msg("the differences are posted to {period}, and settled when it is paid", period=done.posted_to))


def _verify(app: App, found: Restatement) -> None:
    """Nobody approves a run that cannot be computed again from what was kept, to the last figure, nor a difference to
    one that is not what was stored any more."""
    from kaohe import __version__
    from kaohe.run.stored.verifying import verify_run

    for number in (found.to_run, found.from_run):
        verdict = verify_run(app.store, number, app.workspace.snapshots, __version__)
        if verdict.identical or (verdict.unharmed and number == found.from_run):
            continue
        problem = Problem(
            "restate.not-verified",
            msg("run {number} does not verify: what rests on it cannot be approved", number=number),
            Place(key=f"{found.scheme_id} {found.period}"),
            fix=msg("see what differs: kaohe run verify {number}", number=number),
        )
        raise KaoheError((problem, *verdict.findings), Exit.ENVIRONMENT)


def _reject(app: App, number: int, reason: str | None) -> None:
    from kaohe.run.life.model import same_name
    from kaohe.run.restating.store import reject, restatement_of

    own = same_name(restatement_of(app.store, number).prepared_by, app.actor.name)
    app.require("prepare" if own else "approve")  # whoever prepared it may take it back
    if not (reason or "").strip():
        raise click.UsageError(_("--reason says why it is rejected"))
    done = reject(app.store, number, (reason or "").strip(), app.now())
    app.say(msg("restatement {number} is rejected: run {run} goes on standing", number=number, run=done.from_run))


def _list(app: App, scheme: str | None, name: str | None, form: str) -> None:
    from kaohe.run.restating.store import restatements

    asked = (None if scheme is None else scheme_id(app, scheme), None if name is None else period_name(name))
    found = restatements(app.store, *asked)
    if form == "json":
        app.json([_data(each) for each in found])
        return
    headers = [_("No."), _("Scheme"), _("Period"), _("Run"), _("Instead of"), _("Posted to"), _("State"), _("By"),
               _("At"), _("Reason")]  # fmt: skip
    rows = [
        (
            each.number,
            each.scheme_id,
            each.period,
            each.to_run,
            each.from_run,
            each.posted_to,
            _STATES[each.state].in_(app.language),
            ", ".join(each.decided_by) or each.prepared_by,
            app.moment(each.decided_at or each.prepared_at),
            each.decision or each.reason,
        )
        for each in found
    ]
    if rows:
        app.table(headers, rows, right=(0, 3, 4))
    else:
        app.say(_nothing())


def _nothing() -> Message:
    return msg("no period was restated yet: kaohe period restate SCHEME PERIOD --reason TEXT")


def _data(found: Restatement) -> dict[str, Any]:
    """A restatement as JSON data."""
    return {
        "number": found.number,
        "scheme": found.scheme_id,
        "period": found.period,
        "from_run": found.from_run,
        "to_run": found.to_run,
        "posted_to": found.posted_to,
        "reason": found.reason,
        "prepared_by": found.prepared_by,
        "prepared_at": found.prepared_at.isoformat(),
        "state": found.state,
        "decided_by": list(found.decided_by),
        "decided_at": None if found.decided_at is None else found.decided_at.isoformat(),
        "decision": found.decision,
    }
