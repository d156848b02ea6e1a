"""Everybody's decisions, kept as columns: what is said is said once, and a person's own are gathered when read.

Among a million people nearly everybody is tied with somebody; a tuple for each of them would cost more than all sums.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from kaohe.appraise.coded import Lists
from kaohe.appraise.columns import Wide, ascending, told_apart
from kaohe.appraise.model import Decision, Note
from kaohe.exact import Ints


@dataclass(frozen=True)
class Notes:
    """Many decisions as columns: about the person of ``rows[i]`` the decision ``said[which[i]]``."""

    rows: Ints
    which: Ints
    said: Sequence[Decision]

    def __iter__(self) -> Iterator[Note]:
        return ((row, self.said[number]) for row, number in zip(self.rows.tolist(), self.which.tolist(), strict=True))


class Decisions(Lists[Decision]):
    """One tuple of decisions for each person, in the order they arose."""


def kinds_of(decisions: Sequence[tuple[Decision, ...]], rows: Ints) -> list[tuple[str, ...]]:
    """Of each of these rows the kinds of decisions, in their order."""
    if not isinstance(decisions, Decisions):
        return [tuple(each.kind for each in decisions[row]) for row in rows.tolist()]
    kinds = [each.kind for each in decisions.said]
    listed = [kinds[number] for number in decisions.which.tolist()]
    ends = zip(decisions.begins[rows].tolist(), decisions.begins[rows + 1].tolist(), strict=True)
    return [tuple(listed[begin:end]) for begin, end in ends]


def by_person(notes: Iterable[Iterable[Note]], people: int) -> Decisions:
    """Notes from several sources, in their order, as one tuple of decisions for each of so many people."""
    said: list[Decision] = []
    rows, which = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for source in notes:
        columns = source if isinstance(source, Notes) else _columns(source)
        rows.append(columns.rows)
        which.append(columns.which + len(said))
        said += columns.said
    of_row = np.concatenate(rows)
    begins = np.zeros(people + 1, np.int64)
    np.cumsum(np.bincount(of_row, minlength=people), out=begins[1:])
    return Decisions(begins, np.concatenate(which)[ascending(of_row)], tuple(said))


def _columns(notes: Iterable[Note]) -> Notes:
    listed = list(notes)
    rows = np.array([row for row, _ in listed], np.int64)
    one = {id(decision): decision for _, decision in listed}  # the same is often said of many
    numbers = {name: number for number, name in enumerate(one)}
    which = np.array([numbers[id(decision)] for _, decision in listed], np.int64)
    return Notes(rows, which, [*one.values()])


def noted(rows: Ints, alike: Sequence[Wide], say: Callable[[int], Decision]) -> Notes:
    """About each of these rows what is said of the first (its position among them) that is equal to it in the columns
    ``alike`` over the rows."""
    number, first = told_apart(alike, len(rows))
    return Notes(rows, number, [say(position) for position in first.tolist()])


def told(rows: Ints, decision: Decision) -> Notes:
    """The same decision about everybody of these rows."""
    return Notes(rows, np.zeros(len(rows), np.int64), (decision,))
