"""Whole columns mean what their cells mean one by one: the same values, rejections, notes, row numbers and places."""

import csv
import tempfile
from datetime import timedelta
from pathlib import Path
from unittest import mock
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reference.reading import RefusedError, read_csv
from tests.unit.records.reading_kit import BERLIN, CONTEXT, DEAL, Roster, mapping_of

from kaohe.errors import KaoheError
from kaohe.records import csv_text
from kaohe.records.binding import bind
from kaohe.records.reading import read_records
from kaohe.records.rows import ReadContext, Reading
from kaohe.records.source import Table

SPACES = ["", " ", "\u3000", "\t", "\u200b", "\xa0"]
WORDS = [
    "", "-", "--", "/", "N/A", "n / a", "NULL", "无", "暂无", "空", "—", "(blank)", "Ｎ／Ａ", "'-", "'=1", "_", "nul",
    "无锡", "合计", "Total:", "王芳", "E01", "e01", "Ｅ01", "李强", "张三", "won", "赢单", "Lost", "是", "Y", "0", "√",
    "maybe", "A1", "N0012345", "1.10101E+17", "E+1", "1012.0", "a b", "é", "e\u0301", "ｶﾞ", "한", "\u1112\u1161\u11ab",
    "（甲）", "a\x07", "😀", "x\r\ny", "two\nlines", "'quoted", "ﬁ", "№5", "a\u3000b", "_N/A", "N_/A",
]  # fmt: skip
DAYS = st.dates().map(str) | st.builds(
    "{}{}{}{}{}".format,
    st.sampled_from([1899, 1900, 2025, 2026, 2199, 2200]),
    st.sampled_from("-/."),
    st.integers(0, 13) | st.sampled_from(["03", "10", "02"]),
    st.sampled_from("-/."),
    st.integers(0, 32) | st.sampled_from(["29", "30", "26", "05"]),
)
OTHER_DAYS = st.sampled_from(
    ["20260105", "20260230", "46027", "2026年1月5日", "2026年1月5号 星期一", "01/02/2026", "2026-01", "２０２６-01-05"]
)
CLOCKS = st.builds(
    "{}{}{}{}{}".format,
    st.sampled_from([" ", "T", "t", "  "]),
    st.integers(0, 25) | st.sampled_from(["02", "08", "上午 8", "12"]),
    st.sampled_from([":30", ":5", ":60", "时30分", ":00"]),
    st.sampled_from(["", ":05", ":5", ":61", ":05.123", ":05.1", ":05.123456", ":05,5"]),
    st.sampled_from(["", "", "Z", "z", "+08:00", "-0530", "+24:00", "+08:61", " PM", "UTC"]),
)
NUMBERS = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["", "-", "+", "¥", "−"]),
    st.integers(0, 10**20).map(str)
    | st.integers(0, 10**9).map("{:,}".format)
    | st.sampled_from(["1,23", "1234,567", "12,34,567", ",123", "007", "", "１２", "1,234,56", "0,000"]),
    st.sampled_from(["", "", ".", ".5", ".50", ".505", ".500000", ".0", "..5", ".1,234"]),
    st.sampled_from(["", "", "%", " %", "元", "e3", "万"]),
)
CELLS = st.builds(
    "{}{}{}".format,
    st.sampled_from(SPACES) | st.just(""),
    st.sampled_from(WORDS)
    | DAYS
    | OTHER_DAYS
    | st.builds("{}{}".format, DAYS, CLOCKS)
    | NUMBERS
    | st.text(max_size=4).map(lambda text: text.replace("\0", "")),
    st.sampled_from(SPACES) | st.just(""),
)
NAMES = [field.name for field in DEAL.fields]
PLAIN = {
    "deal_id": st.integers(0, 30).map("A{}".format),
    "owner": st.sampled_from(["E01", "E02", ""]),
    "stage": st.sampled_from(["won", "输单", ""]),
    "opened_at": st.datetimes().map(lambda moment: moment.isoformat(" ", "seconds")),
    "closed_at": st.sampled_from(["2026-01-05 08:30", "2025-10-26 02:30:00", "2025-03-30 02:30", "2199-12-31", ""]),
    "signed_on": st.sampled_from(["2026-01-05", "2026/1/5", "2026/11/25 8:05", ""]),
    "amount": st.integers(0, 10**9).map(str),
    "rate": st.sampled_from(["0.5", "12%", "1.25", ""]),
    "visits": st.integers(-1, 1001).map(str),
    "renewed": st.sampled_from(["是", "no", "true", ""]),
    "customer": st.sampled_from(["C1", "客户", "N/A", "N1"]),
    "note": st.text(st.sampled_from("abé王，\" \n'"), max_size=5),
}
ROWS = st.lists(
    st.tuples(*(PLAIN[name] | CELLS if name != "deal_id" else PLAIN[name] for name in NAMES))
    | st.tuples(*(PLAIN[name] for name in NAMES))
    | st.lists(CELLS, max_size=14),
    max_size=12,
)
MAPPINGS = [
    None,
    """
    [columns]
    deal_id = { from = ['deal_id', 'customer'], join = '-' }
    opened_at = { from = ['signed_on', 'rate'] }
    """,
    """
    reversed = 'clear'
    [columns]
    deal_id = 'deal_id'
    opened_at = 'opened_at'
    closed_at = 'closed_at'
    """,
    """
    [source]
    skip_rows_where = 'column("stage") == "won" or number("visits") > 500'
    [columns]
    deal_id = 'deal_id'
    amount = { value = 'number("amount") * 2' }
    note = { constant = 'x' }
    visits = { from = 'visits', missing = ['0', '7'] }
    """,
    """
    [columns]
    deal_id = 'note'
    signed_on = { from = 'signed_on', format = ['%Y/%d/%m'], missing = ['2026-01-05'] }
    stage = { from = 'stage', values = { '赢单' = 'won', '*' = 'lost' } }
    note = { from = 'customer', missing = ['n1'] }
    """,
]
CONTEXTS = [CONTEXT, BERLIN, ReadContext(ZoneInfo("Australia/Lord_Howe"), Roster())]


def table(rows, quoting, ending):
    """The rows as somebody's program writes them, and not always well."""
    with tempfile.TemporaryFile("w+", encoding="utf-8", newline="") as file:
        csv.writer(file, quoting=quoting, lineterminator=ending).writerows([NAMES, *rows])
        file.seek(0)
        return file.read()


def by_columns(path, mapping, context, block):
    with mock.patch.object(csv_text, "BLOCK", block):
        readings = [*read_records(path, DEAL, mapping, context)]
    return Reading(
        readings[0].header,
        [row for reading in readings for row in reading.rows],
        sorted((each for reading in readings for each in reading.rejected), key=lambda each: each.row),
        sum(reading.skipped for reading in readings),
        sorted((note for reading in readings for note in reading.notes), key=str),
    )


def one_by_one(path, mapping, context):
    table = Table(path.name)
    binding = []

    def bound():
        binding.append(bind(DEAL, mapping, table, context))
        return binding[0]

    reading = read_csv(path, "utf-8", ",", table, bound)
    notes = sorted([*binding[0].notes, *reading.notes], key=str)
    return Reading(reading.header, reading.rows, reading.rejected, reading.skipped, notes)


@settings(deadline=timedelta(seconds=5))
@given(
    ROWS,
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from(["\n", "\r\n", "\n\n", "\r"]),
    st.lists(st.tuples(st.integers(0, 10**6), st.sampled_from(['"', '""', "\n", "\r", ",", "\ufeff"])), max_size=2),
    st.sampled_from(MAPPINGS),
    st.sampled_from(CONTEXTS),
    st.sampled_from([64, 1 << 20]),
)
def test_columns_mean_what_their_cells_mean(rows, quoting, ending, damage, mapping, context, block):
    text = table(rows, quoting, ending)
    start = text.index("note") + 6
    for place, what in damage:
        at = start + place % (len(text) - start + 1) if len(text) > start else len(text)
        text = text[:at] + what + text[at:]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "deals.csv"
        path.write_bytes(text.encode())
        parsed = None if mapping is None else mapping_of(mapping)
        try:
            expected = one_by_one(path, parsed, context)
        except RefusedError as refusal:
            with_line = refusal.args[1]
            try:
                by_columns(path, parsed, context, block)
            except KaoheError as error:
                assert error.problems[0].where.line == with_line  # noqa: PT017
                return
            raise
        found = by_columns(path, parsed, context, block)
    assert [*found.rows] == [*expected.rows]
    assert found.rejected == expected.rejected
    assert (found.skipped, found.notes) == (expected.skipped, expected.notes)
