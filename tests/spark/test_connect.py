"""Spark Connect: the same figures by a server that others started, and the same words where something fails."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.same import difference
from tests.spark.cluster import Running, connect_server
from tests.spark.relations import RELATIONS
from tests.unit.engine.described_kit import CLIENT, READ_THROUGH, VISIT
from tests.unit.engine.golden_sql import CASES, JOINED_CASES
from tests.unit.engine.scan_kit import Q1_WINDOWS, TICKET, local, request, snapshot
from tests.unit.engine.test_described import CLIENTS, VISITS
from tests.unit.engine.test_embedded import PEOPLE, TICKETS

from kaohe.engine import DuckEngine, fuse
from kaohe.engine.spark import Cluster, SparkEngine
from kaohe.engine.spark.session import close
from kaohe.errors import KaoheError


@pytest.fixture(scope="module")
def connected(spark: Running) -> Iterator[SparkEngine]:
    pytest.importorskip("grpc", reason="what Spark Connect needs is not installed")
    close()
    with connect_server(spark) as address:
        yield SparkEngine(Cluster(address, (("spark.sql.shuffle.partitions", "2"),)))
        close()


def test_a_server_gives_what_duckdb_gives(connected: SparkEngine, tmp_path: Path) -> None:
    tables = {"ticket": (TICKET, [TICKETS]), "visit": (VISIT, [VISITS]), "client": (CLIENT, [CLIENTS])}
    taken = snapshot(tmp_path, tables)
    scans = fuse([*CASES["shared_window"], *CASES["conditions"], *JOINED_CASES["joined"][:2], *READ_THROUGH])
    asked = (scans, taken, Q1_WINDOWS, [PEOPLE] * len(scans), RELATIONS)
    assert difference(connected.measure(*asked), DuckEngine().measure(*asked)) is None


def test_what_fails_there_is_told_alike(connected: SparkEngine, tmp_path: Path) -> None:
    huge = [{"owner": "P1", "opened_at": local("2026-02-01 12:00"), "cost": 2**62}] * 2
    taken = snapshot(tmp_path, {"ticket": (TICKET, [huge])})
    asked = (fuse([request("cost", "sum(cost)")]), taken, Q1_WINDOWS, [PEOPLE])
    with pytest.raises(KaoheError, match=r"engine\.overflow"):
        connected.measure(*asked)
    path = taken.partitions("ticket")[0].path
    whole = path.read_bytes()
    footer = int.from_bytes(whole[-8:-4], "little") + 8
    for content in (b"PAR1", whole[:4] + bytes(len(whole) - 4 - footer) + whole[-footer:]):
        path.write_bytes(content)
        with pytest.raises(KaoheError, match=r"engine\.snapshot") as caught:
            connected.measure(*asked)
        assert "org.apache" not in str(caught.value)
