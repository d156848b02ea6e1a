"""Assessment rounds in the database: opened, corrected, closed and opened again, every step in the audit."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, text, update

from kaohe.errors import Problem, fail
from kaohe.records.audit import append, seal, take_turn
from kaohe.records.batches import PEOPLE, tables_of
from kaohe.records.canonical import canonical
from kaohe.records.changes import marked
from kaohe.records.core_tables import RatingPairRow, RoundRow
from kaohe.records.references import still_there
from kaohe.records.rounds.model import RECORDS, Pair, Round
from kaohe.records.store import Store
from kaohe.records.tables import BATCH, table_of
from kaohe.records.words import nearest
from kaohe.text import msg

_rounds, _pairs = table_of(RoundRow), table_of(RatingPairRow)
Seals = Sequence[Mapping[str, Any]]
_RANDOM = {
    "sqlite": "SELECT lower(hex(randomblob(16)))",
    "postgresql": "SELECT replace(gen_random_uuid()::text, '-', '')",
}


def open_round(store: Store, opened: Round, pairs: Iterable[Pair]) -> Round:
    """Store a new round with its pairs; the database draws its seed. Raises KaoheError for a name that is taken, and
    where somebody took people out since they were looked up."""
    listed = sorted(pairs)
    with store.writing() as connection:
        marked(connection, tables_of(PEOPLE), held="name")
        take_turn(connection)
        still_there(connection, _named(listed))
        if connection.scalar(select(_rounds.c.name).where(_rounds.c.name == opened.name)) is not None:
            what = msg("there is a round {round} already", round=opened.name)
            raise fail(Problem("assessment.taken", what, fix=msg("choose another name")))
        seeded = replace(opened, seed=str(connection.scalar(text(_RANDOM[store.dialect]))))
        connection.execute(insert(_rounds).values(_row(seeded)))
        _insert(connection, seeded.name, listed)
        about = {key: value for key, value in _row(seeded).items() if key not in {"seed", "opened_at", "closed_at"}}
        seals = _seals(connection, seeded.name)
        _note(connection, "assessment.open", seeded.name, opened.opened_at, {**about, "pairs": len(listed)}, seals)
    return seeded


def list_rounds(store: Store) -> list[Round]:
    """All rounds, by day and name."""
    with store.reading() as connection:
        rows = connection.execute(select(_rounds)).mappings().all()
    return sorted(map(_round, rows), key=lambda one: (one.day, one.name))


def find_round(store: Store, name: str) -> Round:
    """The round of that name. Raises KaoheError where there is none."""
    rounds = {one.name: one for one in list_rounds(store)}
    if name in rounds:
        return rounds[name]
    near = nearest(name, rounds)
    raise fail(
        Problem(
            "assessment.unknown-round",
            msg("there is no round {round}", round=name),
            expected=", ".join(rounds) or None,
            fix=msg("did you mean {name}?", name=near) if near else msg("see all: kaohe assessment list"),
        )
    )


def pairs_of(store: Store, name: str) -> list[Pair]:
    """Who is to rate whom, sorted."""
    with store.reading() as connection:
        return _stored_pairs(connection, name)


def correct_pairs(store: Store, name: str, wanted: Iterable[Pair], at: datetime) -> tuple[int, int, int]:
    """Make these the pairs of the round; returns how many were added, taken out and kept.

    Raises KaoheError, and changes nothing, where a pair that is to go has been answered, for a closed round, and where
    somebody took people of a new pair out since they were looked up.
    """
    with store.writing() as connection:
        marked(connection, tables_of(PEOPLE), held="name")
        take_turn(connection)
        now = _fetch(connection, name)
        now.accepts()
        stored, asked = set(_stored_pairs(connection, name)), set(wanted)
        gone, new = sorted(stored - asked), sorted(asked - stored)
        still_there(connection, _named(new))
        kept = _answers(store, connection, now)
        answered = [pair for pair in gone if any(now.key(pair, item) in kept for item in now.items)]
        if answered:
            raise _is_answered(now, answered, kept)
        former = _seals(connection, name)
        for pair in gone:
            same = [_pairs.c[field] == value for field, value in vars(pair).items()]
            connection.execute(delete(_pairs).where(_pairs.c.round == name, *same))
        _insert(connection, name, new)
        if gone or new:
            detail = {"added": [_data(pair) for pair in new], "removed": [_data(pair) for pair in gone]}
            _note(connection, "assessment.assignments", name, at, detail, _seals(connection, name, former))
    return len(new), len(gone), len(stored & asked)


def close_round(store: Store, name: str, at: datetime, counts: Mapping[str, int]) -> None:
    """No form is accepted any more. Raises KaoheError for a round that is closed."""
    with store.writing() as connection:
        take_turn(connection)
        _fetch(connection, name).accepts()
        former = _seals(connection, name)
        connection.execute(update(_rounds).where(_rounds.c.name == name).values(closed_at=at))
        _note(connection, "assessment.close", name, at, counts, _seals(connection, name, former))


def reopen_round(store: Store, name: str, at: datetime, reason: str) -> None:
    """Forms are accepted again. Raises KaoheError for a round that is open."""
    with store.writing() as connection:
        take_turn(connection)
        if _fetch(connection, name).closed_at is None:
            raise fail(Problem("assessment.open", msg("the round {round} is open", round=name)))
        former = _seals(connection, name)
        connection.execute(update(_rounds).where(_rounds.c.name == name).values(closed_at=None))
        _note(connection, "assessment.reopen", name, at, {"reason": reason}, _seals(connection, name, former))


def drop_round(store: Store, name: str, at: datetime, reason: str) -> None:
    """Take a round away that nobody has answered. Raises KaoheError where anybody has."""
    with store.writing() as connection:
        take_turn(connection)
        now = _fetch(connection, name)
        if kept := _answers(store, connection, now):
            raise _has_answers(now, kept)
        pairs, former = _stored_pairs(connection, name), _seals(connection, name)
        connection.execute(delete(_pairs).where(_pairs.c.round == name))
        connection.execute(delete(_rounds).where(_rounds.c.name == name))
        about = {"reason": reason, "pairs": [_data(pair) for pair in pairs]}
        _note(connection, "assessment.drop", name, at, about, _seals(connection, name, former))


def answers_of(store: Store, asked: Round) -> dict[str, bool]:
    """The records of the round by key: whether they hold a score (a comment alone has none)."""
    with store.reading() as connection:
        return {key: scored for key, (scored, _batch) in _answers(store, connection, asked).items()}


def _answers(store: Store, connection: Connection, asked: Round) -> dict[str, tuple[bool, int]]:
    """Whether a record holds a score, and its batch, by key."""
    table = store.tables[RECORDS]
    number = table.c.no
    within = (number >= asked.mark, number < asked.mark[:-1] + ".")  # the character after "-"
    rows = connection.execute(select(number, table.c.score.is_not(None), table.c[BATCH]).where(*within))
    return {row[0]: (bool(row[1]), row[2]) for row in rows}


def _fetch(connection: Connection, name: str) -> Round:
    row = connection.execute(select(_rounds).where(_rounds.c.name == name)).mappings().one_or_none()
    if row is None:
        raise fail(Problem("assessment.unknown-round", msg("there is no round {round}", round=name)))
    return _round(row)


def _stored_pairs(connection: Connection, name: str) -> list[Pair]:
    columns = (_pairs.c.subject, _pairs.c.relation, _pairs.c.rater, _pairs.c.outside)
    return sorted(Pair(*row) for row in connection.execute(select(*columns).where(_pairs.c.round == name)))


def _named(pairs: Iterable[Pair]) -> set[str]:
    """The codes of everybody who rates or is rated and has one."""
    return {code for pair in pairs for code in (pair.subject, *(() if pair.outside else (pair.rater,)))}


def _insert(connection: Connection, name: str, pairs: Sequence[Pair]) -> None:
    if pairs:
        connection.execute(insert(_pairs), [{"round": name, **vars(pair)} for pair in pairs])


def _row(asked: Round) -> dict[str, Any]:
    lists = {"items": canonical(list(asked.items)), "unnamed": canonical(sorted(asked.unnamed))}
    return {**vars(asked), **lists}


def _round(row: Mapping[Any, Any]) -> Round:
    lists = {"items": tuple(json.loads(row["items"])), "unnamed": frozenset(json.loads(row["unnamed"]))}
    return Round(**{**row, **lists})


def _data(pair: Pair) -> list[Any]:
    return [pair.subject, pair.relation, pair.rater, pair.outside]


def _seals(connection: Connection, name: str, former: Seals | None = None) -> Seals:
    """What the round and its pairs come to; the log is not to hold the seed, from which one could tell raters.
    ``former``: the same before they were changed."""
    round_before, pairs_before = former or (None, None)
    return [
        seal(connection, _rounds, {"name": name}, before=round_before),
        seal(connection, _pairs, {"round": name}, before=pairs_before),
    ]


def _note(
    connection: Connection, action: str, name: str, at: datetime, detail: Mapping[str, Any], seals: Seals
) -> None:
    said = {key: value if isinstance(value, int | list | str | None) else str(value) for key, value in detail.items()}
    append(connection, at, action, f"round {name}", said, seals=seals)


def _is_answered(asked: Round, pairs: Sequence[Pair], kept: Mapping[str, tuple[bool, int]]) -> Exception:
    keys = {asked.key(pair, item) for pair in pairs for item in asked.items}
    batches = Counter(batch for key, (_scored, batch) in kept.items() if key in keys)
    names = ", ".join(f"{pair.rater} → {pair.subject} ({pair.relation})" for pair in pairs[:5])
    return fail(
        Problem(
            "assessment.answered",
            msg("{count} of the pairs to be taken out have been answered; nothing was changed", count=len(pairs)),
            found=names + (", …" if len(pairs) > 5 else ""),
            fix=msg(
                "leave them in, or take the answers back first: kaohe records undo {batches}", batches=_listed(batches)
            ),
        )
    )


def _has_answers(asked: Round, kept: Mapping[str, tuple[bool, int]]) -> Exception:
    batches = Counter(batch for _scored, batch in kept.values())
    return fail(
        Problem(
            "assessment.answered",
            msg("the round {round} has answers and is not taken away", round=asked.name),
            found=msg("{count} records", count=len(kept)),
            fix=msg("close it, or take the answers back first: kaohe records undo {batches}", batches=_listed(batches)),
        )
    )


def _listed(batches: Iterable[int]) -> str:
    return ", ".join(map(str, sorted(batches, reverse=True)))
