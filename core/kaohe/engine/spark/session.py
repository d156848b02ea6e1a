"""The one session of this process: opened when something is to be measured, kept for what follows, stopped at its end.

Spark itself allows one at a time in a process, and starting one takes seconds.
"""

from __future__ import annotations

import atexit
import re
import socket
import threading
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from kaohe.engine.spark.cluster import Cluster
from kaohe.engine.spark.failures import Overflow, explained, not_installed, overflows, starved, too_old, unreachable

if TYPE_CHECKING:
    import pyarrow as pa

    from kaohe.engine.spark.driver import Driver

_ANSWER = 5.0
"""Seconds within which a cluster that is there answers."""
_LOOK = 1.0
_BROADCAST = 512 * 2**20
"""A relation of the run's own that is smaller, in bytes, is given to each worker whole."""
_LEAST = 4
_PATTERN = re.compile(r"[][{}*?\\]")
_STAMP = (
    "_metadata.file_path AS path",
    "_metadata.file_size AS size",
    "unix_micros(_metadata.file_modification_time) AS changed",
)
Told = tuple[Any, ...]
_TYPES = {"int64": "BIGINT", "string": "STRING", "large_string": "STRING", "bool": "BOOLEAN"}

turn = threading.RLock()
"""Whoever asks the session holds it: names of relations are the session's, not the question's."""
_open: list[Session] = []


class Session:
    """Answers queries. What fails becomes a KaoheError; what cannot go on is opened anew by the next question."""

    def __init__(self, cluster: Cluster, spark: Any, driver: Driver | None) -> None:
        self.cluster = cluster
        self._spark = spark
        self._driver = driver

    def alive(self) -> bool:
        """Whether it can still be asked."""
        return self._driver.alive() if self._driver is not None else not self._spark.is_stopped

    def read(self, name: str, files: Sequence[str], schema: pa.Schema) -> None:
        """The rows of these files as the relation ``name``."""
        columns = ", ".join(f"{_quoted(each.name)} {_TYPES[str(each.type)]}" for each in schema)
        with self._explained():
            self._spark.read.schema(columns).parquet(*map(_literal, files)).createOrReplaceTempView(_quoted(name))

    def stamps(self, files: Sequence[str]) -> list[Told]:
        """Of each file: where it is, its size and when it was changed, in microseconds."""
        return self._told(files, "binaryFile", "SELECT * FROM told")

    def fingerprints(self, files: Sequence[str]) -> list[Told]:
        """Likewise, how many pieces there are between its line feeds, and the sum of their CRC-32."""
        counted = "SELECT path, size, changed, count(*), sum(crc32(CAST(value AS BINARY))) FROM told GROUP BY ALL"
        return self._told(files, "text", counted, "value")

    def _told(self, files: Sequence[str], kind: str, sql: str, *columns: str) -> list[Told]:
        with self._explained():
            reader = self._spark.read.format(kind).option("lineSep", "\n")
            reader.load([*map(_literal, files)]).selectExpr(*_STAMP, *columns).createOrReplaceTempView("told")
        try:
            return [(*row.values(),) for row in self.ask(sql).to_pylist()]
        finally:
            self.forget(["told"])

    def give(self, name: str, table: pa.Table) -> None:
        """A table of the run's own as the relation ``name``, with each worker whole where it is small."""
        with self._explained(), _quiet():
            frame = self._spark.createDataFrame(table)
            frame = frame.hint("broadcast") if table.nbytes < _BROADCAST else frame
            frame.createOrReplaceTempView(_quoted(name))

    def ask(self, sql: str) -> pa.Table:
        """What the query answers. Raises Overflow where a number does not fit."""
        with self._explained(), self._watched(), _quiet():
            return self._spark.sql(sql).toArrow()

    def forget(self, names: Sequence[str]) -> None:
        """Drop these relations, as far as there is somebody to be told."""
        if self.alive():
            with self._explained():
                for name in names:
                    self._spark.catalog.dropTempView(_quoted(name))

    def stop(self) -> None:
        """Give the cluster's workers back."""
        if self._driver is not None:
            self._driver.stop()
        elif not self._spark.is_stopped:
            self._spark.stop()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            if overflows(error):
                raise Overflow from None
            driver = self._driver
            ended = driver is not None and not driver.alive()
            known = explained(error, self.cluster, driver.log.text() if driver is not None and ended else "")
            if known is None:
                raise
            if driver is not None:
                driver.log.keep()
            raise known from None

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """Gives up where the cluster has no worker for us for as long as it may take."""
        driver = self._driver
        if driver is None or not self.cluster.shares_workers:
            yield
            return
        done, gave_up = threading.Event(), threading.Event()

        def look() -> None:
            without = 0.0
            while not done.wait(_LOOK):
                without = 0.0 if driver.executors() else without + _LOOK
                if without >= self.cluster.wait:
                    gave_up.set()
                    driver.cancel()  # each time: what is cancelled before it began, begins

        watching = threading.Thread(target=look, daemon=True)
        watching.start()
        try:
            yield
        except Exception:
            if gave_up.is_set():
                raise starved(self.cluster) from None
            raise
        finally:
            done.set()
            watching.join()


def opened(cluster: Cluster) -> Session:
    """The session on that cluster. To be asked by whoever holds ``turn``."""
    if _open and (_open[0].cluster != cluster or not _open[0].alive()):
        close()
    if not _open:
        _open.append(_start(cluster))
    return _open[0]


@atexit.register
def close() -> None:
    """Stop the session, if there is one."""
    with turn:
        while _open:
            _open.pop().stop()


def _start(cluster: Cluster) -> Session:
    try:
        with _quiet():
            import pyspark  # noqa: PLC0415 - an extra, and heavy
            from pyspark.logger import PySparkLogger  # noqa: PLC0415 - likewise
    except ImportError:
        raise not_installed() from None
    if int(pyspark.__version__.partition(".")[0]) < _LEAST:
        raise too_old(pyspark.__version__)
    # It would write Java's stack traces, and values of records, to the terminal.
    PySparkLogger.getLogger("SQLQueryContextLogger").disabled = True
    if (hosts := [*cluster.hosts()]) and not any(_answers(*each) for each in hosts):
        raise unreachable(cluster)
    if cluster.connects:
        return Session(cluster, _connected(cluster), None)
    from kaohe.engine.spark.driver import Driver  # noqa: PLC0415 - likewise

    with _quiet():
        driver = Driver(cluster)
    return Session(cluster, driver.session, driver)


def _connected(cluster: Cluster) -> Any:
    try:
        with _quiet():
            from pyspark.sql.connect.session import SparkSession  # noqa: PLC0415 - an extra, and heavy
    except ImportError:
        raise not_installed() from None
    try:
        with _quiet():
            spark = SparkSession.builder.remote(cluster.address).create()
            for name, value in cluster.session_settings().items():
                spark.conf.set(name, value)
        version = str(spark.version)
    except Exception as error:
        known = explained(error, cluster)
        if known is None:
            raise
        raise known from None
    if int(version.partition(".")[0]) < _LEAST:
        raise too_old(version)
    return spark


def _answers(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=_ANSWER):
            return True
    except OSError:
        return False


def _literal(url: str) -> str:
    """No name of a folder is a pattern. (Where patterns are turned off, Spark reads each such file once for each.)"""
    return _PATTERN.sub(r"\\\g<0>", url)


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


@contextmanager
def _quiet() -> Iterator[None]:
    """pyspark warns of versions of pandas, of which nothing is used here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
