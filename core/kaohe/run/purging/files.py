"""The files of snapshots and of quarantined rows: written anew without the people, the old ones deleted afterwards."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from kaohe.plugin import RecordType
from kaohe.records.failures import guarded_files
from kaohe.records.partition import content_digest, write_parquet, write_whole
from kaohe.records.tables import RECORDS
from kaohe.run.purging.facts import theirs_alone
from kaohe.run.purging.redaction import Redaction


@dataclass(frozen=True)
class Rewritten:
    """One file of a snapshot: what it said (by its digest) and what the one in its place says; ``rows`` went."""

    old: Path
    new: Path
    former: str
    content: str
    rows: int

    def data(self) -> dict[str, Any]:
        return {"file": f"{self.new.parent.name}/{self.new.name}", "content": self.content, "rows": self.rows}


def rewrite_snapshots(folder: Path, types: Mapping[str, RecordType], redaction: Redaction) -> Iterator[Rewritten]:
    """Write every file that holds anything of the people anew, beside the old one. KaoheError for a full disk."""
    with guarded_files(str(folder)):
        for old in sorted(folder.glob("*/*.parquet")):
            table = pq.read_table(old, partitioning=None)
            kept = _without(table, old.parent.name, types, redaction)
            former, content = content_digest(table), content_digest(kept)
            if content == former:
                continue
            month = old.name.split(f"-{former}")[0] if former in old.name else old.stem[:-65]
            new = old.with_name(f"{month}-{content}.parquet")
            if not new.exists():
                write_parquet(new, kept)
            yield Rewritten(old, new, former, content, table.num_rows - kept.num_rows)


def _without(table: pa.Table, name: str, types: Mapping[str, RecordType], redaction: Redaction) -> pa.Table:
    """The rows that are not theirs, and no name of theirs in the others."""
    columns = {column: table.column(column).to_pylist() for column in table.column_names}
    match name:
        case "people":
            names = zip(columns["code"], columns["name"], strict=True)
            columns["name"] = [code if code in redaction.codes else name for code, name in names]
            gone = [False] * table.num_rows
        case "assignments":
            gone = [person in redaction.codes for person in columns["person"]]
        case "targets":
            pairs = zip(columns["scope"], columns["who"], strict=True)
            gone = [scope == "person" and who in redaction.codes for scope, who in pairs]
        case _:
            kind = types.get(name.removeprefix(RECORDS))
            who = [columns[field] for field in kind.who] if kind is not None and kind.who else []
            rows = zip(*who, strict=True) if who else iter([()] * table.num_rows)
            gone = [theirs_alone(row, redaction.codes) for row in rows]
    texts = [field.name for field in table.schema if pa.types.is_string(field.type)]
    if not any(gone) and not any(redaction.text(value) != value for each in texts for value in columns[each] if value):
        return (
            table
            if name != "people"
            else pa.table([pa.array(columns[f.name], f.type) for f in table.schema], table.schema)
        )
    listed = {
        column: [
            redaction.text(value) if column in texts and value is not None else value
            for value, drop in zip(values, gone, strict=True)
            if not drop
        ]
        for column, values in columns.items()
    }
    return pa.table([pa.array(listed[field.name], field.type) for field in table.schema], table.schema)


def purge_quarantine(folder: Path, redaction: Redaction) -> list[str]:
    """Take the rows that name the people by name or code out of the files of quarantined rows; the files' names."""
    changed = []
    with guarded_files(str(folder)):
        for path in sorted(folder.glob("*.csv")):
            with path.open(encoding="utf-8-sig", newline="") as file:
                header, *rows = csv.reader(file)
            kept = [row for row in rows if not any(_names(cell, redaction) for cell in row)]
            if len(kept) == len(rows):
                continue
            changed.append(path.name)
            write_whole(path, lambda beside, lines=[header, *kept]: _write(beside, lines))
    return changed


def _names(cell: str, redaction: Redaction) -> bool:
    return cell.strip() in redaction.codes or redaction.text(cell) != cell


def _write(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)
