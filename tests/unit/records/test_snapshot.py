"""Snapshots: what they hold, when they are reused, and that no damage goes unnoticed."""

from __future__ import annotations

import hashlib
import struct
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.unit.records.store_kit import NOW, SHANGHAI, TYPES, VISIT, hire, put, visit

from kaohe.errors import Exit, KaoheError
from kaohe.period import parse_period
from kaohe.records import Snapshot, open_snapshot, take_snapshot
from kaohe.records.batches import undo_batch
from kaohe.records.columnar import wall_clock
from kaohe.records.in_use import LOCK
from kaohe.records.partition import content_digest
from kaohe.records.store import Store, open_store

DAY = 86_400_000_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "snapshots"


def take(store: Store, folder: Path, zone: ZoneInfo = SHANGHAI) -> Snapshot:
    return take_snapshot(store, [VISIT], folder, zone)


def rows(snapshot: Snapshot) -> list[dict[str, object]]:
    return [row for part in snapshot.partitions("visit") for row in pq.read_table(part.path).to_pylist()]


def test_columns_are_integers_and_text_only(store: Store, folder: Path) -> None:
    put(store, [visit("1")])
    moment = datetime(2026, 1, 31, 16, 30, tzinfo=UTC)
    micros = int(moment.timestamp()) * 1_000_000
    assert rows(take(store, folder)) == [
        {
            "no": "1",
            "agent": "P1",
            "client": "C-甲",
            "kind": "new",
            "at": micros,
            "at__local": micros + 8 * 3_600_000_000,
            "due": (date(2026, 2, 28) - date(1970, 1, 1)).days,
            "calls": 3,
            "rating": 85,
            "amount": 123_456_789,
            "won": True,
        }
    ]
    assert dict(take(store, folder).records["visit"].columns)["at__local"] == "int64"


def test_rows_lie_in_the_month_of_the_local_day_in_key_order(store: Store, folder: Path) -> None:
    late = datetime(2026, 1, 31, 16, 0, tzinfo=UTC)  # midnight in Shanghai: February already
    put(store, [visit("b", at=late), visit("B", at=late - timedelta(microseconds=1)), visit("é", at=late)])
    put(store, [visit("a", at=late), visit("?", at=None), visit("!", at=None)])
    parts = take(store, folder).partitions("visit")
    assert [part.month for part in parts] == ["2026-01", "2026-02", None]
    assert pq.read_table(parts[1].path).column("no").to_pylist() == ["a", "b", "é"]
    assert [part.rows for part in parts] == [1, 3, 2]


def test_partitions_know_the_range_of_every_dated_column(store: Store, folder: Path) -> None:
    put(store, [visit("1", due=date(2026, 1, 2)), visit("2", due=None), visit("3", due=date(2026, 3, 1))])
    first = take(store, folder).partitions("visit")[0]
    assert first.ranges["due"] == (20455, 20513)
    assert set(first.ranges) == {"at", "at__local", "due"}
    put(store, [visit("4", at=None, due=None)])
    assert take(store, folder).partitions("visit")[-1].ranges["due"] == (None, None)


def test_missing_values_stay_missing(store: Store, folder: Path) -> None:
    put(store, [{"no": "1"}])
    assert rows(take(store, folder)) == [
        {name: "1" if name == "no" else None for name, _type in take(store, folder).records["visit"].columns}
    ]


def test_equal_records_have_an_equal_digest_in_whatever_order_they_came(tmp_path: Path) -> None:
    digests = set()
    for name, order in (("one", [1, 2, 3]), ("two", [3, 1, 2])):
        store = open_store(f"sqlite:///{name}.db", TYPES, folder=tmp_path)
        hire(store, [{"code": "P1"}])
        put(store, [visit("9")])
        undo_batch(store, 2, NOW)
        for number in order:
            put(store, [visit(str(number), amount=number)])
        digests.add(take(store, tmp_path / name).digest)
    assert len(digests) == 1


@pytest.mark.parametrize("change", [{"amount": 1}, {"amount": None}, {"won": False}, {"client": ""}, {"client": None}])
def test_any_change_changes_the_digest(store: Store, folder: Path, change: dict[str, object]) -> None:
    put(store, [visit("1"), visit("2")])
    before = take(store, folder).digest
    put(store, [visit("2", **change)], update=True)
    assert take(store, folder).digest != before


def test_the_timezone_is_part_of_what_a_snapshot_says(store: Store, folder: Path) -> None:
    put(store, [visit("1")])
    assert take(store, folder).digest != take(store, folder, ZoneInfo("Europe/Berlin")).digest


def test_unchanged_tables_are_not_read_again(store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(store, [visit("1")])
    first = take(store, folder)
    with monkeypatch.context() as patch:
        patch.setattr("kaohe.records.snapshot.read_partitions", lambda *_: pytest.fail("the database was read"))
        assert take(store, folder) == first


def test_only_the_month_that_changed_gets_a_new_file(store: Store, folder: Path) -> None:
    put(store, [visit("1"), visit("2", at=NOW)])
    before = {part.month: part.path for part in take(store, folder).partitions("visit")}
    put(store, [visit("3", at=NOW)])
    after = {part.month: part.path for part in take(store, folder).partitions("visit")}
    assert after["2026-02"] == before["2026-02"]
    assert after["2026-04"] != before["2026-04"]


def test_a_snapshot_opens_again_by_its_digest(store: Store, folder: Path) -> None:
    put(store, [visit("1")])
    taken = take(store, folder)
    put(store, [visit("2")])
    take(store, folder)
    assert open_snapshot(folder, taken.digest) == taken
    assert taken.sources == {"visit": (2,), "people": (1,)}


def refused(folder: Path, digest: str) -> str:
    with pytest.raises(KaoheError) as caught:
        open_snapshot(folder, digest)
    assert caught.value.exit_code == Exit.ENVIRONMENT
    return caught.value.problems[0].code


def test_a_damaged_or_missing_file_is_noticed_and_mended_by_the_next_snapshot(store: Store, folder: Path) -> None:
    put(store, [visit("1")])
    taken = take(store, folder)
    path = taken.partitions("visit")[0].path
    whole = path.read_bytes()
    for damaged in (whole[:-1], whole[:20] + b"\x00" + whole[21:], b""):
        path.write_bytes(damaged)
        assert refused(folder, taken.digest) == "snapshot.damaged"
        assert take(store, folder) == taken
        assert path.read_bytes() == whole
    path.unlink()
    assert refused(folder, taken.digest) == "snapshot.damaged"
    assert take(store, folder) == taken
    assert open_snapshot(folder, taken.digest) == taken


@pytest.mark.parametrize("harm", [b"\xff\xfe", b"", b"[]", b'{"content": 1}'])
def test_a_manifest_that_cannot_be_read_is_written_anew(store: Store, folder: Path, harm: bytes) -> None:
    path = folder / f"manifest-{take(store, folder).digest}.json"
    sound = path.read_bytes()
    path.write_bytes(harm)
    take(store, folder)
    assert path.read_bytes() == sound


def test_a_manifest_that_was_tampered_with_is_noticed(store: Store, folder: Path) -> None:
    put(store, [visit("1")])
    taken = take(store, folder)
    manifest = folder / f"manifest-{taken.digest}.json"
    text = manifest.read_text("utf-8")
    for other in (text.replace('"rows":1', '"rows":2'), text[:-5], "[]", '{"content":{}}'):
        manifest.write_text(other, "utf-8")
        assert refused(folder, taken.digest) == "snapshot.damaged"
    manifest.unlink()
    assert refused(folder, taken.digest) == "snapshot.missing"


@pytest.mark.parametrize("elsewhere", ["/etc/passwd", "../outside.parquet", "visit/../../x", "C:x", "visit\\\\x"])
def test_a_manifest_names_no_file_outside_its_folder(store: Store, folder: Path, elsewhere: str) -> None:
    put(store, [visit("1")])
    taken = take(store, folder)
    manifest = folder / f"manifest-{taken.digest}.json"
    name = taken.partitions("visit")[0].path.relative_to(folder).as_posix()
    manifest.write_text(manifest.read_text("utf-8").replace(name, elsewhere), "utf-8")
    assert refused(folder, taken.digest) == "snapshot.damaged"


def test_a_full_disk_is_named_and_leaves_no_half_file(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, [visit("1")])
    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        with pytest.raises(KaoheError) as caught:
            take(store, folder)
    assert caught.value.problems[0].code == "database.full"
    assert [path.name for path in folder.rglob("*") if path.is_file()] == [LOCK]


def full(_file: int) -> None:
    raise OSError(28, "No space left on device")


def test_people_teams_and_assignments_are_in_it_too(store: Store, folder: Path) -> None:
    span = {"team": "北", "from": date(2026, 1, 1), "to": date(2026, 1, 31)}
    hire(store, [{"code": "P3", **span, "grade": "7", "bonus_base": 5}])
    tables = take(store, folder).organisation
    (people,) = (pq.read_table(part.path).to_pylist() for part in tables["people"].partitions)
    (assignments,) = (pq.read_table(part.path).to_pylist() for part in tables["assignments"].partitions)
    assert people == [{"code": code, "name": code} for code in ("P1", "P2", "P3")]
    assert assignments == [
        {
            "person": "P3",
            "team": "北",
            "role": None,
            "manager": None,
            "starts": 20454,
            "ends": 20485,
            "fraction": 1_000_000,
            "bonus_base": 5,
            "attributes": '{"grade":"7"}',
        }
    ]


def test_it_knows_whether_a_period_has_records(store: Store, folder: Path) -> None:
    at = [datetime(2026, 1, day, 12, tzinfo=UTC) for day in (3, 20)]
    put(store, [visit("1", at=at[0]), visit("2", at=at[1])])
    taken = take(store, folder)
    asked = ["2026-01", "2026-02", "2025", "2026-01-03..2026-01-03", "2026-01-05..2026-01-19", "2026-01-19..2026-01-21"]
    assert [taken.has_records("visit", parse_period(name)) for name in asked] == [True, False, False, True, False, True]


def test_it_knows_whether_a_period_has_records_by_another_date_of_theirs(store: Store, folder: Path) -> None:
    put(store, [visit("1", due=date(2026, 3, 1)), visit("2", due=date(2026, 6, 30)), visit("3", at=None, due=None)])
    taken = take(store, folder)
    asked = ["2026-01", "2026-03", "2026-04", "2026-Q2", "2026-07"]
    assert [taken.has_records("visit", parse_period(name), "due") for name in asked] == [
        False,
        True,
        False,
        True,
        False,
    ]
    assert taken.has_records("visit", parse_period("2026-02"), "at")  # half past midnight in Shanghai


def test_the_wall_clock_follows_changes_within_an_hour() -> None:
    # Lord Howe Island moves its clocks by half an hour, at half past an hour of UTC.
    zone = ZoneInfo("Australia/Lord_Howe")
    start = datetime(2026, 4, 4, 14, 45, tzinfo=UTC)
    moments = [start + timedelta(minutes=minutes) for minutes in range(0, 90, 5)]
    micros = np.array([int(moment.timestamp()) * 1_000_000 for moment in moments], np.int64)
    expected = [moment.astimezone(zone).replace(tzinfo=UTC).timestamp() * 1_000_000 for moment in moments]
    assert wall_clock(micros, zone).tolist() == expected


def test_the_content_digest_does_not_depend_on_how_a_column_is_cut() -> None:
    whole = pa.table({"a": pa.array(["x", None, "", "甲"]), "b": pa.array([1, None, 3, 4], pa.int64())})
    cut = pa.concat_tables([whole.slice(0, 1), whole.slice(1, 3)])
    longer = pa.concat_tables([whole.slice(3, 1), whole]).slice(1, 4)
    assert content_digest(cut) == content_digest(whole) == content_digest(longer)


def test_the_content_digest_is_over_names_types_and_values_alone() -> None:
    # Digests are in runs that people keep: a new version of Arrow or of this code must not change them.
    table = pa.table(
        {
            "text": pa.array(["x", None, "甲乙"], pa.string()),
            "number": pa.array([1, None, -3], pa.int64()),
            "flag": pa.array([True, None, False], pa.bool_()),
        }
    )
    there = b"\xa0"  # the first and the third: 101 and five bits to fill the byte
    said = (
        b'{"columns":[["text","string"],["number","int64"],["flag","bool"]],"rows":3}\n'
        + (there + struct.pack("<3q", 1, 0, 6) + "x甲乙".encode())
        + (there + struct.pack("<3q", 1, 0, -3))
        + (there + b"\x01\x00\x00")
    )
    assert content_digest(table) == hashlib.sha256(said).hexdigest()
