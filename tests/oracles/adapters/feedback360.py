"""360-degree assessment: by relation, or by the published conventions in which each rater carries a weight."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from tests.oracles.case import Case, NotRunnable

from kaohe.appraise.feedback import ByRater, assess, by_rater, trimmed_mean
from kaohe.precise import exact, exact_matrix, exact_row

DECIMALS = 20
TRIMMED = ("trim", "去掉", "highest and lowest")


def run(case: Case) -> dict[str, Any]:
    given = case.inputs
    if "roles" in given:
        roles = given["roles"]
        weights = exact_row(role["role_weight"] for role in roles)
        answers = exact_matrix(role["answers"] for role in roles)
        questions = exact_row(given.get("question_weights", [1] * len(answers[0])))
        return _figures(by_rater(weights, answers, questions, exact(given.get("competency_weight", 1)), DECIMALS))
    listed = next((given[key] for key in ("relations", "groups", "ratings") if key in given), None)
    if isinstance(listed, Mapping):
        return _by_relation(case, listed, given.get("weights", dict.fromkeys(listed, 1)))
    if listed is not None and all("relation" in each for each in listed):
        return _by_relation(case, *_gathered(listed, given.get("weights", {})))
    if listed is not None:
        return _by_rater(listed)
    if "scores" in given:
        trim = int(given.get("trim", any(word in case.title.casefold() for word in TRIMMED)))
        return dict.fromkeys(("trimmed_mean", "mean", "score"), trimmed_mean(exact_row(given["scores"]), trim))
    raise NotRunnable(f"a 360 assessment is not read from {', '.join(given)}")


def _gathered(
    listed: list[Mapping[str, Any]], weights: Mapping[str, Any]
) -> tuple[dict[str, list[Any]], dict[str, Any]]:
    """Ratings written one by one or relation by relation, put under their relations."""
    ratings: dict[str, list[Any]] = {}
    found = dict(weights)
    for each in listed:
        scores = next((each[key] for key in ("scores", "ratings", "score", "mean") if key in each), [])
        ratings.setdefault(each["relation"], []).extend(scores if isinstance(scores, list) else [scores])
        if "weight" in each:
            found[each["relation"]] = each["weight"]
    return ratings, found or dict.fromkeys(ratings, 1)


def _by_rater(ratings: list[Mapping[str, Any]]) -> dict[str, Any]:
    answers = exact_matrix([rating["score"]] for rating in ratings)
    even = by_rater(exact_row([1] * len(ratings)), answers, decimals=DECIMALS)
    computed: dict[str, Any] = {"unweighted_mean": even.score, "mean": even.score}
    if all("weight" in rating for rating in ratings):
        weights = exact_row(rating["weight"] for rating in ratings)
        computed |= _figures(by_rater(weights, answers, decimals=DECIMALS))
    return computed


def _by_relation(case: Case, ratings: Mapping[str, list[Any]], weights: Mapping[str, Any]) -> dict[str, Any]:
    given = case.inputs
    exactly = {relation: exact(weight) for relation, weight in weights.items()}
    scores = {relation: exact_row(each) for relation, each in ratings.items()}
    trim, open_to_all = int(given.get("trim", 0)), dict.fromkeys(ratings, 1)
    limits = {relation: int(least) for relation, least in given.get("thresholds", open_to_all).items()}
    result = assess(scores, exactly, trim=trim, thresholds=limits, decimals=DECIMALS)
    # Means are published whoever may see them.
    everything = assess(scores, exactly, trim=trim, thresholds=open_to_all, decimals=DECIMALS)
    means = {part.relation: part.mean for part in everything.parts}
    withheld = sorted(part.relation for part in result.parts if part.withheld)
    shared = dict.fromkeys(("score", "weighted", "total"), result.score)
    return {**shared, "shown": result.shown, "relation_means": means, "means": means, "withheld": withheld}


def _figures(result: ByRater) -> dict[str, Any]:
    score: Fraction | Any = result.score
    return {
        "contributions": result.contributions,
        "numerator": result.numerator,
        "denominator": result.denominator,
        "weight_sum": result.denominator,
        **dict.fromkeys(("score", "weighted", "total"), score),
    }
