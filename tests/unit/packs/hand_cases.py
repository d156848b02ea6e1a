"""The cases worked out by hand (``cases/*.toml``), and all of them at once through the engine that evaluations use.

Each case is one person's: the records of all cases lie in one snapshot, and every indicator is measured for everybody.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from tests.unit.packs.packs_kit import ZONE, Packs

from kaohe.engine import DuckEngine, Request, fuse
from kaohe.exact import to_micros
from kaohe.language import evaluate_columns
from kaohe.period import parse_period
from kaohe.plugin import Field, Indicator, RecordType
from kaohe.records import Partition, Snapshot
from kaohe.records.manifest import SnapshotTable
from kaohe.run.credit.shares import added_up
from kaohe.run.measuring.measure import UNITS, windows

FOLDER = Path(__file__).parent / "cases"
_EPOCH, _MOMENT = date(1970, 1, 1), datetime(1970, 1, 1, tzinfo=UTC)
_ARROW = {"integer": pa.int64(), "decimal": pa.int64(), "money": pa.int64(), "boolean": pa.bool_()}


@dataclass(frozen=True)
class HandCase:
    """Records of one person as a small table, and what an indicator must come to; None: no data."""

    says: str
    indicator: str
    records: str
    value: Fraction | None
    period: str = "2026-Q1"
    params: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.indicator}: {self.says}"

    @property
    def empty(self) -> bool:
        """Nothing was there to be measured."""
        return not self.value


def all_cases() -> list[HandCase]:
    """Every case of every file; one of several indicators that find nothing in the same records is several."""
    found = []
    for path in sorted(FOLDER.glob("*.toml")):
        content = tomllib.loads(path.read_text("utf-8"), parse_float=Decimal)
        for case in content.get("cases", []):
            value = Fraction(case["value"]) if "value" in case else None
            known = {key: case[key] for key in ("period", "params") if key in case}
            found.append(HandCase(case["says"], case["indicator"], case["records"], value, **known))
        for group in content.get("nothing", []):
            for key, value in (("no_data", None), ("zero", Fraction(0))):
                found += [HandCase(group["says"], each, group["rows"], value) for each in group.get(key, [])]
    return found


def through_the_engine(packs: Packs, cases: Sequence[HandCase], folder: Path) -> list[Fraction | None]:
    """What the engine finds for each case, at six decimals; one query for each record type and period."""
    people = [f"p{number:04}" for number in range(len(cases))]
    snapshot = _snapshot(packs, cases, people, folder)
    found: list[Fraction | None] = [None] * len(cases)
    by_period = defaultdict(list)
    for number, case in enumerate(cases):
        by_period[case.period].append(number)
    for period, numbers in by_period.items():
        requests = {number: _request(packs, cases[number], people[number]) for number in numbers}
        scans = fuse(list(requests.values()))
        answers = DuckEngine().measure(scans, snapshot, windows(parse_period(period), ZONE), [people] * len(scans))
        measured: dict[tuple[str, str], dict[Any, Any]] = defaultdict(dict)
        for scan, parts in zip(scans, answers, strict=True):
            measured[scan.records.name, scan.who].update(parts)
        for number, request in requests.items():
            unit = packs.indicators[cases[number].indicator].unit
            divisor = UNITS.get(unit, 1) if request.value.type.kind == "duration" else 1
            micros, known, _sample = evaluate_columns(request.value, added_up([request], measured), divisor=divisor)
            found[number] = Fraction(int(micros[number]), 10**6) if known[number] else None
    return found


def rounded(value: Fraction | None) -> Fraction | None:
    """As the engine rounds: half up at six decimals."""
    return None if value is None else Fraction(to_micros(value), 10**6)


def _request(packs: Packs, case: HandCase, key: str) -> Request:
    indicator = packs.indicators[case.indicator]
    records = packs.record_types[indicator.records]
    value, where = packs.compile(case.indicator, **case.params)
    return Request(key, records, value, where, indicator.when or records.when, _credited(indicator, records))


def _credited(indicator: Indicator, records: RecordType) -> str:
    """Who a record is of: the first person it may name, or the team where it names none."""
    return indicator.who or next(iter(records.who), records.team or "")


def _snapshot(packs: Packs, cases: Sequence[HandCase], people: Sequence[str], folder: Path) -> Snapshot:
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for case, person in zip(cases, people, strict=True):
        indicator = packs.indicators[case.indicator]
        who = _credited(indicator, packs.record_types[indicator.records])
        rows[indicator.records] += [{**row, who: person} for row in packs.rows(indicator.records, case.records)]
    tables = {
        name: SnapshotTable((), None, 1, (_partition(folder, packs.record_types[name], listed),))
        for name, listed in rows.items()
    }
    return Snapshot(folder, ZONE.key, tables, {}, {})


def _partition(folder: Path, record_type: RecordType, rows: Sequence[Mapping[str, Any]]) -> Partition:
    columns = {name: column for each in record_type.fields for name, column in _columns(each, rows)}
    path = folder / f"{record_type.name}.parquet"
    pq.write_table(pa.table(columns), path)
    return Partition(path, None, len(rows), "", "", {})


def _columns(each: Field, rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, pa.Array]]:
    """One field as snapshots store it: whole numbers, days, microseconds in UTC and on the wall clock."""
    values = [row.get(each.name) for row in rows]
    match each.kind:
        case "datetime":
            yield each.name, _whole(values, lambda value: _microseconds(value.astimezone(UTC)))
            yield f"{each.name}__local", _whole(values, lambda value: _microseconds(value.replace(tzinfo=UTC)))
        case "date":
            yield each.name, _whole(values, lambda value: (value - _EPOCH).days)
        case "decimal" | "money":
            scale = each.scale if each.kind == "decimal" else 2
            yield each.name, _whole(values, lambda value: int(value.scaleb(scale)))
        case kind:
            yield each.name, pa.array(values, _ARROW.get(kind, pa.string()))


def _whole(values: Sequence[Any], convert: Any) -> pa.Array:
    return pa.array([None if value is None else convert(value) for value in values], pa.int64())


def _microseconds(moment: datetime) -> int:
    since = moment - _MOMENT
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
