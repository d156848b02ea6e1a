"""The stored runs of a workspace, without their figures."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, true

from kaohe.errors import KaoheError, Place, Problem, fail
from kaohe.records import Store
from kaohe.records.core_tables import RunResultRow, RunRow, SchemeRow
from kaohe.records.tables import table_of
from kaohe.run.stored.repository import unknown_run
from kaohe.text import msg

_schemes, _runs, _results = table_of(SchemeRow), table_of(RunRow), table_of(RunResultRow)
_NUMBER = re.compile(r"[0-9]{1,18}")
_DIGEST = re.compile(r"[0-9a-f]{6,64}")


@dataclass(frozen=True)
class RunHead:
    """A stored run without its figures. ``people`` and ``graded`` are counts; ``bonus`` is fen, of everybody."""

    number: int
    scheme_id: str
    version: str
    period: str
    created_at: datetime
    actor: str
    replaces: int | None
    digest: str
    people: int
    graded: int
    bonus: int


def list_runs(store: Store, scheme_id: str | None = None, period: str | None = None) -> list[RunHead]:
    """The stored runs, the oldest first; only those of a scheme or period where one is given."""
    whose = true() if scheme_id is None else _runs.c.scheme_id == scheme_id
    when = true() if period is None else _runs.c.period == period
    graded = func.count().filter(_results.c.graded).label("graded")
    heads = (
        select(
            _runs.c.id,
            _runs.c.scheme_id,
            _schemes.c.version,
            _runs.c.period,
            _runs.c.created_at,
            _runs.c.actor,
            _runs.c.replaces,
            _runs.c.digest,
            func.count(_results.c.person).label("people"),
            graded,
            func.coalesce(func.sum(_results.c.bonus), 0).label("bonus"),
        )
        .select_from(_runs.outerjoin(_schemes).outerjoin(_results))
        .where(whose, when)
        .group_by(_runs.c.id, _schemes.c.version)
        .order_by(_runs.c.id)
    )
    with store.reading() as connection:
        rows = connection.execute(heads).all()
    return [
        RunHead(
            number=row.id,
            scheme_id=row.scheme_id,
            version=row.version or "",
            period=row.period,
            created_at=row.created_at,
            actor=row.actor,
            replaces=row.replaces,
            digest=row.digest,
            people=row.people,
            graded=row.graded,
            bonus=int(row.bonus),
        )
        for row in rows
    ]


def newest_run(store: Store, scheme_id: str, period: str) -> int | None:
    """The number of the scheme's newest run for the period that can be read back; None where there is none."""
    whose = (_runs.c.scheme_id == scheme_id) & (_runs.c.period == period) & _runs.c.inputs.is_not(None)
    with store.reading() as connection:
        number: int | None = connection.scalar(select(func.max(_runs.c.id)).where(whose))
    return number


def find_run(store: Store, named: str) -> int:
    """The number of the run that is called so: by its number, or by the beginning of its digest (at least six
    characters). Raises KaoheError where there is none, or several begin so."""
    text = named.strip().lower()
    with store.reading() as connection:
        if _NUMBER.fullmatch(text) and connection.scalar(select(_runs.c.id).where(_runs.c.id == int(text))) is not None:
            return int(text)
        if not _DIGEST.fullmatch(text):
            raise unknown_run(named)
        begins = func.substr(_runs.c.digest, 1, len(text)) == text
        found = [*connection.scalars(select(_runs.c.id).where(begins).order_by(_runs.c.id))]
    if not found:
        raise unknown_run(named)
    if len(found) > 1:
        raise _several(named, found)
    return int(found[0])


def _several(named: str, numbers: list[int]) -> KaoheError:
    what = msg("several runs have a digest that begins so")
    listed, fix = ", ".join(map(str, numbers)), msg("name the run by its number")
    return fail(Problem("run.several", what, Place(key=named), listed, fix=fix))
