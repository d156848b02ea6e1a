"""The group that the commands of ``kaohe statement`` join, and the statements of a stored run."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from kaohe.cli.context import App
from kaohe.cli.whose import terms_of, today
from kaohe.cli.words import _

if TYPE_CHECKING:
    from kaohe.run.repository import StoredRun
    from kaohe.run.statement import Statement


@click.group(help=_("Statements: make, acknowledge, interview, list."))
def statement() -> None:
    pass


def statements_of(app: App, stored: StoredRun) -> Callable[[int], Statement]:
    """What makes the statement of a person, by row, with everything that is known around it now."""
    from kaohe.run.statement import Statements
    from kaohe.run.statement.store import circumstances, statement_of

    run, terms = stored.run, terms_of(app, stored.run.scheme.appeals)
    around = circumstances(app.store, run, stored.number, terms, today(app))
    made = Statements(run, stored.number)
    return lambda row: statement_of(made, around, row)
