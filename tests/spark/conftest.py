"""One cluster for all tests of the package: a master and two workers on the loopback interface."""

from __future__ import annotations

import fcntl
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.spark.cluster import CONF, Running, cluster, environment

from kaohe.engine.spark import Cluster, SparkEngine
from kaohe.engine.spark.session import close


@pytest.fixture(scope="package")
def spark(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The cluster. Processes that share the tests take turns: two clusters at once would starve one another."""
    pytest.importorskip("pyspark", reason="pyspark is not installed")
    java = shutil.which("java")
    if java is None:
        pytest.skip("Java is not installed")
    told = subprocess.run([java, "-version"], capture_output=True, text=True, check=True).stderr
    version = re.search(r'version "(\d+)', told)
    if version is None or int(version[1]) < 17:
        pytest.skip(f"Java 17 is not installed: {told.splitlines()[0]}")
    shared = tmp_path_factory.getbasetemp()
    if hasattr(request.config, "workerinput"):
        shared = shared.parent
    # Not below pytest's own folder, whose name is long: Spark makes long paths of its own.
    folder = Path(tempfile.mkdtemp(prefix="kaohe-spark-"))
    with (shared / "spark.lock").open("w") as lock, pytest.MonkeyPatch.context() as patched:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for name, value in environment(folder).items():
            patched.setenv(name, value)
        try:
            with cluster(folder) as running:
                yield running
                close()
        finally:
            close()
            shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="package")
def where(spark: Running) -> Cluster:
    """The cluster as kaohe.toml names it."""
    return Cluster(spark.url, tuple(CONF.items()), log=spark.folder / "driver.log")


@pytest.fixture
def engine(where: Cluster) -> SparkEngine:
    return SparkEngine(where)
