"""A record type with a field of every kind, rows for it, and short ways to import them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from kaohe.errors import Place
from kaohe.plugin import Field, RecordType, Text
from kaohe.records.batches import Source
from kaohe.records.importing import Imported, import_rows
from kaohe.records.people import import_people
from kaohe.records.rows import CleanRow, Reading
from kaohe.records.store import Store

NOW = datetime(2026, 4, 1, 9, 30, 0, 250_000, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def field(name: str, kind: Any, **rest: Any) -> Field:
    return Field(name, kind, Text(name, name), **rest)


VISIT = RecordType(
    name="visit",
    label=Text("拜访", "Visit"),
    fields=(
        field("no", "text", required=True),
        field("agent", "person"),
        field("client", "customer"),
        field("kind", "choice", choices={"new": Text("新", "New"), "old": Text("老", "Old")}),
        field("at", "datetime"),
        field("due", "date"),
        field("calls", "integer"),
        field("rating", "decimal", scale=1),
        field("amount", "money"),
        field("won", "boolean"),
    ),
    key=("no",),
    when="at",
    who=("agent",),
)
TYPES = {"visit": VISIT}
FULL: Mapping[str, Any] = {
    "agent": "P1",
    "client": "C-甲",
    "kind": "new",
    "at": datetime(2026, 1, 31, 16, 30, tzinfo=UTC),
    "due": date(2026, 2, 28),
    "calls": 3,
    "rating": 85,
    "amount": 123_456_789,
    "won": True,
}


def visit(no: str, **values: Any) -> dict[str, Any]:
    """A visit with every field filled, but for those given."""
    return {"no": no, **FULL, **values}


def readings(rows: Iterable[Mapping[str, Any]], names: Iterable[str] = ()) -> Iterator[Reading]:
    """The rows as reading hands them over, two at a time."""
    header = tuple(names) or tuple(one.name for one in VISIT.fields)
    clean = [
        CleanRow({name: row.get(name) for name in header}, Place("f.csv", line), line, tuple(map(str, row.values())))
        for line, row in enumerate(rows, start=2)
    ]
    for start in range(0, max(len(clean), 1), 2):
        yield Reading(header, clean[start : start + 2], [])


def put(store: Store, rows: Iterable[Mapping[str, Any]], **options: Any) -> Imported:
    """Import visits."""
    listed = list(rows)
    options.setdefault("handed_in", NOW)
    return import_rows(store, VISIT, lambda: readings(listed), Source("visits.csv", "ab" * 32), **options)


def hire(store: Store, rows: Iterable[Mapping[str, Any]], **options: Any) -> Imported:
    """Import people."""
    listed = [{"name": row.get("code"), **row} for row in rows]
    names = ["code", "name", "role", "team", "manager", "from", "to", "fraction", "bonus_base"]
    names += [name for name in dict.fromkeys(name for row in listed for name in row) if name not in names]
    return import_people(
        store, lambda: readings(listed, names), Source("people.csv", "cd" * 32), handed_in=NOW, **options
    )


def stored(store: Store) -> list[tuple[Any, ...]]:
    """Every stored visit, with the batch that wrote it, in key order."""
    table = store.tables["visit"]
    with store.reading() as connection:
        return [tuple(row) for row in connection.execute(table.select().order_by(table.c.no))]
