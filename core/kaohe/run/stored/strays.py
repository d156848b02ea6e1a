"""What stands in the tables of runs and belongs to no run, and runs that the audit log does not know of."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, select

from kaohe.errors import Problem
from kaohe.records.audit import detail_of
from kaohe.records.canonical import text_digest
from kaohe.records.core_tables import RunResultRow, RunRow, SchemeRow
from kaohe.records.evidence_tables import AuditRow, KeptTextRow
from kaohe.records.tables import table_of
from kaohe.run.stored.findings import finding
from kaohe.run.stored.reading import UNREADABLE
from kaohe.text import msg

_schemes, _runs, _results = table_of(SchemeRow), table_of(RunRow), table_of(RunResultRow)
_kept, _log = table_of(KeptTextRow), table_of(AuditRow)


def strays(connection: Connection) -> Iterator[Problem]:
    """Rows without a run, kept texts that were changed, runs that are gone and runs that nobody saved."""
    runs = {number: (digest, scheme, inputs) for number, digest, scheme, inputs in connection.execute(
        select(_runs.c.id, _runs.c.digest, _runs.c.scheme_digest, _runs.c.inputs)
    )}  # fmt: skip
    for number in connection.scalars(select(_results.c.run).distinct().order_by(_results.c.run)):
        if number not in runs:
            yield finding("stray", msg("these results belong to no run"), f"run_results {number}")
    used = {scheme for _digest, scheme, _inputs in runs.values()}
    for digest in connection.scalars(select(_schemes.c.digest).order_by(_schemes.c.digest)):
        if digest not in used:
            yield finding("stray", msg("this scheme belongs to no run"), f"schemes {digest}")
    for digest, text in connection.execute(select(_kept.c.digest, _kept.c.text).order_by(_kept.c.digest)):
        if text_digest(text) != digest:
            yield finding("stray", msg("this is not the text that was kept"), f"kept_texts {digest}")
    saved = dict(_saved(connection))
    for number, digest in saved.items():
        if number not in runs:
            yield finding("gone", msg("this run was saved and is not there any more"), f"runs {number}", found=digest)
        elif runs[number][0] != digest:
            what = msg("the audit log says that another run was saved by this number")
            yield finding("stray", what, f"runs {number}", found=runs[number][0], expected=digest)
    for number, (digest, _scheme, inputs) in runs.items():
        if number not in saved and inputs is not None:
            yield finding("stray", msg("nothing in the audit log saved this run"), f"runs {number}", found=digest)


def _saved(connection: Connection) -> Iterator[tuple[int, str]]:
    """The runs that the audit log knows to have been saved, with their digests."""
    details = connection.scalars(select(_log.c.detail).where(_log.c.action == "run.save").order_by(_log.c.seq))
    for text in details:
        try:
            said = detail_of(text)
            yield int(said["run"]), str(said["digest"])
        except UNREADABLE:
            continue  # erased, or changed: kaohe audit verify tells
