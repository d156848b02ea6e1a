"""Appeals read from the database, each with what it led to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from kaohe.errors import Place, Problem, fail
from kaohe.records.evidence_tables import AppealRow, RestatementRow
from kaohe.records.tables import table_of
from kaohe.run.appeals.model import Appeal, Outcome
from kaohe.run.life.model import Life
from kaohe.run.life.store import life_in
from kaohe.text import msg

APPEALS = table_of(AppealRow)
_restatements = table_of(RestatementRow)


def one_appeal(connection: Connection, number: int) -> Appeal:
    """The appeal of that number; KaoheError where there is none."""
    found = appeals_in(connection, APPEALS.c.id == number)
    if not found:
        what, fix = msg("there is no appeal {number}", number=number), msg("see those there are: kaohe appeal list")
        raise fail(Problem("appeal.unknown", what, Place(key=str(number)), fix=fix))
    return found[0]


def appeals_in(connection: Connection, where: Any) -> list[Appeal]:
    """Those that meet the condition, by number."""
    rows = connection.execute(select(APPEALS).where(where).order_by(APPEALS.c.id)).mappings().all()
    lives: dict[tuple[str, str], Life] = {}
    for row in rows:
        whose = (row["scheme_id"], row["period"])
        if row["state"] == "upheld" and whose not in lives:
            lives[whose] = life_in(connection, *whose)
    return [_appeal(connection, row, lives) for row in rows]


def _appeal(connection: Connection, row: Mapping[Any, Any], lives: Mapping[tuple[str, str], Life]) -> Appeal:
    due: tuple[date, date] = (row["answer_due"], row["decision_due"])
    outcome = None
    if row["result"] is not None:
        said = json.loads(row["result"])
        run = _run_after(connection, row, lives[row["scheme_id"], row["period"]])
        outcome = Outcome(tuple(said["changes"]), tuple(said["batches"]), run)
    own = ("scheme_id", "period", "run", "person", "figure", "text", "opened_by", "opened_at", "state")
    later = ("answer", "answered_by", "answered_at", "decision", "decided_by", "decided_at")
    return Appeal(
        number=row["id"],
        attachments=tuple(json.loads(row["attachments"])),
        answer_due=due[0],
        decision_due=due[1],
        outcome=outcome,
        **{name: row[name] for name in (*own, *later)},
    )


def _run_after(connection: Connection, row: Mapping[Any, Any], life: Life) -> int | None:
    """The first run of the period that was calculated, or prepared by a restatement since approved, after the
    decision: that is the one it led to. It follows from the period's own history and is not written down twice."""
    decided, found = row["decided_at"], []
    found += [(each.at, each.run) for each in life.steps if each.step == "calculate" and each.at >= decided]
    asked = select(_restatements.c.prepared_at, _restatements.c.to_run).where(
        _restatements.c.scheme_id == row["scheme_id"],
        _restatements.c.period == row["period"],
        _restatements.c.state == "approved",
        _restatements.c.prepared_at >= decided,
    )
    found += [(at, run) for at, run in connection.execute(asked).all()]
    runs = [run for _at, run in sorted(found, key=lambda each: each[0]) if run is not None and run != row["run"]]
    return runs[0] if runs else None
