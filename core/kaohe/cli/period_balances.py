"""``kaohe period payments`` and ``balances``: what was paid for a period, and what is outstanding of earlier ones."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kaohe.cli.context import App
from kaohe.cli.period_group import period, whose
from kaohe.cli.period_scheme import life_named, scheme_id
from kaohe.cli.sheets import csv_text, show_sheet, workbook
from kaohe.cli.words import _
from kaohe.errors import Place, Problem, fail
from kaohe.text import msg

if TYPE_CHECKING:
    from kaohe.report.masking import Mask
    from kaohe.report.sheet import Sheet
    from kaohe.run.paying.model import Line
    from kaohe.run.paying.store import Balance

_FORM = click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv", "json", "xlsx"]),
    help=_("The form; left out: by the file's name."),
)
_MASK = click.option("--mask", is_flag=True, help=_("Names as initials, codes as pseudonyms."))
_OUTPUT = click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help=_("Write to this file."))


@period.command(help=_("What was paid for a period: bonuses, what was settled of earlier periods, what is carried on."))
@whose
@_FORM
@_OUTPUT
@_MASK
@click.pass_obj
def payments(app: App, scheme: str, name: str, form: str | None, output: Path | None, mask: bool) -> None:
    from kaohe.cli.output import json_text
    from kaohe.report.masking import Mask
    from kaohe.report.payroll import payroll_sheet
    from kaohe.run.life.refusals import state_words
    from kaohe.run.paying.store import payments_of
    from kaohe.run.stored.repository import read_run

    life = life_named(app, scheme, name)
    named = {"scheme": life.scheme_id, "period": life.period}
    if life.state not in ("paid", "closed") or life.run is None:
        raise fail(
            Problem(
                "period.not-paid",
                msg("the period is not paid yet"),
                Place(key=f"{life.scheme_id} {life.period}"),
                found=state_words(life.state),
                fix=msg("see what would be paid: kaohe period pay {scheme} {period} --dry-run", **named),
            )
        )
    lines, run = payments_of(app.store, life.scheme_id, life.period), read_run(app.store, life.run).run
    if mask:
        stand_ins = Mask.of(run)
        lines, run = stand_ins.lines(lines), stand_ins.run(run)
    sheet = payroll_sheet(run, lines, app.language)
    data = json_text([_data(line) for line in lines])
    _answer(app, sheet, data, form, output, "payments", f"{life.scheme_id} {life.period}", mask=mask)


@period.command(help=_("What people have outstanding from restated periods, and where each amount comes from."))
@click.argument("scheme", metavar="SCHEME")
@_FORM
@_OUTPUT
@_MASK
@click.pass_obj
def balances(app: App, scheme: str, form: str | None, output: Path | None, mask: bool) -> None:
    from kaohe.cli.output import json_text
    from kaohe.records.people import names_by_code
    from kaohe.report.balances import balances_data, balances_sheet
    from kaohe.report.masking import Mask
    from kaohe.run.paying.store import outstanding

    found = scheme_id(app, scheme)
    listed = outstanding(app.store, found)
    names = names_by_code(app.store)
    if mask:
        stand_ins = Mask.over(sorted(names), names.values())
        listed = tuple(_masked(each, stand_ins) for each in listed)
        names = {stand_ins.codes[code]: stand_ins.text(name) for code, name in names.items()}
    if not listed and form in (None, "table") and output is None:
        app.say(msg("nothing is outstanding"))
        return
    sheet = balances_sheet(listed, names, app.language)
    _answer(app, sheet, json_text(balances_data(listed, names)), form, output, "balances", found, mask=mask)


def _masked(balance: Balance, mask: Mask) -> Balance:
    postings = tuple(replace(each, reason=mask.text(each.reason)) for each in balance.postings)
    return replace(balance, person=mask.codes.get(balance.person, balance.person), postings=postings)


def _answer(
    app: App, sheet: Sheet, data: str, form: str | None, output: Path | None, what: str, subject: str, *, mask: bool
) -> None:
    """A table on the terminal; any other form, or a file, is an export and noted as one."""
    from kaohe.cli.exported import hand_out

    asked = form or {".json": "json", ".xlsx": "xlsx", ".csv": "csv"}.get(output.suffix.lower() if output else "", "")
    if asked in ("", "table") and output is None:
        show_sheet(app, sheet)
        return
    if asked == "xlsx" and output is None:
        raise click.UsageError(_("--format xlsx needs --output FILE"))
    content: str | bytes = data
    if asked != "json":
        content = workbook([sheet]) if asked == "xlsx" else csv_text(sheet)
    hand_out(app, content, output, what, subject, masked=mask, form=asked or "csv")
    if output is not None:
        app.say(msg("wrote {file}", file=output))


def _data(line: Line) -> dict[str, str]:
    """A payment as JSON data; money in yuan as text."""
    from kaohe.exact import plain_fen

    names = ("earned", "due", "settled", "carried", "dropped", "paid")
    return {"code": line.person, **{name: plain_fen(getattr(line, name)) for name in names}}
