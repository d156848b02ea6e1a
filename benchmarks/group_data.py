"""The generated records of ``group_records`` as files: a snapshot as kaohe keeps it, or CSV files to be imported.

``python -m benchmarks.group_data --records 10000000 --folder F`` writes the snapshot into ``F/snapshots`` and
``F/inputs.json``, from which ``benchmarks.group_kaohe`` evaluates; ``--csv`` writes CSV files into ``F/csv`` instead.
Records are written a month at a time, so that a hundred million need no more memory than ten.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
from sqlalchemy import MetaData

from benchmarks.group_records import AHEAD, DAY, PEOPLE, SHARES, codes, months, named
from kaohe.plugin import RecordType
from kaohe.plugin.registry import open_registry
from kaohe.records.canonical import canonical
from kaohe.records.columnar import LOCAL, Layout
from kaohe.records.manifest import Snapshot, SnapshotTable
from kaohe.records.partition import write_partition
from kaohe.records.snapshot import organisation_layouts, record_layout
from kaohe.records.tables import record_table

ZONE = ZoneInfo("Asia/Shanghai")
TEAMS, REGIONS = 400, 8
JOINED = date(2023, 1, 1)


def record_types() -> dict[str, RecordType]:
    """The four types, by name, as the base pack declares them."""
    declared = open_registry((), None).record_types
    return {name: declared[name] for name in SHARES}


def write_snapshot(folder: Path, records: int, people: int = PEOPLE) -> Snapshot:
    """The records and the organisation as a snapshot in the folder, by kaohe's own means."""
    metadata = MetaData()
    layouts = {name: record_layout(each, record_table(each, metadata)) for name, each in record_types().items()}
    organised = {layout.table.name: layout for layout in organisation_layouts()}
    snapshot = Snapshot(
        folder=folder,
        timezone=ZONE.key,
        records={
            name: _written(folder, layout, months(name, records, people)) for name, layout in sorted(layouts.items())
        },
        organisation={
            name: _written(folder, organised[name], [(None, columns)]) for name, columns in organisation(people).items()
        },
        sources={},
    )
    snapshot.write()
    return snapshot


def _written(folder: Path, layout: Layout, parts: Any) -> SnapshotTable:
    partitions = []
    for month, columns in parts:
        whole = physical(layout, columns)
        if whole.num_rows:
            partitions.append(write_partition(folder, month, whole, layout))
    moment = layout.kinds.get(layout.when or "") == "datetime"
    when = f"{layout.when}{LOCAL}" if moment else layout.when
    return SnapshotTable(layout.physical, when, DAY if moment else 1, tuple(partitions))


def physical(layout: Layout, columns: Mapping[str, Any]) -> pa.Table:
    """The columns in the layout's order, with the wall clock beside each moment."""
    arrays = []
    for name, kind in layout.physical:
        own = name.removesuffix(LOCAL)
        array = columns[own] if own == name else pc.add(columns[own], AHEAD)
        arrays.append(array.cast({"string": pa.string(), "bool": pa.bool_(), "int64": pa.int64()}[kind]))
    return pa.table(arrays, names=[name for name, _kind in layout.physical])


def organisation(people: int) -> dict[str, dict[str, Any]]:
    """Everybody with one assignment, in teams of regions; ``people``, ``teams`` and ``assignments`` as columns."""
    number = np.arange(people)
    code, team = codes("P", number), codes("T", number % TEAMS)
    regions = [canonical({"region": f"R{region}"}) for region in range(REGIONS)]
    teams = codes("T", np.arange(min(TEAMS, people)))
    nothing = pa.nulls(people, pa.string())
    return {
        "people": {"code": code, "name": code},
        "teams": {"code": teams, "name": teams},
        "assignments": {
            "person": code,
            "team": team,
            "role": named(("agent",), np.zeros(people, np.int64)),
            "manager": nothing,
            "starts": pa.array(np.full(people, (JOINED - date(1970, 1, 1)).days)),
            "ends": pa.nulls(people, pa.int64()),
            "fraction": pa.array(np.full(people, 1_000_000)),
            "bonus_base": pa.array(500_000 + 50_000 * (number % 7)),
            "attributes": named(tuple(regions), number % TEAMS % REGIONS),
        },
    }


def write_csv(folder: Path, records: int, people: int = PEOPLE) -> dict[str, Path]:
    """The same as CSV files, as a person would hand them in: the path of each, by record type, and of ``people``."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = {name: folder / f"{name}.csv" for name in ("people", *SHARES)}
    there = organisation(people)["assignments"]
    number = np.arange(people)
    listed = {
        "code": there["person"],
        "name": there["person"],
        "role": there["role"],
        "team": there["team"],
        "region": codes("R", number)[:0]
        if not people
        else named(tuple(f"R{region}" for region in range(REGIONS)), number % TEAMS % REGIONS),
        "from": pa.array([JOINED.isoformat()] * people),
        "bonus_base": pa.array(5_000 + 500 * (number % 7)),
    }
    pyarrow.csv.write_csv(pa.table(listed), paths["people"])
    for name, record_type in record_types().items():
        with paths[name].open("wb") as file:
            for index, whole in enumerate(_lines(record_type, records, people)):
                options = pyarrow.csv.WriteOptions(include_header=index == 0, quoting_style="needed")
                pyarrow.csv.write_csv(whole, file, options)
    return paths


def _lines(record_type: RecordType, records: int, people: int) -> Iterator[pa.Table]:
    for _month, columns in months(record_type.name, records, people):
        written = {field.name: _text(field.kind, field.scale, columns[field.name]) for field in record_type.fields}
        yield pa.table(written)


def _text(kind: str, scale: int, column: pa.Array) -> pa.Array:
    """A column as people write it: moments on the wall clock, money in yuan."""
    if kind == "datetime":
        seconds = pc.divide(pc.add(column, AHEAD), 1_000_000).cast(pa.timestamp("s"))
        return pc.strftime(seconds, "%Y-%m-%d %H:%M:%S")
    if kind == "date":
        return column.cast(pa.int32()).cast(pa.date32()).cast(pa.string())
    if kind == "money" or (kind == "decimal" and scale):
        unit = 10 ** (2 if kind == "money" else scale)
        rest = pc.subtract(column, pc.multiply(pc.divide(column, unit), unit))
        digits = pc.utf8_lpad(rest.cast(pa.string()), len(str(unit)) - 1, "0")
        return pc.binary_join_element_wise(pc.divide(column, unit).cast(pa.string()), digits, ".")
    return column


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.group_data", description=__doc__)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--csv", action="store_true")
    asked = parser.parse_args()
    if asked.csv:
        write_csv(asked.folder / "csv", asked.records, asked.people)
    else:
        from benchmarks.group_kaohe import write_inputs

        write_inputs(asked.folder, write_snapshot(asked.folder / "snapshots", asked.records, asked.people))


if __name__ == "__main__":
    main()
