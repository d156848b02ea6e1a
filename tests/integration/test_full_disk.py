"""A disk that is really full: a small tmpfs."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.unit.records.store_kit import SHANGHAI, TYPES, VISIT, hire, put, stored, visit

from kaohe.errors import Exit, KaoheError
from kaohe.records import take_snapshot
from kaohe.records.in_use import LOCK
from kaohe.records.store import Store, open_store

MANY = [visit(f"{number:09d}", client=f"{number * 7919:025d}") for number in range(40_000)]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A folder of three megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", folder], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("only root may mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def a_store(folder: Path) -> Store:
    store = open_store("sqlite:///kaohe.db", TYPES, folder=folder)
    hire(store, [{"code": "P1"}])
    put(store, [visit("first")])
    return store


def refused(action: Any, *arguments: Any) -> None:
    with pytest.raises(KaoheError) as caught:
        action(*arguments)
    assert caught.value.problems[0].code == "database.full"
    assert caught.value.exit_code == Exit.ENVIRONMENT


def fill(folder: Path) -> Path:
    file = os.open(folder / "ballast", os.O_CREAT | os.O_WRONLY)
    with contextlib.suppress(OSError):
        while True:
            os.write(file, b"x" * 4096)
    os.close(file)
    return folder / "ballast"


def test_an_import_that_does_not_fit_leaves_the_database_as_it_was(disk: Path) -> None:
    store = a_store(disk)
    before = stored(store)
    refused(put, store, MANY)
    assert stored(store) == before
    assert put(store, [visit("second")]).counts.added == 1


def test_a_disk_that_is_full_already_is_named(disk: Path) -> None:
    store = a_store(disk)
    ballast = fill(disk)
    refused(put, store, [visit("second")])
    ballast.unlink()
    assert put(store, [visit("second")]).counts.added == 1


def test_a_snapshot_that_does_not_fit_leaves_no_half_file(disk: Path, tmp_path: Path) -> None:
    store = a_store(tmp_path)
    put(store, MANY)
    ballast = fill(disk)
    refused(take_snapshot, store, [VISIT], disk / "snapshots", SHANGHAI)
    os.truncate(ballast, ballast.stat().st_size - 100_000)
    refused(take_snapshot, store, [VISIT], disk / "snapshots", SHANGHAI)
    assert {path.name for path in disk.rglob("*") if path.is_file()} == {ballast.name, LOCK}
    ballast.unlink()
    assert take_snapshot(store, [VISIT], disk / "snapshots", SHANGHAI).partitions("visit")[0].rows == len(MANY) + 1
