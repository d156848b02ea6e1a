"""What measuring may use: memory, and a place on the disk for what does not fit; what is said where both do not do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.unit.engine.scan_kit import Q1_WINDOWS, SHANGHAI, local, request

from kaohe.engine import DuckEngine, fuse
from kaohe.engine.connection import connected
from kaohe.engine.resources import Resources, spilling
from kaohe.errors import Exit, KaoheError
from kaohe.records import Partition, Snapshot
from kaohe.records.in_use import in_use
from kaohe.records.manifest import SnapshotTable

MANY, LITTLE = 500_000, 45_000_000
ASKED = [request("n", "count()"), request("cost", "sum(cost) + maximum(cost)")]


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Many tickets of as many people."""
    folder = tmp_path_factory.mktemp("many")
    codes = pa.array([f"a person with a long code {number:07}" for number in range(MANY)])
    columns: dict[str, Any] = {name: pa.nulls(MANY, pa.string()) for name in ("helper", "kind")}
    columns |= {"no": codes, "owner": codes, "cost": pa.array(range(MANY), pa.int64())}
    at = local("2026-02-01 12:00")
    columns["opened_at__local"] = pa.array([at] * MANY, pa.int64())
    path = folder / "ticket.parquet"
    pq.write_table(pa.table(columns), path, row_group_size=50_000)
    partition = Partition(path, None, MANY, "", "", {"opened_at__local": (at, at)})
    return Snapshot(folder, SHANGHAI.key, {"ticket": SnapshotTable((), None, 1, (partition,))}, {}, {})


def measured(taken: Snapshot, resources: Resources) -> list[int]:
    codes = [f"a person with a long code {number:07}" for number in range(0, MANY, 1000)]
    (parts,) = DuckEngine(resources).measure(fuse(ASKED), taken, Q1_WINDOWS, [codes])
    return [int(number) for columns in parts.values() for column in columns.values() for number in column]


def test_what_does_not_fit_into_memory_is_laid_aside_or_refused_and_comes_out_the_same(
    many: Snapshot, tmp_path: Path
) -> None:
    with pytest.raises(KaoheError) as caught:
        measured(many, Resources(LITTLE, 1))
    (problem,) = caught.value.problems
    assert (problem.code, caught.value.exit_code) == ("engine.memory", Exit.ENVIRONMENT)
    assert "45 MB" in str(problem.what)
    assert "[duckdb] memory" in str(problem.fix)
    assert measured(many, Resources(LITTLE, 1, tmp_path)) == measured(many, Resources())
    assert [path.name for path in tmp_path.iterdir()] == [".in-use"]


def test_a_full_disk_is_named(tmp_path: Path) -> None:
    with pytest.raises(KaoheError) as caught, connected(tmp_path, resources=Resources(spill=tmp_path / "aside")):
        raise duckdb.IOException("IO Error: Could not write file: No space left on device\nand more")
    (problem,) = caught.value.problems
    assert (problem.code, problem.where.file) == ("engine.disk", str(tmp_path / "aside"))
    assert problem.found == "IO Error: Could not write file: No space left on device"
    assert [path.name for path in (tmp_path / "aside").iterdir()] == [".in-use"]


def test_what_killed_runs_left_is_removed_as_soon_as_nobody_is_at_work(tmp_path: Path) -> None:
    left, another = tmp_path / "measuring-1234567-0", tmp_path / "measuring-notes"
    for each in (left, another):
        each.mkdir()
        (each / "file").write_text("x")
    with in_use(tmp_path), spilling(tmp_path) as own:
        assert own is not None
        assert left.exists()
    with spilling(tmp_path) as own:
        assert own is not None
        assert not left.exists()
    assert (another / "file").exists()
    assert not own.exists()


def test_where_nothing_can_be_written_nothing_is_laid_aside(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with spilling(tmp_path / "file" / "aside") as own:
        assert own is None


def test_the_connection_writes_nowhere_but_where_it_lays_aside(tmp_path: Path) -> None:
    inside, aside = tmp_path / "inside", tmp_path / "aside"
    inside.mkdir()
    with connected(inside, resources=Resources(spill=aside)) as connection, pytest.raises(duckdb.Error):
        connection.execute(f"COPY (SELECT 1) TO '{aside}/new.csv'")
