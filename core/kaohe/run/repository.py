"""Runs in the database: written whole, never edited."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from sqlalchemy import Connection, func, insert, select

from kaohe.period import Period, usual
from kaohe.records import Store
from kaohe.records.audit import actor_of, append, seal
from kaohe.records.canonical import canonical
from kaohe.records.core_tables import RunResultRow, RunRow, SchemeRow
from kaohe.records.tables import table_of
from kaohe.run.assessment_model import agreement_data
from kaohe.run.calendars import calendars_data
from kaohe.run.data_weights import weights_data
from kaohe.run.digest import CARRIED, columns, definition, words
from kaohe.run.inputs import Inputs, keep_inputs
from kaohe.run.life.store import official_in
from kaohe.run.model import Balances, Run
from kaohe.run.team_figures import teams_data

_schemes, _runs, _results = table_of(SchemeRow), table_of(RunRow), table_of(RunResultRow)


def save_run(store: Store, run: Run, inputs: Inputs, *, replaces: int | None = None) -> int:
    """Store the run, its scheme and its inputs in one transaction; the number it is called by.

    A run of the same digest is stored once: the same inputs evaluated again give the number of the first.
    ``replaces``: the number of the run in whose place this one stands.
    """
    with store.writing() as connection:
        return add_run(connection, run, inputs, replaces=replaces)


def add_run(connection: Connection, run: Run, inputs: Inputs, *, replaces: int | None = None) -> int:
    """Likewise within the caller's transaction."""
    there = select(func.min(_runs.c.id)).where(_runs.c.digest == run.digest, _runs.c.inputs.is_not(None))
    known = connection.execute(there).scalar()
    if known is not None:
        return int(known)
    kept, changes = keep_inputs(connection, inputs)
    seals = _keep_scheme(connection, run)
    number = connection.execute(
        insert(_runs)
        .values(
            digest=run.digest,
            scheme_digest=run.scheme.digest,
            scheme_id=run.scheme.id,
            period=run.period.name,
            snapshot=run.snapshot,
            created_at=run.created_at,
            evidence=canonical(evidence(run)),
            columns=packed(run),
            replaces=replaces,
            inputs=kept,
            actor=actor_of(connection).name,
        )
        .returning(_runs.c.id)
    ).scalar_one()
    rows = _result_rows(run, number)
    if rows:
        connection.execute(insert(_results), rows)
    seals += [seal(connection, _runs, {"id": number}), seal(connection, _results, {"run": number})]
    detail = {"run": number, "digest": run.digest, "inputs": kept, "replaces": replaces}
    subject = f"{run.scheme.id} {run.period.name}"
    append(connection, run.created_at, "run.save", subject, detail, rows=changes, seals=seals)
    return int(number)


def _keep_scheme(connection: Connection, run: Run) -> list[dict[str, Any]]:
    """Keep the scheme's text once; what the audit event has to say of it."""
    scheme = run.scheme
    if connection.execute(select(_schemes.c.digest).where(_schemes.c.digest == scheme.digest)).first() is not None:
        return []
    connection.execute(
        insert(_schemes).values(
            digest=scheme.digest,
            scheme_id=scheme.id,
            version=scheme.version,
            text=scheme.text,
            recorded_at=run.created_at,
        )
    )
    return [seal(connection, _schemes, {"digest": scheme.digest})]


def balances(store: Store, scheme: str, period: Period) -> Balances | None:
    """What the scheme's run for the period carried forward: the run that stands for the period, else the newest one
    stored. None where there is no run of it."""
    with store.reading() as connection:
        official = official_in(connection, scheme, usual(period).name)
        of_period = (_runs.c.scheme_id == scheme) & (_runs.c.period == period.name)
        asked = select(_runs.c.id, _runs.c.columns).where(of_period if official is None else _runs.c.id == official)
        found = connection.execute(asked.order_by(_runs.c.id.desc()).limit(1)).first()
    if found is None:
        return None
    number, blob = found
    kept = pa.ipc.open_file(pa.BufferReader(blob)).read_all()
    if CARRIED not in kept.column_names:
        return Balances(number, {})
    pairs = zip(kept.column("code").to_pylist(), kept.column(CARRIED).to_pylist(), strict=True)
    return Balances(number, {code: fen for code, fen in pairs if fen})


def evidence(run: Run) -> dict[str, Any]:
    """What a run rests on besides its columns."""
    weights, teams = run.appraisal.data_weights, run.appraisal.teams
    calendars = calendars_data(run.scheme.indicators)
    return {
        "format": 1,
        "core_version": run.core_version,
        "engine": run.engine,
        "timezone": run.timezone,
        "plugins": [[each.name, each.version, each.digest] for each in run.plugins],
        "indicators": [definition(used) for used in run.scheme.indicators],
        **({"calendars": calendars} if calendars else {}),
        **({"agreement": agreement_data(run.assessments)} if run.assessments else {}),
        **({} if teams is None or not teams.points else {"teams": teams_data(teams, run.team_counts)}),
        **({} if weights is None else {"weights": weights_data(weights)}),
        "left_out": [[each.code, each.name, each.kind, words(each.reason)] for each in run.left_out],
        "notes": [[note.code, words(note.what)] for note in run.notes],
    }


def packed(run: Run) -> bytes:
    """Everything computed as one compressed Arrow table; lists and words as JSON text."""
    arrays = {"name": pa.array(run.names, pa.string())}
    for name, column in columns(run.appraisal, run.counts, run.assessments):
        if isinstance(column, np.ndarray):
            arrays[name] = pa.array(column)
        else:
            texts = (value if value is None or isinstance(value, str) else canonical(value) for value in column)
            arrays[name] = pa.array(texts, pa.string())
    table = pa.table(arrays)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def _result_rows(run: Run, number: int) -> list[dict[str, Any]]:
    appraisal = run.appraisal
    return [
        {
            "run": number,
            "person": code,
            "name": name,
            "graded": graded,
            "total": total,
            "rank": rank,
            "tier": tier,
            "bonus": bonus,
        }
        for code, name, graded, total, rank, tier, bonus in zip(
            appraisal.people.code,
            run.names,
            appraisal.graded.tolist(),
            appraisal.total.tolist(),
            appraisal.rank.tolist(),
            appraisal.tier,
            appraisal.bonus.tolist(),
            strict=True,
        )
    ]
