"""Proposing a purge of people's data, and carrying it out once somebody else agrees."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, select

from kaohe.errors import Problem, fail, refuse_if_any
from kaohe.records import Store
from kaohe.records.audit import actor_of, append, detail_of, seal, take_turn
from kaohe.records.batches import moved, new_revision
from kaohe.records.changes import marked
from kaohe.records.collecting import remove_leftovers
from kaohe.records.core_tables import PersonRow, ReplacedRow, RevisionRow
from kaohe.records.evidence_tables import AuditRow
from kaohe.records.months import months_told
from kaohe.records.rejections import forget_people
from kaohe.records.tables import table_of
from kaohe.run.life.model import same_name
from kaohe.run.purging.evidence import move_texts, redact_log, redact_rows, with_attachments
from kaohe.run.purging.facts import purge_facts, purge_replaced
from kaohe.run.purging.files import Rewritten, purge_quarantine, rewrite_snapshots
from kaohe.run.purging.redaction import Redaction, redaction_of
from kaohe.run.purging.refusals import not_yet, own, unready
from kaohe.run.purging.runs import redact_runs
from kaohe.run.stored.purged import PURGE
from kaohe.text import msg

PROPOSE, REJECT = "people.propose-purge", "people.reject-purge"
_people, _log, _revisions = table_of(PersonRow), table_of(AuditRow), table_of(RevisionRow)
_replaced = table_of(ReplacedRow)
_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Proposal:
    """Whose data are to go, by code, of people who left before a day; ``number`` is that of the event. ``aliases``:
    what else somebody is called, such as a login or a former name, each with the code."""

    number: int
    people: tuple[str, ...]
    aliases: Mapping[str, str]
    before: date
    reason: str
    actor: str


@dataclass(frozen=True)
class Done:
    """What a purge did: its ``event``, the rows that went by table, the files that were written anew, the names that
    stay in texts because others bear them too, and the digests of schemes that name somebody."""

    event: int
    gone: Mapping[str, int]
    files: tuple[Rewritten, ...]
    unclear: tuple[str, ...]
    schemes: tuple[str, ...]


def propose(
    store: Store, people: Sequence[str], before: date, reason: str, at: datetime, *, aliases: Mapping[str, str] = _NONE
) -> Proposal:
    """Note that these people's data are to go. Raises KaoheError, with all reasons, where they may not go yet."""
    with store.writing() as connection:
        take_turn(connection)
        refuse_if_any([*unready(store, connection, people), *not_yet(connection, frozenset(people), before)])
        called = [[code, name] for name, code in aliases.items()]
        detail = {"people": sorted(people), "aliases": called, "before": before.isoformat(), "reason": reason}
        number = append(connection, at, PROPOSE, "people", detail)
        return Proposal(number, tuple(sorted(people)), aliases, before, reason, actor_of(connection).name)


def proposal(connection: Connection, number: int) -> Proposal:
    """The proposal of that number. Raises KaoheError where there is none, or none that waits any more."""
    row = (
        connection.execute(select(_log).where(_log.c.seq == number, _log.c.action == PROPOSE)).mappings().one_or_none()
    )
    if row is None:
        what, fix = (
            msg("there is no proposal {number}", number=number),
            msg("kaohe audit show --action people lists them"),
        )
        raise fail(Problem("purge.unknown", what, fix=fix))
    settled = connection.scalars(select(_log.c.detail).where(_log.c.action.in_((PURGE, REJECT)), _log.c.seq > number))
    if any(detail_of(text).get("proposal") == number for text in settled):
        raise fail(Problem("purge.settled", msg("the proposal {number} is settled already", number=number)))
    said = detail_of(row["detail"])
    before = date.fromisoformat(said["before"])
    aliases = {name: code for code, name in said["aliases"]}
    return Proposal(number, tuple(said["people"]), aliases, before, said["reason"], row["actor"])


def reject(store: Store, number: int, reason: str, at: datetime) -> None:
    """Note that the data stay. Raises KaoheError where there is no such proposal."""
    with store.writing() as connection:
        take_turn(connection)
        proposal(connection, number)
        append(connection, at, REJECT, "people", {"proposal": number, "reason": reason})


def purge(
    store: Store, number: int, snapshots: Path, at: datetime, *, own_work: bool, said: Mapping[str, Any] = _NONE
) -> Done:
    """Take out what was proposed, in one transaction; files are written anew before it and deleted after it. ``said``:
    what the audit event says besides.

    Raises KaoheError where the proposal is nobody else's (unless ``own_work``), and where the people's data may not go.
    A purge that was interrupted before the old files were gone is brought to its end.
    """
    with store.reading() as connection:
        done = _carried_out(connection, number)
    if done is not None:
        event, told = done
        _delete(snapshots, told["files"])
        compact(store)
        return Done(event, told["gone"], (), (), ())
    with store.writing() as connection:
        marked(connection, held="remove")
        take_turn(connection)
        asked = proposal(connection, number)
        if same_name(asked.actor, actor_of(connection).name) and not own_work:
            raise fail(own(asked.number, asked.actor))
        codes = frozenset(asked.people)
        refuse_if_any([*unready(store, connection, asked.people), *not_yet(connection, codes, asked.before)])
        everybody = connection.execute(select(_people.c.code, _people.c.name)).all()
        names = {row.code: row.name for row in everybody if row.code in codes}
        redaction, unclear = redaction_of(names, asked.aliases, [(row.code, row.name) for row in everybody])
        files = tuple(rewrite_snapshots(snapshots, store.record_types, redaction))
        event, gone, schemes = _carry_out(store, connection, redaction, at, asked, files, said)
        purge_quarantine(snapshots.parent.parent / "quarantine", redaction)
    _delete(snapshots, [each.former for each in files])
    compact(store)
    return Done(event, gone, files, tuple(unclear), tuple(schemes))


def proposer_of(store: Store, number: int) -> str:
    """Who proposed it; KaoheError where the event of that number is no proposal."""
    with store.reading() as connection:
        found: str | None = connection.scalar(
            select(_log.c.actor).where(_log.c.seq == number, _log.c.action == PROPOSE)
        )
        return proposal(connection, number).actor if found is None else found


def _carried_out(connection: Connection, number: int) -> tuple[int, dict[str, Any]] | None:
    """The event by which the proposal was carried out, if it was, and what it says."""
    events = connection.execute(select(_log.c.seq, _log.c.detail).where(_log.c.action == PURGE, _log.c.seq > number))
    said = ((event, detail_of(text)) for event, text in events)
    return next(((event, detail) for event, detail in said if detail.get("proposal") == number), None)


def _delete(snapshots: Path, contents: Iterable[str]) -> None:
    """Delete the files that said this, wherever they lie, and what interrupted commands left beside them."""
    remove_leftovers(snapshots)
    for content in contents:
        for path in snapshots.glob(f"*/*-{content}.parquet"):
            path.unlink(missing_ok=True)


def _carry_out(
    store: Store,
    connection: Connection,
    redaction: Redaction,
    at: datetime,
    asked: Proposal,
    files: Sequence[Rewritten],
    said: Mapping[str, Any],
) -> tuple[int, dict[str, int], list[str]]:
    if store.dialect == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete = ON")
    before, sealed_before = marked(connection), _seals(connection)
    gone, months = purge_facts(store, connection, redaction)
    batches = purge_replaced(connection, redaction)
    redaction = with_attachments(connection, redaction)
    redaction, schemes = move_texts(connection, redaction)
    redact_rows(connection, redaction)
    digests: dict[str, str] = {}
    seals = [
        *redact_runs(connection, redaction, digests),
        *(seal(connection, _replaced, {"batch": each}, before=sealed_before[each]) for each in batches),
        *forget_people(connection, codes=redaction.codes, named=lambda text: redaction.json_text(text) != text),
    ]
    shapes = redact_log(connection, redaction)
    names = connection.scalars(select(_revisions.c.name)).all()
    rows = [new_revision(connection, name, ["purge", at.isoformat(), asked.number]) for name in names]
    detail: dict[str, Any] = {
        "proposal": asked.number,
        "people": list(asked.people),
        "reason": redaction.text(asked.reason),
        "gone": gone,
        "files": {each.former: each.data() for each in files},
        "attachments": sorted(redaction.files),
        "texts": dict(redaction.moved),
        "digests": digests,
        "redacted": shapes,
        "marks": moved_marks(connection, before),
        **months_told(connection, months),
        **said,
    }
    return append(connection, at, PURGE, "people", detail, rows=rows, seals=seals), gone, schemes


def moved_marks(connection: Connection, before: Mapping[str, tuple[int, int]]) -> dict[str, list[int]]:
    """The marks that this transaction moved."""
    return {name: each for name, each in moved(connection, before).items() if each[1] != each[2]}


def compact(store: Store) -> None:
    """Nothing that was taken out stays in free pages, dead rows or the write-ahead log."""
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if store.dialect == "sqlite":
            driver: Any = connection.connection.driver_connection
            driver.execute("VACUUM")
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            connection.exec_driver_sql("VACUUM FULL")


def _seals(connection: Connection) -> dict[int, dict[str, Any]]:
    batches = connection.scalars(select(_replaced.c.batch).distinct()).all()
    return {batch: seal(connection, _replaced, {"batch": batch}) for batch in batches}
