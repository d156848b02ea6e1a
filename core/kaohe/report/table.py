"""A sheet as an aligned table on the terminal: which columns there is room for, how wide each is, and its lines.

Headers and what stands around a table are rich's. Its rows are laid out here, in the same way and column by column:
rich takes half a millisecond for each, which is minutes for everybody in a large company.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest
from typing import Literal

from rich import box
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from kaohe.report.sheet import Column, Sheet, as_text

UNLIMITED = 100_000
"""Without a terminal nothing is wrapped: a table is as wide as its content."""
_GAP, _HEADER_WORD, _WRAPPED = 3, 12, 12
_BREAKS = ("\n", "\t")
Lines = tuple[str, ...]


@dataclass(frozen=True)
class SheetTable:
    """Something for a rich console: the ``frame`` is the table without its rows, ``columns`` the texts of these."""

    frame: Table
    columns: Sequence[Sequence[str]]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        widths = [column.width or 0 for column in self.frame.columns]
        if not widths or sum(widths) + _GAP * len(widths) - 1 > options.max_width:
            # Rich makes the columns narrower.
            for row in zip(*self.columns, strict=True):
                self.frame.add_row(*row)
            yield self.frame
            return
        around = ["".join(part.text for part in line) for line in console.render_lines(self.frame, options, pad=False)]
        rule = max(number for number, line in enumerate(around) if line.strip() and not line.strip(" ─"))
        for line in (*around[: rule + 1], *self._rows(console, widths), *around[rule + 1 :]):
            yield Segment(line)
            yield Segment.line()

    def _rows(self, console: Console, widths: Sequence[int]) -> Iterator[str]:
        laid = [
            _laid(console, cells, width, right=column.justify == "right")
            for column, cells, width in zip(self.frame.columns, self.columns, widths, strict=True)
        ]
        blank = [" " * width for width in widths]
        for row in zip(*laid, strict=True):
            if max(map(len, row)) == 1:
                yield f" {'   '.join(cell for (cell,) in row)} "
                continue
            for line in zip_longest(*row):
                yield f" {'   '.join(gap if cell is None else cell for cell, gap in zip(line, blank, strict=True))} "


def sheet_table(sheet: Sheet, width: int = UNLIMITED, *, first: int | None = None) -> SheetTable:
    """The sheet as a table whose numbers stand right; ``first``: only so many rows, and how many follow.

    Only headers, and the columns made for it, run over several lines. Where the width does not even suffice for that,
    spare columns are left out and named below the table.
    """
    rows = sheet.rows if first is None else sheet.rows[:first]
    texts = [[as_text(column, row[index]) for row in rows] for index, column in enumerate(sheet.columns)]
    least = [_least_width(column, cells) for column, cells in zip(sheet.columns, texts, strict=True)]
    shown = _fitting(sheet, least, width)
    widths = _widened(sheet, texts, least, shown, width)
    table = Table(title=sheet.title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False, caption_justify="left")
    for index in shown:
        justify: Literal["left", "right"] = "right" if index in sheet.numbers else "left"
        table.add_column(sheet.columns[index].header, justify=justify, width=widths[index], overflow="fold")
    notes = [f"… {len(sheet.rows) - len(rows)}"] if len(rows) < len(sheet.rows) else []
    if len(shown) < len(sheet.columns):
        hidden = (column.header for index, column in enumerate(sheet.columns) if index not in shown)
        notes.append(f"− {', '.join(hidden)}")
    table.caption = "\n".join(notes) or None
    return SheetTable(table, [texts[index] for index in shown])


def _laid(console: Console, cells: Sequence[str], width: int, *, right: bool) -> list[Lines]:
    """Each cell as lines of that width."""

    @cache
    def lines(cell: str) -> Lines:
        if cell_len(cell) <= width and not any(each in cell for each in _BREAKS):
            return (_padded(cell, width, right=right),)
        folded = Text(cell).wrap(console, width, justify="right" if right else "left", overflow="fold")
        return tuple(_padded(line.plain, width, right=right) for line in folded)

    return [*map(lines, cells)]


def _padded(cell: str, width: int, *, right: bool) -> str:
    gap = " " * (width - cell_len(cell))
    return gap + cell if right else cell + gap


def _least_width(column: Column, cells: Sequence[str]) -> int:
    """Cells of the terminal that a column needs: its widest cell, and a header broken between words or, without
    spaces as in Chinese, in two."""
    words = max((cell_len(word) for word in column.header.split()), default=0)
    header = min(words, _HEADER_WORD) if column.header.isascii() else (words + 2) // 4 * 2
    return max(header, _WRAPPED) if column.wraps else max(header, _widest(cells))


def _fitting(sheet: Sheet, widths: Sequence[int], width: int) -> list[int]:
    """The columns that fit side by side, the spare ones leaving first."""
    shown = list(range(len(widths)))
    while sum(widths[index] + _GAP for index in shown) > width:
        spare = max(shown, key=lambda index: sheet.columns[index].spare)
        if not sheet.columns[spare].spare:
            break
        level = sheet.columns[spare].spare
        shown = [index for index in shown if sheet.columns[index].spare != level]
    return shown


def _widened(
    sheet: Sheet, texts: Sequence[Sequence[str]], least: Sequence[int], shown: Sequence[int], width: int
) -> list[int]:
    """What the width leaves over, given to the columns that run over several lines and then to long headers."""
    widths = list(least)
    left = width - sum(least[index] + _GAP for index in shown)
    for index in sorted(shown, key=lambda index: not sheet.columns[index].wraps):
        wanted = max(cell_len(sheet.columns[index].header), _widest(texts[index]))
        widths[index] = max(least[index], min(wanted, least[index] + max(left, 0)))
        left -= widths[index] - least[index]
    return widths


def _widest(cells: Sequence[str]) -> int:
    return max(map(cell_len, {*cells}), default=0)
