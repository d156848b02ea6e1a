"""Weights that come from the points of the people appraised (entropy), and a scheme that carries them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np

from kaohe.appraise.entropy import divergence
from kaohe.exact import MICRO, Flags, Ints, from_micros, largest_remainder
from kaohe.precise import FIFTY_DIGITS, rounded
from kaohe.scheme.model import Scheme

_DIGITS = 10**45


@dataclass(frozen=True)
class DataWeights:
    """By key of the indicator: ``divergence``, how unevenly points are spread (0 to 1, six decimals), and the weight
    in percent of the whole, which sum to exactly 100. ``people`` is how many were looked at. Where nothing tells any
    of them apart (not ``told_apart``) all weigh the same."""

    people: int
    divergence: Mapping[str, Decimal]
    weights: Mapping[str, Decimal]
    told_apart: bool


def weights_of_data(scheme: Scheme, points: Mapping[str, Ints], data: Mapping[str, Flags]) -> DataWeights:
    """Entropy weights over those who have data for every weighted indicator; points below zero count as zero.

    Computed at fifty digits, and given as percentages with six decimals by largest remainder.
    """
    keys = [used.key for used in scheme.weighted]
    whole = np.logical_and.reduce([data[key] for key in keys])
    spread = [divergence(np.maximum(points[key][whole], 0)) for key in keys]
    with localcontext(FIFTY_DIGITS):
        told_apart = sum(spread, Decimal(0)) > 0
    parts = [int(Fraction(part) * _DIGITS) if told_apart else 1 for part in spread]
    units = largest_remainder(parts, 100 * MICRO)
    return DataWeights(
        people=int(whole.sum()),
        divergence={key: rounded(part) for key, part in zip(keys, spread, strict=True)},
        weights={key: from_micros(part) for key, part in zip(keys, units, strict=True)},
        told_apart=told_apart,
    )


def weighed(scheme: Scheme, found: DataWeights | None) -> Scheme:
    """The scheme with those weights; a dimension weighs what its indicators weigh together."""
    if found is None:
        return scheme
    dimensions = []
    for dimension in scheme.dimensions:
        used = tuple(replace(each, weight=found.weights[each.key]) for each in dimension.indicators)
        weight = sum((each.weight for each in used), Decimal(0))
        dimensions.append(replace(dimension, weight=weight, indicators=used))
    return replace(scheme, dimensions=tuple(dimensions))
