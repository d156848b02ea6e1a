"""The log from its first event to its last: each digest, each link, no gap, and an end where its head says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from kaohe.errors import Place, Problem
from kaohe.records.audit import BEGINNING, detail_of, link
from kaohe.records.audit_rows import raw, streamed
from kaohe.records.auditing.found import changed_event, missing_events
from kaohe.records.auditing.told import Report, Told
from kaohe.records.canonical import canonical, text_digest
from kaohe.records.columns import moment_text
from kaohe.records.evidence_tables import AuditHeadRow, AuditRow
from kaohe.records.tables import table_of
from kaohe.text import msg

_log, _head = table_of(AuditRow), table_of(AuditHeadRow)
_STEP = 5_000  # events between two calls of ``progress``
_SPEAKING = ('"rows":', '"seals":', '"marks":', '"redacted":')
_SHORTEST = 12  # hexadecimal digits of a head that was kept outside


class Chain:
    """The log as it was read: how many events, the last one's number and digest, and whether ``known`` was in it."""

    def __init__(self, report: Report, known: str | None) -> None:
        self.events, self.last, self.digest, self.found = 0, 0, BEGINNING, False
        self.told = Told(report)
        self._report, self._known = report, known
        self._unlike: dict[int, tuple[str, Problem]] = {}

    def read(self, connection: Connection, progress: Callable[[int], None]) -> None:
        for row in streamed(connection, _log, [_log.c.seq]):
            self._event(row)
            if self.events % _STEP == 0:
                progress(self.events)
        for number, (shape, problem) in self._unlike.items():
            if self.told.redacted.get(number) != shape:
                self._report(problem)
        for problem in self._end(connection):
            self._report(problem)
        progress(self.events)

    def _event(self, row: Mapping[Any, Any]) -> None:
        number, own, detail = row["seq"], row["digest"], row["detail"]
        self.events += 1
        if not isinstance(number, int) or number <= self.last:
            self._report(changed_event(number, "place"))
            return
        if number > self.last + 1:
            self._report(missing_events(self.last + 1, number - 1))
        elif row["previous"] != self.digest:
            self._report(changed_event(number, "order"))
        for part in _unlike(row):
            self._unlike.setdefault(number, (shape(row), changed_event(number, part)))
        self.last, self.digest = number, own
        if self._known is not None and isinstance(own, str) and own.startswith(self._known):
            self.found = True
        if isinstance(detail, str) and any(word in detail for word in _SPEAKING):
            try:
                self.told.take(number, detail_of(detail))
            except (KeyError, ValueError, TypeError, AttributeError):
                self._report(changed_event(number, "detail"))

    def _end(self, connection: Connection) -> Iterator[Problem]:
        heads = connection.execute(select(*raw(_head)).order_by(_head.c.id)).all()
        if len(heads) != 1 or heads[0].id != 1:
            what = msg("the audit log has lost its end")
            yield Problem("audit.head", what, Place(key="audit_head"), found=msg("{count} rows", count=len(heads)))
            return
        (head,) = heads
        if isinstance(head.seq, int) and head.seq > self.last:
            yield missing_events(self.last + 1, head.seq)
        elif (head.seq, head.digest) != (self.last, self.digest):
            what = msg("the audit log does not end where its head says")
            yield Problem(
                "audit.head", what, Place(key="audit_head"), f"{self.last} {self.digest}", f"{head.seq} {head.digest}"
            )
        if self._known is not None and not self.found:
            what = msg("the head that was kept outside is not in the audit log")
            fix = msg("the log was replaced or shortened after that head was written down")
            yield Problem("audit.other-head", what, Place(key="--head"), found=self._known, fix=fix)


def sound_head(text: str) -> str | None:
    """A head as it is written down, ``41 9f3a…`` or the digest alone; None where it is none."""
    digest = text.strip().lower().split()[-1] if text.strip() else ""
    fits = _SHORTEST <= len(digest) <= len(BEGINNING) and all(digit in "0123456789abcdef" for digit in digest)
    return digest if fits else None


def shape(row: Mapping[Any, Any]) -> str:
    """The digest of everything that an event shows, as it stands: of an event that was redacted, the purge says it."""
    names = ("seq", "at", "actor", "login", "action", "subject", "detail")
    return text_digest(canonical([_printable(row[name]) for name in names]))


def _unlike(row: Mapping[Any, Any]) -> Iterator[str]:
    """Which parts of an event are not what its digests say."""
    try:
        if link(row) != row["digest"]:
            yield "event"
    except (TypeError, ValueError):
        yield "event"
    if not isinstance(row["detail"], str) or text_digest(row["detail"]) != row["detail_digest"]:
        yield "detail"


def _printable(value: Any) -> Any:
    if isinstance(value, datetime):
        return moment_text(value)
    return value if value is None or isinstance(value, str | int) else repr(value)
