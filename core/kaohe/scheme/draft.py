"""A scheme file while it is being checked: what is fit in it, what is wrong, what was left to defaults."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from kaohe.errors import KaoheError, Place, Problem, Severity
from kaohe.language import Expression, Scope, compile_expression
from kaohe.plugin import RecordType
from kaohe.plugin.scope import Parameters, record_scope
from kaohe.scheme.model import Default
from kaohe.scheme.names import IN_CHINESE, PERSON, TEAM
from kaohe.text import Message, Text, msg
from kaohe.toml import Document, Path, path_text
from kaohe.worktime import ANY_CALENDAR, Calendars

_MOST_NAMES = 12
_FEW_NAMES = 6

__all__ = ["Draft", "Path", "nearest", "path_text", "show"]


@dataclass
class Draft:
    """``data`` holds only values of the right shape; what was unfit is reported already and left out. ``calendars``:
    those of the workspace; ``record_types``: those of its plugins."""

    document: Document
    data: dict[str, Any]
    problems: list[Problem] = field(default_factory=list)
    defaults: list[Default] = field(default_factory=list)
    calendars: Calendars = ANY_CALENDAR
    record_types: Mapping[str, RecordType] = field(default_factory=dict)

    def record_scope(
        self, records: RecordType, parameters: Parameters, when: str | None = None, *, aggregates: bool = True
    ) -> Scope:
        """What an expression over records of the type may name here."""
        here, types = self.calendars, self.record_types
        return record_scope(records, parameters, when=when, aggregates=aggregates, calendars=here, record_types=types)

    def report(
        self,
        path: Path,
        code: str,
        what: Message,
        *,
        found: str | Message | None = None,
        expected: str | Message | None = None,
        fix: Message | None = None,
        severity: Severity = "error",
        at_key: bool = False,
    ) -> None:
        """Note a problem at the value (or key) of a path."""
        where = self.document.key_place(path) if at_key else self.document.place(path)
        self.problems.append(Problem(f"scheme.{code}", what, where, found, expected, fix, severity))

    def default(self, path: Path, value: Any) -> Any:
        """Note that a choice was left to its default, and return it."""
        self.defaults.append(Default(path_text(path), show(value)))
        return value

    def get(self, table: dict[str, Any], path: Path, key: str, default: Any) -> Any:
        """The table's value, or the default, noted."""
        return table[key] if key in table else self.default((*path, key), default)

    def written(self, path: Path) -> Any:
        """The value of a path as the file has it, fit or not."""
        value: Any = self.document.data
        for part in path:
            value = value[part]
        return value

    def compile(self, path: Path, text: str, scope: Scope, expect: Collection[str]) -> Expression | None:
        """Compile the expression that stands at a path; its mistakes get their place inside the file's string."""
        problems, expression = attempt(text, scope, expect, self.document.file)
        self.problems += [self.within(path, _in_our_words(problem, scope)) for problem in problems]
        return expression

    def within(self, path: Path, problem: Problem) -> Problem:
        """A problem whose place counts from the start of a string, moved to that string's place in the file."""
        line, column = problem.where.line, problem.where.column
        if self.elsewhere(problem):
            return problem
        if line is None or column is None:
            return problem.at(self.document.place(path))
        return problem.at(self.document.inside(path, line, column))

    def elsewhere(self, problem: Problem) -> bool:
        """Whether it stands in another file, such as a calendar's."""
        return problem.where.file not in (None, self.document.file)

    def unknown(self, path: Path, code: str, what: Message, name: str, known: Iterable[str]) -> None:
        """Report a name that does not exist, with the nearest one that does."""
        listed = sorted(known)
        shown = listed if len(listed) <= _MOST_NAMES else get_close_matches(name, listed, n=_FEW_NAMES, cutoff=0.4)
        more = ", …" if len(shown) < len(listed) else ""
        expected = ", ".join(shown or listed[:_FEW_NAMES]) + more
        self.report(path, code, what, expected=expected or None, fix=nearest(name, listed))

    @property
    def failed(self) -> bool:
        return any(problem.severity == "error" for problem in self.problems)


def attempt(
    text: str, scope: Scope, expect: Collection[str], file: str | None
) -> tuple[tuple[Problem, ...], Expression | None]:
    """The compiled expression, or its problems with places counted from line 1, column 1 of the text."""
    try:
        return (), compile_expression(text, scope, expect=expect, where=Place(file, 1, 1))  # type: ignore[arg-type]  # expect holds kinds
    except KaoheError as error:
        return error.problems, None


def _in_our_words(problem: Problem, scope: Scope) -> Problem:
    """An unknown name that heads a column of people's tables gets the name that is known here; one that people have and
    teams have not, what teams have."""
    name = problem.found.removeprefix("person.") if isinstance(problem.found, str) else ""
    about_teams = scope.fields.keys() >= TEAM.keys() and name not in scope.fields
    if problem.code == "expression.unknown-name" and about_teams and name in PERSON:
        what = msg("{name} is a person's: here whole teams are looked at", name=name)
        return replace(problem, what=what, fix=msg("teams have: {names}", names=", ".join(sorted(TEAM))))
    meant = IN_CHINESE.get(problem.found) if isinstance(problem.found, str) else None
    if meant is None or problem.code != "expression.unknown-name":
        return problem
    return replace(problem, fix=msg("did you mean {name}?", name=meant))


def nearest(name: str, known: Iterable[str]) -> Message | None:
    """Did you mean …?"""
    close = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return msg("did you mean {name}?", name=close[0]) if close else None


def show(value: Any) -> str:
    """A value as it is written in the file."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return f"'{value}'" if '"' in value and "'" not in value else f'"{value}"'
        case Decimal():
            return f"{value:f}"
        case Text():
            return f'{{ zh = "{value.zh}", en = "{value.en}" }}'
        case list() | tuple():
            return "[" + ", ".join(show(item) for item in value) + "]"
        case Mapping():
            return "{ " + ", ".join(f"{key} = {show(item)}" for key, item in value.items()) + " }"
        case _:
            return str(value)
