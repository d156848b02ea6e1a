"""The group that the commands of ``kaohe assessment`` join."""

from __future__ import annotations

import click

from kaohe.cli.words import _


@click.group(help=_("Assessment rounds: who rates whom, forms out and in, status."))
def assessment() -> None:
    pass
