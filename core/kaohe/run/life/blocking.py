"""What stands between a period and its next step: undecided manual changes, a run without those decided on, appeals,
balances that are not those of the period before."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Table, select

from kaohe.appraise.manual import ManualChange
from kaohe.errors import KaoheError, Place, Problem
from kaohe.period import usual
from kaohe.records.core_tables import RunRow, SchemeRow
from kaohe.records.evidence_tables import AppealRow, ManualChangeRow
from kaohe.records.tables import table_of
from kaohe.run.changes import approved_in
from kaohe.run.inputs import Inputs, inputs_in
from kaohe.run.life.model import Life
from kaohe.run.life.refusals import state_words
from kaohe.run.life.store import life_in
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
    """Why the period can neither go to review nor be approved: changes wait, or the run was computed with others, or
    with other balances than the period before leaves."""
    yield from balances_moved(connection, life)
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
    inputs = _inputs(connection, number)
    return () if inputs is None else inputs.manual


def _inputs(connection: Connection, number: int | None) -> Inputs | None:
    """The inputs of the run, where what is kept of it says them."""
    kept = connection.scalar(select(_runs.c.inputs).where(_runs.c.id == number))
    try:
        return inputs_in(connection, kept or "")
    except KaoheError:  # damaged since: the run does not verify then
        return None


def balances_moved(connection: Connection, life: Life, *, paying: bool = False) -> Iterator[Problem]:
    """Why what was brought forward from the period before is not what that period leaves: another run stands for it by
    now, or, where this one is to be paid, it may still be another one."""
    inputs = _inputs(connection, life.run)
    if inputs is None or (bonus := inputs.scheme.bonus) is None or bonus.settlement is None:
        return
    former = life_in(connection, life.scheme_id, usual(inputs.period.previous).name)
    if former.state is None:
        return
    used, named = inputs.balances.run if inputs.balances is not None else None, {"period": former.period}
    if used != former.run:
        what = msg("the balances brought forward are not those of the run that stands for {period}", **named)
        fix = msg("bring them forward anew: kaohe period reopen {scheme} {period} --reason WHY, then freeze",
                  scheme=life.scheme_id, period=life.period)  # fmt: skip
        found, expected = (str(each) if each is not None else msg("no run") for each in (used, former.run))
        yield Problem("period.balances-moved", what, _place(life), found, expected, fix)
    elif paying and former.state not in ("paid", "closed"):
        what = msg("{period} is not paid yet, and the balances that it leaves may still change", **named)
        fix = msg("first: kaohe period pay {scheme} {period}", scheme=life.scheme_id, **named)
        yield Problem("period.balances-open", what, _place(life), state_words(former.state), state_words("paid"), fix)


def unfollowed(connection: Connection, scheme_id: str, period: str, inputs: Inputs) -> tuple[Undecided, ...]:
    """Upheld appeals of the period whose corrected imports or manual changes are not part of these inputs."""
    whose = (_appeals.c.scheme_id == scheme_id) & (_appeals.c.period == period)
    upheld = select(_appeals).where(whose, _appeals.c.state == "upheld", _appeals.c.result.is_not(None))
    batches = {number for numbers in json.loads(inputs.manifest)["sources"].values() for number in numbers}
    changes = {each.number for each in inputs.manual}
    found = []
    for row in connection.execute(upheld.order_by(_appeals.c.id)).mappings():
        result = json.loads(row["result"])
        if not (batches.issuperset(result["batches"]) and changes.issuperset(result["changes"])):
            found.append(Undecided(row["id"], row["person"]))
    return tuple(found)


def appeals_without_outcome(connection: Connection, life: Life) -> tuple[Undecided, ...]:
    """Upheld appeals of the period that its run does not follow."""
    inputs = _inputs(connection, life.run)
    return () if inputs is None else unfollowed(connection, life.scheme_id, life.period, inputs)


def before_approving(
    life: Life, appeals: tuple[Undecided, ...], upheld: tuple[Undecided, ...] = ()
) -> Iterator[Problem]:
    """Why the period should not be approved or closed yet: appeals are not decided on, or were ``upheld`` and nothing
    came of it."""
    if upheld:
        yield Problem(
            "period.appeals-not-followed",
            msg("{count} appeals were upheld, and what they led to is not in this run", count=len(upheld)),
            _place(life),
            found=_listed(upheld),
            fix=msg(
                "see kaohe appeal show NUMBER; freeze corrected records again, calculate with changes; or say why not: "
                "--despite-appeals REASON"
            ),
        )
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
