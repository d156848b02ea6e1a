"""Which files of snapshots stored runs and frozen inputs rest on."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import Connection, select

from kaohe.errors import Exit, KaoheError, Place, Problem, fail
from kaohe.records.canonical import text_digest
from kaohe.records.collecting import UNREADABLE, Needed
from kaohe.records.core_tables import RunRow
from kaohe.records.evidence_tables import KeptTextRow
from kaohe.records.manifest import Snapshot, snapshot_from
from kaohe.records.tables import table_of
from kaohe.run.stored.given_up import given_up, is_whole
from kaohe.run.stored.purged import purges
from kaohe.text import msg

_kept, _runs = table_of(KeptTextRow), table_of(RunRow)
_BEGINNING = '{"content":'  # of every manifest, and of no other text that is kept


def needed_by_runs(connection: Connection, folder: Path) -> Needed:
    """What is needed in the folder; not what was given up, unless it is whole again. Raises KaoheError where a kept
    manifest is not what was kept: then nobody can tell which files it named."""
    kept, named = tuple(_kept_manifests(connection, folder)), given_up(connection)
    lost = {each.digest for each in kept if each.digest in named and not is_whole(each)}
    manifests = tuple(each for each in kept if each.digest not in lost)
    snapshots = {*connection.scalars(select(_runs.c.snapshot)), *(each.digest for each in manifests)} - lost
    return Needed(manifests, frozenset(snapshots), frozenset(each.file for each in purges(connection).values()))


def runs_by_snapshot(connection: Connection) -> dict[str, list[int]]:
    """The numbers of the runs of each snapshot, ascending."""
    found: dict[str, list[int]] = {}
    for number, snapshot in connection.execute(select(_runs.c.id, _runs.c.snapshot).order_by(_runs.c.id)):
        found.setdefault(snapshot, []).append(number)
    return found


def _kept_manifests(connection: Connection, folder: Path) -> Iterable[Snapshot]:
    query = select(_kept.c.digest, _kept.c.text).where(_kept.c.text.startswith(_BEGINNING, autoescape=True))
    for digest, text in connection.execute(query):
        try:
            if text_digest(text) != digest:
                raise ValueError(digest)
            yield snapshot_from(text, folder)
        except UNREADABLE:
            raise _changed(digest) from None


def _changed(digest: str) -> KaoheError:
    return fail(
        Problem(
            "snapshot.manifest-changed",
            msg("a kept manifest was changed, and nobody can tell which files it named"),
            Place(key=f"kept_texts {digest}"),
            fix=msg("see what differs: kaohe run verify --all"),
        ),
        Exit.ENVIRONMENT,
    )
