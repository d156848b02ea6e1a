"""``kaohe run list``: which runs are stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from kaohe.cli.context import App
from kaohe.cli.run.group import run
from kaohe.cli.words import _
from kaohe.errors import KaoheError
from kaohe.text import msg

if TYPE_CHECKING:
    from kaohe.run.stored.runs import RunHead


@run.command("list", help=_("The stored runs, the oldest first."))
@click.option("--scheme", metavar="SCHEME", help=_("Only those of this scheme (its id or file)."))
@click.option("--period", metavar="PERIOD", help=_("Only those of this period."))
@click.option(
    "--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True, help=_("The form.")
)
@click.pass_obj
def list_(app: App, scheme: str | None, period: str | None, form: str) -> None:
    from kaohe.exact import format_fen
    from kaohe.period import parse_period
    from kaohe.run.stored.runs import list_runs

    name = None if period is None else parse_period(period).name
    heads = list_runs(app.store, None if scheme is None else _id(app, scheme), name)
    if form == "json":
        app.json([head_data(each) for each in heads])
        return
    names = (
        msg("Run"),
        msg("Scheme"),
        msg("Version"),
        msg("Period"),
        msg("At"),
        msg("By"),
        msg("People"),
        msg("Graded"),
        msg("Bonuses"),
        msg("Replaces"),
        msg("Digest"),
    )
    rows = [
        (
            each.number,
            each.scheme_id,
            each.version,
            each.period,
            app.moment(each.created_at),
            each.actor,
            each.people,
            each.graded,
            format_fen(each.bonus),
            each.replaces,
            each.digest[:12],
        )
        for each in heads
    ]
    app.table([name.in_(app.language) for name in names], rows, right=(0, 6, 7, 8, 9))


def _id(app: App, scheme: str) -> str:
    """The id of the scheme of that file; what is no file is an id: runs outlive their schemes' files."""
    from kaohe.cli.period_scheme import scheme_id

    try:
        return scheme_id(app, scheme)
    except KaoheError:
        return scheme


def head_data(head: RunHead) -> dict[str, Any]:
    """A run's head as JSON."""
    from kaohe.exact import plain_fen

    return {
        "run": head.number,
        "scheme": head.scheme_id,
        "version": head.version,
        "period": head.period,
        "created_at": head.created_at.isoformat(),
        "actor": head.actor,
        "people": head.people,
        "graded": head.graded,
        "bonus": plain_fen(head.bonus),
        "replaces": head.replaces,
        "digest": head.digest,
    }
