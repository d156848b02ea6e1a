"""Targets in the database: written as one batch, all or nothing, and listed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import insert, select, update

from kaohe.errors import NOWHERE, Place, Problem, refuse_if_any
from kaohe.records.batches import TARGETS, Counts, Source, begin_batch, finish_batch
from kaohe.records.core_tables import PersonRow, TargetRow, TeamRow
from kaohe.records.directory import Directory
from kaohe.records.importing import Imported
from kaohe.records.journal import keep_former
from kaohe.records.references import still_there
from kaohe.records.store import Store, transaction
from kaohe.records.tables import BATCH, table_of
from kaohe.records.targets import Known, Target, TargetKey, stored_otherwise

_targets, _people, _teams = table_of(TargetRow), table_of(PersonRow), table_of(TeamRow)
_NAMED = ("person", "team")
_KEY = ("scope", "who", "indicator", "period")


def known_to(store: Store, indicators: Sequence[str]) -> Known:
    """Everything that a target may be about, as the organisation is now."""
    with store.reading() as connection:
        people = connection.execute(select(_people.c.code, _people.c.name)).all()
        teams = connection.execute(select(_teams.c.code, _teams.c.name)).all()
    known = (Directory((row.code, row.name) for row in rows) for rows in (people, teams))
    return Known(next(known), next(known), frozenset(indicators))


def list_targets(store: Store) -> list[Target]:
    """All targets: by scope, who, indicator and period."""
    with store.reading() as connection:
        rows = connection.execute(select(*(_targets.c[name] for name in (*_KEY, "value")))).all()
    return sorted(Target(*row) for row in rows)


def keep_targets(
    store: Store,
    targets: Mapping[TargetKey, tuple[Target, Place]],
    source: Source,
    *,
    handed_in: datetime,
    update_stored: bool = False,
    dry_run: bool = False,
) -> Imported:
    """Store targets as one batch. One that is stored with the same value changes nothing.

    Raises KaoheError, and keeps nothing, where others are stored with another value and ``update_stored`` does not ask
    to replace them, or where somebody took out whom they are about since that was looked up; and for what the database
    reports.
    """
    with store.connected() as connection, transaction(connection, "write") as current:
        begun = begin_batch(connection, TARGETS, source, handed_in)
        whose = {scope: {each.who for each, _place in targets.values() if each.scope == scope} for scope in _NAMED}
        still_there(connection, *whose.values())
        stored = {
            tuple(row[:4]): row.value
            for row in connection.execute(select(*(_targets.c[name] for name in (*_KEY, "value"))))
        }
        fresh = [target for key, (target, _place) in targets.items() if key not in stored]
        changed = [target for key, (target, _place) in targets.items() if stored.get(key, target.value) != target.value]
        if not update_stored:
            refuse_if_any(_contradictions(changed, targets, stored))
        counts = Counts(len(targets), len(fresh), len(changed), len(targets) - len(fresh) - len(changed), 0)
        kept = not dry_run and bool(fresh or changed)
        for target in changed:
            same = [_targets.c[name] == getattr(target, name) for name in _KEY]
            former = connection.execute(select(_targets).where(*same)).mappings().one()
            keep_former(connection, _targets, _KEY, begun.id, [dict(former)])
            connection.execute(update(_targets).where(*same).values({"value": target.value, BATCH: begun.id}))
        if fresh:
            connection.execute(insert(_targets), [{**vars(target), BATCH: begun.id} for target in fresh])
        if kept:
            finish_batch(connection, begun, counts)
        else:
            current.rollback()
    return Imported(begun.id if kept else None, counts, refused=False, header=(), rejected=(), notes=())


def _contradictions(
    changed: Sequence[Target], targets: Mapping[TargetKey, tuple[Target, Place]], stored: Mapping[TargetKey, int]
) -> list[Problem]:
    return [stored_otherwise(target, stored[target.key], targets[target.key][1]) for target in changed]


def by_key(targets: Sequence[Target]) -> dict[TargetKey, tuple[Target, Place]]:
    """Targets that come from no file, as ``keep_targets`` takes them."""
    return {target.key: (target, NOWHERE) for target in targets}
