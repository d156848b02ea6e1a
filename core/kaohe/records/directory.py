"""Who is who: people found by their code, or by a name that only one of them bears."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from functools import cached_property

_COMPARISONS = 300_000
_LONGEST = 100


class Directory:
    """Codes and names of people; the one the reading of files asks. ``codes`` are all of them."""

    def __init__(self, people: Iterable[tuple[str, str]]) -> None:
        self._patience = _COMPARISONS
        self._people = [*people]
        self.codes = {code for code, _name in self._people}

    def find(self, code_or_name: str) -> str | tuple[str, ...] | None:
        """The code of the person; all codes, ascending, where several bear the name; None where nobody does."""
        if code_or_name in self.codes:
            return code_or_name
        codes = self._names.get(code_or_name, ())
        return tuple(sorted(codes)) if len(codes) > 1 else codes[0] if codes else None

    def nearest(self, code_or_name: str) -> Sequence[str]:
        """At most three names or codes that read alike, the nearest first.

        Comparing with everybody takes time: a file of strangers gets suggestions for the first of them only.
        """
        self._patience -= len(self._known)
        if self._patience < 0 or len(code_or_name) > _LONGEST:
            return ()
        # Of two characters, as many Chinese names have, one that differs is already half.
        cutoff = 0.5 if len(code_or_name) <= 2 else 0.6
        return difflib.get_close_matches(code_or_name, self._known, n=3, cutoff=cutoff)

    @cached_property
    def _names(self) -> dict[str, list[str]]:
        names: dict[str, list[str]] = {}
        for code, name in self._people:
            names.setdefault(name, []).append(code)
        return names

    @cached_property
    def _known(self) -> list[str]:
        return sorted({*self.codes, *self._names})
