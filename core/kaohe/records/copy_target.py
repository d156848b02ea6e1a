"""The database that another one is copied to: empty, or made by kaohe and never used."""

from __future__ import annotations

from sqlalchemy import Connection, MetaData, Table, func, inspect, select

from kaohe.errors import Exit, KaoheError, Place, Problem, fail
from kaohe.records.audit_rows import MARKS
from kaohe.records.changes import marked
from kaohe.records.core_tables import RecordTypeRow
from kaohe.records.evidence_tables import AuditHeadRow, AuditRow, KeptTextRow, NotedTextRow
from kaohe.records.row_fields import CoreTable
from kaohe.records.schema import VERSION_TABLE, VERSIONS, core_version, refuse_letters_lost, upgrade_core
from kaohe.records.tables import RECORDS, table_of
from kaohe.text import msg

_MADE = {MARKS, VERSION_TABLE, *(table_of(row).name for row in (RecordTypeRow, AuditRow, AuditHeadRow, KeptTextRow,
                                                                NotedTextRow))}  # fmt: skip
"""Tables that hold something as soon as a database is made."""
_MAKING = ("tables", "settings.version")
"""Events of the audit log that tell of no more than that."""
_SHOWN = 5


def make_ready(new: Connection, label: str) -> None:
    """Make the core's tables, all of them empty. Raises KaoheError, and changes nothing, where the database holds
    tables of others, or anything that somebody did with kaohe."""
    refuse_letters_lost(new)
    version = core_version(new)
    if version is not None and version not in VERSIONS:
        raise _used(label, version)
    made = frozenset[str]() if version is None else frozenset(marked(new))
    records = sorted(name for name in made if name.startswith(RECORDS))
    own = {*records, *(() if version is None else (VERSION_TABLE, *CoreTable.metadata.tables))}
    there = inspect(new)
    others = sorted({*there.get_table_names(), *there.get_view_names(), *there.get_materialized_view_names()} - own)
    if others:
        raise _others(label, others)
    if version is not None:
        _refuse_used(new, label, sorted(own & {*there.get_table_names()}))
    for name in records:
        Table(name, MetaData()).drop(new)
    upgrade_core(new)
    for table in reversed(CoreTable.metadata.sorted_tables):
        new.execute(table.delete())


def _refuse_used(new: Connection, label: str, tables: list[str]) -> None:
    """Every step that is taken ends in the audit log; rows that somebody wrote past it are looked for besides."""
    log = table_of(AuditRow)
    steps = new.scalar(select(func.count()).select_from(log).where(log.c.action.not_in(_MAKING))) or 0
    found = [f"{log.name}: {steps:,}"] if steps else []
    for name in tables:
        count = 0 if name in _MADE else new.scalar(select(func.count()).select_from(Table(name, MetaData()))) or 0
        found += [f"{name}: {count:,}"] if count else []
    if found:
        raise _used(label, ", ".join(found[:_SHOWN]) + (" …" if len(found) > _SHOWN else ""))


def _used(label: str, found: str) -> KaoheError:
    what, fix = msg("there is a database of kaohe already"), msg("name an empty one: createdb NAME")
    return fail(Problem("copy.not-empty", what, Place(file=label), found, fix=fix), Exit.ENVIRONMENT)


def _others(label: str, names: list[str]) -> KaoheError:
    more = f" … (+{len(names) - _SHOWN})" if len(names) > _SHOWN else ""
    what, fix = msg("this database holds tables that are not kaohe's"), msg("name an empty one: createdb NAME")
    problem = Problem("copy.not-empty", what, Place(file=label), ", ".join(names[:_SHOWN]) + more, fix=fix)
    return fail(problem, Exit.ENVIRONMENT)
