"""The values of derived indicators, from those that were measured and from targets: exact, rounded half up once."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from kaohe.appraise.columns import LARGEST_VALUE
from kaohe.appraise.facts import evaluate, facts
from kaohe.appraise.model import People, Values
from kaohe.exact import to_micros
from kaohe.language import keyed_ids
from kaohe.scheme.derived import in_order
from kaohe.scheme.model import Measured, Scheme, Subject, UsedIndicator


def derive(
    scheme: Scheme, people: People, values: Mapping[str, Values], level: Subject = "person"
) -> dict[str, Values]:
    """All values, those of derived indicators at the level among them. Each rests on the fewest records of what it is
    made of; what has too few records of its own is unknown to it."""
    known = dict(values)
    least = {each.key: each.min_sample for each in scheme.indicators}
    for each in in_order([each for each in scheme.indicators if each.level == level]):
        data = {key: column.known & (column.sample >= least.get(key, 0)) for key, column in known.items()}
        known[each.key] = _derived(each, people, known, data)
    return known


def _derived(
    each: UsedIndicator | Measured, people: People, known: Mapping[str, Values], data: Mapping[str, np.ndarray]
) -> Values:
    if each.value is None:
        raise ValueError("a derived indicator has an expression")
    rows = np.arange(len(people))
    answers = evaluate(each.value, facts(people, known, data, {}, {}, {}, {}), rows)
    there = np.fromiter((answer is not None for answer in answers), np.bool_, len(people))
    # What is too large is refused with the other values: see missing.enough_data.
    micros = [0 if answer is None else _held(to_micros(answer)) for answer in answers]
    read = {name for function, name in keyed_ids(each.value) if function != "target"}
    samples = [known[key].sample for key in sorted(read) if key in known]
    sample = np.minimum.reduce(samples) if samples else there.astype(np.int64)
    return Values(np.array(micros, np.int64), there, np.where(there, sample, 0))


def _held(micros: int) -> int:
    return max(-LARGEST_VALUE, min(LARGEST_VALUE, micros))
