"""A database in which every table of the core has a row, each written as kaohe writes it."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, insert
from tests.unit.records.store_kit import NOW, TYPES, hire, put, visit

from kaohe.errors import Place
from kaohe.records import Store, open_store
from kaohe.records.attachments import Attachment, attach
from kaohe.records.audit import Actor, RowChange, append, insert_row, seal
from kaohe.records.batches import Source
from kaohe.records.columns import Moment
from kaohe.records.importing import import_rows
from kaohe.records.rounds.model import Pair, Round
from kaohe.records.rounds.store import open_round
from kaohe.records.row_fields import CoreTable
from kaohe.records.rows import CleanRow, Mistake, Reading, Rejection
from kaohe.records.targets import Target
from kaohe.records.targets_store import by_key, keep_targets
from kaohe.text import msg

SETTINGS = 'format = 1\nlocale = "zh_CN"\n'
ACTOR = Actor("陈静", "chen")
TABLES = CoreTable.metadata.tables
TEXT = "scheme text"
_RUN: dict[str, Any] = {"scheme_id": "s", "period": "2026-Q1", "actor": "陈静", "created_at": NOW, "columns": b"\1\2"}


def full(url: str, folder: Path) -> Store:
    """The database, made anew."""
    store = open_store(url, TYPES, folder=folder, patience=1, actor=ACTOR, settings=SETTINGS, at=NOW)
    hire(
        store, [{"code": "P1", "name": "王芳", "team": "北", "from": date(2026, 1, 1)}, {"code": "P2", "name": "李雷"}]
    )
    put(store, [visit("1"), visit("2")])
    put(store, [visit("2", amount=5)], update=True)
    _refuse_one(store)
    goal = by_key([Target("person", "P1", "crm.sales_amount", "2026-Q1", 5_000_000)])
    keep_targets(store, goal, Source("targets.csv", "ef" * 32), handed_in=NOW)
    open_round(
        store,
        Round(name="r", period="2026-Q1", day=date(2026, 3, 31), items=("teamwork",), lowest=1, scale=5, due=None,
              unnamed=frozenset({"peer"}), seed="", opened_at=NOW),
        [Pair("P1", "peer", "P2", outside=False)],
    )  # fmt: skip
    with store.writing() as connection:
        _evidence(connection)
    return store


def _refuse_one(store: Store) -> None:
    """An import of which one row does not pass."""
    wrong = Mistake("calls", "calls", "many", msg("nothing"), msg("nothing"))
    refused = Rejection(2, (), (wrong,), Place("more.csv", 2), visit("9"))
    clean = CleanRow(visit("3"), Place("more.csv", 3), 3, ())
    source = Source("more.csv", "ab" * 32)
    import_rows(store, TYPES["visit"], lambda: [Reading((), [clean], [refused])], source, handed_in=NOW)


def _evidence(connection: Connection) -> None:
    digest = hashlib.sha256(TEXT.encode()).hexdigest()
    connection.execute(insert(TABLES["schemes"]).values(digest=digest, scheme_id="s", version="1", text=TEXT,
                                                        recorded_at=NOW))  # fmt: skip
    run = {**_RUN, "digest": "d1", "scheme_digest": digest, "snapshot": "sn", "evidence": "{}", "inputs": digest}
    connection.execute(insert(TABLES["runs"]).values(id=1, **run))
    connection.execute(insert(TABLES["runs"]).values(id=2, **{**run, "digest": "d2", "replaces": 1}))
    results = [
        {
            "run": 1,
            "person": code,
            "name": code,
            "graded": code == "P1",
            "total": 80,
            "rank": 1,
            "tier": "A",
            "bonus": 3,
        }
        for code in ("P1", "P2")
    ]
    connection.execute(insert(TABLES["run_results"]), results)
    paid = {
        "scheme_id": "s",
        "period": "2026-Q1",
        "run": 1,
        "earned": 3,
        "due": 0,
        "settled": 0,
        "carried": 0,
        "paid": 3,
    }
    connection.execute(insert(TABLES["payments"]).values(person="P1", **paid))
    seals = [
        seal(connection, TABLES["schemes"], {"digest": digest}),
        seal(connection, TABLES["runs"], {"id": 1}),
        seal(connection, TABLES["runs"], {"id": 2}),
        seal(connection, TABLES["run_results"], {"run": 1}),
        seal(connection, TABLES["payments"], {"scheme_id": "s", "period": "2026-Q1"}),
    ]
    rows = [
        *attach(connection, [Attachment("证明.pdf", b"%PDF-1")], NOW),
        *(
            insert_row(connection, TABLES[name], example(TABLES[name]))
            for name in ("restatements", "postings", "period_steps", "manual_changes", "appeals", "interviews",
                         "acknowledgements", "improvement_items")
        ),
    ]  # fmt: skip
    append(connection, NOW, "test", "everything", {}, rows=rows, seals=seals)


def example(table: Table, number: int = 1) -> dict[str, Any]:
    """A row with a value in every column; ``number`` tells rows apart."""
    return {column.name: _value(column, number) for column in table.columns if column.autoincrement is not True}


def _value(column: Any, number: int) -> Any:
    if column.foreign_keys:
        (to,) = column.foreign_keys
        return {"people": f"P{number}", "schemes": hashlib.sha256(TEXT.encode()).hexdigest()}.get(
            to.column.table.name, number
        )
    if isinstance(column.type, Moment):
        return NOW
    kind = column.type.python_type
    return {int: number, str: f"{column.name} {number}", bool: True, bytes: b"\7", date: date(2026, 4, number)}[kind]


def changes_of(rows: list[RowChange]) -> list[str]:
    return [row.table for row in rows]
