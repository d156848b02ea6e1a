"""Parquet files say what the same table says as CSV, whatever types their columns have."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.records.reading_kit import read

from kaohe.errors import KaoheError
from kaohe.records.cell_text import as_cells, cell_of
from kaohe.records.parquet_files import open_parquet
from kaohe.records.source import kind_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
MORNING = datetime(2026, 1, 5, 8, 30)  # noqa: DTZ001 - on the wall clock


def written(folder: Path, columns: dict[str, Any]) -> Path:
    path = folder / "deals.parquet"
    pq.write_table(pa.table(columns), path)
    return path


def test_typed_columns_become_stored_values(tmp_path: Path) -> None:
    columns = {
        "deal_id": ["D1", "D2"],
        "owner": pa.array(["E01", "李强"]).dictionary_encode(),
        "stage": ["won", None],
        "opened_at": pa.array([MORNING, None], pa.timestamp("ns")),
        "closed_at": pa.array([datetime(2026, 1, 5, 1, tzinfo=UTC), None], pa.timestamp("ms", "Europe/Berlin")),
        "signed_on": [date(2026, 1, 6), date(2026, 1, 7)],
        "amount": [Decimal("1234.50"), Decimal("0.01")],
        "rate": [0.1, None],
        "visits": pa.array([3, None], pa.int16()),
        "renewed": [True, False],
    }
    first, second = read(written(tmp_path, columns)).rows
    assert first.values["opened_at"] == MORNING.replace(tzinfo=SHANGHAI)
    assert first.values["closed_at"] == datetime(2026, 1, 5, 1, tzinfo=UTC)
    assert first.values["signed_on"] == date(2026, 1, 6)
    assert (first.values["amount"], first.values["rate"], first.values["visits"]) == (123_450, 1_000, 3)
    assert (first.values["renewed"], second.values["renewed"]) == (True, False)
    assert second.values["owner"] == "E02"
    assert [second.values[name] for name in ("stage", "opened_at", "closed_at", "rate", "visits")] == [None] * 5
    assert (first.row, first.place.line) == (1, 1)


def test_a_mistake_names_the_record(tmp_path: Path) -> None:
    reading = read(written(tmp_path, {"deal_id": ["D1", "D2"], "signed_on": ["2026-01-06", "soon"]}))
    (rejection,) = reading.rejected
    assert rejection.row == 2
    assert rejection.mistakes[0].value == "soon"


def test_a_file_without_records_has_columns(tmp_path: Path) -> None:
    reading = read(written(tmp_path, {"deal_id": pa.array([], pa.string())}))
    assert (reading.header, list(reading.rows)) == (("deal_id",), [])


@pytest.mark.parametrize("cut", [5, 60, -1])
def test_half_a_file_is_refused(tmp_path: Path, cut: int) -> None:
    path = written(tmp_path, {"deal_id": [f"D{number}" for number in range(1000)]})
    path.write_bytes(path.read_bytes()[:cut])
    assert kind_of(path) == "parquet"
    with pytest.raises(KaoheError) as caught:
        read(path)
    assert [problem.code for problem in caught.value.problems] == ["records.unreadable-file"]


def test_damaged_pages_are_refused_and_not_taken_for_the_end(tmp_path: Path) -> None:
    path = written(tmp_path, {"deal_id": [f"D{number}" for number in range(1000)]})
    content = bytearray(path.read_bytes())
    content[4:200] = bytes(196)
    path.write_bytes(content)
    with pytest.raises(KaoheError):
        read(path)


def test_what_has_no_text_of_its_own() -> None:
    assert as_cells(pa.array([["a", "b"], None])).to_pylist() == ['["a", "b"]', ""]
    assert as_cells(pa.array([b"\x01\xff"])).to_pylist() == ["01ff"]
    assert as_cells(pa.array([time(8, 30)])).to_pylist() == ["08:30:00"]
    assert as_cells(pa.array([float("nan"), 1e20, 1e-7, 12.0])).to_pylist() == [
        "",
        "100000000000000000000",
        "0.0000001",
        "12",
    ]


@pytest.mark.parametrize("kind", [pa.decimal128(20, 8), pa.decimal256(40, 8)])
def test_decimals_have_no_exponent_however_many_places_they_have(kind: pa.DataType) -> None:
    numbers = pa.array([Decimal(0), Decimal("-0.00000001"), Decimal("12.5"), None], kind)
    assert as_cells(numbers).to_pylist() == ["0.00000000", "-0.00000001", "12.50000000", ""]


def test_a_fraction_finer_than_microseconds_is_not_cut_off() -> None:
    moments = pa.array([1_767_600_000_000_000_001], pa.timestamp("ns"))
    assert as_cells(moments).to_pylist() == ["2026-01-05T08:00:00.000000001"]


def test_a_moment_of_no_year_stays_a_number() -> None:
    """Microseconds that somebody called milliseconds: the year 67562 is none, and not the year 2026 either."""
    wrong = 2_069_900_000_000_000
    for zone in (None, "UTC"):
        found = as_cells(pa.array([wrong, 0, None, -wrong], pa.timestamp("ms", zone))).to_pylist()
        assert [each[:16] for each in found] == [str(wrong), "1970-01-01T00:00", "", str(-wrong)[:16]]


VALUES = st.one_of(
    st.lists(st.none() | st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=4),
    st.lists(st.none() | st.floats(allow_infinity=False), min_size=1, max_size=4),
    st.lists(st.none() | st.text(max_size=4), min_size=1, max_size=4),
    st.lists(st.none() | st.booleans(), min_size=1, max_size=4),
    st.lists(st.none() | st.dates(date(1, 1, 1)), min_size=1, max_size=4),
    st.lists(st.none() | st.decimals(-(10**9), 10**9, places=8), min_size=1, max_size=4),
)


@given(VALUES)
def test_a_column_and_its_single_values_have_the_same_cells(values: list[Any]) -> None:
    """A query's column may mix types, and is then written value by value: that must not change what it says."""
    together, apart = as_cells(pa.array(values)).to_pylist(), [cell_of(value) for value in values]
    assert [_meant(cell) for cell in together] == [_meant(cell) for cell in apart]


def _meant(cell: str) -> object:
    try:
        return Decimal(cell)
    except ArithmeticError:
        return cell


@given(
    st.lists(
        st.tuples(
            st.text("ABC123", min_size=1, max_size=3),
            st.none() | st.dates(date(2000, 1, 1), date(2050, 1, 1)),
            st.none() | st.integers(-5, 2000),
            st.none() | st.decimals(-5, 10**6, places=2),
            st.none() | st.booleans(),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_parquet_and_csv_of_the_same_table_read_alike(rows: list[tuple[Any, ...]]) -> None:
    names = ["deal_id", "signed_on", "visits", "amount", "renewed"]
    kinds = [pa.string(), pa.date32(), pa.int64(), pa.decimal128(18, 2), pa.bool_()]
    columns = [pa.array(column, kind) for column, kind in zip(zip(*rows, strict=True), kinds, strict=True)]
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        parquet, plain = Path(folder, "d.parquet"), Path(folder, "d.csv")
        pq.write_table(pa.table(columns, names=names), parquet)
        with plain.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([names, *([cell_of(value) for value in row] for row in rows)])
        one, other = read(parquet), read(plain)
    assert [row.values for row in one.rows] == [row.values for row in other.rows]
    assert [each.row + 1 for each in one.rejected] == [each.row for each in other.rejected]


def test_a_large_file_comes_in_pieces(tmp_path: Path) -> None:
    table = open_parquet(written(tmp_path, {"deal_id": [f"D{number:06}" for number in range(40_000)]}))
    assert table.chunks is not None
    sizes = [(len(chunk), int(chunk.numbers[0]), int(chunk.numbers[-1])) for chunk in table.chunks]
    assert len(sizes) > 1
    assert (sizes[0][1], sizes[-1][2], sum(size for size, *_ in sizes)) == (1, 40_000, 40_000)
