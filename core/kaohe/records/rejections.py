"""Rows of imports that did not pass, kept for the people they name: whose they are, and why they do not count.

Only rows of kept imports that say whose they are. A row is forgotten when a later import brings the record of its key,
and when its import is undone. Rows that contradict a stored record are not among them: that record counts.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, delete, insert, select, tuple_

from kaohe.plugin import RecordType
from kaohe.records.audit import seal
from kaohe.records.canonical import canonical
from kaohe.records.core_tables import BatchRow, RejectedRow
from kaohe.records.rows import Rejection
from kaohe.records.store import Store
from kaohe.records.tables import BATCH, table_of
from kaohe.text import Text

T = TypeVar("T")
Seal = dict[str, Any]
_AT_ONCE = 1_000
_rejected, _batches = table_of(RejectedRow), table_of(BatchRow)


@dataclass(frozen=True)
class Rejected:
    """A row that did not pass: its ``key`` as far as it was read, its ``day``, the ``file`` and the ``place`` in it,
    when it was handed in, and of each mistake the column and what is wrong."""

    key: str | None
    day: date | None
    file: str
    place: str
    handed_in: datetime
    reasons: tuple[tuple[str, Text], ...]


def keep_rejected(
    connection: Connection, record_type: RecordType, batch: int, rejections: Iterable[Rejection], zone: tzinfo = UTC
) -> list[Seal]:
    """Note the rows of a batch that did not pass, once for each person they name; the seal of what was noted."""
    rows = [row for each in rejections for row in _rows(record_type, batch, each, zone)]
    if not rows:
        return []
    connection.execute(insert(_rejected), rows)
    return [seal(connection, _rejected, {"batch": batch})]


def forget_brought(connection: Connection, record_type: RecordType, target: Table, batch: int) -> list[Seal]:
    """Forget rows whose record has come with this batch after all; the seals of the batches they were of."""
    of_type = (_rejected.c.record_type == record_type.name) & _rejected.c.key.is_not(None)
    earlier = select(_rejected.c.id, _rejected.c.batch, _rejected.c.key).where(of_type, _rejected.c.batch != batch)
    rejected = [
        (
            number,
            of_batch,
            tuple(_read(record_type, *each) for each in zip(record_type.key, json.loads(key), strict=True)),
        )
        for number, of_batch, key in connection.execute(earlier)
    ]
    keys = [target.c[name] for name in record_type.key]
    brought: set[tuple[Any, ...]] = set()
    for some in _some({key for _number, _batch, key in rejected}):
        there = select(*keys).where(tuple_(*keys).in_(some), target.c[BATCH] == batch)
        brought.update(map(tuple, connection.execute(there)))
    return _take_out(connection, [(number, of_batch) for number, of_batch, key in rejected if key in brought])


def forget_batch(connection: Connection, batch: int) -> list[Seal]:
    """Forget the rows of an import that is undone; the seal of what is left, which is nothing."""
    rows = connection.execute(select(_rejected.c.id, _rejected.c.batch).where(_rejected.c.batch == batch)).all()
    return _take_out(connection, [(row.id, row.batch) for row in rows])


def forget_people(connection: Connection, codes: Collection[str], named: Callable[[str], bool]) -> list[Seal]:
    """Forget the rows of these people, and those whose reasons name them, as ``named`` says of a JSON text; the seals
    of the batches they were of."""
    rows = connection.execute(select(_rejected.c.id, _rejected.c.batch, _rejected.c.person, _rejected.c.reasons)).all()
    return _take_out(connection, [(row.id, row.batch) for row in rows if row.person in codes or named(row.reasons)])


def _take_out(connection: Connection, rows: Sequence[tuple[int, int]]) -> list[Seal]:
    if not rows:
        return []
    batches = sorted({batch for _number, batch in rows})
    before = {each: seal(connection, _rejected, {"batch": each}) for each in batches}
    for some in _some(number for number, _batch in rows):
        connection.execute(delete(_rejected).where(_rejected.c.id.in_(some)))
    return [seal(connection, _rejected, {"batch": each}, before=before[each]) for each in batches]


def _some(values: Iterable[T]) -> Iterator[list[T]]:
    """As many at once as a statement takes."""
    rest = iter(values)
    while some := [*islice(rest, _AT_ONCE)]:
        yield some


def rejected_of(store: Store, person: str) -> dict[str, tuple[Rejected, ...]]:
    """By record type, the rows that name the person and did not pass, in the order of imports and files."""
    query = (
        select(_rejected, _batches.c.file_name, _batches.c.handed_in)
        .join(_batches, _batches.c.id == _rejected.c.batch)
        .where(_rejected.c.person == person)
        .order_by(_rejected.c.id)
    )
    found: dict[str, tuple[Rejected, ...]] = {}
    with store.reading() as connection:
        for row in connection.execute(query).mappings():
            found[row["record_type"]] = (*found.get(row["record_type"], ()), _rejected_row(row))
    return found


def _rows(record_type: RecordType, batch: int, rejection: Rejection, zone: tzinfo) -> Iterator[dict[str, Any]]:
    values = rejection.values
    people = {values.get(field.name) for field in record_type.fields if field.kind == "person"} - {None}
    key = [values.get(name) for name in record_type.key]
    moment = values.get(record_type.when)
    reasons = [
        [each.column or each.field or "", each.reason.in_("zh_CN"), each.reason.in_("en")]
        for each in rejection.mistakes
    ]
    place = rejection.place
    for person in sorted(map(str, people)):
        yield {
            "batch": batch,
            "record_type": record_type.name,
            "person": person,
            "key": None if None in key else canonical([_written(each) for each in key]),
            "day": moment.astimezone(zone).date() if isinstance(moment, datetime) else moment,
            "place": f"{place.sheet}!{place.cell}" if place.sheet is not None else str(rejection.row),
            "reasons": canonical(reasons),
        }


def _rejected_row(row: Mapping[Any, Any]) -> Rejected:
    reasons = tuple((column, Text(zh, en)) for column, zh, en in json.loads(row["reasons"]))
    key = None if row["key"] is None else " ".join(json.loads(row["key"]))
    return Rejected(key, row["day"], row["file_name"], row["place"], row["handed_in"], reasons)


def _written(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _read(record_type: RecordType, name: str, text: str) -> Any:
    """A stored value of the field, from its text."""
    match record_type.field(name).kind:
        case "date":
            return date.fromisoformat(text)
        case "datetime":
            return datetime.fromisoformat(text)
        case "integer" | "decimal" | "money":
            return int(text)
        case "boolean":
            return text == "True"
        case _:
            return text
