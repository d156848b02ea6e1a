"""Improvement items (改进事项) in the database: what somebody is to do better by a day, followed until it is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Literal

from sqlalchemy import Connection, select, true

from kaohe.errors import Place, Problem, fail
from kaohe.records import Store
from kaohe.records.audit import actor_of, append, insert_row, take_turn, update_row
from kaohe.records.evidence_tables import ImprovementItemRow
from kaohe.records.tables import table_of
from kaohe.text import Message, msg

ItemState = Literal["open", "done", "dropped"]
ITEM_STATES: Mapping[ItemState, Message] = MappingProxyType(
    {"open": msg("in progress"), "done": msg("done"), "dropped": msg("dropped")}
)
_items = table_of(ImprovementItemRow)


@dataclass(frozen=True)
class NewItem:
    """What is agreed: for which period, with whom, what is to be better, who sees to it, by when."""

    scheme_id: str
    period: str
    person: str
    text: str
    owner: str
    due: date


@dataclass(frozen=True)
class StoredItem:
    """One item as it stands."""

    number: int
    scheme_id: str
    period: str
    person: str
    text: str
    owner: str
    due: date
    state: ItemState
    created_by: str
    created_at: datetime
    outcome: str | None
    changed_by: str | None
    changed_at: datetime | None

    def overdue(self, today: date) -> bool:
        """Whether its day has passed and it is still open."""
        return self.state == "open" and self.due < today


def add_item(store: Store, new: NewItem, at: datetime) -> StoredItem:
    """Keep an item, open."""
    with store.writing() as connection:
        row = {name: getattr(new, name) for name in ("scheme_id", "period", "person", "text", "owner", "due")}
        more = {"state": "open", "created_by": actor_of(connection).name, "created_at": at}
        change = insert_row(connection, _items, {**row, **more})
        number = int(change.key["id"])
        detail = {"item": number, "person": new.person}
        append(connection, at, "improvement.add", f"{new.scheme_id} {new.period}", detail, rows=[change])
        return _one(connection, number)


def update_item(
    store: Store,
    number: int,
    at: datetime,
    *,
    state: ItemState | None = None,
    outcome: str | None = None,
    due: date | None = None,
) -> StoredItem:
    """Change what is given. Raises KaoheError where there is no such item, and where one is settled without a word of
    what came of it."""
    with store.writing() as connection:
        take_turn(connection)
        before = _one(connection, number)
        if (state or before.state) != "open" and not (outcome or before.outcome):
            what = msg("an item that is settled says what came of it")
            fix = msg("write it: --outcome TEXT")
            raise fail(Problem("improvement.outcome", what, Place(key=str(number)), fix=fix))
        given = {"state": state, "outcome": outcome, "due": due}
        values = {name: value for name, value in given.items() if value is not None}
        values |= {"changed_by": actor_of(connection).name, "changed_at": at}
        change = update_row(connection, _items, {"id": number}, values)
        detail = {"item": number, "person": before.person}
        append(connection, at, "improvement.update", f"{before.scheme_id} {before.period}", detail, rows=[change])
        return _one(connection, number)


def find_item(store: Store, number: int) -> StoredItem:
    """The item of that number. Raises KaoheError where there is none."""
    with store.reading() as connection:
        return _one(connection, number)


def list_items(store: Store, *, person: str | None = None, owner: str | None = None) -> list[StoredItem]:
    """Items by due day, of the person and of the owner asked for."""
    where: Any = true()
    where = where if person is None else where & (_items.c.person == person)
    where = where if owner is None else where & (_items.c.owner == owner)
    with store.reading() as connection:
        return _read(connection, where)


def _one(connection: Connection, number: int) -> StoredItem:
    found = _read(connection, _items.c.id == number)
    if not found:
        what = msg("there is no improvement item {number}", number=number)
        fix = msg("see those there are: kaohe improvement list")
        raise fail(Problem("improvement.unknown", what, Place(key=str(number)), fix=fix))
    return found[0]


def _read(connection: Connection, where: Any) -> list[StoredItem]:
    rows = connection.execute(select(_items).where(where).order_by(_items.c.due, _items.c.id)).mappings().all()
    return [StoredItem(number=row["id"], **{str(name): row[name] for name in row if name != "id"}) for row in rows]
