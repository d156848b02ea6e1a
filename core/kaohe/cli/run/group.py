"""The group that the commands of ``kaohe run`` join, and what they have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kaohe.cli.context import App
from kaohe.cli.words import _

if TYPE_CHECKING:
    from kaohe.run.stored.repository import StoredRun


@click.group(help=_("Stored runs: list, show, compare, verify, export, report."))
def run() -> None:
    pass


def stored_run(app: App, named: str) -> StoredRun:
    """The run of that number or digest, whole."""
    from kaohe.run.stored.repository import read_run
    from kaohe.run.stored.runs import find_run

    return read_run(app.store, find_run(app.store, named))
