"""Whole evaluations on a cluster, by the command line: the digest is the one that DuckDB gives."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pytest
from pyarrow.fs import LocalFileSystem
from tests.scenarios.desk import Desk
from tests.spark.cluster import CONF, Running
from tests.spark.killing import killed_in_the_middle

from kaohe.engine.spark import Cluster, session
from kaohe.engine.spark.shared import Shared
from kaohe.errors import Exit

# Points of teams that flow to their people, records read through others, working time, and a period before.
SCHEMES = ("customer-department", "energy-storage", "floor-heating")


@pytest.fixture
def desk(demo_copy: Path) -> Desk:
    # What was measured before is kept, and would be taken for granted.
    shutil.rmtree(demo_copy / ".kaohe" / "values", ignore_errors=True)
    return Desk(demo_copy)


def on_spark(desk: Desk, where: Cluster, data: str, conf: Mapping[str, str] = MappingProxyType({})) -> None:
    """Let the workspace measure on the cluster, its files at that URL."""
    session.close()
    path = desk.workspace / "kaohe.toml"
    settings = "\n".join(f'"{name}" = "{value}"' for name, value in (CONF | conf).items())
    rest = re.sub(r"(?m)^engine *=.*\n", "", path.read_text("utf-8"))
    path.write_text(
        f'engine = "spark"\n{rest}\n[values]\nlimit = 0\n\n[spark]\nmaster = "{where.address}"\n'
        f'data = "{data}"\n\n[spark.conf]\n{settings}\n',
        "utf-8",
    )


def digest(desk: Desk, scheme: str) -> str:
    return str(desk.evaluate(Path(scheme), "2026-Q1")["digest"])


@pytest.fixture
def expected(desk: Desk) -> dict[str, str]:
    return {scheme: digest(desk, scheme) for scheme in SCHEMES}


def test_evaluations_have_the_digests_that_duckdb_gives(
    desk: Desk, expected: dict[str, str], where: Cluster, tmp_path: Path
) -> None:
    shared, own = tmp_path / "shared", desk.workspace / ".kaohe"
    on_spark(desk, where, shared.as_uri())
    assert {scheme: digest(desk, scheme) for scheme in SCHEMES} == expected
    files = [path.relative_to(shared) for path in shared.rglob("*.parquet")]
    assert files
    assert all((own / "snapshots" / path).exists() for path in files)
    newest = json.loads(desk.do("run", "list", "--format", "json").out)[-1]["run"]
    assert desk.do("run", "verify", str(newest)).code == 0
    session.close()
    assert [*own.glob("spark-*.log")] == []


@pytest.fixture
def tiny_digest(tiny: Desk) -> str:
    """The digest that DuckDB gives; what it measured is forgotten."""
    shutil.rmtree(tiny.workspace / ".kaohe" / "values", ignore_errors=True)
    return digest(tiny, "tiny")


def test_a_store_by_its_own_scheme(
    tiny: Desk, tiny_digest: str, where: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A scheme of Hadoop's that is no local one, over a folder: a comparison with the period before goes there as well.
    bucket = tmp_path / "bucket"
    monkeypatch.setattr(Shared, "_place", (LocalFileSystem(), str(bucket)))
    mounted = {
        "spark.hadoop.fs.s3a.impl": "org.apache.hadoop.fs.viewfs.ViewFileSystemOverloadScheme",
        "spark.hadoop.fs.viewfs.mounttable.records.link./kaohe": bucket.as_uri(),
    }
    on_spark(tiny, where, "s3a://records/kaohe", mounted)
    assert digest(tiny, "tiny") == tiny_digest
    noted = json.loads((tiny.workspace / ".kaohe" / "spark-data.json").read_text("utf-8"))
    assert noted
    assert all(url.startswith("s3a://records/kaohe/") for url in noted)
    session.close()


def test_workers_that_are_lost_in_the_middle(
    tiny: Desk, tiny_digest: str, spark: Running, where: Cluster, tmp_path: Path
) -> None:
    # Many small tasks, so that there is a middle.
    many = {"spark.sql.shuffle.partitions": "24", "spark.sql.adaptive.coalescePartitions.enabled": "false"}
    shared = tmp_path / "shared"
    on_spark(tiny, where, shared.as_uri(), many)
    stored = tiny.do("run", "list", "--format", "json").out
    with killed_in_the_middle(spark, 2, wait=2) as killed:
        answer = tiny.try_("evaluate", "tiny", "--period", "2026-Q1")
    assert len(killed) == 2
    assert answer.code == Exit.ENVIRONMENT
    assert "[spark.no-worker]" in answer.err
    assert "nothing is half done" in answer.err
    assert answer.out == ""
    # Nothing is stored, and nothing left behind by halves.
    assert tiny.do("run", "list", "--format", "json").out == stored
    assert [path.name for path in shared.rglob("*") if path.is_file() and path.name.startswith(".")] == []
    session.close()
    with killed_in_the_middle(spark, 1) as killed:
        assert digest(tiny, "tiny") == tiny_digest
    assert len(killed) == 1
    session.close()
