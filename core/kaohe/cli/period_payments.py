"""``kaohe period pay``: what a period pays is written down, said in sums, and handed out as a list for payroll."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kaohe.cli.accounts import noted_accounts
from kaohe.cli.context import App
from kaohe.cli.files import refuse_unwritable
from kaohe.cli.log_sound import log_sound
from kaohe.cli.period_decisions import joined, those_before, verified
from kaohe.cli.period_group import period, proposers_of, step_taken, step_time, whose
from kaohe.cli.period_scheme import life_named
from kaohe.cli.period_steps import refuse_out_of_order
from kaohe.cli.sheets import csv_text, show_sheet, workbook
from kaohe.cli.words import _
from kaohe.errors import refuse_if_any
from kaohe.text import msg

if TYPE_CHECKING:
    from kaohe.run import Run
    from kaohe.run.paying.model import Line


@period.command(help=_("Pay an approved period: bonuses, and what earlier periods left to be settled."))
@whose
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), help=_("Write the payroll list: .csv, .xlsx.")
)
@click.option("--dry-run", is_flag=True, help=_("Show what would be paid, but keep nothing."))
@click.option("--reason", metavar="TEXT", help=_("A note that stays with the step."))
@click.option(
    "--despite-audit", "despite", metavar="REASON", help=_("Pay although evidence was changed outside kaohe.")
)
@click.pass_obj
def pay(
    app: App, scheme: str, name: str, output: Path | None, dry_run: bool, reason: str | None, despite: str | None
) -> None:
    from kaohe.records.audit import take_turn
    from kaohe.run.life import take_step
    from kaohe.run.life.blocking import balances_moved, pays
    from kaohe.run.life.refusals import overtaken
    from kaohe.run.life.store import life_in
    from kaohe.run.paying import store as payments

    app.require("pay")
    before = life_named(app, scheme, name)
    with app.store.reading() as connection:
        paying = pays(connection, before)
    refuse_out_of_order(before, "pay", pays=paying)
    refuse_unwritable(output)
    at = step_time(app, before)
    run = verified(app, before)
    whose_life, number = (before.scheme_id, before.period), before.run or 0
    checked = log_sound(app, " ".join(whose_life), despite)
    if dry_run:
        lines = payments.pay_lines(app.store, run)
        say_totals(app, run, lines)
        write_list(app, run, number, lines, output)
        app.say(msg("nothing was kept: this was a rehearsal (--dry-run)"))
        return
    said = noted_accounts(app, " ".join(whose_life), [*those_before(before), *proposers_of(app, before)])
    with app.store.writing() as connection:
        take_turn(connection)
        now = life_in(connection, *whose_life)
        refuse_if_any([overtaken(now)] if now.number != before.number else balances_moved(connection, now, paying=True))
        seals = [payments.pay(connection, number, run)]
        life = take_step(
            connection,
            before.scheme_id,
            before.period,
            "pay",
            at,
            seen=before.number,
            reason=joined(reason, despite if checked else None),
            pays=paying,
            seals=seals,
            run=number,
            **{**said, **checked},
        )
    lines = payments.payments_of(app.store, *whose_life)
    say_totals(app, run, lines)
    write_list(app, run, number, lines, output)
    step_taken(app, life, pays=paying)


def say_totals(app: App, run: Run, lines: Sequence[Line]) -> None:
    """How much is paid to how many, and what of earlier periods is settled with it or waits."""
    from kaohe.exact import format_fen

    def money(fen: int) -> str:
        return msg("{amount} {currency}", amount=format_fen(fen), currency=run.scheme.currency).in_(app.language)

    paid = [line for line in lines if line.paid]
    app.say(
        msg("{count} people are paid {amount} in all", count=len(paid), amount=money(sum(each.paid for each in paid)))
    )
    if added := sum(line.settled for line in lines if line.settled > 0):
        app.say(msg("of it, for earlier periods: {amount}", amount=money(added)))
    if recovered := -sum(line.settled for line in lines if line.settled < 0):
        app.say(msg("recovered for earlier periods: {amount}", amount=money(recovered)))
    waiting = [line for line in lines if line.carried]
    if waiting:
        carried = -sum(line.carried for line in waiting)
        app.say(msg("{count} people still owe {amount}, carried on", count=len(waiting), amount=money(carried)))
    if gone := [line for line in lines if line.dropped]:
        dropped = money(-sum(line.dropped for line in gone))
        app.say(msg("{count} people who have left owe {amount}, carried no further", count=len(gone), amount=dropped))


def write_list(app: App, run: Run, number: int, lines: Sequence[Line], output: Path | None) -> None:
    """The payroll list to a file, as a workbook or as CSV by the file's name; else as a table to stdout."""
    from kaohe.cli.exported import hand_out
    from kaohe.report.payroll import payroll_sheet

    sheet = payroll_sheet(run, lines, app.language)
    if output is None:
        show_sheet(app, sheet, title=False)
        return
    form = "xlsx" if output.suffix.lower() == ".xlsx" else "csv"
    content = workbook([sheet]) if form == "xlsx" else csv_text(sheet)
    hand_out(app, content, output, "payroll", f"{run.scheme.id} {run.period.name}", run=number, form=form)
    app.say(msg("wrote {file}", file=output))
