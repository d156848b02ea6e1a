"""360-degree assessment: by relation, or by the published conventions in which each rater carries a weight."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from tests.oracles.case import Case, NotRunnable

from kaohe.appraise.feedback import ByRater, assess, by_rater, disclose
from kaohe.appraise.precise import exact, exact_matrix, exact_row

DECIMALS = 20


def run(case: Case) -> dict[str, Any]:
    given = case.inputs
    if "roles" in given:
        roles = given["roles"]
        weights = exact_row(role["role_weight"] for role in roles)
        answers = exact_matrix(role["answers"] for role in roles)
        questions = exact_row(given.get("question_weights", [1] * len(answers[0])))
        return _figures(by_rater(weights, answers, questions, exact(given.get("competency_weight", 1)), DECIMALS))
    if "ratings" in given and isinstance(given["ratings"], list):
        return _by_rater(given["ratings"])
    for key in ("ratings", "relations"):
        if isinstance(given.get(key), Mapping):
            return _by_relation(case, given[key])
    raise NotRunnable(f"a 360 assessment is not read from {', '.join(given)}")


def _by_rater(ratings: list[Mapping[str, Any]]) -> dict[str, Any]:
    answers = exact_matrix([rating["score"]] for rating in ratings)
    even = by_rater(exact_row([1] * len(ratings)), answers, decimals=DECIMALS)
    computed: dict[str, Any] = {"unweighted_mean": even.score, "mean": even.score}
    if all("weight" in rating for rating in ratings):
        weights = exact_row(rating["weight"] for rating in ratings)
        computed |= _figures(by_rater(weights, answers, decimals=DECIMALS))
    return computed


def _by_relation(case: Case, ratings: Mapping[str, list[Any]]) -> dict[str, Any]:
    given = case.inputs
    weights = {relation: exact(weight) for relation, weight in given.get("weights", dict.fromkeys(ratings, 1)).items()}
    scores = {relation: exact_row(each) for relation, each in ratings.items()}
    open_to_all = dict.fromkeys(ratings, 1)
    trim = int(given.get("trim", 0))
    result = assess(scores, weights, trim=trim, thresholds=open_to_all, decimals=DECIMALS)
    means = {part.relation: part.mean for part in result.parts}
    limits = {relation: int(least) for relation, least in given.get("thresholds", {}).items()}
    seen = disclose({relation: len(each) for relation, each in ratings.items()}, weights, limits or open_to_all)
    shared = dict.fromkeys(("score", "weighted", "total"), result.score)
    return {**shared, "relation_means": means, "means": means, "withheld": sorted(seen.withheld)}


def _figures(result: ByRater) -> dict[str, Any]:
    score: Fraction | Any = result.score
    return {
        "contributions": result.contributions,
        "numerator": result.numerator,
        "denominator": result.denominator,
        "weight_sum": result.denominator,
        **dict.fromkeys(("score", "weighted", "total"), score),
    }
