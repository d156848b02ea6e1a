"""Who is at work with a folder of snapshots, as other processes see it."""

from __future__ import annotations

import errno
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kaohe.records import in_use as module
from kaohe.records.in_use import alone, in_use

_AT_WORK = """
import sys
from pathlib import Path
from kaohe.records.in_use import in_use
with in_use(Path(sys.argv[1])):
    print("at work", flush=True)
    sys.stdin.read()
"""


@contextmanager
def somebody(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that is at work with the folder until its input ends."""
    command = [sys.executable, "-c", _AT_WORK, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "at work\n"
        try:
            yield process
        finally:
            process.kill()


def test_another_process_at_work_is_seen_until_it_ends_however_it_ends(tmp_path: Path) -> None:
    with somebody(tmp_path) as other:
        with alone(tmp_path) as found:
            assert found == "busy"
        with in_use(tmp_path), alone(tmp_path) as found:
            assert found == "busy"
        other.kill()
        other.wait(10)
        with alone(tmp_path) as found:
            assert found == "free"


def test_one_folder_says_nothing_of_another(tmp_path: Path) -> None:
    with in_use(tmp_path / "one"), alone(tmp_path / "other") as found:
        assert found == "free"
    with alone(tmp_path / "one") as found:
        assert found == "free"


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP])
def test_a_file_system_without_locks_stops_nobody_and_promises_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def no_locks(_file: int) -> None:
        raise OSError(number, "no locks available")

    monkeypatch.setattr(module, "_share", no_locks)
    monkeypatch.setattr(module, "_take", no_locks)
    with in_use(tmp_path), alone(tmp_path) as found:
        assert found == "unknown"


def test_other_faults_are_not_taken_for_missing_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fault(_file: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(module, "_share", fault)
    with pytest.raises(OSError, match="Input/output"), in_use(tmp_path):
        pytest.fail("the lock was not taken")


def test_whoever_may_only_read_the_lock_can_hold_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with in_use(tmp_path):
        pass  # somebody else made it
    system = module.os.open

    def refused(path: Path, flags: int, *rest: int) -> int:
        if flags & module.os.O_RDWR:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return system(path, flags, *rest)

    monkeypatch.setattr(module.os, "open", refused)
    with in_use(tmp_path), alone(tmp_path) as found:
        assert found == "busy"
