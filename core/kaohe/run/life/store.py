"""The lives of periods in the database: steps are only ever added, each in a transaction with its audit event."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, select, true

from kaohe.errors import fail, refuse_if_any
from kaohe.period import Period, parse_period
from kaohe.records import Store
from kaohe.records.audit import RowChange, actor_of, append, insert_row, take_turn
from kaohe.records.evidence_tables import PeriodStepRow, RestatementRow
from kaohe.records.tables import table_of
from kaohe.run.life.model import Life, Rule, Step, Taken
from kaohe.run.life.refusals import not_to_approve, out_of_order, overtaken

_steps, _restatements = table_of(PeriodStepRow), table_of(RestatementRow)


def state_of(store: Store, scheme_id: str, period: str) -> Life:
    """The life of that period of the scheme; without steps where it was never opened."""
    with store.reading() as connection:
        return life_in(connection, scheme_id, period)


def life_in(connection: Connection, scheme_id: str, period: str) -> Life:
    """Likewise within a transaction."""
    found = _read(connection, (_steps.c.scheme_id == scheme_id) & (_steps.c.period == period))
    return next(iter(found), Life(scheme_id, period))


def lives(store: Store, scheme_id: str | None = None) -> tuple[Life, ...]:
    """Every period that was ever opened, by scheme and by the day it begins."""
    with store.reading() as connection:
        return lives_in(connection, scheme_id)


def lives_in(connection: Connection, scheme_id: str | None = None) -> tuple[Life, ...]:
    """Likewise within a transaction."""
    found = _read(connection, true() if scheme_id is None else _steps.c.scheme_id == scheme_id)
    return tuple(sorted(found, key=lambda life: (life.scheme_id, _days(life))))


def official_run(store: Store, scheme_id: str, period: str) -> int | None:
    """The number of the run that stands for the period: the newest approved restatement's, else the one that was
    calculated. None where it is not calculated, or was reopened and not calculated again."""
    with store.reading() as connection:
        return official_in(connection, scheme_id, period)


def official_in(connection: Connection, scheme_id: str, period: str) -> int | None:
    """Likewise within a transaction."""
    whose = (_restatements.c.scheme_id == scheme_id) & (_restatements.c.period == period)
    approved = select(_restatements.c.to_run).where(whose, _restatements.c.state == "approved")
    restated: int | None = connection.scalar(approved.order_by(_restatements.c.id.desc()).limit(1))
    return life_in(connection, scheme_id, period).run if restated is None else restated


def open_period_after(store: Store, scheme_id: str, period: str) -> Life | None:
    """The earliest later period of the scheme that was opened and is not paid yet, one of the same length before
    others; None where there is none."""
    with store.reading() as connection:
        return open_after(connection, scheme_id, period)


def open_after(connection: Connection, scheme_id: str, period: str) -> Life | None:
    """Likewise within a transaction."""
    before = parse_period(period)
    later = [
        (life, days)
        for life in lives_in(connection, scheme_id)
        if life.state not in ("paid", "closed") and (days := parse_period(life.period)).start >= before.end
    ]
    later.sort(key=lambda pair: (pair[1].cycle != before.cycle, pair[1].start, pair[1].end))
    return later[0][0] if later else None


def overlapping(connection: Connection, scheme_id: str, period: Period) -> list[Life]:
    """Other periods of the scheme that share days with this one."""
    others = [life for life in lives_in(connection, scheme_id) if life.period != period.name]
    return [life for life in others if period.overlap(*_days(life))]


def take_step(
    connection: Connection,
    scheme_id: str,
    period: str,
    step: Step,
    at: datetime,
    *,
    seen: int | None = None,
    inputs: str | None = None,
    run: int | None = None,
    reason: str | None = None,
    pays: bool = True,
    rule: Rule = Rule(),  # noqa: B008 - frozen, and nothing is computed
    proposers: Sequence[str] = (),
    rows: Sequence[RowChange] = (),
    seals: Sequence[Mapping[str, Any]] = (),
    **detail: Any,
) -> Life:
    """Take a step as the last act of the caller's writing transaction; the life with it.

    ``seen`` is the number of the last step that the caller knew of: refused where there is a newer one. ``inputs`` and
    ``run`` are what hold from now on; left out, those before go on holding (after ``reopen``: none). ``pays``: whether
    the scheme pays anything; ``rule`` and ``proposers``: see ``not_to_approve``. ``rows``, ``seals`` and ``detail``
    are what the audit event says besides. Raises KaoheError where the step is refused.
    """
    take_turn(connection)
    life, actor = life_in(connection, scheme_id, period), actor_of(connection).name
    if seen is not None and seen != life.number:
        raise fail(overtaken(life))
    refuse_if_any(filter(None, [out_of_order(life, step, pays=pays)]))
    if step == "approve" and (own := not_to_approve(life, actor, rule, proposers)) is not None:
        raise fail(own)
    begins_anew = step in ("reopen", "open")
    values = {
        "scheme_id": scheme_id,
        "period": period,
        "step": step,
        "state": life.after(step, rule),
        "inputs": None if begins_anew else inputs or life.inputs,
        "run": None if begins_anew else run if run is not None else life.run,
        "actor": actor,
        "at": at,
        "reason": reason,
    }
    change = insert_row(connection, _steps, values)
    append(connection, at, f"period.{step}", f"{scheme_id} {period}", detail, rows=[*rows, change], seals=seals)
    return life_in(connection, scheme_id, period)


def _read(connection: Connection, where: ColumnElement[bool]) -> Iterator[Life]:
    ordered = select(_steps).where(where).order_by(_steps.c.scheme_id, _steps.c.period, _steps.c.id)
    rows = connection.execute(ordered).mappings()
    for (scheme_id, period), steps in groupby(rows, key=lambda row: (row["scheme_id"], row["period"])):
        yield Life(scheme_id, period, tuple(map(_taken, steps)))


def _taken(row: Mapping[Any, Any]) -> Taken:
    return Taken(
        number=row["id"],
        step=row["step"],
        state=row["state"],
        inputs=row["inputs"],
        run=row["run"],
        actor=row["actor"],
        at=row["at"],
        reason=row["reason"],
    )


def _days(life: Life) -> tuple[Any, Any]:
    days = parse_period(life.period)
    return days.start, days.end
