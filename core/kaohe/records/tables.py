"""A record type becomes one real, typed table: ``record_<name>``, its natural key as the primary key.

Only the key is NOT NULL: what a field must hold is checked where a file is read, so that a record type can gain a
required field without touching the records that are already there. A person's code is checked against the people when
a batch goes in and when people are taken out; a foreign key would look through every record for each person removed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Column, ForeignKeyConstraint, MetaData, PrimaryKeyConstraint, Table

from kaohe.plugin import Field, RecordType
from kaohe.records.columns import COUNT, STORED, column_type
from kaohe.records.core_tables import BatchRow
from kaohe.records.row_fields import CoreTable

BATCH = "_batch"
RECORDS = "record_"
"""What the name of a record type's table begins with."""


def table_of(row: type[CoreTable]) -> Table:
    """The table behind a row class, for statements over many rows."""
    return cast("Table", cast("Any", row).__table__)


def table_name(record_type: RecordType) -> str:
    return f"{RECORDS}{record_type.name}"


def record_table(record_type: RecordType, metadata: MetaData) -> Table:
    """The table of a record type. ``_batch`` names the import that last wrote a row. On PostgreSQL no foreign key says
    so: to look the import up for every row would cost more than to copy the rows, and only imports write rows."""
    name = table_name(record_type)
    batches = table_of(BatchRow).c.id
    return Table(
        name,
        metadata,
        *(record_column(field) for field in record_type.fields),
        Column(BATCH, COUNT, nullable=False),
        PrimaryKeyConstraint(*record_type.key, name=f"pk_{name}"),
        ForeignKeyConstraint([BATCH], [batches], name=f"fk_{name}_batch").ddl_if(dialect="sqlite"),
    )


def record_column(field: Field) -> Column[Any]:
    return Column(field.name, column_type(field))


@dataclass(frozen=True)
class Shape:
    """What of a record type's declaration shows in its table; two shapes that agree need no change of the table."""

    columns: tuple[tuple[str, str], ...]
    key: tuple[str, ...]

    def as_data(self) -> dict[str, Any]:
        return {"columns": [list(column) for column in self.columns], "key": list(self.key)}


def shape_of(record_type: RecordType) -> Shape:
    return Shape(tuple((field.name, _described(field)) for field in record_type.fields), record_type.key)


def shape_from_data(data: dict[str, Any]) -> Shape:
    return Shape(tuple((name, kind) for name, kind in data["columns"]), tuple(data["key"]))


def _described(field: Field) -> str:
    """The stored kind; ``integer(2)`` for two decimals."""
    decimals = 2 if field.kind == "money" else field.scale if field.kind == "decimal" else 0
    return f"integer({decimals})" if decimals else STORED[field.kind]
