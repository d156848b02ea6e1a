"""Runs in the database: written whole, never edited, and read back whole."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, func, insert, select

from kaohe.errors import KaoheError, Problem, fail
from kaohe.period import Period, usual
from kaohe.records import Store
from kaohe.records.adding import add_rows
from kaohe.records.audit import actor_of, append, seal, take_turn
from kaohe.records.core_tables import RunResultRow, RunRow, SchemeRow
from kaohe.records.tables import table_of
from kaohe.run.inputs import Inputs, keep_inputs, read_inputs
from kaohe.run.life.store import life_in
from kaohe.run.model import Balances, Run
from kaohe.run.stored.evidence import packed, sealed, summary, unpacked
from kaohe.run.stored.noting import note_inputs
from kaohe.run.stored.reading import evidence_of, run_from
from kaohe.run.stored.shelf import shelve
from kaohe.text import msg

_schemes, _runs, _results = table_of(SchemeRow), table_of(RunRow), table_of(RunResultRow)
_CARRIED = (("people code", "money carried"), ("code", "carried forward"))
"""The columns of codes and of what is carried forward, today's names first."""


@dataclass(frozen=True)
class StoredRun:
    """A run as it was stored under a ``number``, with everything it depended on. ``actor``: who evaluated it."""

    number: int
    run: Run
    inputs: Inputs
    actor: str
    replaces: int | None


def save_run(store: Store, run: Run, inputs: Inputs, *, replaces: int | None = None) -> int:
    """Store the run, its scheme and its inputs in one transaction; the number it is called by.

    A run of the same digest is stored once: the same inputs evaluated again give the number of the first.
    ``replaces``: the number of the run in whose place this one stands.
    """
    ready = ready_to_store(store, run, inputs)
    with store.writing() as connection:
        return add_run(connection, ready, replaces=replaces)


@dataclass(frozen=True)
class Ready:
    """A run as it is to be stored. ``said``: the evidence, and the columns as bytes; None where it is there already."""

    run: Run
    inputs: Inputs
    said: tuple[Mapping[str, Any], bytes] | None


def ready_to_store(store: Store, run: Run, inputs: Inputs) -> Ready:
    """All that can be done before a transaction begins: while one writes, everybody else who writes waits."""
    with store.reading() as connection:
        known = _stored(connection, run)
    return Ready(run, inputs, _said(run) if known is None else None)


def _said(run: Run) -> tuple[Mapping[str, Any], bytes]:
    document, columns = shelve(run)
    return {**summary(run), "run": document}, packed(columns)


def add_run(connection: Connection, ready: Ready, *, replaces: int | None = None) -> int:
    """Likewise within the caller's transaction."""
    take_turn(connection)  # nobody stores the same between the look and the leap
    run = ready.run
    if (known := _stored(connection, run)) is not None:
        return known
    kept, changes = keep_inputs(connection, ready.inputs)
    scheme, seals = _keep_scheme(connection, run)
    evidence, blob = ready.said or _said(run)
    row = {
        "digest": run.digest,
        "scheme_digest": run.scheme.digest,
        "scheme_id": run.scheme.id,
        "period": run.period.name,
        "snapshot": run.snapshot,
        "created_at": run.created_at,
        "replaces": replaces,
        "inputs": kept,
        "actor": actor_of(connection).name,
    }
    said = sealed(evidence, row, blob, scheme)
    added = insert(_runs).values(**row, evidence=said, columns=blob).returning(_runs.c.id)
    number = int(connection.execute(added).scalar_one())
    add_rows(connection, _results, {"run": [number] * len(run.names), **results_of(run)})
    seals += [seal(connection, _runs, {"id": number}), seal(connection, _results, {"run": number})]
    detail = {"run": number, "digest": run.digest, "inputs": kept, "replaces": replaces}
    subject = f"{run.scheme.id} {run.period.name}"
    note_inputs(connection, run.created_at, ready.inputs)
    append(connection, run.created_at, "run.save", subject, detail, rows=changes, seals=seals)
    return number


def _stored(connection: Connection, run: Run) -> int | None:
    """The number under which a run of this digest is stored."""
    there = select(func.min(_runs.c.id)).where(_runs.c.digest == run.digest, _runs.c.inputs.is_not(None))
    known = connection.execute(there).scalar()
    return None if known is None else int(known)


def read_run(store: Store, number: int, *, without: Collection[str] = ()) -> StoredRun:
    """The run of that number, whole, or ``without`` fields out of ``shelf.LARGE``, which are then empty. Raises
    KaoheError where there is none, where an earlier version stored it without its inputs, and where it is not what was
    stored."""
    with store.reading() as connection:
        row = run_row(connection, number)
    said = evidence_of(row)
    inputs = read_inputs(store, row["inputs"])
    return StoredRun(number, run_from(row, said, inputs, without), inputs, row["actor"], row["replaces"])


def run_row(connection: Connection, number: int) -> RowMapping:
    """The row of that number; KaoheError where there is none."""
    row = connection.execute(select(_runs).where(_runs.c.id == number)).mappings().one_or_none()
    if row is None:
        raise unknown_run(str(number))
    return row


def unknown_run(named: str) -> KaoheError:
    """Nothing is stored under this number or digest."""
    what, fix = msg("there is no stored run {run}", run=named), msg("see those there are: kaohe run list")
    return fail(Problem("run.unknown", what, fix=fix))


def balances(store: Store, scheme: str, period: Period) -> Balances | None:
    """What the scheme's run for the period carried forward: the run by which it was calculated and paid, else the
    newest one stored. None where there is no run of it. What a restatement would carry otherwise is posted instead."""
    with store.reading() as connection:
        official = life_in(connection, scheme, usual(period).name).run
        of_period = (_runs.c.scheme_id == scheme) & (_runs.c.period == period.name)
        asked = select(_runs.c.id, _runs.c.columns).where(of_period if official is None else _runs.c.id == official)
        found = connection.execute(asked.order_by(_runs.c.id.desc()).limit(1)).first()
    if found is None:
        return None
    number, blob = found
    columns = unpacked(blob)
    for codes, carried in _CARRIED:
        if carried in columns:
            pairs = zip(columns[codes].to_pylist(), columns[carried].to_pylist(), strict=True)
            return Balances(number, {code: fen for code, fen in pairs if fen})
    return Balances(number, {})


def results_of(run: Run) -> dict[str, Sequence[Any]]:
    """Everybody's outcome, by the columns of the table of results."""
    appraisal = run.appraisal
    return {
        "person": appraisal.people.code,
        "name": run.names,
        "graded": appraisal.graded.tolist(),
        "total": appraisal.total.tolist(),
        "rank": appraisal.rank.tolist(),
        "tier": appraisal.tier,
        "bonus": appraisal.bonus.tolist(),
    }


def _keep_scheme(connection: Connection, run: Run) -> tuple[Mapping[Any, Any], list[dict[str, Any]]]:
    """Keep the scheme's text once; its row, and what the audit event has to say of it."""
    scheme, row = run.scheme, select(_schemes).where(_schemes.c.digest == run.scheme.digest)
    if (there := connection.execute(row).mappings().one_or_none()) is not None:
        return there, []
    values = {
        "digest": scheme.digest,
        "scheme_id": scheme.id,
        "version": scheme.version,
        "text": scheme.text,
        "recorded_at": run.created_at,
    }
    connection.execute(insert(_schemes).values(**values))
    return values, [seal(connection, _schemes, {"digest": scheme.digest})]
