"""Spark's own process on this machine: started with its script, ended with the session, silent but for its log."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from kaohe.engine.spark.cluster import Cluster
from kaohe.engine.spark.failures import explained, not_started

_END = 10.0
"""Seconds that the process has to end by itself."""


class Log:
    """What the process says. It may hold values of records: nobody else may read it, and it goes unless it is kept."""

    def __init__(self, path: Path | None) -> None:
        self._kept = False
        if path is None:
            self.path = None
            self.file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            self.path = path
            self.file = open(path, "w+b", opener=lambda name, flags: os.open(name, flags, 0o600))  # noqa: SIM115

    def keep(self) -> None:
        """Something failed: an administrator may want to read it."""
        self._kept = True

    def text(self) -> str:
        """All of it so far."""
        self.file.seek(0)
        return self.file.read().decode("utf-8", errors="replace")

    def close(self) -> None:
        self.file.close()
        if self.path is not None and not self._kept:
            self.path.unlink(missing_ok=True)


class Driver:
    """Starts Spark for a cluster. Raises KaoheError where it does not start, and where the cluster does not take it."""

    def __init__(self, cluster: Cluster) -> None:
        from pyspark import SparkConf, SparkContext  # noqa: PLC0415 - an extra, and heavy
        from pyspark.java_gateway import launch_gateway  # noqa: PLC0415 - likewise
        from pyspark.sql import SparkSession  # noqa: PLC0415 - likewise

        conf = SparkConf(loadDefaults=False)
        for name, value in cluster.settings().items():
            conf.set(name, value)
        if cluster.log is not None:
            # Spark makes this folder although it keeps no tables; left to itself, wherever the command was given.
            conf.setIfMissing("spark.sql.warehouse.dir", (cluster.log.parent / "spark-warehouse").as_uri())
        self.log = Log(cluster.log)
        self._context: Any = None
        self._gateway: Any = None
        interrupted = signal.getsignal(signal.SIGINT)
        try:
            self._gateway = launch_gateway(conf, {"stdout": self.log.file, "stderr": subprocess.STDOUT})
            self._context = SparkContext(conf=conf, gateway=self._gateway)
            self.session = SparkSession(self._context)
        except Exception as error:
            said = self.log.text()
            self.log.keep()
            self.stop()
            if self._gateway is None:
                raise not_started(cluster, said) from None
            known = explained(error, cluster, said)
            if known is None:
                raise
            raise known from None
        finally:
            # Spark puts its own handler there, which stays when its session is gone.
            if threading.current_thread() is threading.main_thread():
                signal.signal(signal.SIGINT, interrupted)

    def alive(self) -> bool:
        """Whether the process is there and has not given up."""
        try:
            return self._gateway.proc.poll() is None and not self._context._jsc.sc().isStopped()
        except Exception:
            return False

    def executors(self) -> int:
        """How many executors the cluster gives us at the moment."""
        try:
            return int(self._context._jsc.sc().getExecutorMemoryStatus().size()) - 1
        except Exception:
            return 0

    def cancel(self) -> None:
        """Let whatever runs fail."""
        with suppress(Exception):
            self._context.cancelAllJobs()

    def stop(self) -> None:
        """End the process, and let the next one be a new one: Spark would go on with the old settings."""
        from pyspark import SparkContext  # noqa: PLC0415 - an extra, and heavy

        if self._context is not None:
            with suppress(Exception):
                self.session.stop()
            # Where nobody answers any more, what is left of it on this side.
            self._context._jsc = None
            self._context.stop()
        if self._gateway is not None:
            with suppress(Exception):
                self._gateway.shutdown()
            process = self._gateway.proc
            with suppress(OSError):
                process.stdin.close()
            try:
                process.wait(_END)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            SparkContext._gateway = SparkContext._jvm = None
        self.log.close()
