"""The explanation of one person as a page: figures that open to show what they come from, down to the records."""

from __future__ import annotations

from kaohe.report.html.element import Content, Element, el
from kaohe.report.html.page import document
from kaohe.run.node import Node
from kaohe.text import Language, Message, msg

_OPEN = frozenset({"person", "total", "dimension", "tier", "bonus", "why", "better"})
"""What stands open from the start; everything else opens on demand. Printing shows what is open."""


def tree_html(root: Node, language: Language, origin: Message) -> str:
    """A page by itself: nothing to fetch, nothing to run. ``origin`` says of which run this is."""
    below = root.figure or msg("where every figure comes from")
    heading = el("header", el("h1", root.label), el("p", below, class_="sub"), class_="head")
    said = el("ul", *(el("li", each) for each in root.remarks), class_="plain") if root.remarks else None
    parts = [_part(each) for each in root.children]
    return document(language, root.label, heading, said, *parts, el("footer", el("p", origin)), kind="explanation")


def _part(node: Node) -> Element:
    """A figure of the first level, as a section."""
    inner = [_figure(child) for child in node.children]
    title = el("h2", node.label, el("small", ": ", node.figure) if node.figure is not None else None)
    return el("section", title, *_remarks(node), *inner)


def _figure(node: Node) -> Element:
    if node.children and all(not each.children and each.kind == "record" for each in node.children):
        return el("details", _summary(node), el("div", *_remarks(node), _records(node), class_="inside"))
    if not node.children and not node.remarks:
        return el("p", *_words(node))
    inner = el("div", *_remarks(node), *(_figure(child) for child in node.children), class_="inside")
    return el("details", _summary(node), inner, open=node.kind in _OPEN)


def _summary(node: Node) -> Element:
    what = el("span", node.figure, class_="what") if node.figure is not None else None
    return el("summary", el("span", node.label, class_="who"), what)


def _words(node: Node) -> tuple[Content, ...]:
    label: Content = el("code", node.label) if node.kind in ("meaning", "expression") else node.label
    return (label,) if node.figure is None else (label, ": ", node.figure)


def _remarks(node: Node) -> tuple[Element, ...]:
    return tuple(el("p", each, class_="note") for each in node.remarks)


def _records(node: Node) -> Element:
    """A list of records as a table: key and day, what it counted with or why it did not, and what that rests on."""
    rows = [
        el(
            "tr",
            el("th", each.facts.get("key", each.label), scope="row"),
            el("td", each.facts.get("date", "")),
            el("td", each.figure),
            el("td", *(el("div", remark) for remark in each.remarks)),
        )
        for each in node.children
    ]
    names = (msg("record"), msg("date"), msg("figure or reason"), msg("from"))
    head = el("tr", *(el("th", name, scope="col") for name in names))
    return el("div", el("table", el("thead", head), el("tbody", *rows)), class_="scroll")
