"""Rows of evidence, kept texts and the audit log itself, redacted by one function, so that the log goes on saying what
each row must be. Its chain covers the digests of what events said before, and is not touched."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Table, insert, select, update

from kaohe.records.audit import detail_of
from kaohe.records.audit_rows import REPLAYED, is_row, raw, row_data
from kaohe.records.auditing.chain import shape
from kaohe.records.canonical import canonical, text_digest
from kaohe.records.core_tables import SchemeRow
from kaohe.records.evidence_tables import AppealRow, AttachmentRow, AuditRow, KeptTextRow, ManualChangeRow
from kaohe.records.row_fields import CoreTable
from kaohe.records.tables import table_of
from kaohe.run.purging.redaction import Redaction

_log, _kept, _schemes = table_of(AuditRow), table_of(KeptTextRow), table_of(SchemeRow)
_attachments, _appeals, _changes = table_of(AttachmentRow), table_of(AppealRow), table_of(ManualChangeRow)


def with_attachments(connection: Connection, redaction: Redaction) -> Redaction:
    """The redaction with the attachments that only these people's appeals and manual changes name, and with the reasons
    of their manual changes."""
    theirs: set[str] = set()
    others: set[str] = set()
    for table, column in ((_appeals, "attachments"), (_changes, "evidence")):
        for person, listed in connection.execute(select(table.c.person, table.c[column])):
            (theirs if person in redaction.codes else others).update(_digests(listed))
    codes = sorted(redaction.codes)
    reasons = connection.scalars(select(_changes.c.reason).where(_changes.c.person.in_(codes)))
    return replace(redaction, files=frozenset(theirs - others), written=frozenset(filter(None, reasons)))


def move_texts(connection: Connection, redaction: Redaction) -> tuple[Redaction, list[str]]:
    """Keep the texts that name the people or hold what was written about them under new digests instead; the redaction
    that knows them. Also the schemes that name somebody: these are law, and stay."""
    schemes = set(connection.scalars(select(_schemes.c.digest)))
    moved: dict[str, str] = {}
    naming = []
    for digest, text in connection.execute(select(_kept.c.digest, _kept.c.text)).all():
        new = redaction.json_text(text)
        if new == text:
            continue
        if digest in schemes:
            naming.append(digest)
            continue
        moved[digest] = text_digest(new)
        if connection.scalar(select(_kept.c.digest).where(_kept.c.digest == moved[digest])) is None:
            connection.execute(insert(_kept).values(digest=moved[digest], text=new))
        connection.execute(_kept.delete().where(_kept.c.digest == digest))
    return replace(redaction, moved=MappingProxyType(moved)), naming


def redact_rows(connection: Connection, redaction: Redaction) -> None:
    """Every row of the tables of which the log says each row."""
    for name in sorted(REPLAYED - {"kept_texts"}):
        table = CoreTable.metadata.tables[name]
        for row in connection.execute(select(*raw(table))).mappings().all():
            _redact(connection, table, row_data(table, row), redaction)


def redact_log(connection: Connection, redaction: Redaction) -> dict[str, str]:
    """Every event that says something of these people; by its number what it must look like from now on."""
    shapes: dict[str, str] = {}
    events = connection.execute(select(_log).order_by(_log.c.seq).execution_options(yield_per=1000)).mappings()
    changed = []
    for row in events:
        new = {name: redaction.text(row[name]) for name in ("actor", "login", "subject")}
        if row["detail"] is not None and redaction.concerns(row["detail"]):
            new["detail"] = canonical(redaction.detail(detail_of(row["detail"])))
        if any(row[name] != value for name, value in new.items()):
            changed.append((row["seq"], new))
            shapes[str(row["seq"])] = shape({**row, **new})
    for number, new in changed:
        connection.execute(update(_log).where(_log.c.seq == number).values(**new))
    return shapes


def _redact(connection: Connection, table: Table, row: Mapping[str, Any], redaction: Redaction) -> None:
    new = redaction.row(table.name, row)
    differ = {name: value for name, value in new.items() if value != row[name]}
    if differ:
        key = {column.name: row[column.name] for column in table.primary_key}
        connection.execute(update(table).where(is_row(table, key)).values(**differ))


def _digests(listed: str) -> list[str]:
    try:
        found = json.loads(listed)
    except ValueError:
        return []
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []
