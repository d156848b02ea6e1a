"""Spark on two workers beside one, and beside DuckDB: the same run from the same files, on this machine.

The cluster is a master and workers of one core each on loopback, started by Spark's own scripts. The first
evaluation of a session starts Spark and lets it translate its plans; the second is what follows in the same session.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

from tests.spark.cluster import cluster, environment

from benchmarks.group import prepared
from benchmarks.group_kaohe import read_inputs
from benchmarks.group_records import PEOPLE
from kaohe.engine import DuckEngine, Engine
from kaohe.run.inputs import evaluate_inputs

MEMORY = {"spark.executor.memory": "2g", "spark.driver.memory": "2g", "spark.sql.shuffle.partitions": "4"}
ROUNDS = ("first", "second")


def spark(records: int = 10_000_000, folder: Path | None = None, people: int = PEOPLE) -> None:
    """Print a table: seconds of measuring and of the whole evaluation, for DuckDB, one worker and two."""
    if find_spec("pyspark") is None or shutil.which("java") is None:
        print("\nSkipped: pyspark and Java 17 are not installed (spark-requirements.txt).")
        return
    with prepared(records, folder, people) as place:
        found = {"DuckDB": measured(place, DuckEngine())}
        for workers in (1, 2):
            found[f"Spark, {workers} of one core"] = on_cluster(place, workers)
    assert len({digest for _seconds, digest in found.values()}) == 1, "the digests differ"
    print(f"\n{records:,} records, {people:,} people, twenty indicators; seconds, the digest the same in all\n")
    print(
        "| | " + " | ".join(f"{each}: measuring | whole" for each in ROUNDS) + " |\n|---|" + "---:|---:|" * len(ROUNDS)
    )
    for name, (seconds, _digest) in found.items():
        print(f"| {name} | " + " | ".join(f"{measuring:.2f} | {whole:.2f}" for measuring, whole in seconds) + " |")
    one, two, duck = (found[name][0][1][0] for name in ("Spark, 1 of one core", "Spark, 2 of one core", "DuckDB"))
    print(f"\nMeasuring, second evaluation: two workers are {one / two:.2f} times as fast as one, and take")
    print(f"{two / duck:.2f} times as long as DuckDB on as many cores.")


def on_cluster(place: Path, workers: int) -> tuple[list[tuple[float, float]], str]:
    """Likewise on a cluster of so many workers, started and ended here."""
    from kaohe.engine.spark import Cluster, SparkEngine
    from kaohe.engine.spark.session import close

    folder = Path(tempfile.mkdtemp(prefix="kaohe-spark-"))
    before = dict(os.environ)
    os.environ.update(environment(folder))
    try:
        with cluster(folder, workers, "2300m") as running:
            answer = measured(place, SparkEngine(Cluster(running.url, tuple(MEMORY.items()))))
            close()
            return answer
    finally:
        os.environ.clear()
        os.environ.update(before)
        shutil.rmtree(folder, ignore_errors=True)


def measured(place: Path, engine: Engine) -> tuple[list[tuple[float, float]], str]:
    """Seconds of measuring and in all, first and second time, and the run's digest."""
    inputs, seconds, digests = read_inputs(place), [], set()
    spent = 0.0
    measure = engine.measure

    def timed(*asked):
        nonlocal spent
        begun = time.perf_counter()
        try:
            return measure(*asked)
        finally:
            spent += time.perf_counter() - begun

    engine.measure = timed
    for _round in ROUNDS:
        spent, begun = 0.0, time.perf_counter()
        run = evaluate_inputs(
            inputs, place / "snapshots", core_version="0", created_at=datetime.now(UTC), engine=engine
        )
        seconds.append((spent, time.perf_counter() - begun))
        digests.add(run.digest)
    (digest,) = digests
    return seconds, digest
