"""The snapshots that a workspace knows: whose manifest lies in their folder, or was kept with a run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from kaohe.errors import NOWHERE, KaoheError, Place, Problem, fail
from kaohe.records import Partition, Snapshot, Store
from kaohe.records.collecting import manifests_in, newest_notes, read_manifest
from kaohe.records.former import read_note
from kaohe.records.keeping import says_the_same
from kaohe.records.partition import WORKERS, file_sha256
from kaohe.records.tables import RECORDS
from kaohe.records.words import nearest
from kaohe.run.stored.given_up import given_up, is_whole
from kaohe.run.stored.needed import needed_by_runs, runs_by_snapshot
from kaohe.run.stored.purged import check_purged, purges
from kaohe.text import Message, msg

Harm = Literal["missing", "damaged", "bytes"]
_SHORTEST, _SHOWN = 6, 12  # hexadecimal digits of a digest
_LISTED = 8  # snapshots
_LIST = msg("see those there are: kaohe snapshot list")


@dataclass(frozen=True)
class Known:
    """A snapshot. ``taken``: when it was last taken; None where its manifest is not in the folder any more.
    ``runs`` rest on it; ``newest``: it consists of the newest states of its tables alone. ``given_up``: the event by
    which somebody did so."""

    snapshot: Snapshot
    taken: datetime | None
    runs: tuple[int, ...]
    newest: bool
    given_up: int | None = None


def known_snapshots(store: Store, folder: Path) -> list[Known]:
    """All of them, those taken last first. Raises KaoheError where a kept manifest is not what was kept."""
    with store.reading() as connection:
        kept, runs, lost = needed_by_runs(connection, folder), runs_by_snapshot(connection), given_up(connection)
    found = {each.digest: Known(each, None, (), newest=False) for each in kept.manifests}
    for digest, path in manifests_in(folder).items():
        snapshot = read_manifest(path, folder)
        if snapshot is not None and snapshot.digest == digest:
            taken = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            found[digest] = Known(found[digest].snapshot if digest in found else snapshot, taken, (), newest=False)
    now = _newest_contents(folder)
    return sorted(
        (
            replace(
                known,
                runs=tuple(runs.get(digest, ())),
                newest=_is_newest(known.snapshot, now),
                given_up=lost.get(digest) if digest in lost and not is_whole(known.snapshot) else None,
            )
            for digest, known in found.items()
        ),
        key=lambda known: (known.taken is None, -known.taken.timestamp() if known.taken else 0, known.snapshot.digest),
    )


def newest_files(folder: Path) -> dict[Path, Partition]:
    """The files of each table's newest state."""
    notes = (read_note(path, folder) for path in newest_notes(folder).values())
    return {part.path: part for note in notes if note is not None for part in note.table.partitions}


def _newest_contents(folder: Path) -> dict[str, tuple[str, ...]]:
    """What each table's newest state says, by the name of the table."""
    notes = {name: read_note(path, folder) for name, path in newest_notes(folder).items()}
    return {name: note.table.contents for name, note in notes.items() if note is not None}


def _is_newest(snapshot: Snapshot, now: Mapping[str, tuple[str, ...]]) -> bool:
    tables = {f"{RECORDS}{name}": table for name, table in snapshot.records.items()} | dict(snapshot.organisation)
    return all(now.get(name) == table.contents for name, table in tables.items())


def find_known(known: Sequence[Known], named: str) -> Known:
    """The snapshot of that digest, or the one that begins so. Raises KaoheError where there is none, or several."""
    begin = named.strip().lower()
    found = [each for each in known if each.snapshot.digest.startswith(begin)] if len(begin) >= _SHORTEST else []
    if len(found) != 1:
        raise _unknown(named, begin, [each.snapshot.digest for each in found or known], several=len(found) > 1)
    return found[0]


def lost_files(store: Store, snapshot: Snapshot) -> list[Path]:
    """The files that are missing or do not hold their rows, and that evaluating would not write anew. Of a table whose
    newest state is not noted, because the whole folder is gone, evaluating has to tell first."""
    with store.reading() as connection:
        purged = purges(connection)
    now, noted = newest_files(snapshot.folder), newest_notes(snapshot.folder).keys()
    parts = [
        part
        for part in snapshot.all_partitions()
        if part.path not in now and part.path.parent.name in noted and part.content not in purged
    ]
    return [part.path for part in parts if not part.path.exists() or not says_the_same(part)]


def harmed_files(store: Store, known: Iterable[Known], more: Iterable[Partition], folder: Path) -> Iterator[Problem]:
    """A problem for each file of these snapshots, and of these partitions, that is missing or does not hold the rows
    that it is named by; and for each manifest that cannot be read. Of a file from which people's data were purged the
    one in its place is looked at."""
    with store.reading() as connection:
        purged = purges(connection)
    for digest, path in manifests_in(folder).items():
        snapshot = read_manifest(path, folder)
        if snapshot is None or snapshot.digest != digest:
            what, fix = msg("a file of the snapshot is damaged"), msg("delete it; runs keep manifests of their own")
            yield Problem("snapshot.damaged", what, Place(file=str(path)), fix=fix)
    runs: dict[Path, set[int]] = {}
    parts: dict[Path, Partition] = {}
    bytes_of: dict[Path, set[str]] = {}
    now = newest_files(folder)
    told = [(part, each.runs) for each in known for part in each.snapshot.all_partitions()]
    for part, needing in (*told, *((part, ()) for part in more)):
        parts[part.path] = part
        runs.setdefault(part.path, set()).update(needing)
        bytes_of.setdefault(part.path, set()).add(part.sha256)
    for path, part in now.items():
        bytes_of.setdefault(path, set()).add(part.sha256)
    for path in [path for path, part in parts.items() if part.content in purged and not path.exists()]:
        replaced = purged[parts.pop(path).content]
        yield from (each for each in check_purged(replaced, folder) if each.severity == "error")

    def state(path: Path) -> Harm | None:
        if not path.exists():
            return "missing"
        if not says_the_same(parts[path]):
            return "damaged"
        # A file that was lost was written anew with the same rows: then a newer manifest or note knows its bytes.
        return None if file_sha256(path) in bytes_of[path] else "bytes"

    ordered = sorted(parts)
    with ThreadPoolExecutor(WORKERS) as pool:
        for path, harm in zip(ordered, pool.map(state, ordered), strict=True):
            if harm is not None:
                yield _harmed(path, harm, sorted(runs[path]), is_newest=path in now)


_HARM: Mapping[Harm, Message] = {
    "missing": msg("a file of the snapshot is missing"),
    "damaged": msg("a file of the snapshot is damaged"),
    "bytes": msg("the bytes of a file of the snapshot were changed, and not its rows"),
}


def _harmed(path: Path, harm: Harm, runs: list[int], *, is_newest: bool) -> Problem:
    if is_newest:
        fix = msg("evaluate again: it is written anew from the database")
    elif runs:
        fix = msg(
            "bring the file back from a backup, or evaluate again: rows that are still the same are written anew; "
            "where neither helps: kaohe snapshot give-up"
        )
    else:
        fix = msg("no run needs it: kaohe snapshot collect takes its snapshot away")
    needed = msg("needed by runs {runs}", runs=", ".join(map(str, runs))) if runs else None
    return Problem(f"snapshot.{harm}", _HARM[harm], Place(file=str(path)), needed, fix=fix)


def _unknown(named: str, begin: str, digests: Sequence[str], *, several: bool) -> KaoheError:
    """``digests``: those that begin so, or all there are."""
    shown = [each[:_SHOWN] for each in digests[:_LISTED]] + ["…"] * (len(digests) > _LISTED)
    if several:
        what, fix = msg("several snapshots begin with {digest}", digest=named), msg("write more of its digits")
    elif not digests:
        what, fix = msg("no snapshot was taken yet"), msg("kaohe evaluate takes one")
    elif len(begin) < _SHORTEST:
        what, fix = msg("a snapshot is named by at least six digits of its digest"), _LIST
    else:
        near = nearest(begin, [each[: max(len(begin), _SHORTEST)] for each in digests])
        what = msg("there is no snapshot {digest}", digest=named)
        fix = _LIST if near is None else msg("did you mean {name}?", name=near)
    return fail(Problem("snapshot.unknown", what, NOWHERE, named, ", ".join(shown) or None, fix))
