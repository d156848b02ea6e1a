"""Snapshots of which files were lost and that somebody gave up knowingly, as the audit log tells them.

Their runs stay: the figures are still what was stored, and only cannot be computed again. What anything official rests
on is never given up, nor what evaluating would write anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, select

from kaohe.errors import Place, Problem, fail, refuse_if_any
from kaohe.records import Snapshot, Store
from kaohe.records.audit import append, detail_of, take_turn
from kaohe.records.core_tables import RunResultRow, RunRow
from kaohe.records.evidence_tables import AuditRow, PeriodStepRow
from kaohe.records.keeping import says_the_same
from kaohe.records.row_fields import CoreTable
from kaohe.records.tables import table_of
from kaohe.run.stored.kept import kept_texts
from kaohe.text import msg

GIVE_UP = "snapshot.give-up"
_log, _runs, _steps = table_of(AuditRow), table_of(RunRow), table_of(PeriodStepRow)
_OWN = {_runs.name, table_of(RunResultRow).name}
_SHOWN = 5


def given_up(connection: Connection) -> dict[str, int]:
    """The events that gave snapshots up, by the snapshots' digests; not where anything official has come to rest on one
    since, which may be once its files were there again."""
    rows = connection.execute(select(_log.c.seq, _log.c.detail).where(_log.c.action == GIVE_UP).order_by(_log.c.seq))
    found = {str(detail_of(text).get("snapshot")): seq for seq, text in rows}
    return {digest: seq for digest, seq in found.items() if not any(_official(connection, digest))}


def is_whole(snapshot: Snapshot) -> bool:
    """Whether every file of the snapshot is there and holds its rows."""
    return all(part.path.exists() and says_the_same(part) for part in snapshot.all_partitions())


def give_up(store: Store, digest: str, lost: Sequence[Path], reason: str, at: datetime) -> tuple[int, tuple[int, ...]]:
    """Note that the snapshot is given up, with its files that are ``lost`` for good; the event's number, and the runs
    that rest on it. Raises KaoheError where none is lost, and where anything official rests on it."""
    if not lost:
        what = msg("nothing of this snapshot is lost for good")
        fix = msg("where files are missing or damaged, evaluate again: they are written anew")
        raise fail(Problem("snapshot.not-lost", what, Place(key=digest), fix=fix))
    with store.writing() as connection:
        take_turn(connection)
        runs = tuple(connection.scalars(select(_runs.c.id).where(_runs.c.snapshot == digest).order_by(_runs.c.id)))
        if (event := given_up(connection).get(digest)) is not None:
            return event, runs
        refuse_if_any(_official(connection, digest))
        names = [f"{path.parent.name}/{path.name}" for path in lost]
        detail = {"snapshot": digest, "reason": reason, "runs": list(runs), "lost": names}
        return append(connection, at, GIVE_UP, f"snapshot {digest[:12]}", detail), runs


def _official(connection: Connection, digest: str) -> Iterator[Problem]:
    """Whatever names a run of the snapshot, or the inputs of a period that was frozen on it."""
    own = select(_runs.c.id).where(_runs.c.snapshot == digest)
    found: set[str] = set()
    for table in CoreTable.metadata.sorted_tables:
        for key in table.foreign_keys if table.name not in _OWN else ():
            if key.column is _runs.c.id:
                named = connection.scalars(select(key.parent).where(key.parent.in_(own)).distinct())
                found |= {f"{table.name}: run {number}" for number in named}
    frozen = connection.execute(select(_steps.c.period, _steps.c.inputs).where(_steps.c.inputs.is_not(None)).distinct())
    periods = {row.inputs: row.period for row in frozen}
    for inputs, text in kept_texts(connection, periods).items():
        if json.loads(text).get("snapshot") == digest:
            found.add(f"{_steps.name}: {periods[inputs]}")
    if found:
        listed = ", ".join(sorted(found)[:_SHOWN]) + (" …" if len(found) > _SHOWN else "")
        what = msg("official steps rest on this snapshot: it is not given up")
        yield Problem(
            "snapshot.official", what, Place(key=digest), listed, fix=msg("bring its files back from a backup")
        )
