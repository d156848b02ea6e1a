"""One family of errors: what, where, found, expected, and how to mend it. Rendering is for the faces."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Literal

from kaohe.text import Language, Message, msg, visible

Severity = Literal["error", "warning", "note"]


class Exit(IntEnum):
    """Exit codes of the command line (docs/cli.md)."""

    OK = 0
    MISTAKE = 1  # the user's file, scheme or records need mending
    USAGE = 2  # the command line itself was wrong (click's own code)
    ENVIRONMENT = 3  # no workspace, locked database, full disk, refused plugin
    NOTHING = 4  # nothing to evaluate: no records, no people
    INTERNAL = 70  # a fault of kaohe's own
    INTERRUPTED = 130  # Ctrl-C


@dataclass(frozen=True, order=True)
class Place:
    """Where something stands: a spot in a text file, a cell of a sheet, or a record by its key.

    Lines and columns count from 1; a column counts characters.
    """

    file: str | None = None
    line: int | None = None
    column: int | None = None
    sheet: str | None = None
    cell: str | None = None
    key: str | None = None

    def __str__(self) -> str:
        if self.sheet is not None or self.cell is not None:
            spot = "!".join(part for part in (self.sheet, self.cell) if part)
            return f"{self.file}: {spot}" if self.file else spot
        spot = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        return f"{spot} ({self.key})" if spot and self.key else spot or self.key or ""


NOWHERE = Place()


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong. ``code`` is stable (``scheme.unknown-key``); every other word is for a person."""

    code: str
    what: Message
    where: Place = NOWHERE
    found: str | Message | None = None
    expected: str | Message | None = None
    fix: Message | None = None
    severity: Severity = "error"

    def at(self, where: Place) -> Problem:
        return replace(self, where=where)

    def render(self, language: Language) -> str:
        """``place: error [code]: what``, then a line each for found, expected and the mend where given.

        What a file says stays on its line, does nothing to the terminal, and is cut where it is endless.
        """
        word = _SEVERITIES[self.severity].in_(language)
        head = f"{word} [{self.code}]: {self.what.in_(language)}"
        lines = [f"{self.where}: {head}" if str(self.where) else head]
        if self.found is not None:
            lines.append("    " + msg("found: {value}", value=self.found).in_(language))
        if self.expected is not None:
            lines.append("    " + msg("expected: {value}", value=self.expected).in_(language))
        if self.fix is not None:
            lines.append("    → " + self.fix.in_(language))
        return "\n".join(_on_a_line(line) for line in lines)


_LONGEST_LINE = 2_000


def _on_a_line(text: str) -> str:
    shown = text if len(text) <= _LONGEST_LINE else f"{text[:_LONGEST_LINE]}…"
    return visible(shown).replace("\n", "\\n")


_SEVERITIES = {"error": msg("error"), "warning": msg("warning"), "note": msg("note")}


@dataclass
class KaoheError(Exception):
    """A mistake that a person can mend, or a condition of the environment; never an internal fault."""

    problems: tuple[Problem, ...]
    exit_code: Exit = Exit.MISTAKE

    def __str__(self) -> str:
        return "\n".join(problem.render("en") for problem in self.problems)


def fail(problem: Problem, exit_code: Exit = Exit.MISTAKE) -> KaoheError:
    """The error of a single problem, to be raised."""
    return KaoheError((problem,), exit_code)


def refuse_if_any(problems: Iterable[Problem], exit_code: Exit = Exit.MISTAKE) -> None:
    """Raise all errors at once, in the order of their places; warnings and notes alone do not raise."""
    listed: Sequence[Problem] = sorted(problems, key=lambda problem: _order(problem.where))
    if any(problem.severity == "error" for problem in listed):
        raise KaoheError(tuple(listed), exit_code)


def _order(place: Place) -> tuple[str, int, int, str]:
    return (place.file or "", place.line or 0, place.column or 0, place.key or place.cell or "")
