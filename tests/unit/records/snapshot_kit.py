"""Taking snapshots, and what of the database was read for them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from unittest import mock

from tests.unit.records.store_kit import NOW, SHANGHAI, VISIT, hire, readings

from kaohe.records import Snapshot, take_snapshot
from kaohe.records.batches import Source
from kaohe.records.columnar import Layout
from kaohe.records.importing import import_rows
from kaohe.records.month_files import read_partitions
from kaohe.records.store import Store, open_store

Read = dict[str, frozenset[str | None] | None]


def take(store: Store, folder: Path) -> Snapshot:
    return take_snapshot(store, [VISIT], folder, SHANGHAI)


@contextmanager
def noted() -> Iterator[Read]:
    """The tables that were read inside, each with the months that were asked for (None: all)."""
    found: Read = {}

    def read(stream: Any, layout: Layout, months: Any, *rest: Any) -> Any:
        found[layout.table.name] = months
        return read_partitions(stream, layout, months, *rest)

    with mock.patch("kaohe.records.snapshot.read_partitions", read):
        yield found


def months_read(store: Store, folder: Path) -> Any:
    """The months of visits that a new snapshot reads: "all", or a set. It says what one from scratch says."""
    with noted() as read:
        taken = take(store, folder)
    assert taken.digest == from_scratch(store).digest
    months = read.get("record_visit", frozenset())
    return "all" if months is None else set(months)


def from_scratch(store: Store) -> Snapshot:
    """A snapshot in a folder where there is none."""
    with tempfile.TemporaryDirectory() as folder:
        return take(store, Path(folder))


def files(folder: Path) -> dict[str, tuple[int, int]]:
    """Inode and time of each file of visits, by its name."""
    found = ((path.name, path.stat()) for path in (folder / "record_visit").glob("*.parquet"))
    return {name: (stat.st_ino, stat.st_mtime_ns) for name, stat in found}


def read_by_days(url: str, folder: Path) -> tuple[Any, bool]:
    """For a record type that is dated by days: the months read after an import of April 30 that replaces a March 1, and
    whether the snapshot says what one from scratch says."""
    dated = replace(VISIT, name="dated", when="due")
    store = open_store(url, {"dated": dated}, folder=folder)
    hire(store, [{"code": "P1"}])
    for number, rows in enumerate([[("1", date(2026, 3, 1)), ("2", date(2026, 5, 1))], [("1", date(2026, 4, 30))]]):
        listed = [{"no": no, "due": due} for no, due in rows]
        source = Source("x.csv", "ab" * 32)
        import_rows(store, dated, lambda listed=listed: readings(listed), source, handed_in=NOW, update=True)
        with noted() as read:
            taken = take_snapshot(store, [dated], folder / "days", SHANGHAI)
        assert (read["record_dated"] is None) == (number == 0)
    scratch = take_snapshot(store, [dated], folder / "scratch", SHANGHAI)
    store.close()
    return read["record_dated"], taken.digest == scratch.digest
