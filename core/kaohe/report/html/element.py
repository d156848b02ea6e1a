"""Elements of a page as data, and how they are written: texts and attributes escaped, in the language asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, TypeAlias

from kaohe.text import Language, Message, Text, render, visible

# Elements that hold nothing and are not closed.
_VOID = frozenset({"meta", "link", "br", "hr", "col"})


@dataclass(frozen=True, slots=True)
class Element:
    """One element; ``attributes`` in the order they are written (None and False: left out; True: the bare name)."""

    name: str
    attributes: Mapping[str, Any]
    children: tuple[Content, ...]


@dataclass(frozen=True, slots=True)
class Verbatim:
    """Text that is written as it stands: a style sheet of our own."""

    text: str


Content: TypeAlias = "Element | Verbatim | Message | Text | str | int | Sequence[Content] | None"


def el(element: str, /, *children: Content, **attributes: Any) -> Element:
    """An element; ``class_`` stands for ``class``, and ``_`` within a name for ``-``."""
    named = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
    return Element(element, named, children)


def write(content: Content, language: Language) -> str:
    """The content as HTML."""
    return "".join(_pieces(content, language))


def _pieces(content: Content, language: Language) -> Iterator[str]:
    match content:
        case None:
            return
        case Element():
            yield f"<{content.name}{_attributes(content, language)}>"
            if content.name in _VOID:
                return
            for child in content.children:
                yield from _pieces(child, language)
            yield f"</{content.name}>"
        case Verbatim():
            yield content.text
        case Message() | Text() | str() | int():
            yield escape(visible(str(render(content, language))), quote=False)
        case _:
            for child in content:
                yield from _pieces(child, language)


def _attributes(element: Element, language: Language) -> str:
    written = []
    for name, value in element.attributes.items():
        if value is None or value is False:
            continue
        written.append(f" {name}" if value is True else f' {name}="{escape(visible(str(render(value, language))))}"')
    return "".join(written)
