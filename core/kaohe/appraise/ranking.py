"""Ranks within groups. People equal in total are told apart by tie-breakers; whoever is still equal stays equal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from kaohe.appraise.decisions import Notes, noted
from kaohe.appraise.model import EVERYBODY, Decision, Note
from kaohe.appraise.standing import LAST, Groups, Standing, stand
from kaohe.exact import MICRO, Flags, Ints, divide_columns
from kaohe.scheme.model import Ranking
from kaohe.text import Message, Text, msg

Method = Literal["competition", "dense", "ordinal"]


@dataclass(frozen=True)
class Contest:
    """A standing, and the people who take their rank and tier from it; the others only make up its numbers.

    ``names`` are those of its groups, in order; ``everybody``: it is the one that small groups merge into.
    """

    standing: Standing
    takes: Flags
    names: tuple[str, ...]
    everybody: bool = False


@dataclass(frozen=True)
class Ranked:
    """Per person: rank (0: unranked), percentile rank in millionths, group name and its number of graded people; and
    why. The percentile rank is (rank − 1) / (n − 1) whatever the method of ranking, with the least rank of equals: 0
    of the best, and of somebody alone."""

    rank: Ints
    percentile: Ints
    group: tuple[str | None, ...]
    group_size: Ints
    notes: tuple[Iterable[Note], ...]


def contests_of(
    total: Ints, graded: Flags, vetoed: Flags, divided: Groups, breakers: Sequence[Ints]
) -> tuple[Contest, ...]:
    """Each group for itself, and everybody together where small groups are merged; the vetoed stand last."""
    keys = [np.where(vetoed, LAST, total), *breakers]
    listed = []
    if divided.own.any():
        rows = np.flatnonzero(divided.own)
        standing = stand(rows, divided.number[rows], [key[rows] for key in keys])
        names = tuple(divided.names[number] for number in np.unique(divided.number[rows]))
        listed.append(Contest(standing, divided.own, names))
    if divided.merged.any():
        rows = np.flatnonzero(graded)
        standing = stand(rows, np.zeros_like(rows), [key[rows] for key in keys])
        listed.append(Contest(standing, divided.merged, (EVERYBODY,), everybody=True))
    return tuple(listed)


def ranks(standing: Standing, method: Method) -> Ints:
    """Ranks from 1, by position. Equals share a rank: 1 2 2 4 (competition), 1 2 2 3 (dense); or none do (ordinal)."""
    position = np.arange(len(standing.rows))
    first, _ = standing.ties[-1]
    match method:
        case "competition":
            return first - standing.begin + 1
        case "ordinal":
            return position - standing.begin + 1
        case "dense":
            seen: Ints = np.cumsum(first == position)
            return seen - seen[standing.begin] + 1


def rank(ranking: Ranking, divided: Groups, contests: tuple[Contest, ...], names: tuple[Text, ...]) -> Ranked:
    """Everybody's rank in the contest they take part in. ``names`` are those of the ranking's tie-breakers."""
    rank = np.zeros(len(divided.number), np.int64)
    percentile, size = np.zeros_like(rank), np.zeros_like(rank)
    notes: list[Iterable[Note]] = [tuple(_group_notes(ranking, divided))]
    for contest in contests:
        standing = contest.standing
        takes = contest.takes[standing.rows]
        rows = standing.rows[takes]
        rank[rows] = ranks(standing, ranking.method)[takes]
        better = (ranks(standing, "competition") - 1)[takes]
        percentile[rows] = divide_columns(better, np.maximum(standing.size[takes] - 1, 1), MICRO)
        size[rows] = standing.size[takes]
        notes.append(_tie_notes(standing, takes, names, ranking.method))
    return Ranked(rank, percentile, _group_names(divided), size, tuple(notes))


def _tie_notes(standing: Standing, takes: Flags, names: tuple[Text, ...], method: Method) -> Notes:
    same_total = standing.ties[0][1]
    still_equal = standing.ties[-1][1]
    # The depth at which a person's company of equals last became smaller is the tie-breaker that decided.
    depth = np.zeros(len(same_total), np.int64)
    for number in range(1, len(standing.ties)):
        depth[standing.ties[number][1] < standing.ties[number - 1][1]] = number
    tied = np.flatnonzero((same_total > 1) & takes)
    columns = [column[tied] for column in (same_total, still_equal, depth)]

    def say(position: int) -> Decision:
        count, left, key = (int(column[position]) for column in columns)
        return Decision("tie", "rank", _tie_words(count, left, names[key - 1] if key else None, method))

    return noted(standing.rows[tied], columns, say)


def _tie_words(count: int, left: int, decider: Text | None, method: Method) -> Message:
    words = {"count": count, "left": left, "indicator": decider}
    if left > 1 and method == "ordinal":
        if decider is None:
            return msg("{count} people have the same total: decided by the order of their codes", **words)
        return msg(
            "{count} people have the same total: decided by {indicator}, and among {left} by the order of their codes",
            **words,
        )
    if decider is None:
        return msg("{count} people have the same total and share the rank", **words)
    if left > 1:
        return msg("{count} people have the same total: decided by {indicator}, {left} still share the rank", **words)
    return msg("{count} people have the same total: decided by {indicator}", **words)


def _group_names(divided: Groups) -> tuple[str | None, ...]:
    names = np.array([*divided.names, EVERYBODY, None], object)
    everybody, nobody = len(divided.names), len(divided.names) + 1
    number = np.where(divided.own, divided.number, np.where(divided.merged, everybody, nobody))
    return tuple(names[number].tolist())


def _group_notes(ranking: Ranking, divided: Groups) -> Iterator[Note]:
    words = {"needed": ranking.min_group}
    for row in np.flatnonzero(divided.merged):
        number = divided.number[row]
        what = msg(
            "{count} graded in {group}, {needed} needed: ranked among everybody",
            count=int(divided.sizes[number]),
            group=divided.names[number],
            **words,
        )
        yield int(row), Decision("group", divided.names[number], what)
    for row in np.flatnonzero(divided.unranked):
        number = divided.number[row]
        what = msg(
            "{count} graded in {group}, {needed} needed: unranked",
            count=int(divided.sizes[number]),
            group=divided.names[number],
            **words,
        )
        yield int(row), Decision("group", divided.names[number], what)
