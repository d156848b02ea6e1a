"""Runs kaohe's commands in children that are killed at a chosen point: in a process of its own, which has everything
loaded and no thread yet, so that a child is ready at once and dies of nothing but the signal.

Reads one JSON object per line (``arguments``, ``environment``, ``kill``) and answers with one (``code``, ``calls``,
``writes``, ``seconds``): the exit code, or −9 of a child that was killed, and how many calls and writes a child made
that ran to its end, and how long. ``kill`` is ["call", n], ["write", n] (before it, or after it where n is negative),
["time", seconds], or ["never", 0].
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

WRITES = {
    "execute", "executemany", "executescript", "commit", "rollback", "close", "fsync", "replace", "rename", "unlink",
    "write", "write_table", "write_bytes", "mkdir", "open",
}  # fmt: skip
"""C functions that change what lies on the disk, or are near to it."""
_HEAVY = ("duckdb", "jsonschema", "numpy", "psycopg", "pyarrow.compute", "pyarrow.ipc", "pyarrow.parquet", "rich.table")
_ROOMS = ("appraise", "cli", "engine", "language", "plugin", "records", "report", "run", "scheme")


def serve() -> None:
    for name in (*_HEAVY, *_modules()):
        import_module(name)
    for line in sys.stdin:
        asked = json.loads(line)
        print(json.dumps(_one(asked)), flush=True)


def _modules() -> list[str]:
    """Everything of kaohe, loaded beforehand: a child spends its life on the command."""
    rooms = [import_module(f"kaohe.{room}") for room in _ROOMS]
    found = [each.name for room in rooms for each in walk_packages(room.__path__, f"{room.__name__}.")]
    return [name for name in found if ".migrations." not in name]


def _one(asked: dict[str, Any]) -> dict[str, Any]:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _work(asked, writing)
    os.close(writing)
    began, (kind, amount) = time.monotonic(), asked["kill"]
    if kind == "time":
        time.sleep(amount)
        os.kill(child, signal.SIGKILL)
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    _child, status = os.waitpid(child, 0)
    calls, writes = json.loads(said) if said else (None, None)
    return {
        "code": os.waitstatus_to_exitcode(status),
        "calls": calls,
        "writes": writes,
        "seconds": time.monotonic() - began,
    }


def _work(asked: dict[str, Any], writing: int) -> None:
    from kaohe.cli.main import run

    silence = os.open(os.devnull, os.O_RDWR)
    kept = os.dup(writing)
    for number in (0, 1, 2):
        os.dup2(silence, number)
    counts = [0, 0]
    kind, amount = asked["kill"]

    def notice(_frame: Any, event: str, function: Any) -> None:
        if event == "call":
            counts[0] += 1
            if kind == "call" and counts[0] == amount:
                os.kill(os.getpid(), signal.SIGKILL)
        elif event in ("c_call", "c_return") and getattr(function, "__name__", "") in WRITES:
            counts[1] += event == "c_call"
            due = amount > 0 if event == "c_call" else amount < 0
            if kind == "write" and due and counts[1] == abs(amount):
                os.kill(os.getpid(), signal.SIGKILL)

    if kind != "time":
        sys.setprofile(notice)
    code = 70
    try:
        code = run(asked["arguments"], asked["environment"])
    finally:
        sys.setprofile(None)
        os.write(kept, json.dumps(counts).encode())
        os._exit(int(code))


if __name__ == "__main__":
    serve()
