"""What the table says of a function: its arguments, what it builds, and what the reference says of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from kaohe.language.builders import Build
from kaohe.language.tree import Node
from kaohe.language.types import Kind
from kaohe.text import Text

Level = Literal["value", "aggregate", "period"]


@dataclass(frozen=True)
class Argument:
    """One argument: its name (it may be given by name), the kinds it takes, whether it must be a literal."""

    name: str
    kinds: tuple[Kind, ...]
    literal: bool = False
    required: bool = True
    repeated: bool = False


@dataclass(frozen=True)
class Function:
    """A function as users write it. ``level``: of a value, over records, or about the period.

    ``since`` is the scheme format that brought it; a function never changes its meaning under a published format.
    """

    name: str
    level: Level
    arguments: tuple[Argument, ...]
    build: Callable[[Build], Node]
    meaning: Text
    example: str
    since: int = 1
