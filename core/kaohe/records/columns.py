"""How a field's values are stored: the one place where kinds of fields become types of the database.

Whole numbers only: decimals are scaled integers, money is fen. Moments are UTC: timestamptz on PostgreSQL, ISO text of
fixed width on SQLite, so that text order is time order. Text is compared byte by byte on both, so that rows come out
in the same order everywhere.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import BigInteger, Boolean, Date, Dialect, Integer, Text
from sqlalchemy.types import DateTime, TypeDecorator, TypeEngine

from kaohe.plugin import Field
from kaohe.plugin.types import FieldKind

Stored = Literal["integer", "boolean", "text", "date", "datetime"]
STORED: dict[FieldKind, Stored] = {
    "text": "text",
    "choice": "text",
    "person": "text",
    "team": "text",
    "customer": "text",
    "integer": "integer",
    "decimal": "integer",
    "money": "integer",
    "boolean": "boolean",
    "date": "date",
    "datetime": "datetime",
}


def moment_text(moment: datetime) -> str:
    """An aware moment as SQLite keeps it: 2026-01-05T08:00:00.000000Z."""
    in_utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return in_utc.isoformat(timespec="microseconds")[:-6] + "Z"


class Moment(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC; a naive one is a fault of the caller."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a timezone")
        return moment_text(value) if dialect.name == "sqlite" else value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return (datetime.fromisoformat(value) if isinstance(value, str) else value).astimezone(UTC)


WORDS: TypeEngine[str] = Text().with_variant(Text(collation="C"), "postgresql")
COUNT: TypeEngine[int] = BigInteger()
COUNTED_BY_DATABASE: TypeEngine[int] = BigInteger().with_variant(Integer, "sqlite")
_TYPES: dict[Stored, TypeEngine[Any]] = {
    "integer": COUNT,
    "boolean": Boolean(),
    "text": WORDS,
    "date": Date(),
    "datetime": Moment(),
}


def column_type(field: Field) -> TypeEngine[Any]:
    return _TYPES[STORED[field.kind]]


def type_named(kind: str) -> TypeEngine[Any]:
    """Of a column that is described as ``text`` or ``integer(2)``."""
    return {str(name): each for name, each in _TYPES.items()}[kind.partition("(")[0]]
