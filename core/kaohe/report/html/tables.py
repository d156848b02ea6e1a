"""Tables of a page: sheets as they stand, and rows in which a chart says the same as the figures beside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kaohe.report.html.element import Content, Element, el
from kaohe.report.sheet import Sheet, as_text


@dataclass(frozen=True)
class Head:
    """A column's header; ``kind`` is ``text``, ``number`` or ``graph``."""

    words: Content
    kind: str = "text"


def table(
    heads: Sequence[Head], rows: Iterable[Sequence[Content]], *, caption: Content = None, last_is_sum: bool = False
) -> Element:
    """The first cell of a row is its header."""
    listed = list(rows)
    last = len(listed) - 1
    kinds = ("sum" if last_is_sum and position == last else "" for position in range(len(listed)))
    return table_of(heads, zip(kinds, listed, strict=True), caption=caption)


def table_of(
    heads: Sequence[Head], rows: Iterable[tuple[str, Sequence[Content]]], *, caption: Content = None
) -> Element:
    """Likewise, each row with the name of its style."""
    body = (
        el(
            "tr",
            el("th", row[0], scope="row"),
            *(el("td", cell, class_=_class(head)) for head, cell in zip(heads[1:], row[1:], strict=True)),
            class_=kind or None,
        )
        for kind, row in rows
    )
    titles = (el("th", head.words, scope="col", class_=_class(head)) for head in heads)
    made = el("div", el("table", el("thead", el("tr", *titles)), el("tbody", *body)), class_="scroll")
    # Not the table's own caption: that would be as wide as the table and move out of sight with it.
    return made if caption is None else el("div", el("p", caption, class_="note"), made)


def sheet_table(sheet: Sheet, *, name: int, group: int | None = None) -> Element:
    """A sheet as a table that scrolls by itself where it is too wide. ``name``: the column that says who a row is
    about; ``group``: the column that becomes a line of its own above its rows."""
    shown = [index for index in range(len(sheet.columns)) if index != group]
    heads = el(
        "tr",
        *(el("th", sheet.columns[index].header, scope="col", class_=_kind(sheet, index)) for index in shown),
    )
    rows: list[Content] = []
    before: object = object()
    for row in sheet.rows:
        if group is not None and row[group] != before:
            before = row[group]
            rows.append(el("tr", el("th", str(before), colspan=len(shown), scope="colgroup"), class_="band"))
        cells = []
        for index in shown:
            text = as_text(sheet.columns[index], row[index])
            kind = _kind(sheet, index)
            cells.append(el("th", text, scope="row") if index == name else el("td", text, class_=kind))
        rows.append(el("tr", *cells))
    content = el("table", el("thead", heads), el("tbody", *rows), class_="wide")
    return el("div", content, class_="scroll", tabindex="0", role="region", aria_label=sheet.title)


def _kind(sheet: Sheet, index: int) -> str | None:
    column = sheet.columns[index]
    return "text" if column.wraps else None if column.kind == "text" else "number"


def _class(head: Head) -> str | None:
    return None if head.kind == "text" else head.kind
