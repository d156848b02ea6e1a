"""Taking away files of snapshots that no run needs, noted in the audit log."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, select

from kaohe.errors import Exit, KaoheError, Place, Problem, fail
from kaohe.records import Store
from kaohe.records.audit import append
from kaohe.records.collecting import Rubbish, newest_notes, remove, rubbish_in
from kaohe.records.evidence_tables import AuditRow
from kaohe.records.former import read_note
from kaohe.records.in_use import alone
from kaohe.records.tables import table_of
from kaohe.run.stored.needed import needed_by_runs
from kaohe.text import msg

COLLECT = "snapshot.collect"
USUAL_AGE = 6
"""Hours after which nobody on another machine is at work any more with what he read or wrote."""


def collect(store: Store, folder: Path, at: datetime, *, hours: int = USUAL_AGE, dry_run: bool = False) -> Rubbish:
    """Delete what no stored run, no frozen period and no newest state of a table needs, and what was not touched for so
    many hours before ``at``. What goes is noted first; ``dry_run``: nothing is deleted, and nothing noted.

    Raises KaoheError while somebody is at work with the folder, where a kept manifest is not what was kept, and where
    the folder is another database's: what its runs need nobody knows here.
    """
    with alone(folder) as found:
        if found == "busy":
            raise _busy(folder)
        if found == "unknown":
            hours = max(hours, USUAL_AGE)  # locks do not help here
        with store.reading() as connection:
            needed = needed_by_runs(connection, folder)
            if not _is_ours(connection, folder):
                raise _others(store, folder)
        rubbish = rubbish_in(folder, needed, at - timedelta(hours=hours))
        if rubbish.paths and not dry_run:
            with store.writing() as connection:
                detail = {"files": len(rubbish.paths), "bytes": rubbish.size, "hours": hours}
                append(connection, at, COLLECT, "snapshots", detail)
            remove(folder, rubbish)
        return rubbish


def _is_ours(connection: Connection, folder: Path) -> bool:
    """Whether a newest state of a table that is noted in the folder was one of this database, as its audit log tells;
    where none is noted, there is nothing to tell by."""
    notes = (read_note(path, folder) for path in newest_notes(folder).values())
    ends = {note.state.log for note in notes if note is not None}
    log = table_of(AuditRow)
    known = connection.execute(select(log.c.seq, log.c.digest).where(log.c.seq.in_([seq for seq, _digest in ends])))
    return not ends or any((row.seq, row.digest) in ends for row in known)


def _others(store: Store, folder: Path) -> KaoheError:
    return fail(
        Problem(
            "snapshot.other-database",
            msg("these snapshots were taken of another database, whose runs may need them; nothing was deleted"),
            Place(file=str(folder)),
            found=store.label,
            fix=msg("see that kaohe.toml or KAOHE_DATABASE_URL names the right one; if it does, evaluate first"),
        ),
        Exit.ENVIRONMENT,
    )


def _busy(folder: Path) -> KaoheError:
    return fail(
        Problem(
            "snapshot.in-use",
            msg("somebody is at work with the snapshots"),
            Place(file=str(folder)),
            fix=msg("wait until evaluations have ended, and try again; nothing was deleted"),
        ),
        Exit.ENVIRONMENT,
    )
