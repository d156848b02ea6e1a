"""What can be found out about a database without changing anything of it, not even bringing its tables up to date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from sqlalchemy import Connection, select, text

from kaohe.plugin import RecordType
from kaohe.records.audit import link
from kaohe.records.changes import marked, strangers, unwatched
from kaohe.records.connecting import address_of, engine_of
from kaohe.records.core_tables import RecordTypeRow
from kaohe.records.evidence_tables import AuditHeadRow, AuditRow
from kaohe.records.failures import described, guarded
from kaohe.records.schema import VERSIONS, core_version, types_behind
from kaohe.records.store import transaction
from kaohe.records.tables import RECORDS, table_of
from kaohe.records.vouching import database_clock

_SETTINGS = (
    "fsync", "full_page_writes", "synchronous_commit", "max_connections", "superuser_reserved_connections",
    "server_encoding", "session_replication_role", "TimeZone",
    "default_transaction_read_only",
)  # fmt: skip
_ROLE = text(
    "SELECT rolsuper AS superuser, rolcreaterole AS creates_roles, pg_is_in_recovery() AS standby, "
    "has_schema_privilege(coalesce(current_schema(), 'public'), 'CREATE') AS may_create, "
    "has_database_privilege(current_database(), 'TEMP') AS may_stage, current_schema() AS schema_name, "
    "(SELECT count(*) FROM pg_stat_activity WHERE datname IS NOT NULL) AS connected "
    "FROM pg_roles WHERE rolname = current_user"
)
# Text that is not compared byte by byte comes out in another order than on SQLite.
_SORTED_OTHERWISE = text(
    "SELECT count(*) FROM information_schema.columns WHERE table_schema = current_schema() AND data_type = 'text' "
    "AND collation_name IS DISTINCT FROM 'C' AND table_name IN (SELECT table_name::text FROM table_changes)"
)


@dataclass(frozen=True)
class ServerFacts:
    """A PostgreSQL server and the role by which it is spoken to. ``settings`` by name as ``SHOW`` has them."""

    version: int
    settings: Mapping[str, str]
    superuser: bool
    creates_roles: bool
    may_create: bool
    may_stage: bool
    standby: bool
    schema: str | None
    connected: int
    sorted_otherwise: int


@dataclass(frozen=True)
class FileFacts:
    """A SQLite file. ``damage``: what its own quick check found."""

    path: Path
    journal: str
    damage: tuple[str, ...]


@dataclass(frozen=True)
class DatabaseFacts:
    """``version``: the step at which the tables stand (None: not made yet), ``newest`` this program's; ``behind``: the
    record types whose tables are still to be made or extended; ``unwatched``, ``strangers``: see ``records.changes``;
    ``head_agrees``: whether the audit log ends where its head says; ``clock``: now, as the database sees it."""

    label: str
    version: str | None
    newest: str
    behind: tuple[str, ...]
    unwatched: tuple[str, ...]
    strangers: tuple[tuple[str, str], ...]
    head_agrees: bool
    clock: datetime | None
    server: ServerFacts | None = None
    file: FileFacts | None = None


def examine(url: str, record_types: Mapping[str, RecordType], *, folder: Path, patience: float = 5.0) -> DatabaseFacts:
    """Look at the database. Raises KaoheError where it cannot be reached or read."""
    address = address_of(url, folder)
    file = Path(address.database or "") if address.get_backend_name() == "sqlite" else None
    if file is not None and not file.exists():
        return DatabaseFacts(described(address), None, VERSIONS[-1], (), (), (), True, None)
    engine = engine_of(address, patience, who="doctor")
    try:
        with guarded(engine.url), engine.connect() as connection, transaction(connection, "read"):
            return _facts(connection, record_types, described(address), file)
    finally:
        engine.dispose()


def _facts(
    connection: Connection, record_types: Mapping[str, RecordType], label: str, file: Path | None
) -> DatabaseFacts:
    version = core_version(connection)
    current = version == VERSIONS[-1]
    made = _record_tables(connection) if current else ()
    return DatabaseFacts(
        label=label,
        version=version,
        newest=VERSIONS[-1],
        behind=tuple(types_behind(connection, record_types)) if current else tuple(record_types),
        unwatched=tuple(unwatched(connection, {*marked(connection), *made})) if current else (),
        strangers=tuple(strangers(connection)) if current else (),
        head_agrees=not current or _ends_at_its_head(connection),
        clock=database_clock(connection),
        server=_server(connection, current=current) if file is None else None,
        file=None if file is None else _file(connection, file),
    )


def _record_tables(connection: Connection) -> tuple[str, ...]:
    return tuple(f"{RECORDS}{name}" for name in connection.scalars(select(table_of(RecordTypeRow).c.name)))


def _ends_at_its_head(connection: Connection) -> bool:
    """Whether the newest event is the one that the head names, and has the digest that follows from what it says."""
    log, head = table_of(AuditRow), table_of(AuditHeadRow)
    end = connection.execute(select(head.c.seq, head.c.digest).where(head.c.id == 1)).one_or_none()
    newest = connection.execute(select(log).order_by(log.c.seq.desc()).limit(1)).mappings().one_or_none()
    if end is None or newest is None:
        return False
    return (newest["seq"], newest["digest"]) == tuple(end) and link(dict(newest)) == newest["digest"]


def _server(connection: Connection, *, current: bool) -> ServerFacts:
    role = connection.execute(_ROLE).one()
    return ServerFacts(
        version=int(connection.exec_driver_sql("SHOW server_version_num").scalar_one()),
        settings=MappingProxyType(
            {name: str(connection.exec_driver_sql(f"SHOW {name}").scalar_one()) for name in _SETTINGS}
        ),
        superuser=role.superuser,
        creates_roles=role.creates_roles,
        may_create=role.may_create,
        may_stage=role.may_stage,
        standby=role.standby,
        schema=role.schema_name,
        connected=role.connected,
        sorted_otherwise=connection.execute(_SORTED_OTHERWISE).scalar_one() if current else 0,
    )


def _file(connection: Connection, path: Path) -> FileFacts:
    journal = str(connection.exec_driver_sql("PRAGMA journal_mode").scalar_one())
    found = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA quick_check(3)")]
    return FileFacts(path, journal, tuple(line for line in found if line != "ok"))
