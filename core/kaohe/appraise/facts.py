"""What expressions over people can see, and their evaluation. Only this module knows how an expression is run.

A row is built from the names that an expression uses, and each distinct row is interpreted once: most conditions
meet few distinct rows among many people.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date
from fractions import Fraction
from itertools import chain
from typing import Any

import numpy as np

from kaohe.appraise.coded import Coded, coded
from kaohe.appraise.columns import blocks, told_apart
from kaohe.appraise.model import People, Values
from kaohe.exact import MICRO, Flags, Ints
from kaohe.language import Bounds, Expression, field_names, interpret_records, interpreter, keyed_ids
from kaohe.language.exactly import exactly, finer
from kaohe.language.tree import Field, walk
from kaohe.scheme.model import Outcome, Rule

Name = str | tuple[str, str]
"""A field's name, or a function and its id: ``("points", "crm.nps")``."""


_ANY_TIME = Bounds(date(1, 1, 1), date.max, UTC)
"""Expressions over people name no period; the interpreter wants one nevertheless."""


@dataclass(frozen=True)
class Column:
    """One name over everybody: ``raw`` values (None: unknown), and what an expression reads for each of them."""

    raw: Sequence[Any]
    read: Callable[[Any], Any]


@dataclass(frozen=True)
class Facts:
    """Columns by name; more are added as an appraisal proceeds."""

    people: People
    columns: Mapping[Name, Callable[[], Column]]

    def column(self, name: Name) -> Column:
        """The column of that name: a figure, or an attribute with or without ``person.`` before it."""
        if (found := self.columns.get(name)) is not None:
            return found()
        return Column(self.people.attribute(str(name).removeprefix("person.")), _as_it_is)

    def numbers(self, name: Name, micros: Ints, known: Flags) -> Facts:
        """The same with a column of millionths."""
        return self._with(name, lambda: Column(_listed(micros, known), _from_millionths))

    def counts(self, name: Name, whole: Ints, known: Flags) -> Facts:
        """The same with a column of whole numbers."""
        return self._with(name, lambda: Column(_listed(whole, known), _as_it_is))

    def words(self, name: Name, words: Sequence[str | None]) -> Facts:
        """The same with a column of texts."""
        return self._with(name, lambda: Column(words, _as_it_is))

    def goals(self, name: Name, goals: Sequence[int | None]) -> Facts:
        """The same with a column of targets in millionths."""
        return self._with(name, lambda: Column(goals, _from_millionths))

    def attained(self, key: str, micros: Ints, known: Flags, goals: Sequence[int | None]) -> Facts:
        """The same with values over targets; unknown where either is, and where the target is zero."""

        def column() -> Column:
            reached = zip(_listed(micros, known), goals, strict=True)
            return Column(
                [Fraction(value, goal) if value is not None and goal else None for value, goal in reached], _as_it_is
            )

        return self._with(("attainment", key), column)

    def answers(self, name: Name, answers: Sequence[Any]) -> Facts:
        """The same with a column of what an expression has come to."""
        return self._with(name, lambda: Column(answers, _as_it_is))

    def _with(self, name: Name, column: Callable[[], Column]) -> Facts:
        return replace(self, columns={**self.columns, name: column})


def facts(
    people: People,
    values: Mapping[str, Values],
    data: Mapping[str, Flags],
    points: Mapping[str, Ints],
    counted: Mapping[str, Flags],
    dimension_points: Mapping[str, Ints],
    dimension_counted: Mapping[str, Flags],
) -> Facts:
    """What can be seen once points are known: attributes, value(…) and target(…), points(…), dimension(…)."""
    seen = Facts(people, {})
    for key, goals in people.targets.items():
        seen = seen.goals(("target", key), goals)
        if key in values:
            seen = seen.attained(key, values[key].micros, data.get(key, values[key].known), goals)
    for key, column in values.items():
        seen = seen.numbers(("value", key), column.micros, data.get(key, column.known))
    for key, earned in points.items():
        seen = seen.numbers(("points", key), earned, counted[key])
    for key, earned in dimension_points.items():
        seen = seen.numbers(("dimension", key), earned, dimension_counted[key])
    return seen


def evaluate(expression: Expression, seen: Facts, rows: Ints) -> Coded:
    """The expression for each of the rows: a number, text, boolean or date; None where it is unknown."""
    names: list[Name] = [*sorted(field_names(expression)), *sorted(keyed_ids(expression))]
    compute = _interpreter(expression)
    columns = [seen.column(name) for name in names]
    raw = [_of_rows(column.raw, rows) for column in columns]
    alike, first = told_apart([each.which for each in raw], len(rows))
    values = [each.at(first) for each in raw]

    def answer(number: int) -> Any:
        read = zip(names, columns, values, strict=True)
        return compute({name: _read(column, of_them[number]) for name, column, of_them in read})

    return Coded(alike, [*map(answer, range(len(first)))])


def _of_rows(raw: Sequence[Any], rows: Ints) -> Coded:
    if isinstance(raw, Coded):
        return raw.take(rows)
    numbers = chain.from_iterable(rows[block].tolist() for block in blocks(len(rows)))
    return coded(map(raw.__getitem__, numbers), len(rows))


def _interpreter(expression: Expression) -> Callable[[Mapping[Any, Any]], Any]:
    """The expression for one row; a multiple of what has more decimals than its type is not rounded on the way."""
    compute, exact = interpreter(expression), exactly(expression)
    scales = {each.name: each.type.scale for each in walk(expression.tree) if isinstance(each, Field)}
    if exact is None or not scales:
        return compute

    def either(row: Mapping[Any, Any]) -> Any:
        return exact(row) if any(finer(row[name], scale) for name, scale in scales.items()) else compute(row)

    return either


def _read(column: Column, value: Any) -> Any:
    return None if value is None else column.read(value)


def evaluate_together(expression: Expression, seen: Facts, rows: Ints) -> Fraction | None:
    """An expression over all of these people together: sum(value(…)), mean(total), count()."""
    names: list[Name] = [*sorted(field_names(expression)), *sorted(keyed_ids(expression))]
    columns = [(name, seen.column(name)) for name in names]
    people = ({name: _read(column, column.raw[row]) for name, column in columns} for row in rows.tolist())
    return interpret_records(expression, people, _ANY_TIME)


def follows(condition: Rule | Outcome, seen: Facts, rows: Ints) -> tuple[Ints, Ints]:
    """Of these rows, those for which the condition holds, and those for which it is unknown."""
    answers = evaluate(condition.when, seen, rows)
    return rows[answers.flags(lambda answer: answer is True)], rows[answers.flags(lambda answer: answer is None)]


def _listed(column: Ints, known: Flags) -> list[int | None]:
    listed: list[int | None] = column.tolist()
    for row in np.flatnonzero(~known):
        listed[row] = None
    return listed


def _from_millionths(micros: int) -> Fraction:
    return Fraction(micros, MICRO)


def _as_it_is(value: Any) -> Any:
    return value
