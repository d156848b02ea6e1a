"""``kaohe indicator values``: an indicator by groups of records, without a scheme."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

import click

from kaohe.cli.words import _
from kaohe.errors import Exit
from kaohe.text import msg

if TYPE_CHECKING:
    from kaohe.cli.context import App
    from kaohe.run.measuring.segments import Asked, Segments

_LEVELS = ["person", "team", "all"]


@click.command("values", help=_("Values of one indicator by groups of records: by channel, segment, person or team."))
@click.argument("identifier", metavar="ID")
@click.option("--period", required=True, metavar="PERIOD", help=_("2026-03, 2026-Q1, 2026-H1, 2026, or from..to."))
@click.option(
    "--by", multiple=True, metavar="FIELD", help=_("Group by a field, or a figure of each record; repeatable.")
)
@click.option(
    "--for", "level", type=click.Choice(_LEVELS), default="all", help=_("Of everybody together, or one by one.")
)
@click.option(
    "--where", metavar="CONDITION", help=_("Only records that meet a condition, besides the indicator's own.")
)
@click.option("--param", "params", multiple=True, metavar="NAME=VALUE", help=_("Set a parameter; may be repeated."))
@click.option("--format", "style", type=click.Choice(["table", "json", "csv"]), default="table", help=_("The form."))
@click.pass_obj
def values(
    app: App,
    identifier: str,
    period: str,
    by: tuple[str, ...],
    level: str,
    where: str | None,
    params: tuple[str, ...],
    style: str,
) -> int:
    from kaohe.cli.indicator import parameter
    from kaohe.report import segments as report
    from kaohe.run.measuring.segments import asked_for
    from kaohe.scheme.sketch import find_indicator, sketch

    registry = app.registry
    one = find_indicator(identifier, registry.indicators)
    scheme = sketch(one, dict(map(parameter, params)), registry.record_types, registry.indicators, app.calendars)
    asked = asked_for(scheme, by, where, level, registry.record_types, app.calendars)  # type: ignore[arg-type]  # click.Choice lets only these through
    found, names = _found(app, asked, period)
    if style != "table":
        from kaohe.cli.exported import hand_out
        from kaohe.cli.output import json_text

        text = StringIO(newline="")
        if style == "csv":
            report.write_csv(asked, found, text)
        content = json_text(report.data(asked, found)) if style == "json" else text.getvalue()
        hand_out(app, content, None, "values", f"{one.id} {period}", form=style, level=level)
    elif found.keys:
        titles = [
            each if isinstance(each, str) else each.in_(app.language)
            for each in report.headers(asked, registry.record_types)
        ]
        cells = report.rows(asked, found, registry.record_types, names, app.language)
        app.table(titles, cells, right=(len(titles) - 3, len(titles) - 2))
    if not found.keys:
        app.say(msg("no record of {id} in {period}", id=one.id, period=period))
        return Exit.NOTHING
    return Exit.OK


def _found(app: App, asked: Asked, period: str) -> tuple[Segments, dict[str, str]]:
    """The figures, and the names of the people or teams by code."""
    from kaohe.period import parse_period
    from kaohe.records import take_snapshot
    from kaohe.run.credit.shares import EVERYBODY
    from kaohe.run.measuring.describing import told_by
    from kaohe.run.measuring.measure import windows
    from kaohe.run.measuring.segments import expressions_of, segments
    from kaohe.run.organisation.members import read_members, read_teams
    from kaohe.run.organisation.stints import relation, stints_of

    workspace, types = app.workspace, app.registry.record_types
    records = types[asked.measured.indicator.records]
    read = sorted({records.name, *told_by(records, types, expressions_of(asked))})
    snapshot = take_snapshot(app.store, [types[name] for name in read], app.snapshots, workspace.timezone)
    members, teams = read_members(snapshot), read_teams(snapshot)
    everybody = relation(members.code, stints_of(members), teams)
    names = (
        {code: name for name, code in teams.items()}
        if asked.level == "team"
        else {each.code: each.name for each in members}
    )
    bounds = windows(parse_period(period), workspace.timezone)
    whose = sorted(names)
    return segments(asked, types, snapshot, app.engine, bounds, whose, {EVERYBODY: everybody}), names
