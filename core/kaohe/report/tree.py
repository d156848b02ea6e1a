"""The explanation of one person as an indented tree of text, or as data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kaohe.run.node import Node
from kaohe.text import Language, msg, render

LISTED = 20
"""Records that a list in text shows where nobody asks for more."""


def tree_lines(node: Node, language: Language, *, records: int | None = None) -> Iterator[str]:
    """One line for each figure and remark, drawn with box characters. ``records``: no list of records shows more."""
    yield _line(node, language)
    yield from _below(node, language, "", records)


def tree_data(node: Node, language: Language) -> dict[str, Any]:
    """The tree as nested objects; empty parts are left out. ``kind``, ``id`` and ``facts`` are the same in any
    language; ``label``, ``figure`` and ``remarks`` are words."""
    data: dict[str, Any] = {"kind": node.kind, "label": render(node.label, language)}
    if node.id:
        data["id"] = node.id
    if node.figure is not None:
        data["figure"] = render(node.figure, language)
    if node.facts:
        data["facts"] = dict(node.facts)
    if node.remarks:
        data["remarks"] = [remark.in_(language) for remark in node.remarks]
    if node.children:
        data["children"] = [tree_data(child, language) for child in node.children]
    return data


def _below(node: Node, language: Language, indent: str, records: int | None) -> Iterator[str]:
    shown = node.children
    hidden = 0
    if records is not None and shown and shown[0].kind == "record":
        shown, hidden = shown[:records], max(0, len(shown) - records)
    stem = "│  " if shown else "   "
    for remark in node.remarks:
        yield f"{indent}{stem}· {remark.in_(language)}"
    for position, child in enumerate(shown, start=1):
        last = position == len(shown) and not hidden
        yield f"{indent}{'└─ ' if last else '├─ '}{_line(child, language)}"
        yield from _below(child, language, indent + ("   " if last else "│  "), records)
    if hidden:
        more = msg("… and {count} more; all of them: --records all", count=hidden)
        yield f"{indent}└─ {more.in_(language)}"


def _line(node: Node, language: Language) -> str:
    label = render(node.label, language)
    return label if node.figure is None else f"{label}: {render(node.figure, language)}"
