"""Who rates whom, as the organisation of one day has it. What it leaves open is said, and mended by hand."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kaohe.errors import Place, Problem
from kaohe.records.organisation import Assignment, Person
from kaohe.records.rounds.model import GENERATED, PEER, SELF, SUBORDINATE, SUPERVISOR, Pair
from kaohe.text import Message, msg

_LISTED = 5
Organisation = Sequence[tuple[Person, tuple[Assignment, ...]]]


@dataclass(frozen=True)
class Pairing:
    """The pairs, and warnings of people whom a relation leaves out."""

    pairs: tuple[Pair, ...]
    notes: tuple[Problem, ...]


def pair_up(
    name: str,
    organisation: Organisation,
    day: date,
    *,
    teams: Collection[str] = (),
    relations: Collection[str] = GENERATED,
    peers: int = 5,
) -> Pairing:
    """Everybody in service on the day (in these teams, where any are named) and who is to rate them.

    Supervisors are the managers of a person's assignments on that day, subordinates those whom the person manages;
    peers are in the same team under the same manager. Of a group of more than ``peers`` + 1, everybody is rated by so
    many and rates so many: the group stands in a circle, whose order follows from the round's name, and everybody is
    rated by the next ones. Nobody gets two relations to the same person: the line goes before the team.
    """
    there = {person.code: _on(assignments, day) for person, assignments in organisation}
    there = {code: held for code, held in there.items() if held}
    subjects = sorted(code for code, held in there.items() if not teams or any(one.team in teams for one in held))
    above = {code: {one.manager for one in held if one.manager in there} - {code} for code, held in there.items()}
    below: dict[str, set[str]] = defaultdict(set)
    for code, managers in above.items():
        for manager in managers:
            below[manager].add(code)
    found: dict[str, Mapping[str, Iterable[str]]] = {
        SELF: {code: [code] for code in subjects},
        SUPERVISOR: above,
        SUBORDINATE: below,
        PEER: _peers(name, there, peers),
    }
    pairs: dict[tuple[str, str], Pair] = {}
    for relation in GENERATED:
        if relation in relations:
            for subject in subjects:
                for rater in found[relation].get(subject, ()):
                    pairs.setdefault((subject, rater), Pair(subject, relation, rater))
    listed = tuple(sorted(pairs.values()))
    relations = set(relations) - ({PEER} if peers == 0 else set())
    return Pairing(listed, tuple(_notes(listed, subjects, relations, there, day)))


def _on(assignments: Iterable[Assignment], day: date) -> list[Assignment]:
    return [one for one in assignments if one.holds_on(day)]


def _peers(name: str, there: Mapping[str, Sequence[Assignment]], most: int) -> dict[str, list[str]]:
    groups: dict[tuple[str, str | None], set[str]] = defaultdict(set)
    for code, held in there.items():
        for one in held:
            if one.team is not None:
                groups[one.team, one.manager].add(code)
    found: dict[str, list[str]] = defaultdict(list)
    for members in groups.values():
        circle = sorted(members, key=lambda code: (hashlib.sha256(f"{name}\0{code}".encode()).digest(), code))
        for place, code in enumerate(circle):
            others = [circle[(place + step) % len(circle)] for step in range(1, len(circle))]
            found[code] += others[:most]
    return found


def _notes(
    pairs: Sequence[Pair],
    subjects: Sequence[str],
    relations: Collection[str],
    there: Mapping[str, Sequence[Assignment]],
    day: date,
) -> Iterator[Problem]:
    having = {(pair.subject, pair.relation) for pair in pairs}
    by_others = {pair.subject for pair in pairs if pair.relation != SELF}
    by_hand = msg("add raters by hand: kaohe assessment assignments")
    if SUPERVISOR in relations:
        without = [code for code in subjects if (code, SUPERVISOR) not in having]
        unknown = [code for code in without if any(one.manager for one in there[code])]
        nobody = [code for code in without if code not in unknown]
        yield from _note("assessment.no-supervisor", msg("{count} people have no manager", count=len(nobody)), nobody)
        gone = msg("the managers of {count} people are not in service on {day}", count=len(unknown), day=day)
        yield from _note("assessment.supervisor-gone", gone, unknown, by_hand)
    if PEER in relations:
        alone = [code for code in subjects if (code, PEER) not in having]
        what = msg("{count} people have no colleague in the same team under the same manager", count=len(alone))
        yield from _note("assessment.no-peers", what, alone)
    unrated = [code for code in subjects if code not in by_others]
    if unrated and set(relations) - {SELF}:
        what = msg("{count} people are to be rated by nobody but themselves", count=len(unrated))
        yield from _note("assessment.no-raters", what, unrated, by_hand)


def _note(code: str, what: Message, people: Sequence[str], fix: Message | None = None) -> Iterator[Problem]:
    if people:
        names = ", ".join(people[:_LISTED]) + (", …" if len(people) > _LISTED else "")
        yield Problem(code, what, Place(), found=names, fix=fix, severity="warning")
