"""The scheme's own tests in words: what each expects."""

from __future__ import annotations

from collections.abc import Iterator

from kaohe.exact import shorten
from kaohe.scheme.model import Case, CasePerson, Expected
from kaohe.scheme.words import chain, series
from kaohe.text import Message, msg


def case_words(case: Case) -> Message:
    """Everything that a case expects, person by person where it is about several."""
    return chain([part for person in case.people for part in _person(person)])


def _person(person: CasePerson) -> Iterator[Message]:
    parts = list(_parts(person.expected))
    if not person.name:
        yield from parts
    elif parts:
        yield msg("{person}: {expected}", person=person.name, expected=series(parts))


def _parts(expected: Expected) -> Iterator[Message]:
    for key, points in (*expected.points.items(), *expected.dimensions.items()):
        found = msg("does not count") if points is None else f"{shorten(points):f}"
        yield msg("{key} {points}", key=key, points=found)
    if expected.not_graded is not None:
        yield msg("not graded") if expected.not_graded else msg("graded")
    if expected.total is not None:
        yield msg("total {points}", points=f"{shorten(expected.total):f}")
    if expected.rank is not None:
        yield msg("rank {rank}", rank=expected.rank)
    if expected.tier is not None:
        yield msg("tier {tier}", tier=expected.tier)
    if expected.bonus is not None:
        yield msg("bonus {amount}", amount=f"{expected.bonus:,f}")
    if expected.rules is not None:
        yield msg("rules: {ids}", ids=", ".join(expected.rules) or msg("none"))
    if expected.outcomes is not None:
        yield msg("outcomes: {kinds}", kinds=", ".join(expected.outcomes) or msg("none"))
