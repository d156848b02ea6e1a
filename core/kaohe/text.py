"""Words for people: bilingual names, and messages that are translated where they are shown, not where they arise."""

from __future__ import annotations

import gettext
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, get_args

Language = Literal["zh_CN", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
LOCALES = Path(__file__).parent / "locale"
# What makes a terminal act instead of showing something, or turns the order of what stands around it.
_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


@dataclass(frozen=True, order=True)
class Text:
    """A name or description that data brings along in Chinese and English."""

    zh: str
    en: str

    def in_(self, language: Language) -> str:
        return self.zh if language == "zh_CN" else self.en


@dataclass(frozen=True)
class Message:
    """An English sentence with ``{named}`` places, its arguments kept apart so that it can be translated later.

    Arguments may be messages and texts themselves; they are rendered in the same language.
    """

    template: str
    arguments: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    def in_(self, language: Language) -> str:
        arguments = {name: render(value, language) for name, value in self.arguments.items()}
        return translate(self.template, language).format(**arguments)

    def __str__(self) -> str:
        return self.in_("en")


def msg(template: str, /, **arguments: Any) -> Message:
    """Build a message; the translation tool finds its template by this call's name."""
    return Message(template, MappingProxyType(arguments))


def render(value: Any, language: Language) -> Any:
    """Texts and messages become strings of the language; anything else stays as it is."""
    return value.in_(language) if isinstance(value, Text | Message) else value


def visible(text: str) -> str:
    """The text with control and direction characters written out (``\\u001b``); line ends and tabs stay.

    Names and texts come from files: shown as they are, they could clear a screen or disguise what a line says. The form
    is JSON's own, so that the text of a JSON document means the same as before.
    """
    return _HIDDEN.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def translate(template: str, language: Language) -> str:
    """The template in the language; English templates are their own English."""
    return template if language == "en" else _catalogue(language).gettext(template)


@cache
def _catalogue(language: Language) -> gettext.NullTranslations:
    return gettext.translation("kaohe", LOCALES, languages=[language])
