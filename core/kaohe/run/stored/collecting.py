"""Taking away files of snapshots that no run needs, noted in the audit log."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from kaohe.errors import Exit, KaoheError, Place, Problem, fail
from kaohe.records import Store
from kaohe.records.audit import append
from kaohe.records.collecting import Rubbish, remove, rubbish_in
from kaohe.records.in_use import alone
from kaohe.run.stored.needed import needed_by_runs
from kaohe.text import msg

COLLECT = "snapshot.collect"
USUAL_AGE = 6
"""Hours after which nobody on another machine is at work any more with what he read or wrote."""


def collect(store: Store, folder: Path, at: datetime, *, hours: int = USUAL_AGE, dry_run: bool = False) -> Rubbish:
    """Delete what no stored run, no frozen period and no newest state of a table needs, and what was not touched for so
    many hours before ``at``. What goes is noted first; ``dry_run``: nothing is deleted, and nothing noted.

    Raises KaoheError while somebody is at work with the folder, and where a kept manifest is not what was kept.
    """
    with alone(folder) as found:
        if found == "busy":
            raise _busy(folder)
        if found == "unknown":
            hours = max(hours, USUAL_AGE)  # locks do not help here
        with store.reading() as connection:
            needed = needed_by_runs(connection, folder)
        rubbish = rubbish_in(folder, needed, at - timedelta(hours=hours))
        if rubbish.paths and not dry_run:
            with store.writing() as connection:
                detail = {"files": len(rubbish.paths), "bytes": rubbish.size, "hours": hours}
                append(connection, at, COLLECT, "snapshots", detail)
            remove(folder, rubbish)
        return rubbish


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
