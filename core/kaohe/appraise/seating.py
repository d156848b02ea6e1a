"""Seats over a standing: where the cuts between tiers fall, and what happens to people who are equal at a cut.

Only those who are counted take seats. Somebody who is not counted has the place behind all counted people who are
better, and takes the tier of the seat at that place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from kaohe.appraise.model import Decision, Note
from kaohe.appraise.standing import Standing
from kaohe.exact import Flags, Ints
from kaohe.scheme.model import Tiers
from kaohe.text import Message, Text, msg


@dataclass(frozen=True)
class Heads:
    """The head-count over a standing: ``counted`` and ``ahead`` (counted people before) by position, ``which`` group a
    position belongs to, and per group its first position ``begins`` and its ``size`` in counted people."""

    counted: Flags
    ahead: Ints
    which: Ints
    begins: Ints
    size: Ints


def heads(standing: Standing, counted: Flags) -> Heads:
    """The head-count, of a column ``counted`` by position."""
    begin = standing.begin == np.arange(len(standing.begin))
    begins, which = np.flatnonzero(begin), np.cumsum(begin) - 1
    before: Ints = np.cumsum(counted) - counted
    size = np.bincount(which[counted], minlength=len(begins))
    return Heads(counted, before - before[standing.begin], which, begins, size)


@dataclass(frozen=True)
class Seating:
    """``seats`` and ``cuts`` per group and tier: behind how many counted people a tier ends; and the groups' grades.

    In groups with fewer counted people than ``min_group`` there are none. ``tie`` is the number of keys besides the
    total in which people must be equal to be equal.
    """

    tiers: Tiers
    standing: Standing
    heads: Heads
    grades: tuple[str | None, ...]
    seats: Ints
    cuts: Ints
    tie: int

    @property
    def large(self) -> Flags:
        """The positions in groups that have a quota."""
        enough: Flags = self.heads.size >= self.tiers.min_group
        return enough[self.heads.which]

    @cached_property
    def ends(self) -> tuple[tuple[Ints, Ints], ...]:
        """By position the tiers of the first and the last seat that equals hold: of those equal in the keys that
        count, then of those equal in one further key each."""
        ahead, counted = self.heads.ahead, self.heads.counted
        found = []
        for first, length in self.standing.ties[self.tie :]:
            last = first + length - 1
            worst = np.maximum(ahead[first], ahead[last] + counted[last] - 1)
            found.append((self._level(ahead[first]), self._level(worst)))
        return tuple(found)

    @cached_property
    def given(self) -> Ints:
        """The tier of each position after equals on both sides of a cut are promoted, demoted or left apart."""
        best, worst = self.ends[0]
        match self.tiers.ties:
            case "promote":
                return best
            case "demote":
                return worst
            case "break":
                # Nobody's code stands between somebody not counted and the seat of an equal.
                alone, _ = self.ends[-1]
                return np.where(self.heads.counted, self._level(self.heads.ahead), alone)

    def _level(self, place: Ints) -> Ints:
        """The tier of a place among the counted; behind the last of them, that of the last."""
        which = self.heads.which
        place = np.minimum(place, np.maximum(self.heads.size - 1, 0)[which])
        level = np.zeros(len(place), np.int64)
        for cut in self.cuts[:, :-1].T:
            level += place >= cut[which]
        return level


def by_seats(seats: Ints) -> Ints:
    """The cuts where each tier is full: quota first."""
    return np.cumsum(seats, axis=1)


def by_floors(seats: Ints, heads: Heads, reaches: Ints) -> Ints:
    """The cuts where each tier takes, of those who reach its floor, no more than it has seats: floors first.

    ``reaches`` is the best tier whose floor a position reaches; it never gets better down a standing.
    """
    cuts = np.zeros_like(seats)
    taken = np.zeros(len(seats), np.int64)
    for number in range(seats.shape[1]):
        fit = np.bincount(heads.which[heads.counted & (reaches <= number)], minlength=len(seats))
        taken = taken + np.clip(fit - taken, 0, seats[:, number])
        cuts[:, number] = taken
    return cuts


def cut_notes(seating: Seating, takes: Flags, names: Sequence[Text]) -> Iterator[Note]:
    """Who is equal to others on both sides of a cut, and what decided.

    ``names`` are those of the keys besides the total; ``takes`` says whose tier this is.
    """
    tiers, standing, tie = seating.tiers, seating.standing, seating.tie
    # Per further key: whose company of equals still has seats on both sides.
    split = [best != worst for best, worst in seating.ends]
    meant = split[0] & takes
    if tiers.ties == "break":
        meant &= seating.heads.counted
    best, worst = seating.ends[0]
    length = standing.ties[tie][1]
    for at in np.flatnonzero(meant):
        keys = [names[tie + number - 1] for number, still in enumerate(split) if number and not still[at]]
        words = {
            "count": int(length[at]),
            "better": tiers.levels[best[at]].id,
            "worse": tiers.levels[worst[at]].id,
        }
        about = tiers.levels[seating.given[at]].id
        yield int(standing.rows[at]), Decision("tie", about, _cut(tiers, words, keys[0] if keys else None))


def _cut(tiers: Tiers, words: dict[str, int | str], decider: Text | None) -> Message:
    if tiers.ties == "promote":
        return msg("{count} equal people at the cut of {better} and {worse}: all {better}", **words)
    if tiers.ties == "demote":
        return msg("{count} equal people at the cut of {better} and {worse}: all {worse}", **words)
    if decider is None:
        return msg(
            "{count} equal people at the cut of {better} and {worse}: decided by the order of their codes", **words
        )
    return msg(
        "{count} equal people at the cut of {better} and {worse}: decided by {indicator}", indicator=decider, **words
    )
