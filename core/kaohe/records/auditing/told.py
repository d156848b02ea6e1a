"""What the log, read from its beginning, says that the database must hold. Little is kept of each row: its digest, and
the number of the event that spoke of it last."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from kaohe.errors import Place, Problem
from kaohe.records.audit_rows import content
from kaohe.records.auditing.found import behind
from kaohe.records.canonical import canonical
from kaohe.text import msg

_SHORT = 16  # bytes of a digest that are kept: nobody finds two rows that agree in them
Report = Callable[[Problem], None]


def short(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=_SHORT).digest()


def row_key(table: str, key: Mapping[str, Any]) -> bytes:
    return short(canonical([table, key]))


class Told:
    """``rows``: by table and key, the digest of the content and the event; ``seals``: by table and where, how many, the
    digest and the event; ``marks``: by table of facts, its number, its mark and the event; ``redacted``: what an event
    of which personal data were erased must look like now."""

    def __init__(self, report: Report) -> None:
        self.rows: dict[bytes, bytes] = {}
        self.seals: dict[tuple[str, str], tuple[int, str, int]] = {}
        self.marks: dict[str, tuple[int, int, int]] = {}
        self.redacted: dict[int, str] = {}
        self._version: tuple[str, int] | None = None
        self._report = report

    def take(self, number: int, detail: Mapping[str, Any]) -> None:
        """What one more event says. Raises KeyError and the like where its detail is none of kaohe's."""
        everything = bool(detail.get("everything"))
        for table, key, before, after in detail.get("rows", ()):
            self._row(number, table, key, before, after, everything=everything)
        for seal in detail.get("seals", ()):
            self._seal(number, seal, everything=everything)
        for table, (counted, before, after) in detail.get("marks", {}).items():
            known = self.marks.get(table)
            if known is not None and known[:2] != (counted, before):
                self._report(outside(table, known[2], number))
            self.marks[table] = (counted, after, number)
        if everything:
            self._upgraded(number, detail["former"], detail["version"])
        self.redacted.update({int(event): digest for event, digest in detail.get("redacted", {}).items()})

    def _row(
        self,
        number: int,
        table: str,
        key: Mapping[str, Any],
        before: Mapping[str, Any] | None,
        after: Mapping[str, Any] | None,
        *,
        everything: bool,
    ) -> None:
        name = row_key(table, key)
        known = self.rows.get(name)
        was = None if before is None else short(content(before))
        if everything and before is None and after is not None and self._listed_before(table, known):
            was = short(content(after))  # an upgrade lists what is there: nothing else than the log said before
        if was != (None if known is None else known[:_SHORT]):
            self._report(behind(table, key, event_of(known) if known else 0, number))
        if after is None:
            self.rows.pop(name, None)
        else:
            self.rows[name] = short(content(after)) + number.to_bytes(8, "big")

    def _seal(self, number: int, seal: Mapping[str, Any], *, everything: bool) -> None:
        name = (seal["table"], canonical(seal["where"]))
        known, before = self.seals.get(name), seal.get("before")
        if everything and self._version is not None:
            if known is None or known[:2] != (seal["rows"], seal["digest"]):
                self._report(behind(seal["table"], seal["where"], known[2] if known else 0, number))
        elif known is not None and before is not None and before != known[1]:
            self._report(behind(seal["table"], seal["where"], known[2], number))
        self.seals[name] = (seal["rows"], seal["digest"], number)

    def _listed_before(self, table: str, known: bytes | None) -> bool:
        """Whether the row must be known from an earlier listing of everything; only record types come with it."""
        return self._version is not None and (known is not None or table != "record_type_versions")

    def _upgraded(self, number: int, former: str | None, version: str) -> None:
        """The tables were brought from a version to another, which happens once and in order."""
        if self._version is not None and former != self._version[0]:
            what = msg("the tables' version was set back outside kaohe between event {number} and event {next}",
                       number=self._version[1], next=number)  # fmt: skip
            place = Place(key="kaohe_core_version")
            self._report(Problem("audit.version", what, place, found=former, expected=self._version[0]))
        self._version = (version, number)


def event_of(value: bytes) -> int:
    """The number of the event that spoke last of a row."""
    return int.from_bytes(value[_SHORT:], "big")


def says(value: bytes, text: str) -> bool:
    """Whether the row's content is what the log says."""
    return value[:_SHORT] == short(text)


def outside(table: str, last: int, next_one: int | None = None) -> Problem:
    """The rows of a table of facts were changed by somebody else."""
    place = Place(key=table)
    if next_one is None:
        what = msg("table {table} was changed outside kaohe after event {number}", table=table, number=last)
    else:
        what = msg(
            "table {table} was changed outside kaohe between event {number} and event {next}",
            table=table,
            number=last,
            next=next_one,
        )
    return Problem("audit.facts-changed", what, place, fix=msg("compare it with the files that were imported"))
