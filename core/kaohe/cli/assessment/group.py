"""The group that the commands of ``kaohe assessment`` join."""

from __future__ import annotations

import click

from kaohe.cli.words import _


@click.group(help=_("Assessment rounds: open, list, assignments, forms, collect, status, close, reopen, drop."))
def assessment() -> None:
    pass
