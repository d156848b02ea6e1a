"""Records that another type describes: beside each the one whose key is in a field of it, such as the customer's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
from sqlglot import exp

from kaohe.language import Bounds
from kaohe.language.tree import Field, Node, walk
from kaohe.plugin import RecordType
from kaohe.plugin.types import TEXT_KINDS


@dataclass(frozen=True)
class Description:
    """What ``field`` of a record names is described by the record of the type ``records`` that bears this key; none
    or one does. ``FIELD.NAME`` is the field ``NAME`` of that record."""

    field: str
    records: RecordType

    @property
    def relation(self) -> str:
        """What all records of the type are called in a query."""
        return f"every {self.records.name}"

    def names(self, column: str) -> str | None:
        """The field of the describing record that the column means; None where it is no column of it."""
        field, dot, name = column.partition(".")
        known = bool(dot) and field == self.field and any(each.name == name for each in self.records.fields)
        return name if known else None


@dataclass(frozen=True)
class Beside:
    """A join: beside each record these fields of the one that describes it; all are missing where none does."""

    description: Description
    fields: tuple[str, ...]

    def onto(self, query: exp.Select, _records: RecordType, _windows: Mapping[str, Bounds]) -> exp.Select:
        described, (key,) = self.description, self.description.records.key
        given = [
            exp.column(column, quoted=True).as_(f"{described.field}.{column}", quoted=True)
            for name in self.fields
            for column in _physical(described.records, name)
        ]
        rows = exp.select(exp.column(key, quoted=True).as_("_key", quoted=True), *given)
        rows = rows.from_(exp.to_identifier(described.relation, quoted=True))
        alias = f"{described.records.name} of {described.field}"
        same = exp.column("_key", table=alias, quoted=True).eq(exp.column(described.field, quoted=True))
        return query.join(rows.subquery(exp.to_identifier(alias, quoted=True)), on=same, join_type="left")


def beside(nodes: Iterable[Node], describing: Sequence[Description]) -> tuple[Beside, ...]:
    """What must be joined to compute these."""
    read = {node.name for tree in nodes for node in walk(tree) if isinstance(node, Field)}
    found = []
    for each in describing:
        fields = sorted({name for column in read if (name := each.names(column)) is not None})
        if fields:
            found.append(Beside(each, tuple(fields)))
    return tuple(found)


def nothing(records: RecordType) -> pa.Table:
    """No records of the type, in the columns of a snapshot."""
    columns = [(column, _column(field.kind)) for field in records.fields for column in _physical(records, field.name)]
    return pa.table({name: pa.array([], kind) for name, kind in columns})


def _physical(records: RecordType, name: str) -> tuple[str, ...]:
    return (name, f"{name}__local") if records.field(name).kind == "datetime" else (name,)


def _column(kind: str) -> pa.DataType:
    return pa.string() if kind in TEXT_KINDS else pa.bool_() if kind == "boolean" else pa.int64()
