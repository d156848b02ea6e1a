"""What goes wrong between kaohe and a cluster, and what a person is told of it."""

from __future__ import annotations

import gc
import socket
import warnings
from dataclasses import replace
from pathlib import Path

import pytest
from tests.same import difference
from tests.spark.cluster import Running
from tests.spark.killing import killed_in_the_middle
from tests.unit.engine.scan_kit import Q1_WINDOWS, TICKET, local, request, snapshot
from tests.unit.engine.test_embedded import PEOPLE, TICKETS

from kaohe.engine import DuckEngine, fuse
from kaohe.engine.spark import Cluster, SparkEngine
from kaohe.engine.spark import session as sessions
from kaohe.errors import Exit, KaoheError
from kaohe.records import Snapshot

ASKED = fuse([request("n", "count()")])


@pytest.fixture
def taken(tmp_path: Path) -> Snapshot:
    return snapshot(tmp_path, {"ticket": (TICKET, [TICKETS])})


def refused(cluster: Cluster, taken: Snapshot) -> list[str]:
    """The codes of what is told; never in Java's words, and with exit code 3."""
    engine = SparkEngine(cluster)
    with warnings.catch_warnings():
        # pyspark leaves the pipe open to a process that did not start.
        warnings.simplefilter("ignore", ResourceWarning)
        with pytest.raises(KaoheError) as caught:
            engine.measure(ASKED, taken, Q1_WINDOWS, [PEOPLE])
        gc.collect()
    assert caught.value.exit_code == Exit.ENVIRONMENT
    for language in ("en", "zh"):
        told = "\n".join(problem.render(language) for problem in caught.value.problems)
        assert not any(word in told for word in ("org.apache", "\tat ", "Traceback", "Exception"))
    return [problem.code for problem in caught.value.problems]


def test_a_cluster_where_nobody_answers_is_told_at_once(where: Cluster, taken: Snapshot) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        for address in (f"spark://127.0.0.1:{port}", f"sc://127.0.0.1:{port}"):
            assert refused(replace(where, address=address), taken)[0] == "spark.unreachable"


def test_without_java_or_with_an_old_one_it_is_said_what_to_install(
    where: Cluster, taken: Snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sessions.close()
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "none"))
    assert refused(where, taken) == ["spark.java", "spark.log"]
    old = tmp_path / "old" / "bin" / "java"
    old.parent.mkdir(parents=True)
    old.write_text("#!/bin/sh\necho java.lang.UnsupportedClassVersionError >&2\nexit 1\n")
    old.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "old"))
    assert refused(where, taken) == ["spark.java", "spark.log"]


def test_a_setting_that_spark_refuses_is_told_and_its_words_are_kept(where: Cluster, taken: Snapshot) -> None:
    wrong = replace(where, conf=(("spark.driver.memory", "much"),))
    assert refused(wrong, taken) == ["spark.not-started", "spark.log"]
    assert where.log is not None
    assert "much" in where.log.read_text("utf-8")
    assert where.log.stat().st_mode & 0o077 == 0


def test_a_cluster_without_room_is_waited_for_only_so_long(where: Cluster, taken: Snapshot) -> None:
    greedy = dict(where.conf) | {"spark.executor.memory": "500g"}
    assert refused(replace(where, conf=tuple(greedy.items()), wait=2), taken) == ["spark.no-worker", "spark.log"]


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Enough files that a query over them takes a while."""
    rows = [
        {"no": str(number), "owner": PEOPLE[number % 3], "kind": "repair", "cost": number, "rating": number % 50}
        | {"opened_at": local(f"2026-0{number % 3 + 1}-02 12:00")}
        for number in range(3_000)
    ]
    return snapshot(tmp_path_factory.mktemp("many"), {"ticket": (TICKET, [rows] * 24)})


def test_a_worker_that_dies_in_the_middle_changes_nothing(spark: Running, where: Cluster, many: Snapshot) -> None:
    asked = fuse(
        [request("m", "median(cost)"), request("s", "sum(cost * rating)"), request("l", "last(cost, by=opened_at)")]
    )
    expected = DuckEngine().measure(asked, many, Q1_WINDOWS, [PEOPLE])
    with sessions.turn:
        # Each file a task of its own, so that there is a middle.
        sessions.opened(where)._spark.conf.set("spark.sql.files.openCostInBytes", "128m")
    with killed_in_the_middle(spark, 1) as killed:
        found = SparkEngine(where).measure(asked, many, Q1_WINDOWS, [PEOPLE])
    assert difference(found, expected) is None
    assert len(killed) == 1


def test_what_was_lost_is_opened_anew_by_the_next_question(engine: SparkEngine, taken: Snapshot) -> None:
    engine.measure(ASKED, taken, Q1_WINDOWS, [PEOPLE])
    driver = sessions._open[0]._driver
    assert driver is not None
    java = driver._gateway.proc
    java.kill()
    java.wait()
    with pytest.raises(KaoheError, match=r"spark\.lost"):
        sessions._open[0].ask("SELECT 1")
    engine.measure(ASKED, taken, Q1_WINDOWS, [PEOPLE])


def test_a_session_ends_with_its_process_and_its_log_and_has_said_nothing(
    engine: SparkEngine, taken: Snapshot, capfd: pytest.CaptureFixture
) -> None:
    engine.measure(ASKED, taken, Q1_WINDOWS, [PEOPLE])
    log, java = engine._cluster.log, sessions._open[0]._driver._gateway.proc
    assert log is not None
    assert log.exists()
    sessions.close()
    assert java.returncode is not None
    assert not log.exists()
    assert capfd.readouterr() == ("", "")
