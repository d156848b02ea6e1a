"""The tiny workspace led through the life of its first quarter."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from tests.scenarios.desk import Answer, Desk

from kaohe.cli.context import App
from kaohe.records.audit import append, insert_row
from kaohe.records.tables import table_of

NOON = datetime(2026, 4, 1, 12, tzinfo=UTC)
LATE = ["T90,repair,P1,2026-02-01 00:00,2026-02-01 12:00,8", "T91,repair,P1,2026-05-01 00:00,2026-05-01 12:00,8"]
"""One ticket of the period and one after it."""
WHOSE = ("tiny", "2026-Q1")
STEPS = {
    "open": ("open", "chen"),
    "frozen": ("freeze", "chen"),
    "calculated": ("calculate", "chen"),
    "in_review": ("submit", "chen"),
    "approved": ("approve", "li"),
    "paid": ("pay", "zhao"),
    "closed": ("close", "zhao"),
}
"""The step that leads to each state, and who takes it."""

ALLOWED = {
    ("none", "open"),
    ("open", "freeze"),
    *((state, "calculate") for state in ("frozen", "calculated", "in_review")),
    ("calculated", "submit"),
    ("in_review", "approve"),
    ("approved", "pay"),
    ("paid", "close"),
    *((state, "reopen") for state in ("frozen", "calculated", "in_review", "approved")),
}
"""Which command may follow in which state; ``none``: never opened."""


def take(desk: Desk, step: str, name: str, *words: str) -> Answer:
    """A step in somebody's name, which must succeed."""
    return desk.do("period", step, *WHOSE, "--as", name, *words)


def lead(desk: Desk, state: str) -> Desk:
    """Take every step up to that state; somebody else approves before li."""
    for reached, (step, name) in STEPS.items():
        if step == "approve":
            take(desk, "approve", "wang")
        take(desk, step, name)
        if reached == state:
            break
    return desk


def copied(desk: Desk, folder: Path) -> Desk:
    """The same workspace elsewhere."""
    return Desk(shutil.copytree(desk.workspace, folder / desk.workspace.name))


def add_settings(desk: Desk, text: str) -> None:
    """Add lines to kaohe.toml."""
    settings = desk.workspace / "kaohe.toml"
    settings.write_text(f"{settings.read_text('utf-8')}\n{text}\n", "utf-8")


def shown(desk: Desk) -> dict[str, Any]:
    """What ``kaohe period show`` says as data."""
    data: dict[str, Any] = json.loads(desk.do("period", "show", *WHOSE, "--format", "json").out)
    return data


def insert(desk: Desk, table: type, row: dict[str, Any]) -> None:
    """Add a row of evidence, its event with it."""
    with App("en", desk.workspace, {}).store.writing() as connection:
        change = insert_row(connection, table_of(table), row)
        append(connection, NOON, "test", "tiny 2026-Q1", {}, rows=[change])


def change(state: str = "proposed", *, by: str = "chen") -> dict[str, Any]:
    """A row of a manual change."""
    proposed = {"reason": "helped", "evidence": "[]", "proposed_by": by, "proposed_at": NOON, "state": state}
    decided = {} if state == "proposed" else {"decided_by": "li", "decided_at": NOON}
    whose = {"scheme_id": "tiny", "period": "2026-Q1", "person": "P1", "kind": "points", "value": "+1.000000"}
    return {**whose, **proposed, **decided}


def appeal(state: str = "open") -> dict[str, Any]:
    """A row of an appeal."""
    whose = {"scheme_id": "tiny", "period": "2026-Q1", "run": 1, "person": "P1", "figure": "total", "text": "why"}
    opened = {"attachments": "[]", "opened_by": "P1", "opened_at": NOON, "state": state}
    return {**whose, **opened, "answer_due": date(2026, 4, 20), "decision_due": date(2026, 4, 25)}
