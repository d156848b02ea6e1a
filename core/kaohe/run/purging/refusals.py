"""Why somebody's data may not go, or not yet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from sqlalchemy import Connection, select

from kaohe.errors import Place, Problem
from kaohe.records import Store
from kaohe.records.core_tables import PersonRow, RecordTypeRow, RunResultRow, RunRow
from kaohe.records.evidence_tables import AppealRow
from kaohe.records.tables import table_of
from kaohe.run.life.model import STATES
from kaohe.run.life.store import lives_in
from kaohe.run.purging.facts import last_days
from kaohe.text import msg

_people, _types = table_of(PersonRow), table_of(RecordTypeRow)
_runs, _results, _appeals = table_of(RunRow), table_of(RunResultRow), table_of(AppealRow)
_SETTLED = frozenset({"paid", "closed"})
_PAID_OR_CLOSED = msg("{first} or {last}", first=STATES["paid"], last=STATES["closed"])


def unready(store: Store, connection: Connection, codes: Sequence[str]) -> Iterator[Problem]:
    """Settings that name somebody, and would go on doing so; record types whose plugin is not there, so that nobody can
    say whose their records are."""
    for code, name in connection.execute(select(_people.c.code, _people.c.name).where(_people.c.code.in_(codes))):
        if name != code and name in (store.settings or ""):
            what, fix = msg("the settings name this person"), msg("take the name out of kaohe.toml first")
            yield Problem("purge.settings", what, Place(key=code), fix=fix)
    for name in connection.scalars(select(_types.c.name).order_by(_types.c.name)):
        if name not in store.record_types:
            what = msg("the plugin that brings the record type {name} is not loaded", name=name)
            fix = msg("add the plugin again: its records may be about these people")
            yield Problem("purge.no-plugin", what, Place(key=name), fix=fix)


def not_yet(connection: Connection, codes: frozenset[str], before: date) -> list[Problem]:
    """Why the data of these people may not go."""
    problems = []
    known = set(connection.scalars(select(_people.c.code).where(_people.c.code.in_(sorted(codes)))))
    ends = last_days(connection, codes)
    for code in sorted(codes):
        if code not in known:
            problems.append(Problem("purge.person", msg("nobody has this code"), Place(key=code)))
        elif code in ends and (ends[code] is None or ends[code] > before):
            what = msg("this person was still there after {day}", day=before)
            found = msg("no last day") if (end := ends[code]) is None else str(end - timedelta(days=1))
            problems.append(Problem("purge.person", what, Place(key=code), found))
    open_ones = _appeals.c.person.in_(sorted(codes)) & _appeals.c.decided_at.is_(None)
    for number, person in connection.execute(select(_appeals.c.id, _appeals.c.person).where(open_ones)):
        what = msg("appeal {number} of this person is not decided", number=number)
        problems.append(Problem("purge.appeal", what, Place(key=person)))
    theirs = select(_runs.c.scheme_id, _runs.c.period).join(_results, _results.c.run == _runs.c.id)
    rows = connection.execute(theirs.where(_results.c.person.in_(sorted(codes))).distinct())
    periods = {(scheme, period) for scheme, period in rows}
    for life in lives_in(connection):
        if (life.scheme_id, life.period) in periods and life.state is not None and life.state not in _SETTLED:
            what = msg("{scheme} {period} is not settled yet", scheme=life.scheme_id, period=life.period)
            problems.append(Problem("purge.period", what, found=STATES[life.state], expected=_PAID_OR_CLOSED))
    return problems


def own(number: int, actor: str) -> Problem:
    """Whoever proposed a purge is not the second of the two people."""
    return Problem(
        "purge.own",
        msg("{name} proposed this, and two people are needed", name=actor),
        Place(key=str(number)),
        fix=msg("somebody else confirms it; own_work = true in [roles] of kaohe.toml lifts the rule"),
    )
