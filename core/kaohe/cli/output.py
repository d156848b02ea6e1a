"""What leaves the process: tables and data to stdout, messages to stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import IO, TYPE_CHECKING, Any, Literal

from kaohe.text import visible

if TYPE_CHECKING:
    from rich.console import Console

# A pipe has no width: tables are then as wide as their content, never wrapped or cut.
_UNLIMITED = 100_000
_BETWEEN = 3  # cells between two columns
_HEADER = 4  # cells that a header broken over lines keeps
_DATE = 10  # cells of the widest column that is kept whole
_NARROW = 6  # cells that any other keeps


def prepare_streams() -> None:
    """Let a console that cannot show a character (GBK on Windows, ASCII in a container) show ? instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def console(stream: IO[str]) -> Console:
    """A rich console for the stream: styled and as wide as the terminal, or plain and unlimited in a pipe."""
    from rich.console import Console

    width = None if stream.isatty() else _UNLIMITED
    return Console(file=stream, width=width, highlight=False, soft_wrap=False, emoji=False, markup=False)


def print_table(
    headers: Sequence[str], rows: Iterable[Sequence[Any]], *, right: Iterable[int] = (), title: str | None = None
) -> None:
    """An aligned table on stdout; ``right`` names the columns of numbers."""
    from rich import box
    from rich.cells import cell_len
    from rich.table import Table

    page = console(sys.stdout)
    numbers = set(right)
    names = [visible(header) for header in headers]
    texts = [["" if cell is None else visible(str(cell)) for cell in row] for row in rows]
    columns = [*zip(names, *texts, strict=True)]
    full = [max(map(cell_len, column)) for column in columns]
    widths = _fitting(columns, numbers, page.width)
    fits = _taken(full) <= page.width
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for index, cells in widths.items():
        justify: Literal["left", "right"] = "right" if index in numbers else "left"
        table.add_column(names[index], justify=justify, overflow="fold", width=cells)
    # Where every cell has its room, one row shows how all are set, and they need not pass through a page's layout.
    shown = [["x" * cells for cells in full]] if fits and texts else texts
    for row in shown:
        table.add_row(*(row[index] for index in widths))
    with page.capture() as captured:
        page.print(table)
    lines = captured.get().splitlines()
    if fits and texts:
        lines[-2:-1] = _set(texts, full, numbers)
    sys.stdout.write("".join(f"{line.rstrip()}\n" for line in lines))


def _taken(widths: Collection[int]) -> int:
    """What columns take so wide, and the room between them."""
    return sum(widths) + _BETWEEN * len(widths) - 2


def _set(rows: Iterable[Sequence[str]], widths: Sequence[int], numbers: set[int]) -> Iterator[str]:
    """Each row as a line, its cells as wide as they take on a terminal."""
    from rich.cells import cell_len

    for row in rows:
        cells = []
        for index, (text, width) in enumerate(zip(row, widths, strict=True)):
            word = text.rstrip()
            room = " " * (width - cell_len(word))
            cells.append(room + word if index in numbers else word + room)
        yield " " + (" " * _BETWEEN).join(cells)


def _fitting(columns: Sequence[Sequence[str]], numbers: set[int], width: int) -> dict[int, int | None]:
    """Which columns (a header and its cells) are shown in a width, and how wide; None: as rich would have it.

    Where not all have room, columns without a single word are left out, numbers, dates and codes keep their cells on
    one line, and the others share what is left.
    """
    from rich.cells import cell_len

    full = {index: max(map(cell_len, column)) for index, column in enumerate(columns)}
    if _taken(full.values()) <= width:
        return dict.fromkeys(full)
    cells = {index: max(map(cell_len, columns[index][1:]), default=0) for index in full if any(columns[index][1:])}
    room = width - _BETWEEN * len(cells) + 2
    wide = [index for index, widest in cells.items() if widest > _DATE and index not in numbers]
    given = {
        index: _NARROW if index in wide else max(widest, min(_HEADER, full[index])) for index, widest in cells.items()
    }
    if not cells or sum(given.values()) > room:
        return dict.fromkeys(cells or full)
    for left, index in zip(range(len(wide), 0, -1), sorted(wide, key=full.__getitem__), strict=True):
        given[index] += min(full[index] - given[index], (room - sum(given.values())) // left)
    for index, share in given.items():
        given[index] = min(full[index], share + room - sum(given.values()))
    return dict(given)


def print_json(data: Any) -> None:
    """Readable JSON on stdout; Chinese stays Chinese."""
    sys.stdout.write(json_text(data))


def json_text(data: Any) -> str:
    """Readable JSON in which no character acts on a terminal."""
    return visible(json.dumps(data, ensure_ascii=False, indent=2, default=str)) + "\n"
