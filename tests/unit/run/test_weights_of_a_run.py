"""Weights from comparisons or data, and totals by comparison with everybody, in a whole run: explained and refused."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from tests.scenarios.desk import Desk
from tests.tiny import SCHEME, evaluated, write

from kaohe.errors import KaoheError
from kaohe.report.tree import tree_lines
from kaohe.run import Run
from kaohe.run.explanation import explain
from kaohe.run.stored.evidence import summary
from kaohe.text import LANGUAGES

HEAD = "min_coverage = 0.5 }\n"
UNWEIGHTED = "\n".join(line for line in SCHEME.splitlines() if not line.strip().startswith("weight")) + "\n"
DIMENSIONS = SCHEME.replace("weight = 60\n", "").replace("weight = 40\n", "")
PAIRS = '\n[[comparisons]]\nof = "scheme"\npairs = [{ more = "satisfaction", than = "speed", times = 3 }]\n'


def run_of(desk: Desk, text: str, settings: str) -> Run:
    write(desk, "schemes/tiny.toml", text.replace(HEAD, f"{HEAD}{settings}\n"))
    return evaluated(desk)[0]


def spoken(run: Run, row: int, language: str = "en") -> str:
    return "\n".join(tree_lines(explain(run, row), language))


@pytest.fixture
def by_entropy(tiny: Desk) -> Run:
    return run_of(tiny, UNWEIGHTED, 'weights = "entropy"')


@pytest.mark.parametrize("settings", ['total = "topsis"', 'total = "vikor"', 'weights = "relative"'])
def test_totals_are_explained_for_everybody_in_both_languages(tiny: Desk, settings: str) -> None:
    run = run_of(tiny, SCHEME, settings)
    for row in range(len(run.names)):
        for language in LANGUAGES:
            assert "{" not in spoken(run, row, language)


def test_topsis_shows_the_distances_that_give_the_total(tiny: Desk) -> None:
    run = run_of(tiny, SCHEME, 'total = "topsis"')
    assert "among 3 people" in spoken(run, 0)
    assert "away from the best" in spoken(run, 0)
    wrong = replace(run.appraisal, total=run.appraisal.total + 1)
    with pytest.raises(KaoheError, match=r"explain\.disagrees"):
        explain(replace(run, appraisal=wrong), 0)


def test_weights_out_of_the_data_are_recorded_shown_and_recomputed(by_entropy: Run) -> None:
    found = by_entropy.appraisal.data_weights
    assert found is not None
    assert sum(found.weights.values()) == 100
    assert summary(by_entropy)["weights"] == [
        [key, str(found.divergence[key]), str(weight)] for key, weight in found.weights.items()
    ]
    text = spoken(by_entropy, 0)
    assert f"(weight {found.weights['in_time'].normalize()})" in text
    assert "weights out of the data" in text
    other = {**found.weights, "in_time": Decimal(1), "rating": Decimal(99)}
    wrong = replace(by_entropy.appraisal, data_weights=replace(found, weights=other))
    with pytest.raises(KaoheError, match=r"explain\.disagrees"):
        explain(replace(by_entropy, appraisal=wrong), 0)


def test_a_run_whose_people_nothing_tells_apart_says_that_weights_are_equal(tiny: Desk) -> None:
    one = UNWEIGHTED.replace('role == "agent"', 'region == "华东" and team == "none" or bonus_base == 6000')
    run = run_of(tiny, one, 'weights = "entropy"')
    assert "evaluate.equal-weights" in [note.code for note in run.notes]


def test_weights_from_comparisons_are_shown_with_their_consistency(tiny: Desk) -> None:
    run = run_of(tiny, DIMENSIONS + PAIRS, 'weights = "ahp"')
    assert "consistency ratio 0, random index of saaty_1980" in spoken(run, 0)
    (comparison,) = run.scheme.comparisons
    wrong = replace(comparison, weights=(Decimal(26), Decimal(74)))
    with pytest.raises(KaoheError, match=r"explain\.disagrees"):
        explain(replace(run, scheme=replace(run.scheme, comparisons=(wrong,))), 0)


def test_each_way_of_weighing_has_a_digest_of_its_own(tiny: Desk, by_entropy: Run) -> None:
    usual = run_of(tiny, SCHEME, "")
    other = run_of(tiny, SCHEME, 'total = "vikor"')
    assert len({usual.digest, other.digest, by_entropy.digest}) == 3
    assert "weights" not in summary(usual)
