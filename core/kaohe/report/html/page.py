"""The page around the content: language, title, style sheet, and a policy that lets it load nothing."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from kaohe.report.html.element import Content, Element, Verbatim, el, write
from kaohe.text import Language, Message, Text

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
_TAGS = {"zh_CN": "zh-CN", "en": "en"}


def document(language: Language, title: Message | Text | str, *body: Content, kind: str = "") -> str:
    """A whole HTML document, with nothing to fetch and nothing to run."""
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="color-scheme", content="light dark"),
        el("meta", name="referrer", content="no-referrer"),
        el("title", title),
        el("link", rel="icon", href="data:,"),
        el("style", Verbatim(style())),
    )
    page = el("html", head, el("body", el("main", *body, class_=kind or None)), lang=_TAGS[language])
    return "<!doctype html>\n" + write(page, language) + "\n"


@cache
def style() -> str:
    """The style sheet, one for all pages."""
    return (Path(__file__).parent / "style.css").read_text("utf-8")


def section(name: str, title: Message | Text | str, *content: Content) -> Element:
    """A part of the page that the table of contents leads to."""
    return el("section", el("h2", title, id=f"{name}-title"), *content, id=name, aria_labelledby=f"{name}-title")


def title_of(part: Element) -> Content:
    """The title of a section, for the table of contents."""
    heading = part.children[0]
    return heading.children if isinstance(heading, Element) else None


def tiles(figures: Sequence[tuple[Content, Content]]) -> Element:
    """Labels and figures side by side."""
    return el("dl", *(el("div", el("dt", label), el("dd", figure)) for label, figure in figures), class_="tiles")


def facts(listed: Sequence[tuple[Content, Content]]) -> Element:
    """Labels and what belongs to them, one below the other."""
    return el("dl", *((el("dt", label), el("dd", what)) for label, what in listed), class_="facts")
