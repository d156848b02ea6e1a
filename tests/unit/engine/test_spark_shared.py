"""The place that workers read from: what is copied there, once, and what is mended."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kaohe.engine.spark.shared import Shared
from kaohe.errors import Exit, KaoheError
from kaohe.records import Partition
from kaohe.records.partition import file_sha256


@pytest.fixture
def partitions(tmp_path: Path) -> list[Partition]:
    """Files of a snapshot in ``tmp_path / "snapshots"``, by tables and months."""
    found = []
    for name, content in (("record_ticket/2026-01-a", b"one"), ("record_ticket/2026-02-b", b"two"), ("people/c", b"3")):
        path = tmp_path / "snapshots" / f"{name}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        found.append(Partition(path, None, 1, name, file_sha256(path), {}))
    return found


def shared(tmp_path: Path, name: str = "shared") -> Shared:
    return Shared(f"file://{tmp_path / name}")


def there(tmp_path: Path) -> dict[str, bytes]:
    folder = tmp_path / "shared"
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_is_asked_for_is_copied_under_its_own_name_and_nothing_else(
    tmp_path: Path, partitions: list[Partition]
) -> None:
    files = shared(tmp_path).files(tmp_path / "snapshots", partitions[:2])
    assert there(tmp_path) == {"record_ticket/2026-01-a.parquet": b"one", "record_ticket/2026-02-b.parquet": b"two"}
    assert files == [f"file://{tmp_path}/shared/{name}" for name in sorted(there(tmp_path))]


def test_what_is_there_is_not_written_again(tmp_path: Path, partitions: list[Partition]) -> None:
    shared(tmp_path).files(tmp_path / "snapshots", partitions)
    before = [path.stat().st_ino for path in sorted((tmp_path / "shared").rglob("*.parquet"))]
    shared(tmp_path).files(tmp_path / "snapshots", partitions)
    assert [path.stat().st_ino for path in sorted((tmp_path / "shared").rglob("*.parquet"))] == before


@pytest.mark.parametrize("content", [b"", b"o", b"one and more"], ids=["empty", "short", "long"])
def test_a_file_of_another_size_is_replaced(tmp_path: Path, partitions: list[Partition], content: bytes) -> None:
    shared(tmp_path).files(tmp_path / "snapshots", partitions)
    (tmp_path / "shared" / "record_ticket" / "2026-01-a.parquet").write_bytes(content)
    shared(tmp_path).files(tmp_path / "snapshots", partitions)
    assert there(tmp_path)["record_ticket/2026-01-a.parquet"] == b"one"


def test_what_workers_see_otherwise_is_copied_anew(tmp_path: Path, partitions: list[Partition]) -> None:
    shared(tmp_path).files(tmp_path / "snapshots", partitions)
    (tmp_path / "shared" / "record_ticket" / "2026-01-a.parquet").write_bytes(b"eno")
    shared(tmp_path).files(tmp_path / "snapshots", partitions[:1], anew=True)
    assert there(tmp_path)["record_ticket/2026-01-a.parquet"] == b"one"


def test_a_damaged_file_of_the_snapshot_goes_nowhere(tmp_path: Path, partitions: list[Partition]) -> None:
    partitions[1].path.write_bytes(b"owt")
    with pytest.raises(KaoheError) as caught:
        shared(tmp_path).files(tmp_path / "snapshots", partitions)
    assert [problem.code for problem in caught.value.problems] == ["snapshot.damaged"]
    assert not any("2026-02" in name for name in there(tmp_path))


def test_a_place_that_cannot_be_written_is_told_with_what_to_check(tmp_path: Path, partitions: list[Partition]) -> None:
    (tmp_path / "shared").write_text("a file, where a folder is to be")
    for place in (shared(tmp_path), Shared("hdfs://")):
        with pytest.raises(KaoheError) as caught:
            place.files(tmp_path / "snapshots", partitions)
        (problem,) = caught.value.problems
        assert (problem.code, caught.value.exit_code) == ("spark.data", Exit.ENVIRONMENT)


def test_a_partition_elsewhere_is_no_partition_of_the_snapshot(tmp_path: Path, partitions: list[Partition]) -> None:
    with pytest.raises(ValueError, match="is not in the subpath"):
        shared(tmp_path).files(tmp_path / "snapshots", [replace(partitions[0], path=tmp_path / "x.parquet")])
