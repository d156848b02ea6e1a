"""``kaohe database``: the database itself, moved from a file to a server."""

from __future__ import annotations

import click

from kaohe.cli.context import App
from kaohe.cli.words import _
from kaohe.text import msg


@click.group(help=_("The database: copy it to PostgreSQL."))
def database() -> None:
    pass


@database.command(help=_("Copy everything into an empty database on PostgreSQL: records, runs, evidence, audit log."))
@click.argument("url", metavar="URL")
@click.pass_obj
def copy(app: App, url: str) -> None:
    from kaohe.records.copying import copy_database

    app.require("prepare")
    copied = copy_database(app.bare_store, url, app.now(), patience=app.workspace.database.patience)
    rows = [(table, f"{count:,}") for table, count in copied.rows.items() if count]
    app.table([_("Table"), _("Rows")], rows, right=[1])
    app.say(msg("everything is in {label}, and was compared", label=copied.label))
    app.say(msg("both audit logs end at {number} {head}", number=copied.number, head=copied.head))
    app.say(msg("now name it in kaohe.toml, and let nobody use the former one: [database] url"))
