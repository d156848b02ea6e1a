"""What leaves the process: tables and data to stdout, messages to stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import IO, TYPE_CHECKING, Any

from kaohe.text import visible

if TYPE_CHECKING:
    from rich.console import Console

# A pipe has no width: tables are then as wide as their content, never wrapped or cut.
_UNLIMITED = 100_000


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
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    numbers = set(right)
    for index, header in enumerate(headers):
        table.add_column(visible(header), justify="right" if index in numbers else "left", overflow="fold")
    for row in rows:
        table.add_row(*("" if cell is None else visible(str(cell)) for cell in row))
    page = console(sys.stdout)
    with page.capture() as captured:
        page.print(table)
    sys.stdout.write("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))


def print_json(data: Any) -> None:
    """Readable JSON on stdout; Chinese stays Chinese."""
    sys.stdout.write(json_text(data))


def json_text(data: Any) -> str:
    """Readable JSON in which no character acts on a terminal."""
    return visible(json.dumps(data, ensure_ascii=False, indent=2, default=str)) + "\n"
