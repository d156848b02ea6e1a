"""Tiers by quota (forced distribution, 强制分布): seats over a group, and people who are equal at a cut."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from kaohe.appraise.model import Decision, Note
from kaohe.appraise.standing import Standing
from kaohe.exact import Flags, Ints, largest_remainder, to_micros
from kaohe.scheme.model import Level, Tiers
from kaohe.text import Message, Text, msg


def seats(levels: Sequence[Level], people: int) -> list[int]:
    """How many of so many people each tier takes, by largest remainder, better tiers first among equal remainders.

    20/70/10 percent of 7 people are 1, 5 and 1.
    """
    return largest_remainder([to_micros(level.share or 0) for level in levels], people)


def by_seats(levels: Sequence[Level], standing: Standing) -> Ints:
    """The tier of each position of the standing when nobody looks at ties: best first, as many as there are seats."""
    sizes, which = np.unique(standing.size, return_inverse=True)
    cuts = np.array([np.cumsum(seats(levels, int(size))) for size in sizes], np.int64).reshape(len(sizes), len(levels))
    place = np.arange(len(standing.rows)) - standing.begin
    level = np.zeros_like(place)
    for number in range(len(levels) - 1):
        level += place >= cuts[which, number]
    return level


def settle_ties(tiers: Tiers, standing: Standing, level: Ints, tie: int) -> Ints:
    """The tiers by seats after equals on both sides of a cut are promoted, demoted or left apart.

    ``tie`` is the number of keys besides the total in which people must be equal to be equal.
    """
    first, length = standing.ties[tie]
    last: Ints = first + length - 1
    match tiers.ties:
        case "promote":
            return level[first]
        case "demote":
            return level[last]
        case "break":
            return level


def cut_notes(
    tiers: Tiers, standing: Standing, level: Ints, takes: Flags, tie: int, names: Sequence[Text]
) -> Iterator[Note]:
    """Who is equal to others on both sides of a cut of these tiers by seats, and what decided.

    ``names`` are those of the keys besides the total; ``takes`` says whose tier this is.
    """
    # Per further key: whose company of equals still has seats on both sides.
    split = [level[first] != level[first + length - 1] for first, length in standing.ties[tie:]]
    settled = settle_ties(tiers, standing, level, tie)
    first, length = standing.ties[tie]
    for at in np.flatnonzero(split[0] & takes):
        keys = [names[tie + number - 1] for number, still in enumerate(split) if number and not still[at]]
        words = {
            "count": int(length[at]),
            "better": tiers.levels[level[first[at]]].id,
            "worse": tiers.levels[level[first[at] + length[at] - 1]].id,
        }
        about = tiers.levels[settled[at]].id
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
