"""From text to a typed tree: names, functions, kinds and levels are checked, all mistakes reported at once."""

from __future__ import annotations

from collections.abc import Collection

from kaohe.errors import NOWHERE, Place
from kaohe.language.tree import Expression
from kaohe.language.types import Kind, Scope


def compile_expression(
    text: str, scope: Scope, *, expect: Collection[Kind] | None = None, where: Place = NOWHERE
) -> Expression:
    """The checked expression. Raises KaoheError with every mistake at its line and column."""
    raise NotImplementedError
