"""How people did in the periods before: the runs that stand for them, of the same scheme and cycle."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import func, select

from kaohe.period import Period, parse_period, usual
from kaohe.records import Store
from kaohe.records.core_tables import RunRow
from kaohe.records.tables import table_of
from kaohe.run.assessment.disclosure import Discretion
from kaohe.run.life.store import life_in, official_in
from kaohe.run.model import Run
from kaohe.run.statement.model import Earlier
from kaohe.run.stored.repository import read_run

PERIODS = 8
"""A trend shows so many periods at most."""
_runs = table_of(RunRow)


def runs_before(store: Store, scheme_id: str, period: Period) -> list[int]:
    """The numbers of the runs of the periods before, the oldest first: the one that stands for a period, or, where
    its life was never begun, the newest one stored. A period that no run stands for has none: its figures are being
    worked on."""
    asked = (
        select(_runs.c.period, func.max(_runs.c.id))
        .where(_runs.c.scheme_id == scheme_id, _runs.c.inputs.is_not(None))
        .group_by(_runs.c.period)
    )
    found: dict[Period, int] = {}
    this = usual(period)
    with store.reading() as connection:
        for name, newest in connection.execute(asked).all():
            days = usual(parse_period(name))
            if days.cycle == this.cycle and days.end <= this.start:
                if (official := official_in(connection, scheme_id, days.name)) is not None:
                    found[days] = official
                elif life_in(connection, scheme_id, days.name).state is None:
                    found[days] = max(newest, found.get(days, 0))
    return [found[days] for days in sorted(found, key=lambda each: each.start)][-PERIODS:]


def trends_before(store: Store, scheme_id: str, period: Period) -> Mapping[str, tuple[Earlier, ...]]:
    """Everybody's trend, by code."""
    found: dict[str, list[Earlier]] = defaultdict(list)
    for number in runs_before(store, scheme_id, period):
        run = read_run(store, number).run
        discretion = Discretion(run)
        for row, code in enumerate(run.appraisal.people.code):
            found[code].append(_earlier(run, number, row, discretion))
    return {code: tuple(listed) for code, listed in found.items()}


def _earlier(run: Run, number: int, row: int, discretion: Discretion) -> Earlier:
    appraisal, hidden = run.appraisal, discretion.of(row)
    points = tuple(
        (
            each.id,
            int(appraisal.dimension_points[each.id][row])
            if appraisal.dimension_counted[each.id][row] and each.id not in hidden.dimensions
            else None,
        )
        for each in run.scheme.dimensions
    )
    total = int(appraisal.total[row]) if appraisal.graded[row] and not hidden.total else None
    return Earlier(usual(run.period).name, number, run.scheme.decimals, total, appraisal.tier[row], points)
