"""Staged rows meet the rows that are there: new ones go in, equal ones change nothing, different ones are a question.

Everything is said in a handful of statements over whole tables; no row passes through Python but the different ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Table, and_, delete, func, literal, not_, select, update
from sqlalchemy.sql.selectable import Subquery

from kaohe.records.journal import keep_former
from kaohe.records.key_order import KeyOrder
from kaohe.records.rows import Repeats
from kaohe.records.staging import POSITION, Stage, insert_from
from kaohe.records.tables import BATCH


@dataclass(frozen=True)
class Merged:
    """What a merge did. ``repeated`` and ``different`` are positions of rows that did not go in, ascending: they
    contradict an earlier row of the same file, or a stored row that was not to be replaced. ``left_out`` counts those
    that another row of their key goes before, ``equal`` those of the unchanged ones that say what another row says."""

    added: int
    replaced: int
    unchanged: int
    repeated: tuple[int, ...]
    different: tuple[int, ...]
    left_out: int = 0
    equal: int = 0


def merge(
    connection: Connection,
    stage: Stage,
    key: Sequence[str],
    batch: int,
    *,
    replace: bool,
    repeats: Repeats = "reject",
) -> Merged:
    """Merge the stage into its target under the number of the batch.

    ``replace``: rows with a stored key but other content take the stored row's place, which is kept in the journal.
    ``repeats``: which of several staged rows with one key goes in; the others are left out, or contradict the first.
    """
    content = [name for name in stage.columns if name not in key]
    ordered = stage.order.ascending
    repeated, equal = ([], 0) if ordered else _drop_repeats(connection, stage, key, content, repeats)
    meets = may_meet(connection, stage.target, key, stage.order)
    different = _differing(connection, stage, key, content) if meets else []
    if different and replace:
        _replace(connection, stage, key, content, batch)
    added = _add(connection, stage, key, batch, meets=meets, ordered=ordered)
    return Merged(
        added=added,
        replaced=len(different) if replace else 0,
        unchanged=stage.rows - added - len(different) - len(repeated),
        repeated=tuple(repeated) if repeats == "reject" else (),
        different=() if replace else tuple(sorted(different)),
        left_out=0 if repeats == "reject" else len(repeated),
        equal=equal,
    )


def may_meet(connection: Connection, target: Table, key: Sequence[str], order: KeyOrder) -> bool:
    """Whether a key of rows may be stored already. It is not where nothing is stored, nor where the keys ascend and all
    come after all stored ones, which the end of an index tells; text is compared by its bytes in both."""
    keys = [target.c[name] for name in key]
    if len(keys) != 1 or order.first is None or not order.ascending:
        return connection.execute(select(literal(1)).select_from(target).limit(1)).first() is not None
    last = connection.scalar(select(func.max(keys[0])))
    return last is not None and bool(order.first[0] <= last)


def _differing(connection: Connection, stage: Stage, key: Sequence[str], content: Sequence[str]) -> list[int]:
    """The positions of rows whose key is stored with other content."""
    staged, target = stage.table, stage.target
    both = staged.join(target, _match(staged, target, key))
    found = select(staged.c[POSITION]).select_from(both).where(not_(_equal(staged, target, content)))
    return list(connection.scalars(found))


def _replace(connection: Connection, stage: Stage, key: Sequence[str], content: Sequence[str], batch: int) -> None:
    """Put those in the place of what is stored, which the journal keeps."""
    staged, target = stage.table, stage.target
    differ = not_(_equal(staged, target, content))
    columns = [target.c[name] for name in (*stage.columns, BATCH)]
    former = select(*columns).select_from(staged.join(target, _match(staged, target, key))).where(differ)
    keep_former(connection, target, key, batch, map(dict, connection.execute(former).mappings()))
    new = {target.c[name]: staged.c[name] for name in content}
    change = update(target).where(_match(staged, target, key), differ)
    connection.execute(change.values({**new, target.c[BATCH]: literal(batch)}))


def _add(connection: Connection, stage: Stage, key: Sequence[str], batch: int, *, meets: bool, ordered: bool) -> int:
    """Add the rows whose key is not stored, in the order of their keys; how many they are."""
    staged, target = stage.table, stage.target
    fresh = select(*(staged.c[name] for name in stage.columns), literal(batch))
    if meets:
        there = staged.outerjoin(target, _match(staged, target, key))
        fresh = fresh.select_from(there).where(target.c[BATCH].is_(None))
    if not ordered:
        fresh = fresh.order_by(*(staged.c[name] for name in key))
    entering = insert_from(stage, [*stage.columns, BATCH], fresh)
    # Without being asked, SQLAlchemy does not say how many rows an INSERT … SELECT added on PostgreSQL.
    return connection.execute(entering, execution_options={"preserve_rowcount": True}).rowcount


def _drop_repeats(
    connection: Connection, stage: Stage, key: Sequence[str], content: Sequence[str], repeats: Repeats
) -> tuple[list[int], int]:
    """Leave one staged row of every key, the first or the last.

    Returns the positions of those that said something else, and the number of those that said the same."""
    staged = stage.table
    keys = [staged.c[name] for name in key]
    place = (func.max if repeats == "last" else func.min)(staged.c[POSITION])
    several: Subquery = select(*keys, place.label("kept")).group_by(*keys).having(func.count() > 1).subquery()
    if connection.scalar(select(func.count()).select_from(several)) == 0:
        return [], 0
    kept = staged.alias("kept_row")
    others = staged.c[POSITION] != several.c.kept
    pairs = staged.join(several, _match(staged, several, key)).join(kept, kept.c[POSITION] == several.c.kept)
    differing = select(staged.c[POSITION]).select_from(pairs).where(others, not_(_equal(staged, kept, content)))
    contradicting = list(connection.scalars(differing.order_by(staged.c[POSITION])))
    again = staged.alias("again")
    surplus = select(again.c[POSITION]).join(several, _match(again, several, key))
    gone = delete(staged).where(staged.c[POSITION].in_(surplus.where(again.c[POSITION] != several.c.kept)))
    dropped = connection.execute(gone).rowcount
    return contradicting, dropped - len(contradicting)


def _match(left: FromClause, right: FromClause, key: Sequence[str]) -> ColumnElement[bool]:
    """Equal keys. Only where a key may be missing does NULL equal NULL: that comparison finds no index."""
    return and_(*(_same(left.c[name], right.c[name]) for name in key))


def _same(left: Any, right: Any) -> ColumnElement[bool]:
    result: ColumnElement[bool] = (
        left.is_not_distinct_from(right) if right.nullable and left.nullable else left == right
    )
    return result


def _equal(left: FromClause, right: FromClause, content: Sequence[str]) -> ColumnElement[bool]:
    return and_(literal(True), *(left.c[name].is_not_distinct_from(right.c[name]) for name in content))
