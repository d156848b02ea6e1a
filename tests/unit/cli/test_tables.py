"""Tables where the terminal is too narrow for them: numbers, dates and codes stay whole."""

from __future__ import annotations

import contextlib
import io

from hypothesis import given
from hypothesis import strategies as st
from rich import box
from rich.cells import cell_len
from rich.table import Table

from kaohe.cli.output import _fitting, console, print_table

PEOPLE = [
    ("工号", "E01", "E02"),
    ("上级", "", ""),
    ("开始日期", "2024-03-01", "2025-06-15"),
    ("奖金基数", "16,000.00", "5,500.00"),
    ("说明", "这是一段很长很长很长很长很长的说明文字", "短"),
]
NUMBERS = {3}


def test_where_there_is_room_every_column_is_as_wide_as_its_content() -> None:
    assert _fitting(PEOPLE, NUMBERS, 100) == dict.fromkeys(range(5))


def test_where_there_is_not_empty_columns_go_and_wide_texts_give_way_before_dates_and_numbers() -> None:
    widths = _fitting(PEOPLE, NUMBERS, 60)
    assert widths == {0: 4, 2: 10, 3: 9, 4: 27}


def test_columns_without_any_row_are_all_shown() -> None:
    assert _fitting([(name,) for name, *_cells in PEOPLE], NUMBERS, 20) == dict.fromkeys(range(5))


@given(
    st.lists(st.lists(st.text("a汉 ", max_size=30), min_size=3, max_size=3), min_size=1, max_size=8),
    st.integers(10, 120),
)
def test_what_is_given_fits_the_width_and_is_never_more_than_a_column_needs(
    columns: list[list[str]], width: int
) -> None:
    widths = _fitting(columns, {0}, width)
    shares = {index: cells for index, cells in widths.items() if cells is not None}
    assert sum(shares.values()) <= max(0, width - 3 * len(shares) + 2)
    assert all(0 < cells <= max(map(cell_len, columns[index])) for index, cells in shares.items())


WORDS = st.lists(st.sampled_from(["a", " ", "汉", "é", "👍", "👨\u200d👩\u200d👧", "0", ".", "-"]), max_size=6).map(
    "".join
)


@given(
    st.lists(WORDS, min_size=1, max_size=4).flatmap(
        lambda names: st.tuples(st.just(names), st.lists(st.tuples(*[WORDS] * len(names)), max_size=5))
    ),
    st.sets(st.integers(0, 3)),
    st.none() | WORDS,
)
def test_rows_that_have_room_stand_as_in_a_page_that_is_laid_out(
    named: tuple[list[str], list[tuple[str, ...]]], right: set[int], title: str | None
) -> None:
    names, rows = named
    laid, printed = io.StringIO(), io.StringIO()
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for index, name in enumerate(names):
        table.add_column(name, justify="right" if index in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*row)
    console(laid).print(table)
    with contextlib.redirect_stdout(printed):
        print_table(names, rows, right=right, title=title)
    assert printed.getvalue() == "".join(f"{line.rstrip()}\n" for line in laid.getvalue().splitlines())
