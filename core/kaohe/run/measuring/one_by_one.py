"""Single records for the bonus that looks each of them up by itself: the terms of an indicator's sum."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from kaohe.appraise.model import People, Records
from kaohe.engine import Engine, Relations, Request, Rows
from kaohe.language import Bounds, Expression, Type, aggregates
from kaohe.language.tree import Call
from kaohe.plugin import RecordType
from kaohe.records import Snapshot
from kaohe.run.measuring.measure import requests
from kaohe.scheme.model import Scheme


def with_records(
    scheme: Scheme,
    people: People,
    engine: Engine,
    snapshot: Snapshot,
    window: Bounds,
    record_types: Mapping[str, RecordType],
    relations: Relations,
) -> People:
    """The people with the records that the bonus reads its table for, where it reads them one by one.

    A record without an amount is no term of the sum. Of a record that is credited to several everybody has a part.
    """
    key = None if scheme.bonus is None else scheme.bonus.per_record
    if key is None:
        return people
    whose, amounts, scales = [], [], []
    for request in requests(scheme, record_types):
        if request.key == key:
            wanted, scale = _terms(request)
            found = engine.rows(wanted, snapshot, window, people.code, relations)
            column = found.numbers(0)
            whose.append(found.person[column.known])
            amounts.append(column.values[column.known])
            scales.append(scale)
    most = max(scales)
    # Python's integers: with more decimals 64 bits may not hold an amount.
    whole = [each.astype(object) * 10 ** (most - scale) for each, scale in zip(amounts, scales, strict=True)]
    person = np.concatenate(whose)
    order = np.argsort(person, kind="stable")
    begins = np.searchsorted(person[order], np.arange(len(people) + 1))
    return replace(people, records=Records(begins, np.concatenate(whole)[order], 10**most))


def _terms(request: Request) -> tuple[Rows, int]:
    """What is added up, of which records, and its decimals."""
    (aggregate,) = aggregates(request.value)
    argument = aggregate.argument
    if argument is None:
        raise ValueError("a sum adds something up")
    where = request.where
    if aggregate.condition is not None:
        tree = aggregate.condition
        tree = tree if where is None else Call("and", (where.tree, tree), Type("boolean"))
        where = Expression("", tree, Type("boolean"))
    column = Expression("", argument, argument.type)
    rows = Rows(request.records, request.who, request.when, where, (column,), request.joins, request.describing)
    return rows, argument.type.scale
