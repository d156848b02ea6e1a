"""A standalone Spark cluster on the loopback interface, started by the scripts that come with pyspark."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

PATIENCE = 60.0
_MASTER = "org.apache.spark.deploy.master.Master"
_WORKER = "org.apache.spark.deploy.worker.Worker"
_SERVER = "org.apache.spark.sql.connect.service.SparkConnectServer"
# Small and quickly started: what is computed here is tiny.
_JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto"
CONF = {
    "spark.executor.memory": "512m",
    "spark.driver.memory": "768m",
    "spark.sql.maxPlanStringLength": "1000",
    "spark.sql.ui.retainedExecutions": "1",
    "spark.executor.extraJavaOptions": _JAVA,
    "spark.driver.extraJavaOptions": _JAVA,
    "spark.sql.shuffle.partitions": "2",
}
"""Settings for sessions on such a cluster."""


@dataclass
class Worker:
    """One worker with the executors that it starts: a process group of its own."""

    process: subprocess.Popen[bytes]
    log: Path

    def kill(self) -> None:
        """The worker and its executors are gone at once, as when a machine loses power."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(PATIENCE)


@dataclass
class Running:
    """A master and its workers; ``url`` is what ``master = …`` names."""

    home: Path
    folder: Path
    master: Worker
    url: str
    memory: str = "600m"
    workers: list[Worker] = field(default_factory=list)

    def add_worker(self) -> Worker:
        """One more worker of one core, once the master knows it."""
        number = len(self.workers) + 1
        work = self.folder / f"work{number}"
        words = ["--webui-port", "0", "--port", "0", "--cores", "1", "--memory", self.memory, "--work-dir", str(work)]
        worker = _start(self.home, self.folder, f"worker{number}", _WORKER, number, [*words, self.url])
        self.workers.append(worker)
        wait_for(worker, r"Successfully registered with master")
        return worker

    def stop(self) -> None:
        for each in [*self.workers, self.master]:
            each.kill()


@contextmanager
def cluster(folder: Path, workers: int = 2, memory: str = "600m") -> Iterator[Running]:
    """A master and so many workers of one core and so much memory each, until the block ends."""
    import pyspark

    home = Path(pyspark.__file__).parent
    words = ["--host", "127.0.0.1", "--port", "0", "--webui-port", "0"]
    master = _start(home, folder, "master", _MASTER, 1, words)
    started = None
    try:
        url = wait_for(master, r"Starting Spark master at (spark://\S+)")
        started = Running(home, folder, master, url, memory)
        for _ in range(workers):
            started.add_worker()
        yield started
    finally:
        if started is None:
            master.kill()
        else:
            started.stop()


@contextmanager
def connect_server(running: Running) -> Iterator[str]:
    """A server of Spark Connect on this cluster: its address, until the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {"spark.connect.grpc.binding.port": str(port), "spark.ui.enabled": "false", **CONF}
    words = [word for name, value in settings.items() for word in ("--conf", f"{name}={value}")]
    submit = ["bash", str(running.home / "bin" / "spark-submit"), "--master", running.url, *words]
    server = _run(running.folder, "connect", [*submit, "--class", _SERVER, "spark-internal"], running.home, "768m")
    try:
        wait_for(server, r"Spark Connect server started")
        yield f"sc://127.0.0.1:{port}"
    finally:
        server.kill()


def environment(folder: Path) -> Mapping[str, str]:
    """What Spark's scripts read, and nothing of the settings of whoever runs the tests."""
    conf = folder / "conf"
    conf.mkdir(exist_ok=True)
    foreign = {name for name in os.environ if name.startswith(("SPARK_", "PYSPARK_", "HADOOP_"))}
    return {
        **{name: value for name, value in os.environ.items() if name not in foreign},
        "SPARK_CONF_DIR": str(conf),
        "SPARK_LOG_DIR": str(folder / "log"),
        "SPARK_PID_DIR": str(folder),
        "SPARK_LOCAL_DIRS": str(folder / "local"),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_NO_DAEMONIZE": "1",
        "SPARK_DAEMON_JAVA_OPTS": _JAVA,
    }


def wait_for(worker: Worker, pattern: str) -> str:
    """The first group of the pattern (or all of it) as soon as the log holds it."""
    limit = time.monotonic() + PATIENCE
    while time.monotonic() < limit:
        found = re.search(pattern, worker.log.read_text("utf-8", errors="replace"))
        if found:
            return found.group(found.lastindex or 0)
        if worker.process.poll() is not None:
            break
        time.sleep(0.05)
    raise AssertionError(f"no {pattern}:\n{worker.log.read_text('utf-8', errors='replace')}")


def _start(home: Path, folder: Path, name: str, kind: str, number: int, words: list[str]) -> Worker:
    script = str(home / "sbin" / "spark-daemon.sh")
    return _run(folder, name, ["bash", script, "start", kind, str(number), *words], home)


def _run(folder: Path, name: str, command: list[str], home: Path, memory: str = "192m") -> Worker:
    log = folder / f"{name}.log"
    given = environment(folder) | {"SPARK_HOME": str(home), "SPARK_DAEMON_MEMORY": memory}
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=given,
            start_new_session=True,
            cwd=folder,
        )
    return Worker(process, log)
