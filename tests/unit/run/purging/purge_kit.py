"""A workspace with a person who left, of whom something stands wherever anything can stand."""

from __future__ import annotations

from pathlib import Path

from tests.scenarios.desk import Desk
from tests.tiny import PEOPLE, add_tickets, make_desk, ticket_lines, write

from kaohe.cli.context import App
from kaohe.records import Store
from kaohe.records.attachments import Attachment, attach
from kaohe.records.audit import append, insert_row
from kaohe.records.evidence_tables import (
    AcknowledgementRow,
    AppealRow,
    ImprovementItemRow,
    InterviewRow,
    ManualChangeRow,
)
from kaohe.records.tables import table_of

WHO, NAME = "P4", "赵六六"
SECRETS = (NAME, "常常迟到", "母亲生病", "另谋高就", "不再犯", "医院证明")
_WHOSE = {"scheme_id": "tiny", "period": "2026-Q1", "person": WHO}


def make_workspace(folder: Path, *, database: str | None = None) -> Desk:
    """Evaluated before and after a correction of the records."""
    desk = make_desk(folder, database=database)
    write(desk, "people.csv", PEOPLE.replace("赵六", NAME))
    desk.do("people", "import", desk.workspace / "people.csv", "--update")
    add_tickets(desk, ticket_lines())
    desk.do("evaluate", "tiny", "--period", "2026-Q1", "--output", folder / "out.json")
    path = write(desk, "more.csv", "no,kind,owner,opened_at,resolved_at,satisfaction,cause\n"
                 f"T09,repair,P4,2026-01-10 09:00,2026-01-12 10:00,9,{NAME}常常迟到\n"
                 f"T05,repair,P2,2026-01-10 09:00,2026-01-10 10:00,7,代{NAME}处理\n"
                 "T08,repair,P4,2026-01-10 09:00,,6,常常迟到\n"
                 f"T99,repair,P4,never,,,{NAME}\n"
                 "T98,repair,P1,never,,,\n")  # fmt: skip
    desk.do("records", "import", "ticket", path, "--update")
    desk.do("evaluate", "tiny", "--period", "2026-Q1", "--output", folder / "out.json")
    with opened(desk) as store, store.writing() as connection:
        _evidence(store, connection)
    return desk


class opened:  # noqa: N801 - reads as a phrase
    """The store of a workspace, closed on leaving."""

    def __init__(self, desk: Desk, name: str = NAME) -> None:
        self.store = App("en", desk.workspace, {}, name).store

    def __enter__(self) -> Store:
        return self.store

    def __exit__(self, *_error: object) -> None:
        self.store.close()


def _evidence(store, connection) -> None:
    at = App("en", None, {}).now()
    proof = Attachment("医院证明.pdf", b"mother in hospital")
    shared = Attachment("shared.pdf", b"of both")
    settled = {"state": "rejected", "decided_by": "王", "decided_at": at, "decision": f"{NAME}不再犯"}
    change = {"kind": "points", "value": "-2", "proposed_by": NAME, "proposed_at": at, **settled, "appeal": None}
    appeal = {"run": 1, "figure": "total", "text": "母亲生病", "opened_by": NAME, "opened_at": at,
              "answer_due": at.date(), "decision_due": at.date(), **settled, "answer": f"{NAME}，见附件",
              "answered_by": "王", "answered_at": at, "result": None}  # fmt: skip
    rows = [
        *attach(connection, [proof, shared], at),
        insert_row(connection, table_of(ManualChangeRow),
                   {**_WHOSE, **change, "reason": "常常迟到", "evidence": f'["{shared.digest}"]'}),
        insert_row(connection, table_of(ManualChangeRow),
                   {**_WHOSE, **change, "person": "P1", "decision": "同意", "reason": f"替{NAME}值班",
                    "evidence": f'["{shared.digest}"]'}),
        insert_row(connection, table_of(AppealRow),
                   {**_WHOSE, **appeal, "attachments": f'["{proof.digest}","{shared.digest}"]'}),
        insert_row(connection, table_of(InterviewRow),
                   {**_WHOSE, "notes": "另谋高就", "goals": "不再犯", "by": "王", "at": at}),
        insert_row(connection, table_of(AcknowledgementRow),
                   {**_WHOSE, "run": 1, "statement": "0", "by": NAME, "at": at, "comment": "母亲生病"}),
        insert_row(connection, table_of(ImprovementItemRow),
                   {**_WHOSE, "text": "不再犯", "owner": NAME, "due": at.date(), "state": "done", "created_by": "王",
                    "created_at": at, "outcome": "另谋高就", "changed_by": None, "changed_at": None}),
    ]  # fmt: skip
    append(connection, at, "appeal.open", f"{NAME} tiny", {"text": "母亲生病", "reason": "常常迟到"}, rows=rows)


def everything(desk: Desk) -> bytes:
    """All bytes that the workspace keeps: the database with its log, snapshots, quarantined rows."""
    kept = [desk.workspace / "kaohe.db", desk.workspace / "kaohe.db-wal", *(desk.workspace / "quarantine").glob("*")]
    kept += [path for path in (desk.workspace / ".kaohe").rglob("*") if path.is_file()]
    return b"\0".join(path.read_bytes() for path in kept if path.exists())
