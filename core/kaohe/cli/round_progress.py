"""How far assessment rounds have come: what ``kaohe assessment`` and an evaluation ask of the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kaohe.cli.context import App
from kaohe.errors import Problem

if TYPE_CHECKING:
    from datetime import date

    from kaohe.period import Period
    from kaohe.records.rounds.model import Round
    from kaohe.run.assessment.progress import Status


def today(app: App) -> date:
    """The workspace's day."""
    return app.now().astimezone(app.workspace.timezone).date()


def status(app: App, asked: Round) -> Status:
    """How complete a round is now."""
    from kaohe.records.people import list_people
    from kaohe.records.rounds.pairs_file import Service
    from kaohe.records.rounds.store import answers_of, pairs_of
    from kaohe.run.assessment.progress import status_of

    service = Service.of(list_people(app.store))
    return status_of(asked, pairs_of(app.store, asked.name), answers_of(app.store, asked), service, today(app))


def incomplete_assessments(app: App, period: Period) -> tuple[Problem, ...]:
    """Warnings of rounds of the period that should not be used yet."""
    from kaohe.records.rounds.store import list_rounds
    from kaohe.run.assessment.progress import incomplete_rounds

    within = [asked for asked in list_rounds(app.store) if period.start <= asked.day < period.end]
    return tuple(incomplete_rounds(((asked, status(app, asked)) for asked in within), period))
