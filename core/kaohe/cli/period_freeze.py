"""``kaohe period freeze``: the snapshot, the scheme and all else that the period is calculated from, kept for good."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from kaohe.cli.context import App
from kaohe.cli.period_group import period, step_taken, step_time, whose
from kaohe.cli.period_scheme import life_named, scheme_file
from kaohe.cli.period_steps import refuse_out_of_order
from kaohe.cli.words import _
from kaohe.errors import Place, Problem, fail
from kaohe.text import msg

if TYPE_CHECKING:
    from kaohe.run.inputs import Inputs
    from kaohe.run.life import Life

_BATCHES = 8


@period.command(help=_("Take the snapshot that the period is calculated from; later imports do not touch it."))
@whose
@click.option("--dry-run", is_flag=True, help=_("Show what would go in, but keep nothing."))
@click.pass_obj
def freeze(app: App, scheme: str, name: str, dry_run: bool) -> None:
    from kaohe.cli.evaluation import gather
    from kaohe.records.audit import take_turn
    from kaohe.run.inputs import keep_inputs
    from kaohe.run.life import take_step
    from kaohe.run.remarks import check_period
    from kaohe.run.stored.noting import note_inputs

    app.require("prepare")
    before = life_named(app, scheme, name)
    refuse_out_of_order(before, "freeze")
    file = scheme_file(app, scheme)
    at = step_time(app, before)
    inputs = gather(app, str(file), before.period)
    rules = inputs.scheme
    if rules.id != before.scheme_id:
        raise fail(_another_scheme(before, rules.id, str(file)))
    app.problems(check_period(rules, inputs.period))
    _warn_of_early_freeze(app, inputs)
    _show_contents(app, inputs)
    if dry_run:
        app.say(msg("nothing was kept: this was a rehearsal (--dry-run)"))
        return
    with app.store.writing() as connection:
        take_turn(connection)
        digest, rows = keep_inputs(connection, inputs)
        note_inputs(connection, at, inputs)
        named: dict[str, Any] = {"snapshot": inputs.snapshot, "scheme": rules.digest, "version": rules.version}
        life = take_step(
            connection, rules.id, before.period, "freeze", at, seen=before.number, inputs=digest, rows=rows, **named
        )
    step_taken(app, life)


def _show_contents(app: App, inputs: Inputs) -> None:
    """What goes in: on stdout the records by type, on stderr the scheme and the digest."""
    from kaohe.run.inputs import snapshot_of
    from kaohe.run.life.contents import contents

    found = contents(app.store, snapshot_of(inputs, app.workspace.snapshots), inputs.period)
    rows = [
        (each.name, f"{each.rows:,}", "" if each.in_period is None else f"{each.in_period:,}", _numbers(each.batches))
        for each in found
    ]
    app.table([_("Facts"), _("Rows"), _("In the period"), _("Imports")], rows, right=(1, 2))
    rules = inputs.scheme
    words = {"scheme": rules.id, "version": rules.version, "digest": rules.digest[:12]}
    app.say(msg("scheme {scheme}, version {version}, digest {digest}", **words))
    app.say(msg("inputs {digest}, snapshot {snapshot}", digest=inputs.digest[:12], snapshot=inputs.snapshot[:12]))
    if inputs.balances is not None:
        app.say(msg("balances are brought forward from run {number}", number=inputs.balances.run))


def _numbers(batches: tuple[int, ...]) -> str:
    """1, 2, 3; of many the last ones."""
    shown = ", ".join(map(str, batches[-_BATCHES:]))
    return shown if len(batches) <= _BATCHES else f"… {shown}"


def _warn_of_early_freeze(app: App, inputs: Inputs) -> None:
    """The period is not over, or the run that balances come from does not stand yet."""
    from datetime import timedelta

    from kaohe.cli.round_progress import today
    from kaohe.run.life import state_of

    said, place = [], Place(key=f"{inputs.scheme.id} {inputs.period.name}")
    if today(app) < inputs.period.end:
        last = inputs.period.end - timedelta(days=1)
        what = msg("the period is not over: its last day is {day}", day=last)
        fix = msg("records of the days until then are not in this snapshot")
        said.append(Problem("period.not-over", what, place, fix=fix, severity="warning"))
    former = state_of(app.store, inputs.scheme.id, inputs.period.previous.name)
    if inputs.balances is not None and former.state not in (None, "approved", "paid", "closed"):
        from kaohe.run.life.refusals import state_words

        what = msg("the period before is not approved, and its balances may still change")
        found, fix = state_words(former.state), msg("approve {period} first, then freeze", period=former.period)
        said.append(Problem("period.balances", what, place, found=found, fix=fix, severity="warning"))
    app.problems(said)


def _another_scheme(life: Life, found: str, file: str) -> Problem:
    return Problem(
        "period.another-scheme",
        msg("the file holds another scheme than the one of this period"),
        Place(file),
        found=found,
        expected=life.scheme_id,
        fix=msg("name the file of the scheme {scheme}", scheme=life.scheme_id),
    )
