"""Commands as processes of their own, what a database holds, and a small disk to fill."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.scenarios.desk import Answer, Desk


def command(*words: str | Path) -> list[str]:
    return [sys.executable, "-m", "kaohe", *map(str, words)]


def environment(**changes: str) -> dict[str, str]:
    """This process's environment without kaohe's own variables, in English."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("KAOHE_")}
    return {**inherited, "KAOHE_LANG": "en", **changes}


def process(desk: Desk, *words: str | Path, **changes: str) -> Answer:
    """Run a command in the workspace's folder as a process of its own."""
    done = subprocess.run(
        command(*words),
        cwd=desk.workspace,
        env=environment(**changes),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    return Answer(done.returncode, done.stdout, done.stderr)


def contents(desk: Desk) -> str:
    """A digest of everything that the workspace's SQLite database says."""
    with contextlib.closing(sqlite3.connect(desk.workspace / "kaohe.db")) as connection:
        return hashlib.sha256("\n".join(connection.iterdump()).encode()).hexdigest()


def refused(desk: Desk, *words: str | Path, code: int, en: str, zh: str) -> tuple[Answer, Answer]:
    """A command that fails alike in both languages: exit code, words, nothing on stdout, no traceback."""
    answers = desk.try_(*words), desk.try_(*words, "--lang", "zh")
    for answer, told in zip(answers, (en, zh), strict=True):
        assert told in answer.err
        assert "Traceback" not in answer.err
        assert (answer.code, answer.out) == (code, "")
    return answers


@contextlib.contextmanager
def unchanged(desk: Desk) -> Iterator[None]:
    """The database says the same before and after."""
    before = contents(desk)
    yield
    assert contents(desk) == before


def fill(disk: Path, leave: int) -> None:
    """Fill the disk up to so many bytes."""
    with (disk / "filler").open("wb", buffering=0) as file:
        with contextlib.suppress(OSError):
            while True:
                file.write(bytes(4096))
        file.truncate(max(0, file.tell() - leave))


def empty(disk: Path) -> None:
    (disk / "filler").unlink()
