"""The manifest of a snapshot: what it says (which gives it its name) and, beside that, where the files are."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from kaohe.period import Period
from kaohe.records.canonical import canonical, digest
from kaohe.records.partition import Partition, write_whole

FORMAT = 1
_EPOCH = date(1970, 1, 1)
_MICROSECONDS_PER_DAY = 86_400_000_000


@dataclass(frozen=True)
class SnapshotTable:
    """One table: physical columns (name, type), the physical column of its ``when`` (None: it has none) and how much
    of that column is a day, and the partitions in the order of their months."""

    columns: tuple[tuple[str, str], ...]
    when: str | None
    per_day: int
    partitions: tuple[Partition, ...]

    @property
    def rows(self) -> int:
        """How many rows it has in all."""
        return sum(partition.rows for partition in self.partitions)

    @property
    def contents(self) -> tuple[str, ...]:
        """What its partitions say, by digests: two tables of equal contents hold equal rows."""
        return tuple(partition.content for partition in self.partitions)

    def touches(self, partition: Partition, period: Period) -> bool:
        """Whether the partition can hold a row of the period."""
        if self.when is None:
            return False
        least, most = partition.ranges[self.when]
        first, last = self.window(period)
        return least is not None and most is not None and least < last and most >= first

    def dated_by(self, field: str) -> SnapshotTable:
        """The same table with another of its date fields in the place of its ``when``."""
        from kaohe.records.columnar import LOCAL  # noqa: PLC0415 - a manifest can be read without Arrow

        at = f"{field}{LOCAL}"
        if at in {name for name, _kind in self.columns}:
            return replace(self, when=at, per_day=_MICROSECONDS_PER_DAY)
        return replace(self, when=field, per_day=1)

    def window(self, period: Period) -> tuple[int, int]:
        return (period.start - _EPOCH).days * self.per_day, (period.end - _EPOCH).days * self.per_day


@dataclass(frozen=True)
class Snapshot:
    """An immutable state of the records, people, teams and assignments. Equal facts have an equal ``digest``, from
    either database, in any order of import.

    ``records`` by record type; ``organisation`` holds ``people``, ``teams``, ``assignments`` and, where they
    were asked for, ``targets``; ``sources`` are the batches behind each, which are not part of the digest.
    """

    folder: Path
    timezone: str
    records: Mapping[str, SnapshotTable]
    organisation: Mapping[str, SnapshotTable]
    sources: Mapping[str, tuple[int, ...]]

    @cached_property
    def digest(self) -> str:
        return digest(self._content())

    def partitions(self, record_type: str) -> tuple[Partition, ...]:
        return self.records[record_type].partitions

    def has_records(self, record_type: str, period: Period, when: str | None = None) -> bool:
        """Whether any record falls into the period by its ``when``, or by another date field of that name."""
        table = self.records[record_type] if when is None else self.records[record_type].dated_by(when)
        return any(
            _has_rows(table, partition, period) for partition in table.partitions if table.touches(partition, period)
        )

    def all_partitions(self) -> tuple[Partition, ...]:
        tables = [*self.records.values(), *self.organisation.values()]
        return tuple(partition for table in tables for partition in table.partitions)

    def _content(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "timezone": self.timezone,
            "records": {name: content_of(table) for name, table in self.records.items()},
            "organisation": {name: content_of(table) for name, table in self.organisation.items()},
        }

    @property
    def text(self) -> str:
        """The manifest as it is written: what the snapshot says, where its files are, which batches are behind it."""
        sources = {name: list(batches) for name, batches in self.sources.items()}
        files = files_of(self.all_partitions(), self.folder)
        return canonical({"content": self._content(), "files": files, "sources": sources})

    def write(self) -> None:
        """Write the manifest under its digest, unless it is there and says the same of the same files. Of which
        batches equal facts came is not told anew: a run keeps the text as it was. Its time says when it was last
        asked for."""
        path, text = manifest_path(self.folder, self.digest), self.text
        if not path.exists() or not _says_the_same(path, text):
            write_whole(path, lambda beside: beside.write_text(text, "utf-8"))
        else:
            with suppress(OSError):  # it is somebody else's
                os.utime(path)


def _says_the_same(path: Path, text: str) -> bool:
    """Whether a manifest says the same as a text, but for the batches behind it."""
    try:
        there = path.read_text("utf-8")
        if there == text:
            return True
        former = json.loads(there)
        return canonical({**former, "sources": json.loads(text)["sources"]}) == text and canonical(former) == there
    except (ValueError, TypeError):
        return False


def manifest_path(folder: Path, snapshot: str) -> Path:
    return folder / f"manifest-{snapshot}.json"


def content_of(table: SnapshotTable) -> dict[str, Any]:
    """What a table says, in data; what it is called and where it lies is not part of it."""
    return {
        "columns": [list(column) for column in table.columns],
        "when": table.when,
        "per_day": table.per_day,
        "partitions": [
            {
                "month": partition.month,
                "rows": partition.rows,
                "content": partition.content,
                "ranges": {name: list(ends) for name, ends in partition.ranges.items()},
            }
            for partition in table.partitions
        ],
    }


def files_of(partitions: Iterable[Partition], folder: Path) -> dict[str, list[str]]:
    """Where the files are, and the SHA-256 of their bytes, by what they say."""
    return {each.content: [each.path.relative_to(folder).as_posix(), each.sha256] for each in partitions}


def table_from(content: Mapping[str, Any], files: Mapping[str, Any], folder: Path) -> SnapshotTable:
    """The table that ``content_of`` described; KeyError, ValueError and the like where it did not."""
    partitions = tuple(
        Partition(
            path=within(folder, files[part["content"]][0]),
            month=part["month"],
            rows=part["rows"],
            content=part["content"],
            sha256=files[part["content"]][1],
            ranges={name: (ends[0], ends[1]) for name, ends in part["ranges"].items()},
        )
        for part in content["partitions"]
    )
    columns = tuple((name, kind) for name, kind in content["columns"])
    return SnapshotTable(columns, content["when"], content["per_day"], partitions)


def within(folder: Path, name: str) -> Path:
    """A file of the folder; ValueError for a name that leads elsewhere: what comes from outside names no other."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name:
        raise ValueError(name)
    return folder / path


def snapshot_from(text: str, folder: Path) -> Snapshot:
    """The snapshot that a manifest describes; ValueError, KeyError or TypeError where the text is not a manifest."""
    data = json.loads(text)
    content, files = data["content"], data["files"]
    return Snapshot(
        folder=folder,
        timezone=content["timezone"],
        records={name: table_from(table, files, folder) for name, table in content["records"].items()},
        organisation={name: table_from(table, files, folder) for name, table in content["organisation"].items()},
        sources={name: tuple(batches) for name, batches in data["sources"].items()},
    )


def _has_rows(table: SnapshotTable, partition: Partition, period: Period) -> bool:
    import pyarrow.compute as pc  # noqa: PLC0415 - likewise
    import pyarrow.parquet as pq  # noqa: PLC0415 - a manifest can be read without Arrow

    first, last = table.window(period)
    least, most = partition.ranges[table.when or ""]
    if least is not None and most is not None and (first <= least < last or first <= most < last):
        return True
    column = pq.read_table(partition.path, columns=[table.when]).column(0)
    return bool(pc.any(pc.and_(pc.greater_equal(column, first), pc.less(column, last))).as_py())
