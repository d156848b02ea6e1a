"""Collecting takes what nobody needs, and nothing else."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from tests.unit.records.snapshot_kit import months_read, take
from tests.unit.records.store_kit import NOW, TYPES, hire, put, visit

from kaohe.errors import Exit, KaoheError
from kaohe.records import Snapshot
from kaohe.records.batches import undo_batch
from kaohe.records.evidence_tables import AuditRow
from kaohe.records.in_use import in_use
from kaohe.records.keeping import open_kept
from kaohe.records.store import Store, open_store
from kaohe.records.tables import table_of
from kaohe.run.stored.collecting import collect
from kaohe.run.stored.kept import keep_texts
from kaohe.run.stored.snapshots import find_known, harmed_files, known_snapshots, newest_files

LATER = datetime(2100, 1, 1, tzinfo=UTC)
JANUARY, MARCH = (datetime(2026, month, 15, 4, tzinfo=UTC) for month in (1, 3))
_log = table_of(AuditRow)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store("sqlite:///kaohe.db", TYPES, folder=tmp_path)
    hire(opened, [{"code": "P1"}, {"code": "P2"}])
    yield opened
    opened.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "snapshots"


def keep(store: Store, snapshot: Snapshot) -> Snapshot:
    """What a run or a frozen period does: its manifest is kept."""
    with store.writing() as connection:
        keep_texts(connection, [snapshot.text])
    return snapshot


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {".in-use"}


def of(snapshot: Snapshot) -> set[str]:
    return {part.path.relative_to(snapshot.folder).as_posix() for part in snapshot.all_partitions()}


def test_what_a_kept_manifest_names_and_the_newest_states_stay_and_all_else_goes(store: Store, folder: Path) -> None:
    put(store, [visit("1", at=JANUARY)])
    kept = keep(store, take(store, folder))
    batch = put(store, [visit("2", at=JANUARY), visit("3", at=MARCH)]).batch
    between = take(store, folder)
    undo_batch(store, batch or 0, NOW)
    put(store, [visit("4", at=JANUARY)])
    newest = take(store, folder)
    gone = of(between) - of(kept) - of(newest)
    assert len(gone) == 2
    found = collect(store, folder, LATER)
    manifests = {f"manifest-{kept.digest}.json"}
    assert {path.relative_to(folder).as_posix() for path in found.paths} >= gone | {f"manifest-{between.digest}.json"}
    notes = {name for name in names(folder) if name.startswith("state-")}
    assert names(folder) == of(kept) | of(newest) | manifests | notes
    assert months_read(store, folder) == set()
    assert open_kept(kept.text, kept.digest, folder).digest == kept.digest
    assert found.size > 0


def test_what_is_young_stays(store: Store, folder: Path) -> None:
    put(store, [visit("1", at=JANUARY)])
    take(store, folder)
    put(store, [visit("1", at=MARCH)], update=True)
    take(store, folder)
    now = datetime.fromtimestamp(max(path.stat().st_mtime for path in folder.rglob("*")), UTC)
    assert collect(store, folder, now + timedelta(hours=5)).paths == ()
    assert collect(store, folder, now + timedelta(hours=7), dry_run=True).paths != ()
    assert collect(store, folder, now, hours=0).paths != ()


def test_a_snapshot_that_was_taken_again_is_young_again_with_all_its_files(store: Store, folder: Path) -> None:
    """Somebody on another machine, whose lock nobody sees here, is at work with it."""
    batch = put(store, [visit("1", at=JANUARY)]).batch
    empty_again = take(store, folder)
    undo_batch(store, batch or 0, NOW)
    take(store, folder)
    long_ago = datetime(2020, 1, 1, tzinfo=UTC).timestamp()
    for path in folder.rglob("*"):
        os.utime(path, (long_ago, long_ago))
    put(store, [visit("1", at=JANUARY)])
    assert take(store, folder).digest == empty_again.digest
    put(store, [visit("2", at=MARCH)])
    for note in folder.glob("state-*"):
        note.unlink()
    now = datetime.fromtimestamp((folder / f"manifest-{empty_again.digest}.json").stat().st_mtime, UTC)
    collect(store, folder, now + timedelta(hours=1))
    assert of(empty_again) <= names(folder)


def test_nothing_goes_while_somebody_is_at_work(store: Store, folder: Path) -> None:
    put(store, [visit("1", at=JANUARY)])
    take(store, folder)
    before = names(folder)
    with in_use(folder), pytest.raises(KaoheError) as caught:
        collect(store, folder, LATER)
    assert caught.value.problems[0].code == "snapshot.in-use"
    assert caught.value.exit_code == Exit.ENVIRONMENT
    assert names(folder) == before


def test_where_locks_are_unknown_age_alone_protects(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, [visit("1", at=JANUARY)])
    take(store, folder)
    put(store, [visit("1", at=MARCH)], update=True)
    take(store, folder)
    now = datetime.fromtimestamp(max(path.stat().st_mtime for path in folder.rglob("*")), UTC)

    def no_locks(_file: int) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr("kaohe.records.in_use._take", no_locks)
    assert collect(store, folder, now + timedelta(hours=5), hours=0).paths == ()
    assert collect(store, folder, now + timedelta(hours=7), hours=0).paths != ()


def test_what_interrupted_commands_left_goes_and_what_is_not_kaohes_stays(store: Store, folder: Path) -> None:
    put(store, [visit("1", at=JANUARY)])
    newest = take(store, folder)
    (folder / ".rows-x1").mkdir()
    left = [
        folder / "record_visit" / f".2026-01-{'a' * 64}.parquet.4711",
        folder / "record_visit" / f".2026-01-{'a' * 64}.parquet.140.4711",
        folder / f".manifest-{'b' * 64}.json.140.4711",
        folder / ".rows-x1" / "2026-01",
        folder / f"state-{'c' * 64}.json",
        folder / "record_gone" / f"2020-01-{'d' * 64}.parquet",
    ]
    foreign = [folder / "notes.txt", folder / "record_visit" / "mine.parquet", folder / "record_visit" / ".hidden"]
    for path in (*left, *foreign):
        path.parent.mkdir(exist_ok=True)
        path.write_text("x")
    collect(store, folder, LATER)
    assert [path for path in left if path.exists()] == []
    assert [path for path in foreign if not path.exists()] == []
    assert of(newest) <= names(folder)


def test_a_kept_manifest_that_was_changed_stops_it(store: Store, folder: Path) -> None:
    put(store, [visit("1", at=JANUARY)])
    kept = keep(store, take(store, folder))
    fewer = json.loads(kept.text)
    fewer["content"]["records"]["visit"]["partitions"] = []
    with store.writing() as connection:
        connection.exec_driver_sql("UPDATE kept_texts SET text = ?", (json.dumps(fewer, separators=(",", ":")),))
    before = names(folder)
    with pytest.raises(KaoheError) as caught:
        collect(store, folder, LATER)
    assert caught.value.problems[0].code == "snapshot.manifest-changed"
    assert names(folder) == before


def test_what_went_is_noted_and_nothing_is_where_nothing_went(store: Store, folder: Path) -> None:
    put(store, [visit("1", at=JANUARY)])
    take(store, folder)
    collect(store, folder, LATER)
    put(store, [visit("1", at=MARCH)], update=True)
    take(store, folder)
    collect(store, folder, LATER, dry_run=True)
    found = collect(store, folder, LATER)
    with store.reading() as connection:
        events = connection.execute(select(_log.c.subject, _log.c.detail).where(_log.c.action == "snapshot.collect"))
        said = [(subject, json.loads(detail)) for subject, detail in events]
    assert said[-1] == ("snapshots", {"files": len(found.paths), "bytes": found.size, "hours": 6})


def test_a_snapshot_is_known_by_its_manifest_or_by_a_run_that_keeps_it(store: Store, folder: Path) -> None:
    put(store, [visit("1", at=JANUARY)])
    kept = keep(store, take(store, folder))
    put(store, [visit("2", at=MARCH)])
    newest = take(store, folder)
    (folder / f"manifest-{kept.digest}.json").unlink()
    known = known_snapshots(store, folder)
    assert [(each.snapshot.digest, each.newest, each.taken is None) for each in known] == [
        (newest.digest, True, False),
        (kept.digest, False, True),
    ]
    assert find_known(known, kept.digest[:6]).snapshot == kept
    for named in (kept.digest[:5], "0" * 6, ""):
        with pytest.raises(KaoheError) as caught:
            find_known(known, named)
        assert caught.value.problems[0].code == "snapshot.unknown"


@pytest.mark.parametrize(("harm", "code"), [("cut", "damaged"), ("gone", "missing"), ("other rows", "damaged")])
def test_harm_is_named_and_the_next_snapshot_mends_it(store: Store, folder: Path, harm: str, code: str) -> None:
    put(store, [visit("1", at=JANUARY), visit("2", at=MARCH)])
    taken = take(store, folder)
    first, second = (part.path for part in taken.partitions("visit"))
    whole = second.read_bytes()
    if harm == "gone":
        second.unlink()
    else:
        second.write_bytes(first.read_bytes() if harm == "other rows" else whole[:-9])

    def found() -> list[tuple[str, str | None]]:
        known = known_snapshots(store, folder)
        problems = harmed_files(store, known, newest_files(folder).values(), folder)
        return [(each.code, each.where.file) for each in problems]

    assert found() == [(f"snapshot.{code}", str(second))]
    assert take(store, folder) == taken
    assert found() == []
    assert second.read_bytes() == whole


def test_a_manifest_that_cannot_be_read_is_named(store: Store, folder: Path) -> None:
    put(store, [visit("1", at=JANUARY)])
    taken = take(store, folder)
    manifest = folder / f"manifest-{taken.digest}.json"
    for text in ("{", manifest.read_text("utf-8").replace('"rows":1', '"rows":2')):
        manifest.write_text(text, "utf-8")
        problems = list(harmed_files(store, known_snapshots(store, folder), (), folder))
        assert [(each.code, each.where.file) for each in problems] == [("snapshot.damaged", str(manifest))]
