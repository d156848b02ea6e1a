"""Lives of periods without any evaluation: steps, and rows that stand for runs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select

from kaohe.records import Store
from kaohe.records.audit import Actor, append, seal
from kaohe.records.core_tables import RunRow, SchemeRow
from kaohe.records.tables import table_of
from kaohe.run.life import Life, State, Step, Taken, take_step

START = datetime(2026, 4, 1, 9, tzinfo=UTC)
SCHEMES, RUNS = table_of(SchemeRow), table_of(RunRow)
WAYS: dict[State | None, str] = {
    None: "",
    "open": "open",
    "frozen": "open freeze",
    "calculated": "open freeze calculate",
    "in_review": "open freeze calculate submit",
    "approved": "open freeze calculate submit approve:wang approve:li",
    "paid": "open freeze calculate submit approve:wang approve:li pay:zhao",
    "closed": "open freeze calculate submit approve:wang approve:li pay:zhao close:zhao",
}
"""Steps that lead to each state; after a colon who takes it, where it is not chen."""


def walked(way: str, period: str = "2026-Q1") -> Life:
    """A life of these steps, in memory; a run is numbered by the step that calculated it."""
    from kaohe.run.life import Rule

    life = Life("tiny", period)
    for number, word in enumerate(way.split(), start=1):
        step, _, name = word.partition(":")
        life = _extended(life, number, step, name or "chen", Rule())  # type: ignore[arg-type]
    return life


def _extended(life: Life, number: int, step: Step, name: str, rule: Any) -> Life:
    anew = step in ("open", "reopen")
    taken = Taken(
        number,
        step,
        life.after(step, rule),
        None if anew else "inputs" if step == "freeze" else life.inputs,
        None if anew else number if step == "calculate" else life.run,
        name,
        START + timedelta(hours=number),
        "why" if step == "reopen" else None,
    )
    return replace(life, steps=(*life.steps, taken))


def acting(store: Store, name: str) -> Store:
    """The same database in the hands of somebody else."""
    return replace(store, actor=Actor(name, f"login-{name}"))


def any_run(store: Store, period: str = "2026-Q1") -> int:
    """The number of a new row that stands for a run."""
    with store.writing() as connection:
        if connection.scalar(select(func.count()).select_from(SCHEMES)) == 0:
            row = {"digest": "s", "scheme_id": "tiny", "version": "1", "text": "", "recorded_at": START}
            connection.execute(insert(SCHEMES).values(**row))
            append(connection, START, "test", "tiny", {}, seals=[seal(connection, SCHEMES, {"digest": "s"})])
        row = {
            **dict.fromkeys(("digest", "snapshot"), "d"),
            "scheme_digest": "s",
            "scheme_id": "tiny",
            "period": period,
            "created_at": START,
            "evidence": "{}",
            "columns": b"",
            "actor": "chen",
        }
        number = connection.execute(insert(RUNS).values(**row).returning(RUNS.c.id)).scalar_one()
        append(connection, START, "test", f"tiny {period}", {}, seals=[seal(connection, RUNS, {"id": number})])
    return int(number)


def step(store: Store, taken: str, name: str = "chen", **rest: Any) -> Life:
    """Take a step of tiny 2026-Q1 in somebody's name; a calculation gets a new run."""
    if taken == "calculate" and "run" not in rest:
        rest["run"] = any_run(store)
    if taken == "freeze":
        rest.setdefault("inputs", "inputs")
    period = rest.pop("period", "2026-Q1")
    with acting(store, name).writing() as connection:
        return take_step(connection, "tiny", period, taken, rest.pop("at", START), **rest)  # type: ignore[arg-type]


def walk(store: Store, way: str, **rest: Any) -> Life:
    """Take these steps one after another."""
    life = Life("tiny", "2026-Q1")
    for word in way.split():
        taken, _, name = word.partition(":")
        life = step(store, taken, name or "chen", **rest)
    return life
