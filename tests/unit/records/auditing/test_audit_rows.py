"""Rows in the log's words: many at once say what each says alone."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Table

from kaohe.records.audit_rows import content, contents, row_data
from kaohe.records.core_tables import AssignmentRow, RunResultRow
from kaohe.records.evidence_tables import KeptTextRow
from kaohe.records.tables import table_of

ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-1, 2),
    st.integers(),
    st.text(max_size=5),
    st.floats(allow_nan=False),
    st.binary(max_size=3),
    st.dates(date(2026, 1, 1), date(2026, 1, 3)),
    st.just(datetime(2026, 1, 1, 12, tzinfo=UTC)),
)


@given(st.data(), st.sampled_from([RunResultRow, AssignmentRow, KeptTextRow]))
def test_many_rows_say_what_each_of_them_says(data: st.DataObject, kind: type) -> None:
    table: Table = table_of(kind)
    column = st.one_of(st.just(st.integers()), st.just(st.text(max_size=5)), st.just(ANYTHING))
    kinds = [data.draw(column) for _each in table.columns]
    rows = data.draw(st.lists(st.tuples(*kinds), min_size=1, max_size=4))
    names = [each.name for each in table.columns]
    alone = [content(row_data(table, dict(zip(names, row, strict=True)))) for row in rows]
    assert [*contents(table, rows)] == alone
