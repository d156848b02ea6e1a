"""What becomes of a value when people's data are purged. One function for rows, for what the audit log says of these
rows, and for what runs hold, so that they go on saying the same."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any

from kaohe.records.canonical import canonical

TEXTS = frozenset({"reason", "decision", "text", "answer", "notes", "goals", "comment", "outcome"})
"""What is written about a person, beside the key ``person``: it goes whole."""
_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Redaction:
    """``names``: the code that takes the place of each name; ``others``: longer names that contain one, and stay.
    ``codes`` are the people's; ``files`` the digests of attachments that are emptied; ``moved`` the new digest of each
    text that is kept under another one now; ``written`` the reasons of manual changes to these people, which their own
    results repeat."""

    names: Mapping[str, str]
    codes: frozenset[str]
    others: frozenset[str] = frozenset()
    files: frozenset[str] = frozenset()
    moved: Mapping[str, str] = field(default_factory=lambda: _NONE)
    written: frozenset[str] = frozenset()

    def concerns(self, text: str) -> bool:
        """Whether a JSON text can hold anything that is to go."""
        whose = (f'"{name}":{canonical(code)}' for code in self.codes for name in ("person", "code"))
        known = (*self.names, *self.files, *self.moved, *whose)
        return any(each in text for each in known)

    def text(self, text: str) -> str:
        """A text in which the names are replaced."""
        if text in self.moved:
            return self.moved[text]
        if self._names is None or not any(name in text for name in self.names):
            return text
        return self._names.sub(lambda match: self.names.get(match[0], match[0]), text)

    def data(self, value: Any) -> Any:
        """JSON data in which names are replaced and what was written about the people is gone."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.data(each) for each in value]
        if isinstance(value, dict):
            theirs = self._is(value.get("person"))
            found = {name: self._part(name, each, theirs=theirs) for name, each in value.items()}
            named = self._is(value.get("code")) and isinstance(value.get("name"), str)
            return {**found, "name": value["code"]} if named else found
        return value

    def row(self, table: str, row: Mapping[str, Any]) -> dict[str, Any]:
        """A row as the audit log holds it."""
        if table == "attachments" and row.get("digest") in self.files:
            return {**row, "name": "", "content": None}
        redacted: dict[str, Any] = self.data(dict(row))
        return redacted

    def detail(self, detail: Mapping[str, Any]) -> dict[str, Any]:
        """What an event says. Where it is about one of the people, so is what it says besides rows."""
        rows = detail.get("rows", [])
        about = any((each or {}).get("person") in self.codes for row in rows for each in row[2:])
        said = {name: self._part(name, value, theirs=about) for name, value in detail.items() if name != "rows"}
        told = [
            [table, self.data(key), *(None if each is None else self.row(table, each) for each in sides)]
            for table, key, *sides in rows
        ]
        return {**said, **({"rows": told} if rows else {})}

    def own_text(self, text: str) -> str:
        """A JSON text in the results of one of the people: reasons of manual changes are gone as well."""
        if not any(canonical(each)[1:-1] in text for each in self.written):
            return self.json_text(text)
        return self.json_text(canonical(self._without_reasons(json.loads(text))))

    def _without_reasons(self, value: Any) -> Any:
        if isinstance(value, str):
            return "" if value in self.written else value
        if isinstance(value, list):
            return [self._without_reasons(each) for each in value]
        if isinstance(value, dict):
            return {name: self._without_reasons(each) for name, each in value.items()}
        return value

    def json_text(self, text: str) -> str:
        """A JSON text likewise; any other text has its names replaced."""
        if not self.concerns(text):
            return text
        try:
            return canonical(self.data(json.loads(text)))
        except ValueError:
            return self.text(text)

    def _is(self, code: Any) -> bool:
        return isinstance(code, str) and code in self.codes

    def _part(self, name: str, value: Any, *, theirs: bool) -> Any:
        if theirs and name in TEXTS and isinstance(value, str):
            return ""
        return self.data(value)

    @cached_property
    def _names(self) -> re.Pattern[str] | None:
        """The names, and longer ones first, so that nobody else's is torn."""
        if not self.names:
            return None
        listed = sorted({*self.names, *self.others}, key=lambda name: (-len(name), name))
        return re.compile("|".join(_whole(name) for name in listed))


def redaction_of(
    names: Mapping[str, str], aliases: Mapping[str, str], everybody: Iterable[tuple[str, str]]
) -> tuple[Redaction, list[str]]:
    """For people by code with their names, and the code of each other name; ``everybody``: code and name of all. Also
    the names that somebody else bears too, or that are too short to be told from words: these stay in texts."""
    others = [name for code, name in everybody if code not in names]
    called = {**aliases, **{name: code for code, name in names.items()}}
    unclear = sorted({name for name in called if name in others or len(name) < _SHORTEST})
    sought = {name: code for name, code in called.items() if name not in unclear and name != code}
    longer = frozenset(other for other in others if any(name in other for name in sought))
    return Redaction(MappingProxyType(sought), frozenset(names), longer), unclear


def _whole(name: str) -> str:
    """The name as a word of its own where it is written in letters that make longer words."""
    before = r"(?<![A-Za-z])" if name[0].isascii() else ""
    after = r"(?![A-Za-z])" if name[-1].isascii() else ""
    return f"{before}{re.escape(name)}{after}"


_SHORTEST = 2
