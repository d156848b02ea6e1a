"""The organisation as a snapshot holds it."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from kaohe.records import Snapshot
from kaohe.run.organisation.assignments import Assignment
from kaohe.run.organisation.population import Member

_EPOCH = date(1970, 1, 1)


def read_members(snapshot: Snapshot) -> list[Member]:
    """Everybody with all their assignments, by ascending code; a team is called by its name."""
    teams = {row["code"]: row["name"] for row in _rows(snapshot, "teams")}
    assignments: dict[str, list[Assignment]] = defaultdict(list)
    for row in _rows(snapshot, "assignments"):
        assignments[row["person"]].append(
            Assignment(
                team=teams.get(row["team"], row["team"]),
                role=row["role"],
                manager=row["manager"],
                starts=_day(row["starts"]),
                ends=None if row["ends"] is None else _day(row["ends"]),
                bonus_base=row["bonus_base"],
                attributes=json.loads(row["attributes"]),
                fraction=row["fraction"],
            )
        )
    return [Member(row["code"], row["name"], tuple(assignments[row["code"]])) for row in _rows(snapshot, "people")]


def read_teams(snapshot: Snapshot) -> dict[str, str]:
    """The codes of the teams by name; none where the snapshot holds no teams."""
    if "teams" not in snapshot.organisation:
        return {}
    return {row["name"]: row["code"] for row in _rows(snapshot, "teams")}


def attributes_of(snapshot: Snapshot) -> tuple[str, ...] | None:
    """The names of what the organisation records of its people; None where there are no people."""
    members = read_members(snapshot)
    found = {name for member in members for one in member.assignments for name in one.attributes}
    return tuple(sorted(found)) if members else None


def _rows(snapshot: Snapshot, table: str) -> list[dict[str, Any]]:
    parts = [_read(partition.path) for partition in snapshot.organisation[table].partitions]
    rows: list[dict[str, Any]] = pa.concat_tables(parts).to_pylist() if parts else []
    return rows


def _read(path: Path) -> pa.Table:
    """One file as a table; ParquetFile spares the import of pyarrow's data sets."""
    with pq.ParquetFile(path) as file:
        return file.read()


def _day(number: int) -> date:
    return _EPOCH + timedelta(days=number)
