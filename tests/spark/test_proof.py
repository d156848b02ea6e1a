"""What workers read is what was written: a copy that is another one is mended, or an error; never other figures."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from pyarrow.fs import LocalFileSystem
from tests.same import difference
from tests.unit.engine.scan_kit import Q1_WINDOWS, TICKET, request, snapshot
from tests.unit.engine.test_embedded import PEOPLE, TICKETS

from kaohe.engine import DuckEngine, fuse
from kaohe.engine.spark import Cluster, SparkEngine
from kaohe.engine.spark.proof import Proof, fingerprint
from kaohe.engine.spark.session import Session, opened, turn
from kaohe.engine.spark.shared import Shared
from kaohe.errors import Exit, KaoheError
from kaohe.records import Partition, Snapshot
from kaohe.records.partition import file_sha256

ASKED = fuse([request("cost", "sum(cost)"), request("n", "count()")])


@pytest.fixture
def taken(tmp_path: Path) -> Snapshot:
    """Tickets in three files, by folders as a snapshot has them, and named by what is in them."""
    folder = tmp_path / "snapshots"
    (folder / "records").mkdir(parents=True)
    found = snapshot(folder, {"ticket": (TICKET, [TICKETS[:2], TICKETS[2:4], TICKETS[4:]])})
    table = found.records["ticket"]
    partitions = []
    for each in table.partitions:
        path = each.path.rename(folder / "records" / each.path.name)
        partitions.append(replace(each, path=path, sha256=file_sha256(path)))
    return replace(found, records={"ticket": replace(table, partitions=tuple(partitions))})


def other_rows(path: Path) -> None:
    """Rows of the same months, more expensive: a file of another workspace, say, of the very same size."""
    whole = path.read_bytes()
    place = next(at for at in range(len(whole) // 4, len(whole)) if whole[at : at + 1] not in (b"\n", b"\0"))
    path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])


def test_other_bytes_at_the_place_are_replaced(where: Cluster, taken: Snapshot, tmp_path: Path) -> None:
    shared, notes = Shared((tmp_path / "shared").as_uri()), tmp_path / "notes.json"
    expected = DuckEngine().measure(ASKED, taken, Q1_WINDOWS, [PEOPLE])
    for _time in range(2):
        found = SparkEngine(where, shared, Proof(notes)).measure(ASKED, taken, Q1_WINDOWS, [PEOPLE])
        assert difference(found, expected) is None
        copies = sorted((tmp_path / "shared" / "records").iterdir())
        assert [file_sha256(each) for each in copies] == [each.sha256 for each in taken.partitions("ticket")]
        other_rows(copies[1])


def test_workers_that_see_another_place_than_kaohe_are_refused(
    where: Cluster, taken: Snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = tmp_path / "theirs"
    Shared(theirs.as_uri()).files(taken.folder, taken.partitions("ticket"))
    for path in sorted((theirs / "records").iterdir()):
        other_rows(path)
    monkeypatch.setattr(Shared, "_place", (LocalFileSystem(), str(tmp_path / "ours")))
    with pytest.raises(KaoheError) as caught:
        SparkEngine(where, Shared(theirs.as_uri())).measure(ASKED, taken, Q1_WINDOWS, [PEOPLE])
    assert ([problem.code for problem in caught.value.problems], caught.value.exit_code) == (
        ["spark.other-file"],
        Exit.ENVIRONMENT,
    )


def test_a_file_is_read_once_and_again_when_it_was_changed(
    where: Cluster, taken: Snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {f"file://{each.path}": each for each in taken.partitions("ticket")}
    read: list[list[str]] = []
    fingerprints = Session.fingerprints
    monkeypatch.setattr(Session, "fingerprints", lambda self, urls: (read.append([*urls]), fingerprints(self, urls))[1])
    with turn:
        assert Proof(tmp_path / "notes.json").others(opened(where), files) == []
        assert Proof(tmp_path / "notes.json").others(opened(where), files) == []
        assert read == [[*files]]
        path = taken.partitions("ticket")[1].path
        os.utime(path, ns=(0, path.stat().st_mtime_ns + 10**9))
        assert Proof(tmp_path / "notes.json").others(opened(where), files) == []
        assert read[1:] == [[f"file://{path}"]]


def test_the_cluster_makes_the_fingerprint_that_kaohe_makes(where: Cluster, tmp_path: Path) -> None:
    folder = tmp_path / "[a] {b,c}* 空 格 %20" / "records"
    folder.mkdir(parents=True)
    contents = [b"PAR1\n\n\xff\xfe\r\n\rPAR1", b"\n", b"x\n", bytes(range(256)) * 999, b"\0" * 5_000]
    files = {}
    for number, content in enumerate(contents):
        path = folder / f"{number}.parquet"
        path.write_bytes(content)
        files[f"file://{path}"] = Partition(path, None, 1, "", file_sha256(path), {})
    with turn:
        told = opened(where).fingerprints([*files])
    found = {Path(url).name: (size, *rest) for url, size, _changed, *rest in told}
    assert found == {Path(url).name: fingerprint(each.path) for url, each in files.items()}
