"""The explanation of one person as an indented tree of text, or as data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kaohe.run.node import Node
from kaohe.text import Language, render


def tree_lines(node: Node, language: Language) -> Iterator[str]:
    """One line for each figure and remark, drawn with box characters."""
    yield _line(node, language)
    yield from _below(node, language, "")


def tree_data(node: Node, language: Language) -> dict[str, Any]:
    """The tree as nested objects; empty parts are left out."""
    data: dict[str, Any] = {"label": render(node.label, language)}
    if node.figure is not None:
        data["figure"] = render(node.figure, language)
    if node.remarks:
        data["remarks"] = [remark.in_(language) for remark in node.remarks]
    if node.children:
        data["children"] = [tree_data(child, language) for child in node.children]
    return data


def _below(node: Node, language: Language, indent: str) -> Iterator[str]:
    stem = "│  " if node.children else "   "
    for remark in node.remarks:
        yield f"{indent}{stem}· {remark.in_(language)}"
    for position, child in enumerate(node.children, start=1):
        last = position == len(node.children)
        yield f"{indent}{'└─ ' if last else '├─ '}{_line(child, language)}"
        yield from _below(child, language, indent + ("   " if last else "│  "))


def _line(node: Node, language: Language) -> str:
    label = render(node.label, language)
    return label if node.figure is None else f"{label}: {render(node.figure, language)}"
