"""The group that the commands of ``kaohe statement`` join, and the statements of a stored run."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from kaohe.cli.context import App
from kaohe.cli.whose import terms_of, today
from kaohe.cli.words import _
from kaohe.errors import Place, Problem
from kaohe.text import msg

if TYPE_CHECKING:
    from kaohe.run.statement import Statement
    from kaohe.run.statement.store import Circumstances
    from kaohe.run.stored.repository import StoredRun


@click.group(help=_("Statements: make, acknowledge, interview, list."))
def statement() -> None:
    pass


def statements_of(app: App, stored: StoredRun, *, hindsight: bool = True) -> Callable[[int], Statement]:
    """What makes the statement of a person, by row, with everything that is known around it now. ``hindsight``: with
    what would have been enough for a better tier."""
    from kaohe.run.statement import Statements
    from kaohe.run.statement.store import statement_of

    made, around = Statements(stored.run, stored.number), circumstances_of(app, stored)
    return lambda row: statement_of(made, around, row, hindsight=hindsight)


def circumstances_of(app: App, stored: StoredRun) -> Circumstances:
    """Everything that is known around everybody's figures now."""
    from kaohe.run.statement.store import circumstances

    terms = terms_of(app, stored.run.scheme.appeals)
    return circumstances(app.store, stored.run, stored.number, terms, today(app))


def superseded(app: App, stored: StoredRun) -> Problem | None:
    """That another run stands for the period than this one; None where it does, or none does yet."""
    from kaohe.run.life import official_run

    scheme, period = stored.run.belongs_to
    official = official_run(app.store, scheme, period)
    if official in (None, stored.number):
        return None
    return Problem(
        "statement.superseded",
        msg("this run does not stand for the period any more, or never did"),
        Place(key=f"{scheme} {period}"),
        found=str(stored.number),
        expected=str(official),
        fix=msg("make statements of run {run}", run=official),
        severity="warning",
    )
