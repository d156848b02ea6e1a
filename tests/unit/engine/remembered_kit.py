"""A remembering engine whose every question to the engine behind it is noted, and snapshots that say what they hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from tests.unit.engine import scan_kit

from kaohe.engine import DuckEngine, Measure, Request, Scan, fuse
from kaohe.engine.everybody import Everybody
from kaohe.engine.kept_values import KeptValues
from kaohe.engine.remembered import RememberedEngine
from kaohe.errors import Problem
from kaohe.records import Snapshot
from kaohe.records.partition import content_digest


class Noted(DuckEngine):
    """Notes which measures it is asked for, among which partitions, in how many calls."""

    def __init__(self) -> None:
        self.asked: list[Measure] = []
        self.among: list[frozenset[str] | None] = []
        self.calls = 0

    def everybody(self, scans: Sequence[Scan], *rest: Any, **named: Any) -> list[Everybody]:
        self.calls += 1
        self.asked += [measure for scan in scans for measure in scan.measures]
        self.among += [scan.among for scan in scans for _measure in scan.measures]
        return super().everybody(scans, *rest, **named)

    def forget(self) -> int:
        """How many measures it was asked for since the last time."""
        asked, self.asked, self.among, self.calls = len(self.asked), [], [], 0
        return asked


class Remembering(RememberedEngine):
    """With the engine behind it, and what was told."""

    def __init__(self, folder: Path, limit: int = 10**9, version: str = "1") -> None:
        self.behind, self.kept, self.told = Noted(), KeptValues(folder, limit), list[Problem]()
        super().__init__(self.behind, self.kept, version, self.told.extend)


def snapshot(folder: Path, tables: Mapping[str, Any]) -> Snapshot:
    """As the kit makes it, each partition named by what it says."""
    folder.mkdir(parents=True, exist_ok=True)
    taken = scan_kit.snapshot(folder, tables)
    records = {}
    for name, table in taken.records.items():
        parts = tuple(replace(each, content=content_digest(pq.read_table(each.path))) for each in table.partitions)
        records[name] = replace(table, partitions=parts)
    return replace(taken, records=records)


def figures(
    engine: Any, requests: Sequence[Request], taken: Snapshot, windows: Any, people: Sequence[str], **joined: Any
) -> list[dict[Measure, dict[str, list[int]]]]:
    """Scan by scan, what an engine gives, as plain numbers."""
    scans = fuse(requests)
    answers = engine.measure(scans, taken, windows, [people] * len(scans), **joined)
    return [
        {measure: {name: column.tolist() for name, column in parts.items()} for measure, parts in answer.items()}
        for answer in answers
    ]
