"""The database: version, letters, rights, durability, connections, clocks, triggers, the end of the audit log."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from kaohe.cli.checks.finding import Finding
from kaohe.records.condition import DatabaseFacts, FileFacts, ServerFacts
from kaohe.text import msg

_OLDEST = 140000  # the oldest PostgreSQL that is still looked after, as the server counts
_SLOW_CLOCK, _WRONG_CLOCK = 5, 60  # seconds
_NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "afs", "glusterfs", "fuse.glusterfs"})


def database(facts: DatabaseFacts) -> Iterator[Finding]:
    """What holds for either kind."""
    yield tables(facts)
    if facts.version == facts.newest:
        yield triggers(facts)
        yield audit_head(facts)


def tables(facts: DatabaseFacts) -> Finding:
    found, newest = facts.version, facts.newest
    if found is None:
        return Finding("database.tables", "note", msg("the tables are not made yet: the next command makes them"))
    if found > newest:
        return Finding(
            "database.tables",
            "error",
            msg("the database was made by a newer version of kaohe"),
            msg("install that version of kaohe, or a newer one"),
        )
    if found < newest:
        what = msg("the tables are of version {found}: the next command brings them to {newest}", **_both(facts))
        return Finding("database.tables", "note", what, msg("make a backup before it"))
    if facts.behind:
        what = msg("tables that the next command makes or extends: {names}", names=", ".join(facts.behind))
        return Finding("database.tables", "note", what)
    return Finding("database.tables", "well", msg("{label}, tables of version {found}", label=facts.label, found=found))


def triggers(facts: DatabaseFacts) -> Finding:
    others = ", ".join(f"{place} {name}" for place, name in facts.strangers[:5])
    if facts.unwatched:
        return Finding(
            "database.triggers",
            "error",
            msg("changes of these tables would not be noticed: {names}", names=", ".join(facts.unwatched[:5])),
            msg("see what was changed: kaohe audit verify; restore the database from a backup"),
        )
    if others:
        return Finding(
            "database.triggers",
            "error",
            msg("triggers or rules that are none of kaohe's: {names}", names=others),
            msg("drop them: they could change what is written in the moment in which it is written"),
        )
    return Finding("database.triggers", "well", msg("every table of facts is watched"))


def audit_head(facts: DatabaseFacts) -> Finding:
    if not facts.head_agrees:
        return Finding(
            "database.audit",
            "error",
            msg("the audit log does not end where its head says"),
            msg("see what was changed: kaohe audit verify; restore the database from a backup"),
        )
    return Finding("database.audit", "well", msg("the audit log ends where its head says"))


def clocks(here: datetime, facts: DatabaseFacts) -> Finding:
    """``here``: the moment, as this machine sees it, at which the database was asked."""
    if facts.clock is None or facts.server is None:
        return Finding("database.clock", "well", msg("one machine, one clock"))
    apart = abs((facts.clock - here).total_seconds())
    said = msg("the clocks of server and host are {seconds} s apart", seconds=f"{apart:.0f}")
    if apart <= _SLOW_CLOCK:
        return Finding("database.clock", "well", said)
    return Finding("database.clock", "error" if apart > _WRONG_CLOCK else "warning", said, msg("keep both by NTP"))


def server(facts: ServerFacts, pool: int) -> Iterator[Finding]:
    """A PostgreSQL server; ``pool``: how many connections one process may have."""
    yield _version(facts)
    yield _letters(facts)
    yield role(facts)
    yield durability(facts)
    yield connections(facts, pool)


def role(facts: ServerFacts) -> Finding:
    if facts.standby:
        what, fix = msg("this server is a standby: nothing can be written"), msg("name the primary in the database URL")
        return Finding("database.role", "error", what, fix)
    if facts.settings["default_transaction_read_only"] == "on":
        return Finding(
            "database.role",
            "error",
            msg("the role, the database or the server is set to read only: default_transaction_read_only"),
            msg("ALTER ROLE role SET default_transaction_read_only = off, or the same for the database"),
        )
    if facts.schema is None or not facts.may_create or not facts.may_stage:
        return Finding(
            "database.role",
            "error",
            msg("the role may not make tables, which upgrades and imports do"),
            msg("GRANT CREATE ON SCHEMA … TO role; GRANT TEMPORARY ON DATABASE … TO role"),
        )
    if facts.superuser or facts.creates_roles:
        return Finding(
            "database.role",
            "warning",
            msg("the role may do everything on the server: no trigger and no right binds it"),
            msg("make one of its own: CREATE ROLE kaohe LOGIN; that owns its database alone"),
        )
    if facts.settings.get("session_replication_role", "origin") != "origin":
        what = msg("the role's setting session_replication_role switches triggers off")
        return Finding("database.role", "error", what, msg("ALTER ROLE … RESET session_replication_role"))
    return Finding("database.role", "well", msg("the role may do what it must, and no more"))


def durability(facts: ServerFacts) -> Finding:
    off = [name for name in ("fsync", "full_page_writes", "synchronous_commit") if facts.settings.get(name) == "off"]
    if off:
        return Finding(
            "database.durability",
            "warning",
            msg("a failure of the power may lose what was kept: {names}", names=", ".join(f"{n} = off" for n in off)),
            msg("switch them on in postgresql.conf"),
        )
    return Finding("database.durability", "well", msg("what is kept survives a failure of the power"))


def connections(facts: ServerFacts, pool: int) -> Finding:
    most = int(facts.settings["max_connections"]) - int(facts.settings["superuser_reserved_connections"])
    said = msg(
        "{used} of {most} connections are in use; one process takes {pool}", used=facts.connected, most=most, pool=pool
    )
    if facts.connected + pool > most:
        fix = msg("raise max_connections of the server, or make [database] pool in kaohe.toml smaller")
        return Finding("database.connections", "warning", said, fix)
    return Finding("database.connections", "well", said)


def file(facts: FileFacts, file_system: str | None) -> Iterator[Finding]:
    """A SQLite file; ``file_system``: the kind of disk it lies on, where that is known."""
    if facts.damage:
        fix = msg("restore the file from a backup")
        yield Finding("database.file", "error", msg("the file is damaged: {said}", said=facts.damage[0]), fix)
    elif facts.journal != "wal":
        what = msg("the file cannot be written while it is read (journal mode {mode})", mode=facts.journal)
        yield Finding("database.file", "warning", what, msg("put it on a local disk"))
    else:
        yield Finding("database.file", "well", msg("the file is sound"))
    if file_system in _NETWORK:
        what = msg("the file lies on a network disk ({kind}), where locks are not to be trusted", kind=file_system)
        yield Finding("database.disk", "warning", what, msg("put it on a local disk, or move to PostgreSQL"))


def _version(facts: ServerFacts) -> Finding:
    name = f"PostgreSQL {facts.version // 10000}.{facts.version % 10000}"
    if facts.version < _OLDEST:
        what, fix = msg("{name} is too old", name=name), msg("PostgreSQL 14 or newer is needed")
        return Finding("database.server", "error", what, fix)
    return Finding("database.server", "well", name)


def _letters(facts: ServerFacts) -> Finding:
    encoding = facts.settings["server_encoding"]
    if encoding != "UTF8":
        fix = msg("make the database anew: createdb --encoding UTF8 --template template0 NAME")
        what = msg("text is kept as {encoding}, not as UTF-8", encoding=encoding)
        return Finding("database.text", "error", what, fix)
    if facts.sorted_otherwise:
        what = msg(
            "columns of text whose order depends on the server's language: {count}", count=facts.sorted_otherwise
        )
        return Finding("database.text", "error", what, msg("restore the database from a backup made by pg_dump"))
    return Finding("database.text", "well", msg("UTF-8, compared byte by byte"))


def _both(facts: DatabaseFacts) -> dict[str, str | None]:
    return {"found": facts.version, "newest": facts.newest}
