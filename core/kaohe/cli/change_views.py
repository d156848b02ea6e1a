"""``kaohe change list`` and ``effect``: what was proposed and decided, and what it does to the distribution."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kaohe.cli.change_group import change
from kaohe.cli.context import App
from kaohe.cli.output import json_text
from kaohe.cli.period_scheme import period_name, scheme_id
from kaohe.cli.words import _
from kaohe.errors import Place, Problem, refuse_if_any
from kaohe.text import msg

if TYPE_CHECKING:
    from datetime import datetime

    from kaohe.report.sheet import Sheet
    from kaohe.run.changes.distribution import Distribution
    from kaohe.run.changes.model import Proposal
    from kaohe.run.model import Run

FORMATS = click.Choice(["table", "csv", "json"])
OUTPUT = click.Path(path_type=Path, dir_okay=False)
STATES = click.Choice(["proposed", "approved", "rejected", "withdrawn"])


@change.command("list", help=_("List manual changes: of everything, of a scheme, or of one period."))
@click.argument("scheme", metavar="[SCHEME]", required=False)
@click.argument("period", metavar="[PERIOD]", required=False)
@click.option("--state", type=STATES, help=_("Only those in this state."))
@click.option("--format", "form", type=FORMATS, default="table", show_default=True, help=_("The form."))
@click.option("--output", type=OUTPUT, help=_("Write to this file."))
@click.pass_obj
def list_(app: App, scheme: str | None, period: str | None, state: Any, form: str, output: Path | None) -> None:
    from kaohe.run.changes import find_changes

    named = None if period is None else period_name(period)
    of_scheme = None if scheme is None else scheme_id(app, scheme)
    found = find_changes(app.store, scheme_id=of_scheme, period=named, state=state)
    subject = " ".join(filter(None, (of_scheme, named))) or "manual_changes"
    if not found and form == "table" and output is None:
        app.say(msg("no manual changes"))
        return
    _give(app, _changes_sheet(app, found), [_data(each) for each in found], form, output, subject)


@change.command(help=_("Tiers, totals and bonuses without and with the manual changes, group by group."))
@click.argument("scheme", metavar="SCHEME")
@click.argument("period", metavar="PERIOD")
@click.option("--by", metavar="ATTRIBUTE", default="team", show_default=True, help=_("team, manager, role or another."))
@click.option("--proposed", is_flag=True, help=_("With those that are only proposed too."))
@click.option("--format", "form", type=FORMATS, default="table", show_default=True, help=_("The form."))
@click.option("--output", type=OUTPUT, help=_("Write to this file."))
@click.pass_obj
def effect(app: App, scheme: str, period: str, by: str, proposed: bool, form: str, output: Path | None) -> None:
    from kaohe.run.changes import find_changes
    from kaohe.run.changes.deciding import run_to_change
    from kaohe.run.changes.distribution import distributions
    from kaohe.run.changes.effect import with_changes

    whose, named = scheme_id(app, scheme), period_name(period)
    run = run_to_change(app.store, whose, named).run
    refuse_if_any(_unknown(run, by))
    counting = ("approved", "proposed") if proposed else ("approved",)
    counted = [each.change for each in find_changes(app.store, scheme_id=whose, period=named) if each.state in counting]
    listed = distributions(run.scheme, with_changes(run, ()), with_changes(run, counted), by)
    data = [_distribution_data(run, each) for each in listed]
    _give(app, _effect_sheet(app, run, listed, by), data, form, output, f"{whose} {named}")


def _unknown(run: Run, by: str) -> Iterator[Problem]:
    known = sorted(name for name, column in run.appraisal.people.attributes.items() if any(column))
    if by not in known:
        what = msg("nobody has the attribute {name}", name=by)
        yield Problem("change.attribute", what, Place(key="--by"), found=by, expected=", ".join(known))


def _give(app: App, sheet: Sheet, data: list[dict[str, Any]], form: str, output: Path | None, subject: str) -> None:
    """A table for the eye; a form for other programs, or a file, is an export and noted."""
    from kaohe.cli.exported import hand_out
    from kaohe.report.sheet import as_text, write_csv

    if form == "table" and output is None:
        rows = ([as_text(column, cell) for column, cell in zip(sheet.columns, row, strict=True)] for row in sheet.rows)
        app.table([column.header for column in sheet.columns], rows, right=sheet.numbers)
        return
    text = StringIO(newline="")
    write_csv(sheet, text)
    content = json_text(data) if form == "json" else text.getvalue()
    hand_out(app, content, output, "changes", subject, form="json" if form == "json" else "csv", count=len(data))


def _changes_sheet(app: App, found: Sequence[Proposal]) -> Sheet:
    from kaohe.report.sheet import Column, Sheet
    from kaohe.run.changes.model import KINDS, STATES, written

    named = (_("No."), _("Scheme"), _("Period"), _("Person"), _("Kind"), _("Change"), _("State"))
    heads = (*named, _("Proposed by"), _("Decided by"), _("Appeal"), _("Reason"))
    columns = tuple(Column(head, "text" if index else "count") for index, head in enumerate(heads))
    rows = [
        (
            each.number,
            each.scheme_id,
            each.period,
            each.person,
            KINDS[each.kind].in_(app.language),
            written(each.kind, each.value),
            STATES[each.state].in_(app.language),
            each.proposed_by,
            each.decided_by,
            each.appeal,
            each.reason,
        )
        for each in found
    ]
    return Sheet(_("Manual changes"), columns, rows)


def _effect_sheet(app: App, run: Run, listed: Sequence[Distribution], by: str) -> Sheet:
    from kaohe.exact import divide
    from kaohe.report.sheet import Column, Sheet

    tiers = _tiers(run)
    heads = [Column(by), Column(_("People"), "count"), Column(_("Changed"), "count")]
    for tier in tiers:
        named = (msg("{tier} computed", tier=tier), msg("{tier} with changes", tier=tier))
        heads += [Column(each.in_(app.language), "count") for each in named]
    heads.append(Column(_("Mean change of the total"), "points", run.scheme.decimals))
    if run.scheme.bonus is not None:
        heads.append(Column(_("Change of bonuses"), "money"))
    rows = []
    for each in listed:
        name = _("everybody") if each is listed[-1] else each.group or "—"
        counts = [count for pair in zip(each.before, each.after, strict=True) for count in pair]
        mean = divide(each.mean.numerator, each.mean.denominator)
        rows.append((name, each.people, each.changed, *counts, mean, *([each.fen] if run.scheme.bonus else [])))
    return Sheet(_("Manual changes"), tuple(heads), rows)


def _tiers(run: Run) -> list[str]:
    return [level.id for level in run.scheme.tiers.levels] if run.scheme.tiers is not None else []


def _data(each: Proposal) -> dict[str, Any]:
    from kaohe.run.changes.model import written

    moments = {name: moment and moment.isoformat() for name, moment in _moments(each)}
    known = {"scheme" if name == "scheme_id" else name: value for name, value in vars(each).items()}
    return {**known, **moments, "value": written(each.kind, each.value), "evidence": list(each.evidence)}


def _moments(each: Proposal) -> Iterator[tuple[str, datetime | None]]:
    yield "proposed_at", each.proposed_at
    yield "decided_at", each.decided_at


def _distribution_data(run: Run, each: Distribution) -> dict[str, Any]:
    from kaohe.exact import divide, from_micros, plain_fen

    return {
        "group": each.group,
        "people": each.people,
        "changed": each.changed,
        "tiers": dict(_pairs(run, each)),
        "mean_points": str(from_micros(divide(each.mean.numerator, each.mean.denominator))),
        "bonus": plain_fen(each.fen),
    }


def _pairs(run: Run, each: Distribution) -> Iterator[tuple[str, dict[str, int]]]:
    for tier, before, after in zip(_tiers(run), each.before, each.after, strict=True):
        yield tier, {"computed": before, "changed": after}
