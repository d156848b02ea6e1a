"""What each competitor's process says of itself: its stages in seconds, its peak memory, where its time went."""

from __future__ import annotations

import json
import resource
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import FrameType

EVERY = 0.002
"""Seconds between two looks at where the main thread is."""
Path = tuple[str, ...]


class Clock:
    """Seconds between marks, from ``begun`` on."""

    def __init__(self, begun: float) -> None:
        self._last = begun
        self.seconds: dict[str, float] = {}
        self.spent: Counter[Path] = Counter()

    def mark(self, name: str) -> None:
        now = time.perf_counter()
        self.seconds[name] = now - self._last
        self._last = now

    @contextmanager
    def stages(self, *, wanted: bool = True) -> Iterator[None]:
        """Look every now and then which of kaohe's functions are at work, the outermost first: ``spent``
        says how long. Less than a hundredth of the time goes into looking."""
        if not wanted:
            yield
            return
        over = threading.Event()
        watcher = threading.Thread(target=self._watch, args=(threading.get_ident(), over))
        watcher.start()
        try:
            yield
        finally:
            over.set()
            watcher.join()

    def _watch(self, thread: int, over: threading.Event) -> None:
        before = time.perf_counter()
        while not over.wait(EVERY):
            frame = sys._current_frames().get(thread)
            now = time.perf_counter()
            self.spent[_path(frame)] += now - before
            before = now


def _path(frame: FrameType | None) -> Path:
    """kaohe's functions that are at work; while modules are imported, only that."""
    found: list[str] = []
    while frame is not None:
        code, name = frame.f_code, frame.f_globals.get("__name__", "")
        if code.co_name == "<module>" and name != "__main__":
            found = [IMPORTS]
        elif name.startswith("kaohe") and "<" not in code.co_name:
            found.append(f"{name.removeprefix('kaohe.')}.{code.co_name}")
        frame = frame.f_back
    return tuple(reversed(found))


IMPORTS = "imports"


def tree(spent: Mapping[Path, float], least: float, depth: int) -> Iterator[tuple[int, str, float]]:
    """What took at least so many seconds: how deep it is, what, and how long. What does nothing but call one other is
    left out."""
    below: dict[str, Counter[Path]] = {}
    for path, seconds in spent.items():
        if path:
            below.setdefault(path[0], Counter())[path[1:]] += seconds
    for name, parts in sorted(below.items(), key=lambda each: -sum(each[1].values())):
        seconds = sum(parts.values())
        if seconds < least:
            continue
        inner = list(tree(parts, least, depth))
        if inner and inner[0][2] > 0.9 * seconds:
            yield from inner
            continue
        yield 0, name, seconds
        if depth > 1:
            yield from ((level + 1, *rest) for level, *rest in tree(parts, least, depth - 1))


def print_stages(what: str, spent: Sequence[tuple[Sequence[str], float]]) -> None:
    """Where the time went, as a table."""
    paths = {tuple(path): seconds for path, seconds in spent}
    whole = sum(paths.values())
    print(f"\nWhere {what} spends its {whole:.2f} s (looked at in a run of its own)\n\n| | s | |\n|---|---:|---:|")
    for level, name, seconds in tree(paths, whole / 33, 3):
        print(f"| {'… ' * level}`{name}` | {seconds:.2f} | {seconds / whole:.0%} |")


def peak() -> int:
    """The most memory this process has held, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def report(clock: Clock, **more: object) -> None:
    said = {"seconds": clock.seconds, "peak": peak(), "stages": list(clock.spent.items()), **more}
    json.dump(said, sys.stdout)
