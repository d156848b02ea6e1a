"""What a person's papers must not say, because a withheld relation's mean could be worked out from it.

The run keeps everything. Where the recipient may not see what an assessment comes to, its points, its dimension's
points and the total would each give it away, and so would every figure whose expression reads one of these.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cached_property, lru_cache
from typing import Any

from kaohe.language import Expression, field_names, keyed_ids
from kaohe.run.model import Run
from kaohe.scheme.model import Measured, Scheme, UsedIndicator
from kaohe.text import msg

WITHHELD = msg("withheld: too few raters; it counts in full")
GIVES_AWAY = msg("withheld: it would give away a rating by too few people; it counts in full")
Name = str | tuple[str, str]


@dataclass(frozen=True)
class Hidden:
    """Keys and ids of what is not shown of one person. ``values``: not even the value (an assessment, or what is
    derived from one); ``points``: the points; the rest by id. ``total``: neither the total nor what it comes from."""

    values: frozenset[str] = frozenset()
    points: frozenset[str] = frozenset()
    dimensions: frozenset[str] = frozenset()
    adjustments: frozenset[str] = frozenset()
    total: bool = False
    bonus: bool = False


NOTHING = Hidden()


@dataclass(frozen=True)
class Discretion:
    """What is hidden of each person of a run."""

    run: Run

    def of(self, row: int) -> Hidden:
        """What is hidden of the person of that row."""
        assessments = self.run.assessments
        withheld = {key for key, each in assessments.items() if each.values.known[row] and not each.people[row].shown}
        few = {key for key, each in assessments.items() if each.people[row].few}
        for each in self.run.scheme.indicators if few else ():
            if each.assessment is None and any(_of_the_same(each, self._used[key]) for key in few):
                withheld.add(each.key)
        return self._following(frozenset(withheld)) if withheld else NOTHING

    def of_all(self, rows: Iterable[int]) -> list[Hidden]:
        """Likewise of each of these rows."""
        return [self.of(row) if self.run.assessments else NOTHING for row in rows]

    @cached_property
    def _used(self) -> dict[str, UsedIndicator | Measured]:
        return {each.key: each for each in self.run.scheme.indicators}

    @cached_property
    def _following(self) -> Any:
        return lru_cache(maxsize=None)(lambda withheld: _hidden(self.run.scheme, withheld))


def _of_the_same(each: UsedIndicator | Measured, rated: UsedIndicator | Measured) -> bool:
    """Whether an indicator that is no assessment counts the ratings of the same people: a mean of them by condition."""
    one, other = each.indicator, rated.indicator
    return one.records == other.records and one.who == other.who


def _hidden(scheme: Scheme, withheld: frozenset[str]) -> Hidden:
    """Everything from which the values of these indicators could be worked out."""
    values, points = set(withheld), set(withheld)
    names = {(function, key) for key in values for function in ("value", "attainment", "points")}
    before = -1
    while len(names) > before:  # derived indicators and curves may read one another in any order
        before = len(names)
        for each in scheme.indicators:
            if each.indicator.derived is not None and _reads(each.value, names):
                values.add(each.key)
                names |= {("value", each.key), ("attainment", each.key)}
        for used in scheme.weighted:
            if used.key in values or _reads(used.curve, names):
                points.add(used.key)
                names |= {("points", used.key)}
    dimensions = frozenset(each.id for each in scheme.dimensions if any(used.key in points for used in each.indicators))
    read: set[Name] = {*names, *(("dimension", each) for each in dimensions)}
    adjustments = frozenset(each.id for each in scheme.adjustments if _reads(each.points, read))
    total = bool(dimensions or adjustments)
    if total:
        read.add("total")
    return Hidden(
        values=frozenset(values),
        points=frozenset(points),
        dimensions=dimensions,
        adjustments=adjustments,
        total=total,
        bonus=_reads(scheme.bonus, read),
    )


def _reads(part: Any, names: Iterable[Any]) -> bool:
    """Whether any expression within a part of the scheme reads one of the names."""
    wanted = set(names)
    return any(wanted & {*field_names(each), *_looked_up(each)} for each in _expressions(part))


def _looked_up(expression: Expression) -> Iterator[tuple[str, str]]:
    """What an expression looks up; a team's figure (``crm.nps@team``) may be that of one person."""
    for function, key in keyed_ids(expression):
        yield function, key
        yield function, key.partition("@")[0]


def _expressions(part: Any) -> Iterator[Expression]:
    if isinstance(part, Expression):
        yield part
    elif isinstance(part, Mapping):
        for inner in part.values():
            yield from _expressions(inner)
    elif isinstance(part, tuple):
        for inner in part:
            yield from _expressions(inner)
    elif is_dataclass(part):
        for each in fields(part):
            yield from _expressions(getattr(part, each.name))
