"""Until when appeals against a period's results are taken: told where it is handed over, approved and shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kaohe.cli.context import App
from kaohe.errors import KaoheError, Place, Problem
from kaohe.text import msg

if TYPE_CHECKING:
    from datetime import date

    from kaohe.run.life import Life


def say_appeals(app: App, life: Life) -> None:
    """Until when appeals are taken, where the scheme takes any; what cannot be told is a warning."""
    last = appeals_until(app, life)
    if last is not None:
        app.say(msg("appeals are taken until {day}", day=last))


def warn_of_appeals(app: App, life: Life) -> None:
    """A warning where appeals can still be opened: what they lead to would come after the approval."""
    from kaohe.cli.round_progress import today

    last = appeals_until(app, life)
    if last is not None and today(app) <= last:
        what = msg("appeals can still be opened until {day}", day=last)
        fix = msg("an appeal that is upheld later takes reopening, or a restatement once the period is paid")
        place = Place(key=f"{life.scheme_id} {life.period}")
        app.problems([Problem("period.appeals-time", what, place, fix=fix, severity="warning")])


def appeals_until(app: App, life: Life) -> date | None:
    """The last day for appeals; None where the scheme takes none, nothing was submitted, or the day cannot be told."""
    from dataclasses import replace

    from kaohe.cli.whose import terms_of
    from kaohe.run.appeals import window_of
    from kaohe.run.inputs import read_inputs

    if life.submitted is None or life.inputs is None:
        return None
    try:
        terms = terms_of(app, read_inputs(app.store, life.inputs).scheme.appeals)
        return None if terms is None else window_of(app.store, life.scheme_id, life.period, terms).last
    except KaoheError as error:
        app.problems(replace(problem, severity="warning") for problem in error.problems)
        return None
