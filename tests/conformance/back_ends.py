"""The same case on every back end: the interpreter, and the lowered SQL on a database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
from sqlglot import exp

from kaohe.exact import from_micros, to_micros
from kaohe.language import (
    Aggregate,
    Bounds,
    Expression,
    Type,
    aggregate_sql,
    aggregates,
    evaluate_columns,
    interpret,
    interpret_records,
    render,
    row_sql,
)
from kaohe.language.tree import Node
from kaohe.language.worked_sql import days_columns, joined, relation
from kaohe.language.worktime import calendars, needs
from kaohe.worktime import Calendar

Row = Mapping[str, Any]
_TEXT = {"duckdb": "VARCHAR", "postgres": "TEXT", "spark": "STRING"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Table:
    """Records with their fields' types, and the windows they are seen in."""

    fields: Mapping[str, Type]
    rows: Sequence[Row]
    windows: Mapping[str, Bounds]
    when: str | None = None


class Interpreter:
    """One row, or a few, by hand."""

    def value(self, expression: Expression, table: Table) -> Any:
        return interpret(expression, table.rows[0], table.windows["period"])

    def figure(self, expression: Expression, table: Table) -> Decimal | None:
        window = table.windows["period"]
        result = interpret_records(expression, table.rows, window, when=table.when, others=table.windows)
        return None if result is None else from_micros(to_micros(Fraction(result)))


class Database:
    """Lowered SQL, over a snapshot's columns written out as VALUES."""

    def __init__(self, dialect: str, run: Callable[[str], Sequence[Any]]) -> None:
        self.dialect, self.run = dialect, run

    def value(self, expression: Expression, table: Table) -> Any:
        bounds = table.windows["period"]
        (found,) = self._select([self._text(row_sql(expression, bounds))], table, expression.tree)
        return None if found is None else _read(found, expression.type, bounds)

    def figure(self, expression: Expression, table: Table) -> Decimal | None:
        parts = {aggregate: self._parts(aggregate, table) for aggregate in aggregates(expression)}
        micros, known, _ = evaluate_columns(expression, parts)
        return from_micros(int(micros[0])) if known[0] else None

    def _parts(self, aggregate: Aggregate, table: Table) -> Mapping[str, Any]:
        bounds = table.windows[aggregate.shift]
        keep = None
        if table.when is not None and not aggregate.everything:
            keep = _falls(table, bounds)
        lowered = aggregate_sql(aggregate, bounds, keep)
        found = self._select([self._text(node) for node in lowered.values()], table, aggregate)
        return {name: np.array([int(value)]) for name, value in zip(lowered, found, strict=True)}

    def _select(self, columns: Sequence[str], table: Table, node: Node) -> Sequence[Any]:
        """One row, with the calendars that the node asks joined to the records."""
        named = ", ".join(f"{column} AS c{index}" for index, column in enumerate(columns))
        zone = table.windows["period"].zone
        query = exp.select("*").from_("records")
        for need in needs([node]):
            query = joined(query, need, zone)
        joins = " ".join(self._text(join) for join in query.args.get("joins") or ())
        given = ", ".join(self._days(calendar, zone) for calendar in calendars([node]))
        return self.run(f"{f'WITH {given} ' if given else ''}SELECT {named} FROM {self._records(table)} {joins}")

    def _days(self, calendar: Calendar, zone: tzinfo) -> str:
        """The calendar's table of days, written out."""
        named = days_columns(calendar, zone)
        names = ", ".join(exp.to_identifier(name, quoted=True).sql(self.dialect) for name in named)
        rows = zip(*(column.tolist() for column in named.values()), strict=True)
        cells = ", ".join(f"({', '.join(f'CAST({cell} AS BIGINT)' for cell in row)})" for row in rows)
        name = exp.to_identifier(relation(calendar), quoted=True).sql(self.dialect)
        return f"{name} ({names}) AS (VALUES {cells})"

    def _text(self, node: exp.Expression) -> str:
        return render(node, self.dialect)

    def _records(self, table: Table) -> str:
        columns = [column for name, kind in table.fields.items() for column in _columns(name, kind)]
        names = ", ".join(exp.to_identifier(name, quoted=True).sql(self.dialect) for name, _ in columns)
        rows = ", ".join(
            f"({', '.join(self._cell(row, name, kind, table) for name, kind in columns)})" for row in table.rows
        )
        if not table.rows:
            nothing = ", ".join(self._cell({}, name, kind, table) for name, kind in columns)
            return f"(SELECT * FROM (VALUES ({nothing})) AS nothing ({names}) WHERE FALSE) AS records"
        return f"(VALUES {rows}) AS records ({names})"

    def _cell(self, row: Row, column: str, kind: Type, table: Table) -> str:
        name, local, _ = column.partition("__local")
        value = physical(row.get(name), kind, table.windows["period"], local=bool(local))
        if kind.kind == "text":
            literal = exp.Literal.string(value).sql(self.dialect) if value is not None else "NULL"
            return f"CAST({literal} AS {_TEXT[self.dialect]})"
        as_ = "BOOLEAN" if kind.kind == "boolean" else "BIGINT"
        return f"CAST({'NULL' if value is None else value} AS {as_})"


def physical(value: Any, kind: Type, bounds: Bounds, *, local: bool = False) -> Any:
    """A value as a snapshot stores it."""
    if value is None:
        return None
    match kind.kind:
        case "number":
            scaled = Fraction(value) * 10**kind.scale
            assert scaled.denominator == 1, f"{value} has more than {kind.scale} decimals"
            return int(scaled)
        case "date":
            return (value - date(1970, 1, 1)).days
        case "datetime":
            clock = value.astimezone(bounds.zone).replace(tzinfo=UTC) if local else value
            since = clock - _EPOCH
            return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
        case _:
            return value


def _columns(name: str, kind: Type) -> list[tuple[str, Type]]:
    return [(name, kind), (f"{name}__local", kind)] if kind.kind == "datetime" else [(name, kind)]


def _falls(table: Table, bounds: Bounds) -> exp.Expression:
    """The engine's condition: the local day of ``when`` within the window."""
    assert table.when is not None
    name, unit = table.when, 1
    if table.fields[name].kind == "datetime":
        name, unit = f"{name}__local", 86_400_000_000
    column = exp.column(name, quoted=True)
    first, last = ((day - date(1970, 1, 1)).days * unit for day in (bounds.start, bounds.end))
    return exp.and_(column >= exp.Literal.number(first), column < exp.Literal.number(last))


def _read(found: Any, kind: Type, bounds: Bounds) -> Any:
    match kind.kind:
        case "number":
            return Decimal(int(found)).scaleb(-kind.scale)
        case "date":
            return date.fromordinal(date(1970, 1, 1).toordinal() + int(found))
        case "datetime":
            return datetime.fromtimestamp(int(found) // 1_000_000, tz=bounds.zone)
        case "duration":
            return int(found)
        case _:
            return found
