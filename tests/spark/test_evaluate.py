"""Whole evaluations on a cluster, by the command line: the digest is the one that DuckDB gives."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from tests.scenarios.desk import Desk
from tests.spark.cluster import CONF

from kaohe.engine.spark import Cluster, session

# Points of teams that flow to their people, records read through others, working time, and a period before.
SCHEMES = ("customer-department", "energy-storage", "floor-heating")


@pytest.fixture
def desk(demo_copy: Path) -> Desk:
    # What was measured before is kept, and would be taken for granted.
    shutil.rmtree(demo_copy / ".kaohe" / "values", ignore_errors=True)
    return Desk(demo_copy)


def on_spark(desk: Desk, where: Cluster, data: Path) -> None:
    """Let the workspace measure on the cluster, its files beside it."""
    path = desk.workspace / "kaohe.toml"
    settings = "\n".join(f'"{name}" = "{value}"' for name, value in CONF.items())
    rest = re.sub(r"(?m)^engine *=.*\n", "", path.read_text("utf-8"))
    path.write_text(
        f'engine = "spark"\n{rest}\n[values]\nlimit = 0\n\n[spark]\nmaster = "{where.address}"\n'
        f'data = "file://{data}"\n\n[spark.conf]\n{settings}\n',
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
    session.close()
    shared, own = tmp_path / "shared", desk.workspace / ".kaohe"
    on_spark(desk, where, shared)
    assert {scheme: digest(desk, scheme) for scheme in SCHEMES} == expected
    files = [path.relative_to(shared) for path in shared.rglob("*.parquet")]
    assert files
    assert all((own / "snapshots" / path).exists() for path in files)
    assert desk.do("run", "verify", "--all").code == 0
    session.close()
    assert [*own.glob("spark-*.log")] == []


def test_a_comparison_with_the_period_before(tiny: Desk, where: Cluster, tmp_path: Path) -> None:
    shutil.rmtree(tiny.workspace / ".kaohe" / "values", ignore_errors=True)
    expected = digest(tiny, "tiny")
    session.close()
    on_spark(tiny, where, tmp_path / "shared")
    assert digest(tiny, "tiny") == expected
    session.close()
