"""Computed fields and the choice of rows: expressions of a mapping, over a row's fields and its raw cells."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal
from fractions import Fraction
from typing import Any

from kaohe.errors import KaoheError, Place, Problem
from kaohe.exact import DECIMALS, divide
from kaohe.language import Expression, Keyed, Kind, Scope, Type, compile_expression, field_names, interpreter, keyed_ids
from kaohe.plugin.types import Field
from kaohe.records.moments import date_parser
from kaohe.records.numbers import read_number, scale_of
from kaohe.records.rows import Stored, Unfit
from kaohe.records.words import trim
from kaohe.toml import Document, Path

RawCells = Sequence[str] | Mapping[int, str]
"""The raw cells of a row by their positions, all of them or those that are used."""


@dataclass(frozen=True)
class Run:
    """An expression ready to be evaluated for a row. ``scales`` are the decimals of the fields that it uses, ``cells``
    what it reads from the raw cells: under which key, at which position, by which reader."""

    evaluate: Callable[[Mapping[Any, Any]], Any]
    scales: Mapping[str, int]
    cells: Sequence[tuple[tuple[str, str], int, Callable[[str], Any]]]

    @property
    def positions(self) -> tuple[int, ...]:
        """Of the raw cells that it uses."""
        return tuple(dict.fromkeys(index for _key, index, _reads in self.cells))

    def __call__(self, values: Mapping[str, Stored], row: RawCells) -> Any:
        """The value for a row by its cleaned fields and its raw cells; None where it is unknown."""
        given: dict[Any, Any] = {name: _as_read(values[name], scale) for name, scale in self.scales.items()}
        for key, index, reads in self.cells:
            given[key] = reads(trim(row[index]))
        return self.evaluate(given)


_KINDS: Mapping[str, Kind] = {
    "integer": "number",
    "decimal": "number",
    "money": "number",
    "boolean": "boolean",
    "date": "date",
    "datetime": "datetime",
}


def kind_of_value(field: Field) -> Kind:
    """The kind of value that expressions see in a field."""
    return _KINDS.get(field.kind, "text")


@dataclass
class Compiler:
    """Compiles the expressions of one mapping for one file; mistakes go to ``problems`` with their place in it.

    Besides the fields it is given, an expression may use ``column("Name")``, the text of a cell, ``number("Name")``,
    the number in it with at most six decimals, and ``day("Name")``, the date in it; unknown where there is none.
    """

    document: Document
    header: Sequence[str]
    timezone: tzinfo
    problems: list[Problem]

    def compile(self, text: str, path: Path, fields: Mapping[str, Field], kind: Kind) -> Run | None:
        """The expression at a path of the mapping, ready to run; None where it has mistakes."""
        names = frozenset(self.header) - {""}
        keyed = {"column": Keyed(Type("text"), names), "number": Keyed(Type("number", DECIMALS), names)}
        keyed["day"] = Keyed(Type("date"), names)
        types = {name: Type(kind_of_value(field), scale_of(field)) for name, field in fields.items()}
        where = Place(self.document.file, 1, 1)
        try:
            expression = compile_expression(text, Scope(types, keyed=keyed), expect={kind}, where=where)
        except KaoheError as error:
            self.problems += [self._placed(problem, path) for problem in error.problems]
            return None
        return self._runner(expression, fields)

    def _placed(self, problem: Problem, path: Path) -> Problem:
        line, column = problem.where.line, problem.where.column
        if line is None or column is None:
            return problem.at(self.document.place(path))
        return problem.at(self.document.inside(path, line, column))

    def _runner(self, expression: Expression, fields: Mapping[str, Field]) -> Run:
        scales = {name: scale_of(fields[name]) for name in field_names(expression)}
        read: Mapping[str, Callable[[str], Any]] = {"column": _text, "number": read_number, "day": self._day}
        cells = [(key, self.header.index(key[1]), read[key[0]]) for key in keyed_ids(expression)]
        return Run(interpreter(expression, zone=self.timezone), scales, cells)

    def _day(self, cell: str) -> date | None:
        try:
            return date_parser((), self.timezone)(cell) if cell else None
        except (Unfit, ValueError):
            return None


def _text(cell: str) -> str | None:
    return cell or None


def as_cell(value: Any, field: Field) -> str:
    """A result as the text of a cell; numbers are rounded half up to the decimals that an amount or decimal has."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int() | Decimal() | Fraction():
            # A whole number that is computed must come out whole: rounding would hide a mistake in the expression.
            scale = scale_of(field) or DECIMALS
            exact = Fraction(value)
            return f"{Decimal(divide(exact.numerator * 10**scale, exact.denominator)).scaleb(-scale):f}"
        case date() | datetime():
            return value.isoformat()
        case _:
            return str(value)


def _as_read(value: Stored, scale: int) -> Any:
    """A stored value as expressions read it: scaled integers become decimals."""
    return Decimal(value).scaleb(-scale) if scale and isinstance(value, int) else value
