"""What holds for every file: nothing is lost, nothing is invented, what is written can be read back."""

import csv
import tempfile
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
from tests.unit.records.reading_kit import Roster, clean, read

from kaohe.records.quarantine import write_quarantine
from kaohe.records.rows import ReadContext
from kaohe.records.words import fold, guarded, trim, unguarded

DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))
MOMENTS = st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
CELLS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=12)


@given(st.integers(0, 10**15))
def test_an_amount_survives_being_written_with_separators(fen):
    yuan = Decimal(fen).scaleb(-2)
    assert clean("amount", f"{yuan:,.2f}") == clean("amount", f"￥{yuan:f}元") == fen


@given(st.integers(-(10**12), 10**12))
def test_a_percentage_is_the_same_number_as_its_hundredth(units):
    number = Decimal(units).scaleb(-4)
    assert clean("rate", f"{number:f}") == clean("rate", f"{number * 100:f}%") == units


@given(DAYS)
def test_every_way_to_write_a_day_is_that_day(day):
    forms = [
        day.isoformat(), f"{day.year}/{day.month}/{day.day}", f"{day.year}.{day.month:02d}.{day.day}",
        f"{day:%Y%m%d}", f"{day.year}年{day.month}月{day.day}日", f"{day.year}-{day.month}-{day.day} 00:00",
    ]  # fmt: skip
    assert {clean("signed_on", form) for form in forms} == {day}
    assert clean("signed_on", f"{day:%d/%m/%Y}", formats=("%d/%m/%Y",)) == day
    serial = (day - date(1899, 12, 30)).days
    assert not 10_000 <= serial < 100_000 or clean("signed_on", str(serial)) == day


@given(MOMENTS, st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]))
def test_a_local_time_is_read_back_to_its_moment_or_the_earlier_of_two(moment, name):
    zone = ZoneInfo(name)
    local = moment.astimezone(zone)
    read_back = clean("opened_at", local.replace(tzinfo=None).isoformat(" "), ReadContext(zone, Roster()))
    assert read_back == moment if not local.fold else timedelta() < moment - read_back <= timedelta(hours=2)
    assert clean("opened_at", local.isoformat()) == moment


@given(st.text(max_size=30))
def test_any_cell_is_either_read_or_refused_with_a_reason(cell):
    for field in ("deal_id", "owner", "stage", "opened_at", "signed_on", "amount", "rate", "visits", "renewed", "note"):
        value = clean(field, cell)
        assert value is None or value != ""


@given(CELLS)
def test_guarding_a_cell_loses_nothing(cell):
    assert unguarded(guarded(cell)) == cell or cell.startswith("'")


@given(st.text(max_size=20))
def test_trimming_twice_changes_nothing_more_and_folding_does_not_see_it(name):
    assert trim(trim(name)) == trim(name)
    assert fold(trim(name)) == fold(name)


@given(st.lists(st.lists(CELLS, max_size=5), max_size=20), st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]))
def test_every_row_is_clean_or_rejected_or_blank_and_a_quarantine_can_be_read_again(rows, encoding):
    with tempfile.TemporaryDirectory() as folder:
        source, quarantine = Path(folder) / "deals.csv", Path(folder) / "quarantine.csv"
        with source.open("w", encoding=encoding, newline="") as file:
            writer = csv.writer(file)
            writer.writerows([["deal_id", "amount", "note"], *rows])
        reading = read(source)
        seen = Counter([row.row for row in reading.rows] + [rejection.row for rejection in reading.rejected])
        assert set(seen.values()) <= {1}
        filled = {number for number, row in enumerate(rows, 2) if any(map(trim, row))}
        assert set(seen) == filled
        write_quarantine(quarantine, reading.rejected, reading.header, "en")
        again = read(quarantine)
        assert len(again.rows) + len(again.rejected) <= len(reading.rejected)
