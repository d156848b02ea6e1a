"""Workers that are lost while something is computed."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.spark.cluster import PATIENCE, Running, Worker

from kaohe.engine.spark import session


@contextmanager
def killed_in_the_middle(spark: Running, count: int, wait: int | None = None) -> Iterator[list[Worker]]:
    """Kills so many workers, and their executors with them, as soon as some tasks of a query are done and others are
    not; others take their place at the end of the block. Gives those that were killed. ``wait``: so many
    seconds the session waits for others from then on."""
    killed: list[Worker] = []
    over = threading.Event()

    def watch() -> None:
        limit = time.monotonic() + PATIENCE
        while time.monotonic() < limit and not over.wait(0.02):
            if session._open and (driver := session._open[0]._driver) is not None and _in_the_middle(driver):
                for each in [worker for worker in spark.workers if worker.process.poll() is None][:count]:
                    each.kill()
                    killed.append(each)
                if wait is not None:
                    object.__setattr__(session._open[0].cluster, "wait", wait)
                return

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield killed
    finally:
        over.set()
        watching.join()
        for _each in killed:
            spark.add_worker()


def _in_the_middle(driver: Any) -> bool:
    tracker = driver._context.statusTracker()
    stages = [tracker.getStageInfo(stage) for stage in tracker.getActiveStageIds()]
    return any(each is not None and 2 <= each.numCompletedTasks <= each.numTasks - 6 for each in stages)
