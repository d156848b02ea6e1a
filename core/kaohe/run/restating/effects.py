"""Who gains and who loses by a restatement, how much, and why: two runs of one period side by side. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from kaohe.appraise.manual import ManualChange
from kaohe.exact import Flags, Ints
from kaohe.plugin import Indicator
from kaohe.run.assessment.disclosure import NOTHING, Discretion, Hidden
from kaohe.run.figures import points_in_words, value_in_words
from kaohe.run.model import Run
from kaohe.run.restating.differences import carried, differences
from kaohe.scheme.model import Adjustment, UsedIndicator
from kaohe.text import Message, msg


@dataclass(frozen=True)
class Standing:
    """How one person stands in a run: ``total`` in millionths (None: not graded, or not to be told), ``rank`` from 1
    (0: unranked), the ``bonus`` in fen, and what the run itself has ``carried`` forward besides."""

    graded: bool
    total: int | None
    rank: int
    tier: str | None
    bonus: int
    carried: int

    @property
    def entitled(self) -> int:
        """What the run gives in all, paid now or carried forward, in fen."""
        return self.bonus + self.carried


@dataclass(frozen=True)
class Effect:
    """One person in whom anything moved. ``before`` or ``after`` None: not in that run. ``fen`` is the difference to be
    posted; ``why`` what moved, the person's own figures first."""

    code: str
    name: str
    before: Standing | None
    after: Standing | None
    fen: int
    why: tuple[Message, ...]


def effects(
    before: Run,
    after: Run,
    manual: tuple[tuple[ManualChange, ...], tuple[ManualChange, ...]] = ((), ()),
    codes: Sequence[str] | None = None,
) -> tuple[Effect, ...]:
    """Everybody in whom anything moved, by code; or these, in their order. ``manual``: the changes that went into each
    of the two."""
    posted = differences(before, after, codes)
    changed: dict[str, list[ManualChange]] = defaultdict(list)
    for each in sorted(set(manual[0]) ^ set(manual[1]), key=lambda each: each.number):
        changed[each.person].append(each)
    if codes is None:
        codes = sorted({*before.appraisal.people.code, *after.appraisal.people.code})
    sides = _Sides(before, after, codes)
    found = (sides.effect(code, posted.get(code, 0), changed.get(code, ())) for code in codes)
    return tuple(filter(None, found))


class _Sides:
    """The two runs, each person's rows in them, what may not be told of either, and in whom of those asked for which
    indicators and adjustments moved."""

    def __init__(self, before: Run, after: Run, codes: Sequence[str]) -> None:
        self.runs = (before, after)
        self.rows = tuple({code: row for row, code in enumerate(run.appraisal.people.code)} for run in self.runs)
        self.discretion = tuple(map(Discretion, self.runs))
        self.quota = after.scheme.tiers is not None and after.scheme.tiers.kind == "quota"
        # By other rules one moves without anybody's doing.
        self.same_rules = before.scheme.digest == after.scheme.digest
        both = [code for code in codes if all(code in rows for rows in self.rows)]
        self.place = {code: place for place, code in enumerate(both)}
        one, other = (np.array([rows[code] for code in both], np.int64) for rows in self.rows)
        self.indicators = [(used, _moved(before, after, used.key, one, other)) for used in _weighted(before, after)]
        self.adjustments = [
            (each, _added(before, each.id, one) != _added(after, each.id, other))
            for each in _adjustments(before, after)
        ]

    def effect(self, code: str, fen: int, by_hand: Sequence[ManualChange]) -> Effect | None:
        one, other = (self._standing(side, code) for side in (0, 1))
        own = [msg("manual change {number}: {reason}", number=each.number, reason=each.reason) for each in by_hand]
        if one is None or other is None:
            own += [msg("not in the run before") if one is None else msg("not in the run any more")]
        else:
            own += self._own(code)
        if not own and one == other:
            return None
        itself = bool(own) or not self.same_rules
        why = (*own, *self._following(code, one, other, own=itself)) if one and other else tuple(own)
        side = 1 if other is not None else 0
        return Effect(code, self.runs[side].names[self.rows[side][code]], one, other, fen, why)

    def _standing(self, side: int, code: str) -> Standing | None:
        if code not in self.rows[side]:
            return None
        run, row = self.runs[side], self.rows[side][code]
        appraisal, graded = run.appraisal, bool(run.appraisal.graded[row])
        told = graded and not self._hidden(code).total
        return Standing(
            graded,
            int(appraisal.total[row]) if told else None,
            int(appraisal.rank[row]),
            appraisal.tier[row],
            int(appraisal.bonus[row]),
            carried(run, row),
        )

    def _hidden(self, code: str) -> Hidden:
        """What is not told of either run is told of neither: each would give the other away."""
        found = [each.of(rows[code]) for each, rows in zip(self.discretion, self.rows, strict=True) if code in rows]
        if all(each == NOTHING for each in found):
            return NOTHING
        return Hidden(
            values=frozenset().union(*(each.values for each in found)),
            points=frozenset().union(*(each.points for each in found)),
            adjustments=frozenset().union(*(each.adjustments for each in found)),
            total=any(each.total for each in found),
            bonus=any(each.bonus for each in found),
        )

    def _own(self, code: str) -> list[Message]:
        """The indicators and adjustments that moved."""
        (before, after), (one, other) = self.runs, (self.rows[0][code], self.rows[1][code])
        hidden, said, place = self._hidden(code), list[Message](), self.place[code]
        for used, moved in self.indicators:
            if not moved[place]:
                continue
            name = used.indicator.name
            values = [_value(run, used.key, row) for run, row in ((before, one), (after, other))]
            points = [_points(run, used.key, row) for run, row in ((before, one), (after, other))]
            if used.key in hidden.points or used.key in hidden.values:
                said.append(msg("{indicator}: moved; withheld", indicator=name))
                continue
            was, now = (_score(used.indicator, value, score) for value, score in zip(values, points, strict=True))
            said.append(msg("{indicator}: {before} → {after}", indicator=name, before=was, after=now))
            if values[0] == values[1]:
                said[-1] = msg(
                    "{indicator}: {before} → {after}, by the others' values", indicator=name, before=was, after=now
                )
        for each, moved in self.adjustments:
            if moved[place] and each.id not in hidden.adjustments:
                was_points, now_points = (
                    int(_added(run, each.id, np.array([row]))[0]) for run, row in ((before, one), (after, other))
                )
                words = {"before": points_in_words(was_points), "after": points_in_words(now_points)}
                said.append(msg("{indicator}: {before} → {after}", indicator=each.name, **words))
        return said

    def _following(self, code: str, one: Standing, other: Standing, *, own: bool) -> Iterator[Message]:
        """What followed in total, rank, tier and money, and whose doing that is where nothing of one's own moved."""
        decimals = self.runs[1].scheme.decimals
        if one.graded != other.graded:
            yield msg("graded now") if other.graded else msg("not graded any more")
        if one.total is not None and other.total is not None and one.total != other.total:
            was, now = points_in_words(one.total, decimals), points_in_words(other.total, decimals)
            yield msg("total {before} → {after}", before=was, after=now)
        if one.rank != other.rank:
            words = {"before": str(one.rank or "–"), "after": str(other.rank or "–")}
            yield (
                msg("rank {before} → {after}", **words)
                if own
                else msg("rank {before} → {after}, as others moved", **words)
            )
        if one.tier != other.tier:
            words = {"before": one.tier or "–", "after": other.tier or "–"}
            if not own and self.quota:
                yield msg("tier {before} → {after}: the seats go to others", **words)
            else:
                yield msg("tier {before} → {after}", **words)
        if not own and one.tier == other.tier and one.entitled != other.entitled:
            if self._pooled(code):
                yield msg("the pool is split otherwise, as others' claims moved")
            else:
                yield msg("by the figures of others")

    def _pooled(self, code: str) -> bool:
        money = self.runs[1].appraisal.money
        return money is not None and int(money.pool[self.rows[1][code]]) >= 0


def _weighted(before: Run, after: Run) -> list[UsedIndicator]:
    """The weighted indicators of the later scheme, and those that it has no more."""
    keys = {used.key for used in after.scheme.weighted}
    return [*after.scheme.weighted, *(used for used in before.scheme.weighted if used.key not in keys)]


def _adjustments(before: Run, after: Run) -> list[Adjustment]:
    ids = {each.id for each in after.scheme.adjustments}
    return [*after.scheme.adjustments, *(each for each in before.scheme.adjustments if each.id not in ids)]


def _moved(before: Run, after: Run, key: str, one: Ints, other: Ints) -> Flags:
    """In whom the indicator's value or points are others: of the people in these rows of the two runs."""
    pairs = zip(_figures(before, key, one), _figures(after, key, other), strict=True)
    moved: Flags = np.logical_or.reduce([was != now for was, now in pairs])
    return moved


def _figures(run: Run, key: str, rows: Ints) -> tuple[Ints | Flags, ...]:
    """Whether there is a value, and which; whether there are points, and which. 0 where there is none."""
    appraisal, nobody = run.appraisal, np.zeros(len(rows), np.bool_)
    values = appraisal.values.get(key)
    known = nobody if values is None else values.known[rows]
    counted = appraisal.counted[key][rows] if key in appraisal.counted else nobody
    value = known * 0 if values is None else np.where(known, values.micros[rows], 0)
    points = np.where(counted, appraisal.points[key][rows], 0) if key in appraisal.points else counted * 0
    return known, value, counted, points


def _added(run: Run, key: str, rows: Ints) -> Ints:
    points = run.appraisal.adjustment_points
    return points[key][rows] if key in points else np.zeros(len(rows), np.int64)


def _value(run: Run, key: str, row: int) -> int | None:
    values = run.appraisal.values.get(key)
    return int(values.micros[row]) if values is not None and values.known[row] else None


def _points(run: Run, key: str, row: int) -> int | None:
    appraisal = run.appraisal
    return int(appraisal.points[key][row]) if key in appraisal.counted and appraisal.counted[key][row] else None


def _score(indicator: Indicator, value: int | None, points: int | None) -> Message:
    measured = msg("no data") if value is None else value_in_words(indicator, value)
    if points is None:
        return measured
    return msg("{value} ({points})", value=measured, points=points_in_words(points))
