"""What each competitor's process says of itself: its stages in seconds, its peak memory, where its time went."""

from __future__ import annotations

import json
import resource
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

EVERY = 0.002
"""Seconds between two looks at where the main thread is."""
INTO = " → "


class Clock:
    """Seconds between marks, from ``begun`` on."""

    def __init__(self, begun: float) -> None:
        self._last = begun
        self.seconds: dict[str, float] = {}
        self.spent: Counter[str] = Counter()

    def mark(self, name: str) -> None:
        now = time.perf_counter()
        self.seconds[name] = now - self._last
        self._last = now

    @contextmanager
    def stages(self, trunk: Sequence[str], *, wanted: bool = True) -> Iterator[None]:
        """Look every now and then which of the functions that ``trunk`` calls is at work: see ``spent``."""
        if not wanted:
            yield
            return
        over = threading.Event()
        watcher = threading.Thread(target=self._watch, args=(threading.get_ident(), frozenset(trunk), over))
        watcher.start()
        try:
            yield
        finally:
            over.set()
            watcher.join()

    def _watch(self, thread: int, trunk: frozenset[str], over: threading.Event) -> None:
        before = time.perf_counter()
        while not over.wait(EVERY):
            frame = sys._current_frames().get(thread)
            now = time.perf_counter()
            self.spent[_stage(frame, trunk)] += now - before
            before = now


def _stage(frame: FrameType | None, trunk: frozenset[str]) -> str:
    """What the innermost function of the trunk that is at work called, and what that called in its turn."""
    above: list[str] = []
    while frame is not None:
        code = frame.f_code
        if code.co_name in trunk and "kaohe" in code.co_filename:
            return INTO.join(reversed(above[-2:])) or "itself"
        above.append(f"{Path(code.co_filename).stem}.{code.co_name}")
        frame = frame.f_back
    return "elsewhere"


def peak() -> int:
    """The most memory this process has held, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def report(clock: Clock, **more: object) -> None:
    said = {"seconds": clock.seconds, "peak": peak(), "stages": clock.spent, **more}
    json.dump(said, sys.stdout)
