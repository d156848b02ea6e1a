"""The bytes that PostgreSQL is given say the same as the columns, read by the rules of its manual."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from kaohe.records.copy_format import copy_rows

WHOLE = st.integers(-(2**63), 2**63 - 1)
KINDS = {
    "number": (pa.int64(), WHOLE),
    "flag": (pa.bool_(), st.booleans()),
    "day": (pa.date32(), st.dates()),
    "moment": (pa.timestamp("us", "UTC"), st.datetimes(timezones=st.just(UTC))),
    "text": (pa.string(), st.text(max_size=5)),
    "never": (pa.null(), st.none()),
}
SCHEMA = pa.schema([(name, kind) for name, (kind, _values) in KINDS.items()])
ROWS = st.lists(st.fixed_dictionaries({name: values | st.none() for name, (_kind, values) in KINDS.items()}))


def decoded(data: bytes, constants: int) -> list[dict[str, Any]]:
    """The rows, value by value."""
    stream, rows = io.BytesIO(data), []
    meaning = {**dict.fromkeys(KINDS, _number), "text": bytes.decode, "flag": _flag, "day": _day, "moment": _moment}
    names = [*KINDS, *(f"constant {number}" for number in range(constants))]
    while count := stream.read(2):
        assert int.from_bytes(count, "big") == len(names)
        row: dict[str, Any] = {}
        for name in names:
            size = int.from_bytes(stream.read(4), "big", signed=True)
            row[name] = None if size == -1 else meaning.get(name, _number)(stream.read(size))
        rows.append(row)
    return rows


def _number(field: bytes) -> int:
    assert len(field) == 8
    return int.from_bytes(field, "big", signed=True)


def _flag(field: bytes) -> bool:
    return {b"\0": False, b"\1": True}[field]


def _day(field: bytes) -> date:
    assert len(field) == 4
    return date(2000, 1, 1) + timedelta(days=int.from_bytes(field, "big", signed=True))


def _moment(field: bytes) -> datetime:
    return datetime(2000, 1, 1, tzinfo=UTC) + timedelta(microseconds=_number(field))


@settings(deadline=None)
@given(rows=ROWS, constants=st.lists(WHOLE, max_size=2), cut=st.integers(0, 3))
def test_rows_for_copy_say_what_the_columns_say(rows: list[dict[str, Any]], constants: list[int], cut: int) -> None:
    batch = pa.RecordBatch.from_pylist(rows, SCHEMA).slice(cut)
    more = {f"constant {number}": constant for number, constant in enumerate(constants)}
    expected = [{**row, **more} for row in rows[cut:]]
    assert decoded(copy_rows(batch, *constants).to_pybytes(), len(constants)) == expected
