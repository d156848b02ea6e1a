"""Whole evaluations on a cluster, by the command line: the digest is the one that DuckDB gives."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from tests.scenarios.desk import Desk
from tests.spark.cluster import CONF

from kaohe.engine.spark import Cluster, session

EVALUATIONS = {
    "customer-department": "people and teams",
    "enterprise-transfer": "credit",
    "floor-heating": "working time",
    "investment": "former periods",
    "energy-storage": "points of teams",
}


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


def test_every_scheme_of_the_demo_has_the_digest_that_duckdb_gives(desk: Desk, where: Cluster, tmp_path: Path) -> None:
    expected = {scheme: digest(desk, scheme) for scheme in EVALUATIONS}
    session.close()
    on_spark(desk, where, tmp_path / "shared")
    assert {scheme: digest(desk, scheme) for scheme in EVALUATIONS} == expected
    files = [path.relative_to(tmp_path / "shared") for path in (tmp_path / "shared").rglob("*.parquet")]
    assert files
    assert all((desk.workspace / ".kaohe" / "snapshots" / path).exists() for path in files)
    session.close()
