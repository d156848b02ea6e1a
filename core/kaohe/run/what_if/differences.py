"""What becomes of whom: two runs of the same facts side by side, in figures of everybody at once. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kaohe.exact import Flags, Ints, divide
from kaohe.run.model import Run
from kaohe.scheme.model import Scheme


@dataclass(frozen=True)
class Pair:
    """A figure before and after; None where there is none."""

    before: int | None
    after: int | None

    @property
    def difference(self) -> int | None:
        return None if self.before is None or self.after is None else self.after - self.before


@dataclass(frozen=True)
class Ways:
    """How many move up and how many move down."""

    up: int
    down: int


@dataclass(frozen=True)
class Level:
    """How many are in a tier."""

    tier: str
    count: Pair


@dataclass(frozen=True)
class TierMove:
    """How many go from one tier to another; None: no tier."""

    before: str | None
    after: str | None
    count: int


@dataclass(frozen=True)
class Money:
    """What is given in all, in fen; how many get more and how much that is together, and likewise less."""

    given: Pair
    more: tuple[int, int]
    less: tuple[int, int]


@dataclass(frozen=True)
class Differences:
    """``people`` and ``graded`` are counts, ``mean`` is the mean total of those graded in millionths; ``totals`` and
    ``ranks`` are of people in both runs with such a figure in both. ``tiers`` is None where the tiers are not the same
    ones in the same order; ``money`` where neither scheme pays any. ``moved``: the codes of those whose standing is
    another, and of those in one run alone; the largest difference in money first, then in points, then in rank.
    """

    people: Pair
    graded: Pair
    mean: Pair
    totals: Ways
    ranks: Ways
    levels: tuple[Level, ...]
    tier_moves: tuple[TierMove, ...]
    tiers: Ways | None
    money: Money | None
    moved: tuple[str, ...]


def differences_of(before: Run, after: Run) -> Differences:
    """Everything that differs in total, rank, tier and money."""
    one, other = _Side(before), _Side(after)
    here, there = _in_both(before.appraisal.people.code, after.appraisal.people.code)
    graded = one.graded[here] & other.graded[there]
    rise = np.where(graded, other.total[there] - one.total[here], 0)
    ranked = (one.rank[here] > 0) & (other.rank[there] > 0)
    climb = np.where(ranked, one.rank[here] - other.rank[there], 0)  # the first rank is the best
    more = other.fen[there] - one.fen[here]
    tiers = one.tier[here], other.tier[there]
    changed = (rise != 0) | (climb != 0) | (more != 0) | (tiers[0] != tiers[1])
    changed |= (one.graded[here] != other.graded[there]) | ((one.rank[here] > 0) != (other.rank[there] > 0))
    codes = np.array(before.appraisal.people.code, object)[here]
    order = np.lexsort((codes[changed].astype(str), -abs(climb[changed]), -abs(rise[changed]), -abs(more[changed])))
    alone = sorted(set(before.appraisal.people.code) ^ set(after.appraisal.people.code))
    return Differences(
        people=Pair(len(one.graded), len(other.graded)),
        graded=Pair(int(one.graded.sum()), int(other.graded.sum())),
        mean=Pair(one.mean, other.mean),
        totals=_ways(rise),
        ranks=_ways(climb),
        levels=_levels(one, other),
        tier_moves=_tier_moves(one, other, *tiers),
        tiers=_tier_ways(before.scheme, after.scheme, *tiers),
        money=_money(one, other, more),
        moved=(*codes[changed][order].tolist(), *alone),
    )


class _Side:
    """One run's columns. ``fen``: what everybody is given, paid now or carried forward."""

    def __init__(self, run: Run) -> None:
        appraisal = run.appraisal
        self.scheme = run.scheme
        self.graded: Flags = appraisal.graded
        self.total: Ints = appraisal.total
        self.rank: Ints = appraisal.rank
        self.tier = np.array([each or "" for each in appraisal.tier], object)
        carried = None if appraisal.money is None else appraisal.money.carried
        self.fen: Ints = appraisal.bonus if carried is None else appraisal.bonus + carried
        self.pays = run.scheme.bonus is not None

    @property
    def mean(self) -> int | None:
        count = int(self.graded.sum())
        return divide(sum(self.total[self.graded].tolist()), count) if count else None

    @property
    def levels(self) -> tuple[str, ...]:
        return _tiers(self.scheme)


def _in_both(before: Sequence[str], after: Sequence[str]) -> tuple[Ints, Ints]:
    """The rows of the people whom both runs have."""
    if before == after:
        rows = np.arange(len(before), dtype=np.int64)
        return rows, rows
    place = {code: row for row, code in enumerate(after)}
    pairs = [(row, place[code]) for row, code in enumerate(before) if code in place]
    return np.array([here for here, _ in pairs], np.int64), np.array([there for _, there in pairs], np.int64)


def _ways(change: Ints) -> Ways:
    return Ways(int((change > 0).sum()), int((change < 0).sum()))


def _tiers(scheme: Scheme) -> tuple[str, ...]:
    return () if scheme.tiers is None else tuple(level.id for level in scheme.tiers.levels)


def _levels(one: _Side, other: _Side) -> tuple[Level, ...]:
    counts = Counter(one.tier.tolist()), Counter(other.tier.tolist())
    names = dict.fromkeys((*other.levels, *one.levels))
    return tuple(Level(name, Pair(counts[0][name], counts[1][name])) for name in names)


def _tier_moves(one: _Side, other: _Side, before: np.ndarray, after: np.ndarray) -> tuple[TierMove, ...]:
    """The moves, by the tiers that they lead to and from, in the order of the schemes."""
    changed = before != after
    counts = Counter(zip(before[changed].tolist(), after[changed].tolist(), strict=True))
    order = {name: number for number, name in enumerate((*other.levels, *one.levels, ""))}
    found = sorted(counts, key=lambda move: (order[move[1]], order[move[0]]))
    return tuple(TierMove(was or None, now or None, counts[was, now]) for was, now in found)


def _tier_ways(before: Scheme, after: Scheme, was: np.ndarray, now: np.ndarray) -> Ways | None:
    """How many gain a higher tier and how many lose theirs; the first of a scheme is the highest."""
    names = _tiers(after)
    if not names or names != _tiers(before):
        return None
    place = {name: number for number, name in enumerate((*names, ""))}
    change = np.array([place[a] - place[b] for a, b in zip(was.tolist(), now.tolist(), strict=True)], np.int64)
    return _ways(change)


def _money(one: _Side, other: _Side, more: Ints) -> Money | None:
    """``more``: what those in both runs get more. Who is in one alone, gets or loses everything."""
    if not (one.pays or other.pays):
        return None
    given = Pair(sum(one.fen.tolist()), sum(other.fen.tolist()))
    up, down = more[more > 0], more[more < 0]
    return Money(given, (len(up), sum(up.tolist())), (len(down), -sum(down.tolist())))
