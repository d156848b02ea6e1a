"""A calendar's file while it is read: its values, and what is wrong with them, each at its place."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

from kaohe.errors import Problem
from kaohe.text import Message, Text, msg
from kaohe.toml import Document, Path


class Sheet:
    """A file that is being checked; ``problems`` holds all that was found so far."""

    def __init__(self, document: Document) -> None:
        self.document, self.data = document, document.data
        self.problems: list[Problem] = []

    def report(
        self,
        path: Path,
        what: Message,
        *,
        found: Any = None,
        expected: str | Message | None = None,
        fix: Message | None = None,
        warning: bool = False,
        key: bool = False,
    ) -> None:
        where = self.document.key_place(path) if key else self.document.place(path)
        shown = None if found is None else found if isinstance(found, Message) else str(found)
        code = "calendar.incomplete" if warning else "calendar.mistake"
        self.problems.append(Problem(code, what, where, shown, expected, fix, "warning" if warning else "error"))

    def known_keys(self, path: Path, table: dict[str, Any], known: Iterable[str]) -> None:
        listed = list(known)
        for key in table:
            if key not in listed:
                close = difflib.get_close_matches(key, listed, n=1)
                fix = msg("did you mean {name}?", name=close[0]) if close else None
                what = msg("unknown setting {key}", key=key)
                self.report((*path, key), what, expected=", ".join(listed), fix=fix, key=True)

    def text(self, path: Path, value: Any, fallback: str) -> Text:
        """A name, in one language or in both."""
        match value:
            case None:
                return Text(fallback, fallback)
            case str():
                return Text(value, value)
            case {"zh": str(chinese), "en": str(english)} if len(value) == 2:
                return Text(chinese, english)
        self.report(
            path, msg("a name is a text, or one in each language"), expected='{ zh = "春节", en = "Spring Festival" }'
        )
        return Text(fallback, fallback)
