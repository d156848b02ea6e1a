"""Texts that runs rest on, in the database by their SHA-256: the same text once."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select

from kaohe.records.audit import RowChange, insert_row
from kaohe.records.canonical import text_digest
from kaohe.records.evidence_tables import KeptTextRow
from kaohe.records.tables import table_of

_kept = table_of(KeptTextRow)


def keep_texts(connection: Connection, texts: Iterable[str]) -> list[RowChange]:
    """Add the texts that are not there yet; what the audit event has to say of them."""
    wanted = {text_digest(text): text for text in texts}
    there = kept_texts(connection, wanted)
    new = {digest: text for digest, text in wanted.items() if digest not in there}
    return [insert_row(connection, _kept, {"digest": digest, "text": text}) for digest, text in new.items()]


def kept_texts(connection: Connection, digests: Iterable[str]) -> dict[str, str]:
    """The texts that are there, by digest; whether they are still what was kept is not checked."""
    rows = connection.execute(select(_kept).where(_kept.c.digest.in_(list(digests)))).mappings()
    return {row["digest"]: row["text"] for row in rows}
