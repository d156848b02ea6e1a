"""Contests: who competes with whom, sorted best first in whole columns, and who is equal to whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kaohe.appraise.coded import coded
from kaohe.appraise.columns import ascending, told_apart
from kaohe.appraise.model import EVERYBODY, People, Values
from kaohe.errors import KaoheError, Problem, fail
from kaohe.exact import Flags, Ints
from kaohe.scheme.model import Ranking, Scheme
from kaohe.text import msg

LAST = -(2**63)
"""Sorts behind every figure: an unknown tie-breaker, a vetoed person."""


@dataclass(frozen=True)
class Groups:
    """The ranking groups: ``number`` per person, their names, and how many graded people each has.

    ``own`` marks graded people who are ranked in their own group; ``merged`` those of small groups who are ranked
    among everybody; ``unranked`` those of small groups who are not ranked.
    """

    number: Ints
    names: tuple[str, ...]
    sizes: Ints
    own: Flags
    merged: Flags
    unranked: Flags


@dataclass(frozen=True)
class Standing:
    """Rows of one contest or several side by side, group after group, best first. All columns are by position.

    ``begin`` is the first position of the group, ``size`` its length. ``ties[0]`` are the runs of the same first key,
    ``ties[k]`` those that are equal in k further keys; a run is its first position and its length.
    """

    rows: Ints
    begin: Ints
    size: Ints
    ties: tuple[tuple[Ints, Ints], ...]


def groups(ranking: Ranking, people: People, graded: Flags) -> Groups:
    """Groups by attributes; those with fewer graded people than ``min_group`` are small."""
    number, names = numbered(ranking.within, people)
    sizes = np.bincount(number[graded], minlength=len(names))
    small = graded & (sizes < ranking.min_group)[number]
    nobody = np.zeros_like(graded)
    merged, unranked = (small, nobody) if ranking.small_groups == "merge" else (nobody, small)
    return Groups(number, names, sizes, graded & ~small, merged, unranked)


def stand(rows: Ints, group: Ints, keys: Sequence[Ints]) -> Standing:
    """Sort rows within their groups by keys, the first key first, the larger figure before the smaller.

    ``group`` and ``keys`` are columns over ``rows``. Whoever is equal in all keys keeps the order of ``rows``.
    """
    order = np.arange(len(rows))
    # From the last key to the first, each sort keeping the order of equals that those before it have made.
    # ~x turns the order of 64-bit integers round without overflow, where −x would not.
    for key in (*(~key for key in reversed(keys)), group):
        order = order[ascending(key[order])]
    begin, size, new = _runs(np.zeros(len(rows), np.bool_), group[order])
    ties = []
    for key in keys:
        first, length, new = _runs(new, key[order])
        ties.append((first, length))
    return Standing(rows[order], begin, size, tuple(ties))


def key_of(scheme: Scheme, key: str, values: Mapping[str, Values], data: Mapping[str, Flags]) -> Ints:
    """A tie-breaker as a column in which the larger figure is the better one; unknown values come last."""
    direction = next(each.indicator.direction for each in scheme.indicators if each.key == key)
    if direction == "target":
        raise _no_direction(key)
    better = values[key].micros if direction == "higher" else -values[key].micros
    return np.where(data[key], better, LAST)


def numbered(within: Sequence[str], people: People) -> tuple[Ints, tuple[str, ...]]:
    """Each person's group by the number, and the names of the groups."""
    if not within:
        return np.zeros(len(people), np.int64), (EVERYBODY,)
    columns = [coded(people.attribute(name), len(people)) for name in within]
    alike, first = told_apart([column.which for column in columns], len(people))
    members = list(zip(*(column.at(first) for column in columns), strict=True))
    numbers: dict[tuple[Any, ...], int] = {}
    for place in np.argsort(first).tolist():  # groups in the order in which people come
        numbers.setdefault(members[place], len(numbers))
    number = np.array([numbers[member] for member in members], np.int64)[alike]
    return number, tuple(" / ".join("—" if part is None else str(part) for part in member) for member in numbers)


def _runs(changes: Flags, column: Ints) -> tuple[Ints, Ints, Flags]:
    """Runs of equal figures: per position the run's first position and its length, and where runs begin.

    ``changes`` marks the beginnings that are already known.
    """
    count = len(column)
    new = changes.copy()
    new[:1] = True
    new[1:] |= column[1:] != column[:-1]
    begins = np.flatnonzero(new)
    lengths = np.diff(np.append(begins, count))
    return np.repeat(begins, lengths), np.repeat(lengths, lengths), new


def _no_direction(key: str) -> KaoheError:
    return fail(
        Problem(
            "appraise.tie-breaker-without-direction",
            msg("{indicator} cannot break ties: neither more nor less of it is better", indicator=key),
            fix=msg("choose an indicator of which more or less is better"),
        )
    )
