"""Spark on one worker and on two, beside DuckDB: how the time of measuring grows with the records, on this machine.

The same run from the same files, whatever measures. The cluster is a master and workers of one core each on loopback,
started by Spark's own scripts. The first evaluation of a session starts Spark and lets it translate its plans, the
first of each size proves the snapshot's files; timed in the table is what comes after.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

from tests.spark.cluster import cluster, environment

from benchmarks.group import prepared
from benchmarks.group_kaohe import read_inputs
from benchmarks.group_records import PEOPLE
from kaohe.engine import DuckEngine, Engine
from kaohe.run.inputs import evaluate_inputs

MEMORY = {"spark.executor.memory": "1g", "spark.driver.memory": "1500m", "spark.sql.shuffle.partitions": "4"}
WORKER = "1300m"
PARTS = (30, 10, 3, 1)
"""The sizes, as parts of the largest."""
COLUMNS = ("DuckDB", "Spark, one worker", "Spark, two workers")


@dataclass(frozen=True)
class Measured:
    """Seconds of measuring, the first time and the second, seconds of the whole second evaluation, and its digest."""

    first: float
    second: float
    whole: float
    digest: str


def spark(records: int = 30_000_000, folder: Path | None = None, people: int = PEOPLE) -> None:
    """Print a table: seconds of measuring so many records and parts of them, for DuckDB, one worker and two."""
    if find_spec("pyspark") is None or shutil.which("java") is None:
        print("\nSkipped: pyspark and Java 17 are not installed (spark-requirements.txt).")
        return
    sizes = [records // part for part in PARTS]
    with ExitStack() as made:
        places = [made.enter_context(prepared(size, folder, people)) for size in sizes]
        found = [[measured(place, DuckEngine()) for place in places]]
        found += [on_cluster(places, workers) for workers in (1, 2)]
    for alike in zip(*found, strict=True):
        assert len({each.digest for each in alike}) == 1, "the digests differ"
    print(f"\n{people:,} people, twenty indicators; seconds of measuring, the digest the same in all\n")
    print("| records | " + " | ".join(COLUMNS) + " | two workers beside one | beside DuckDB |")
    print("|---:" * 6 + "|")
    for size, (duck, one, two) in zip(sizes, zip(*found, strict=True), strict=True):
        seconds = " | ".join(f"{each.second:.2f}" for each in (duck, one, two))
        print(f"| {size:,} | {seconds} | {one.second / two.second:.2f} × | {two.second / duck.second:.2f} × |")
    starts = [each[0].first - each[0].second for each in found[1:]]
    print(f"\nA session's first evaluation takes {starts[0]:.0f} and {starts[1]:.0f} seconds more, for Spark's start.")
    rest = found[0][-1].whole - found[0][-1].second
    print(f"Scoring and all else, the same whatever measures: {rest:.1f} seconds at {sizes[-1]:,} records.")


def on_cluster(places: Sequence[Path], workers: int) -> list[Measured]:
    """What a cluster of so many workers takes, in one session; started and ended here."""
    from kaohe.engine.spark import Cluster, SparkEngine
    from kaohe.engine.spark.session import close

    folder = Path(tempfile.mkdtemp(prefix="kaohe-spark-"))
    before = dict(os.environ)
    os.environ.update(environment(folder))
    try:
        with cluster(folder, workers, WORKER) as running:
            engine = SparkEngine(Cluster(running.url, tuple(MEMORY.items())))
            found = [measured(place, engine) for place in places]
            close()
            return found
    finally:
        os.environ.clear()
        os.environ.update(before)
        shutil.rmtree(folder, ignore_errors=True)


def measured(place: Path, engine: Engine) -> Measured:
    """The same evaluation twice."""
    inputs = read_inputs(place)
    with timed(engine) as spent:
        for _time in range(2):
            begun = time.perf_counter()
            run = evaluate_inputs(
                inputs, place / "snapshots", core_version="0", created_at=datetime.now(UTC), engine=engine
            )
            whole = time.perf_counter() - begun
            spent.append(0.0)
    return Measured(spent[0], spent[1], whole, run.digest)


@contextmanager
def timed(engine: Engine) -> Iterator[list[float]]:
    """The seconds that the engine measures are added to the last entry of the list."""
    spent, measure = [0.0], engine.measure

    def asked(*question):
        begun = time.perf_counter()
        try:
            return measure(*question)
        finally:
            spent[-1] += time.perf_counter() - begun

    engine.measure = asked
    try:
        yield spent
    finally:
        del engine.measure
