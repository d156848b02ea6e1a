"""What stands between a period and its next step: undecided manual changes, a run without those decided on, appeals."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Table, select

from kaohe.appraise.manual import ManualChange
from kaohe.errors import KaoheError, Place, Problem
from kaohe.records.core_tables import RunRow, SchemeRow
from kaohe.records.evidence_tables import AppealRow, ManualChangeRow
from kaohe.records.tables import table_of
from kaohe.run.changes import approved_in
from kaohe.run.inputs import inputs_in
from kaohe.run.life.model import Life
from kaohe.text import msg

_changes, _appeals = table_of(ManualChangeRow), table_of(AppealRow)
_runs, _schemes = table_of(RunRow), table_of(SchemeRow)
_DECIDED_CHANGE = ("approved", "rejected", "withdrawn")
_DECIDED_APPEAL = ("upheld", "rejected", "withdrawn")


@dataclass(frozen=True)
class Undecided:
    """Something that waits for a decision: its ``number``, whose it is, and the day on which it is due, if any."""

    number: int
    person: str
    due: date | None = None


def undecided_changes(connection: Connection, life: Life) -> tuple[Undecided, ...]:
    """Manual changes of the period that are proposed and not decided on."""
    rows = connection.execute(_open(_changes, life, _DECIDED_CHANGE)).mappings()
    return tuple(Undecided(row["id"], row["person"]) for row in rows)


def undecided_appeals(connection: Connection, life: Life) -> tuple[Undecided, ...]:
    """Appeals of the period that are not decided on; due is the answer, or the decision once there is one."""
    rows = connection.execute(_open(_appeals, life, _DECIDED_APPEAL)).mappings()
    return tuple(
        Undecided(
            row["id"],
            row["person"],
            min(row["answer_due"], row["decision_due"]) if row["state"] == "open" else row["decision_due"],
        )
        for row in rows
    )


def pays(connection: Connection, life: Life) -> bool:
    """Whether the scheme of the period's run pays anything; true where there is no run yet."""
    asked = (
        select(_schemes.c.text).join(_runs, _runs.c.scheme_digest == _schemes.c.digest).where(_runs.c.id == life.run)
    )
    text = connection.scalar(asked)
    try:
        return text is None or "bonus" in tomllib.loads(text)
    except tomllib.TOMLDecodeError:  # damaged since: the run does not verify then
        return True


def before_submitting(connection: Connection, life: Life) -> Iterator[Problem]:
    """Why the period can neither go to review nor be approved: changes wait, or the run was computed with others."""
    changes, named = undecided_changes(connection, life), {"scheme": life.scheme_id, "period": life.period}
    if changes:
        yield Problem(
            "period.changes-undecided",
            msg("{count} manual changes are proposed and not decided on", count=len(changes)),
            _place(life),
            found=_listed(changes),
            fix=msg("approve or reject each, then calculate again: kaohe change list {scheme} {period}", **named),
        )
    if life.run is not None and _applied(connection, life.run) != approved_in(connection, life.scheme_id, life.period):
        yield Problem(
            "period.changes-not-in-run",
            msg("run {number} was computed with other manual changes than those approved by now", number=life.run),
            _place(life),
            fix=msg("calculate again: kaohe period calculate {scheme} {period}", **named),
        )


def _applied(connection: Connection, number: int) -> tuple[ManualChange, ...]:
    """The manual changes that the run was computed with; none where what is kept of it does not say."""
    kept = connection.scalar(select(_runs.c.inputs).where(_runs.c.id == number))
    try:
        return inputs_in(connection, kept or "").manual
    except KaoheError:  # damaged since: the run does not verify then
        return ()


def before_approving(life: Life, appeals: tuple[Undecided, ...]) -> Iterator[Problem]:
    """Why the period should not be approved or closed yet."""
    if appeals:
        yield Problem(
            "period.appeals-undecided",
            msg("{count} appeals are not decided on", count=len(appeals)),
            _place(life),
            found=_listed(appeals),
            fix=msg("decide on them: kaohe appeal list; or say why not to wait: --despite-appeals REASON"),
        )


def _open(table: Table, life: Life, decided: tuple[str, ...]) -> Any:
    whose = (table.c.scheme_id == life.scheme_id) & (table.c.period == life.period)
    return select(table).where(whose, table.c.state.not_in(decided)).order_by(table.c.id)


def _listed(waiting: tuple[Undecided, ...], most: int = 10) -> str:
    said = ", ".join(f"{each.number} ({each.person})" for each in waiting[:most])
    return said if len(waiting) <= most else f"{said} …"


def _place(life: Life) -> Place:
    return Place(key=f"{life.scheme_id} {life.period}")
