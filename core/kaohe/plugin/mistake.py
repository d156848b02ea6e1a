"""A mistake in a part of an indicator, found by rules that plugins and schemes share; each says where it stands."""

from __future__ import annotations

from dataclasses import dataclass

from kaohe.text import Message


@dataclass(frozen=True)
class Mistake:
    """``keys``: the path inside the part; ``known``: the names that would do, where it is a name."""

    keys: tuple[str | int, ...]
    code: str
    what: Message
    found: str
    known: tuple[str, ...] = ()
    expected: Message | None = None
