"""A node of an explanation's tree, and the refusal of a figure that does not recompute."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from kaohe.errors import Exit, Place, Problem, fail
from kaohe.exact import from_micros
from kaohe.run.model import Run
from kaohe.text import Message, Text, msg


@dataclass(frozen=True)
class Node:
    """A figure with its name, what it says, remarks on it, and the figures it comes from.

    For programs: ``kind`` says what it is (``total``, ``indicator``, ``record`` …), ``id`` which one, and ``facts``
    holds its figures by stable names, numbers as plain text without units.
    """

    label: Message | Text | str
    figure: Message | str | None = None
    remarks: tuple[Message, ...] = ()
    children: tuple[Node, ...] = ()
    kind: str = "note"
    id: str = ""
    facts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def agree(run: Run, key: str, stored: int, computed: int) -> None:
    """Refuse a figure of the run in millionths that comes out differently when it is computed once more."""
    agree_in_words(run, key, str(from_micros(stored)), str(from_micros(computed)))


def agree_in_words(run: Run, key: str, stored: str, computed: str) -> None:
    """Likewise for any figure as it is written."""
    if stored != computed:
        raise fail(
            Problem(
                "explain.disagrees",
                msg("the run's figure and its explanation disagree; do not use this run"),
                Place(key=f"{run.scheme.id} {key}"),
                found=stored,
                expected=computed,
            ),
            Exit.INTERNAL,
        )
