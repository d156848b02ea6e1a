"""Weights that come out of the data of a run: as data to be kept, and a word where there was nothing to come from."""

from __future__ import annotations

from kaohe.appraise.data_weights import DataWeights
from kaohe.errors import Place, Problem
from kaohe.scheme.model import Scheme
from kaohe.text import msg


def weights_note(scheme: Scheme, found: DataWeights | None) -> list[Problem]:
    """A word on weights that had no data to come from."""
    if found is None or found.told_apart:
        return []
    return [
        Problem(
            "evaluate.equal-weights",
            msg(
                "all indicators weigh the same: nothing tells the {people} people apart who have data for all of them",
                people=found.people,
            ),
            Place(key=scheme.id),
            severity="warning",
        )
    ]


def weights_data(found: DataWeights) -> list[list[str]]:
    """The weights as data, to be kept with the run."""
    return [[key, str(found.divergence[key]), str(weight)] for key, weight in found.weights.items()]
