"""Manual changes (人工调整): what people decided to change of a computed figure, with the reason they gave.

What was computed is kept beside what it was changed to. Points are added to a total after everything else, and rank
and tier follow from it; a tier is set after quotas and rules, and the coefficient follows; money is paid besides,
outside of any pool.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Literal

import numpy as np

from kaohe.exact import Ints

ManualKind = Literal["points", "tier", "bonus"]


@dataclass(frozen=True)
class ManualChange:
    """One approved change, by the ``number`` it is called by: newer ones have greater numbers.

    ``value``: millionths of points to be added (below 0: deducted), the id of the tier to be given, or fen to be paid
    besides (below 0: less). Several changes of points, or of the bonus, of one ``person`` (their code) add up; of
    several tiers the newest holds.
    """

    number: int
    person: str
    kind: ManualKind
    value: int | str
    reason: str


@dataclass(frozen=True)
class Asked:
    """Changes as columns over people: ``points`` in millionths and ``fen``, added up; ``level`` is the position of the
    tier to be given, −1 where the tier stays as it comes out. ``changes`` are all of them by number."""

    changes: tuple[ManualChange, ...]
    points: Ints
    level: Ints
    fen: Ints


@dataclass(frozen=True)
class QuotaCheck:
    """A ``group`` in which tiers were changed by hand: per tier, best first, its ``seats`` and how many people counted
    in the quota have it, as it came out and ``after`` the changes. Where small groups are ranked among everybody, they
    have as many seats as came out."""

    group: str
    seats: tuple[int, ...]
    before: tuple[int, ...]
    after: tuple[int, ...]

    @property
    def over(self) -> int | None:
        """The first tier for which, with the better ones, there are more people than seats, and more than came out."""
        sums = zip(*(accumulate(each) for each in (self.seats, self.before, self.after)), strict=True)
        return next((number for number, (seats, before, after) in enumerate(sums) if after > max(seats, before)), None)


@dataclass(frozen=True)
class Computed:
    """What would have come out without manual changes, and the changes that were made.

    ``total``, ``rank``, ``tier``, ``coefficient`` and ``bonus`` are columns as in an appraisal. ``points`` were added
    to totals, ``fen`` to bonuses. ``quotas`` are the seats of the groups in which tiers were changed by hand.
    """

    changes: tuple[ManualChange, ...]
    points: Ints
    fen: Ints
    total: Ints
    rank: Ints
    tier: tuple[str | None, ...]
    coefficient: Ints
    bonus: Ints
    quotas: tuple[QuotaCheck, ...] = ()

    def of(self, person: str) -> tuple[ManualChange, ...]:
        """The changes to one person, by number."""
        return self._by_person.get(person, ())

    def tier_of(self, person: str) -> ManualChange | None:
        """The change that gave a person the tier; None where it came out by itself."""
        return next((each for each in reversed(self.of(person)) if each.kind == "tier"), None)

    @cached_property
    def _by_person(self) -> Mapping[str, tuple[ManualChange, ...]]:
        """They are asked for person by person, and there may be as many changes as people."""
        found: dict[str, list[ManualChange]] = {}
        for each in self.changes:
            found.setdefault(each.person, []).append(each)
        return {person: tuple(theirs) for person, theirs in found.items()}


def gather(changes: Sequence[ManualChange], codes: Sequence[str], tiers: Sequence[str]) -> Asked:
    """Changes to people that are all there, to tiers that the scheme has, as columns; whatever their order."""
    rows = {code: row for row, code in enumerate(codes)}
    ordered = tuple(sorted(changes, key=lambda each: each.number))
    points, fen = np.zeros(len(codes), np.int64), np.zeros(len(codes), np.int64)
    level = np.full(len(codes), -1)
    for row, each, value in _numbers(ordered, rows, tiers):
        match each.kind:
            case "points":
                points[row] += value
            case "bonus":
                fen[row] += value
            case "tier":
                level[row] = value
    return Asked(ordered, points, level, fen)


def _numbers(
    changes: Sequence[ManualChange], rows: dict[str, int], tiers: Sequence[str]
) -> Iterator[tuple[int, ManualChange, int]]:
    for each in changes:
        yield rows[each.person], each, each.value if isinstance(each.value, int) else list(tiers).index(each.value)
