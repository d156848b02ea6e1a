"""Tables on the terminal: rows laid out here look like rich's own."""

from __future__ import annotations

from io import StringIO

from hypothesis import given, settings
from hypothesis import strategies as st

from kaohe.report.sheet import Column, Sheet
from kaohe.report.table import UNLIMITED, sheet_table
from kaohe.report.terminal import trimmed, wide_console

WORDS = st.text("ab 中，\n\t-e\u0301", max_size=18) | st.sampled_from(
    ["张三", "a long sentence about nothing at all", "", " x "]
)
COLUMNS = st.lists(
    st.builds(
        Column,
        st.sampled_from(["rank", "名次", "a header of words", "总分（分）"]),
        st.sampled_from(["text", "count", "points"]),
        decimals=st.integers(0, 2),
        spare=st.integers(0, 2),
        wraps=st.booleans(),
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=100, deadline=None)
@given(st.data(), COLUMNS, st.sampled_from([UNLIMITED, 60, 30, 8]))
def test_rows_look_as_rich_would_have_them(data: st.DataObject, columns: list[Column], width: int) -> None:
    kinds = [st.none() | (WORDS if column.kind == "text" else st.integers(-(10**9), 10**9)) for column in columns]
    rows = data.draw(st.lists(st.tuples(*kinds), max_size=4))
    first = data.draw(st.none() | st.integers(0, 3))
    made = sheet_table(Sheet("Ranking", tuple(columns), rows), width, first=first)
    ours, theirs = StringIO(), StringIO()
    wide_console(ours, width).print(made)
    if len(made.frame.rows) == 0:  # else rich has made it already, in columns that are narrower
        for row in zip(*made.columns, strict=True):
            made.frame.add_row(*row)
    wide_console(theirs, width).print(made.frame)
    assert trimmed(ours) == trimmed(theirs)
