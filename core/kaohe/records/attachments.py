"""Files that people hand in as evidence: kept in the database, by the SHA-256 of their bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from kaohe.errors import Place, Problem, fail, refuse_if_any
from kaohe.records.audit import RowChange, insert_row
from kaohe.records.evidence_tables import AttachmentRow
from kaohe.records.store import Store
from kaohe.records.tables import table_of
from kaohe.text import msg

LARGEST = 10_000_000
"""Bytes; a scanned page has a few hundred thousand."""
_attachments = table_of(AttachmentRow)


@dataclass(frozen=True)
class Attachment:
    """A file: its name without a folder, and its bytes."""

    name: str
    content: bytes

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def refuse_large(files: Sequence[Attachment]) -> None:
    """Raises KaoheError for every file that is too large to be kept."""
    refuse_if_any(
        Problem(
            "attachment.large",
            msg("this file is too large to be attached"),
            Place(file=each.name),
            found=msg("{count} bytes", count=len(each.content)),
            expected=msg("at most {count} bytes", count=LARGEST),
            fix=msg("attach the pages that matter, or name where the file is kept"),
        )
        for each in files
        if len(each.content) > LARGEST
    )


def attach(connection: Connection, files: Sequence[Attachment], at: datetime) -> list[RowChange]:
    """Keep files that are not kept yet; what the audit's event has to say of them."""
    changes = []
    for digest, each in {each.digest: each for each in files}.items():
        if connection.scalar(select(_attachments.c.digest).where(_attachments.c.digest == digest)) is None:
            row = {"digest": digest, "name": each.name, "size": len(each.content), "content": each.content}
            changes.append(insert_row(connection, _attachments, {**row, "added_at": at}))
    return changes


def read_attachment(store: Store, digest: str) -> Attachment:
    """The file of that digest. Raises KaoheError where it is not kept, was erased, or is not what was handed in."""
    with store.reading() as connection:
        row = connection.execute(select(_attachments).where(_attachments.c.digest == digest)).one_or_none()
    if row is None or row.content is None:
        what = msg("there is no such attachment") if row is None else msg("this attachment was erased")
        raise fail(Problem("attachment.missing", what, Place(key=digest)))
    found = Attachment(row.name, bytes(row.content))
    if found.digest != digest:
        what = msg("this attachment is not what was handed in")
        fix = msg("see what else was changed: kaohe audit verify")
        raise fail(Problem("attachment.damaged", what, Place(key=digest), found=found.digest, expected=digest, fix=fix))
    return found
