"""360-degree assessment: by relation, or by the published conventions in which each rater carries a weight."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from tests.oracles.case import Case, Named, NotRunnable
from tests.oracles.language import computed, of_values
from tests.oracles.reading import listing, missing, number, share

from kaohe.appraise.alternatives import weighted_sum
from kaohe.appraise.feedback import ByRater, assess, by_rater, rescaled, trimmed_mean
from kaohe.precise import Column, exact, exact_matrix, exact_row, transposed

DECIMALS = 20
TRIMMED = ("trim", "去掉", "highest and lowest", "olympic")
LISTS = ("relations", "groups", "ratings", "raters", "sources", "by_relation")
RELATION, SCORES = (
    ("relation", "role", "group", "type", "category"),
    ("scores", "ratings", "answers", "score", "mean", "average"),
)
THRESHOLDS = ("thresholds", "min_raters", "minimum_raters", "anonymity")
RATER = ("rater", "name", "who")


def run(case: Case) -> dict[str, Any]:
    given = case.inputs
    if "roles" in given:
        return _by_role(case)
    if isinstance(given.get("competencies"), list):
        return _competencies(case)
    if {"scale", "to"} <= set(given):
        return {"score": rescaled(exact(number(given["score"])), *(_scale(given[key]) for key in ("scale", "to")))}
    if {"self", "others"} <= set(given):
        return _gap(case)
    listed = next((given[key] for key in LISTS if key in given), None)
    if isinstance(listed, Mapping):
        return _by_relation(case, *_of_mapping(listed, given.get("weights", {})))
    if isinstance(listed, list) and all(isinstance(each, Mapping) for each in listed):
        excluded = [str(each) for each in given.get("exclude", [])]
        kept = [each for each in listed if not {_text(each, RELATION), _text(each, RATER)} & set(excluded)]
        named = any(_text(each, RELATION) for each in kept)
        weighted = any("weight" in each for each in kept) or bool(given.get("weights"))
        one_by_one = any(_text(each, RATER) for each in kept)
        if named and (weighted or not one_by_one):
            return _by_relation(case, *_gathered(kept, given.get("weights", {})))
        return _by_rater(kept)
    table = next((given[key] for key in ("answers", "matrix", *LISTS) if _is_table(given.get(key))), None)
    if table is not None:
        return _by_question(case, exact_matrix(table))
    if "scores" in given:
        words = case.said("method") + " " + str(given.get("title", "")).casefold()
        trim = int(case.first("trim", "drop_high", default=any(word in words for word in TRIMMED)))
        return dict.fromkeys(("trimmed_mean", "mean", "score"), trimmed_mean(exact_row(given["scores"]), trim))
    raise NotRunnable(f"a 360 assessment is not read from {', '.join(given)}")


def _by_role(case: Case) -> dict[str, Any]:
    roles = case.inputs["roles"]
    weights = exact_row(role.get("role_weight", role.get("weight", 1)) for role in roles)
    answers = exact_matrix(role["answers"] if "answers" in role else [role["score"]] for role in roles)
    questions = exact_row(case.inputs.get("question_weights", [1] * len(answers[0])))
    return _figures(by_rater(weights, answers, questions, exact(case.inputs.get("competency_weight", 1)), DECIMALS))


def _is_table(listed: Any) -> bool:
    return isinstance(listed, list) and bool(listed) and all(isinstance(row, list) for row in listed)


def _text(rating: Mapping[str, Any], keys: Sequence[str]) -> str:
    return str(next((rating[key] for key in keys if key in rating), ""))


def _scores(written: Any) -> list[Any]:
    """Ratings of a relation, without those that were not given."""
    listed = written if isinstance(written, list) else [written]
    return [number(each) for each in listed if not missing(each)]


def _of_mapping(listed: Mapping[str, Any], weights: Mapping[str, Any]) -> tuple[dict[str, list[Any]], dict[str, Any]]:
    """Ratings by relation: the scores, or {mean, weight}."""
    rows = [
        {"relation": name, **each} if isinstance(each, Mapping) else {"relation": name, "scores": each}
        for name, each in listed.items()
    ]
    return _gathered(rows, weights)


def _gathered(
    listed: Sequence[Mapping[str, Any]], weights: Mapping[str, Any]
) -> tuple[dict[str, list[Any]], dict[str, Any]]:
    """Ratings written one by one or relation by relation, put under their relations."""
    ratings: dict[str, list[Any]] = {}
    found = dict(weights)
    for each in listed:
        written = next((each[key] for key in SCORES if key in each), [])
        relation = _text(each, RELATION)
        ratings.setdefault(relation, []).extend(_scores(written))
        if "weight" in each:
            found[relation] = each["weight"]
    return ratings, found or dict.fromkeys(ratings, 1)


def _by_rater(ratings: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    answers = exact_matrix([number(_first(rating))] for rating in ratings)
    even = by_rater(exact_row([1] * len(ratings)), answers, decimals=DECIMALS)
    computed_: dict[str, Any] = dict.fromkeys(("unweighted_mean", "mean", "score", "average"), even.score)
    if not all("weight" in rating for rating in ratings):
        return computed_
    weights = exact_row(number(rating["weight"]) for rating in ratings)
    found = _figures(by_rater(weights, answers, decimals=DECIMALS))
    if sum(weights) > 2:
        # Weights in percent: each contributes its percentage.
        shares = exact_row(share(number(rating["weight"])) for rating in ratings)
        found["contributions"] = by_rater(shares, answers, decimals=DECIMALS).contributions
    return computed_ | found


def _first(rating: Mapping[str, Any]) -> Any:
    written = next((rating[key] for key in SCORES if key in rating), None)
    if isinstance(written, list):
        return of_values("mean(x)", written)
    return written


def _by_question(case: Case, answers: tuple[Column, ...]) -> dict[str, Any]:
    """Raters in rows, questions in columns, every answer alike unless weights are given."""
    raters = exact_row(case.inputs.get("rater_weights", [1] * len(answers)))
    questions = exact_row(case.inputs.get("question_weights", [1] * len(answers[0])))
    result = _figures(by_rater(raters, answers, questions, decimals=DECIMALS))
    means = [
        by_rater(raters, exact_matrix([each] for each in column), decimals=DECIMALS).score
        for column in transposed(answers)
    ]
    return {**result, **dict.fromkeys(("question_means", "item_means", "means"), tuple(means)), "mean": result["score"]}


def _gap(case: Case) -> dict[str, Any]:
    """What somebody thinks of themselves against what others think of them."""
    others, own = _scores(case.inputs["others"]), of_values("mean(x)", _scores(case.inputs["self"]))
    mean = of_values("mean(x)", others)
    gap = computed("sum(own) - sum(mean)", [{"own": own, "mean": mean}])
    return {**dict.fromkeys(("others_mean", "mean"), mean), **dict.fromkeys(("gap", "difference"), gap)}


def _competencies(case: Case) -> dict[str, Any]:
    """Each competency by relation, then weighted."""
    listed = case.inputs["competencies"]
    names = [_text(each, ("name", "id", "competency")) for each in listed]
    scores = []
    for each in listed:
        written = each.get("ratings", each.get("scores"))
        rows = _of_mapping(written, case.inputs.get("weights", {})) if isinstance(written, Mapping) else None
        scores.append(_by_relation(case, *rows)["score"] if rows else trimmed_mean(exact_row(_scores(written))))
    weights = exact_row(number(each.get("weight", 1)) for each in listed)
    whole = by_rater(weights, [exact_row([score]) for score in scores], decimals=DECIMALS)
    (total,) = weighted_sum(exact_matrix([scores]), weights, DECIMALS)
    by_name = Named(scores, names)
    return {**dict.fromkeys(("scores", "competencies"), by_name), "score": whole.score, "weighted_sum": total}


def _by_relation(case: Case, ratings: Mapping[str, list[Any]], weights: Mapping[str, Any]) -> dict[str, Any]:
    given = case.inputs
    exactly = {relation: exact(number(weight)) for relation, weight in weights.items()}
    for relation in given.get("exclude", []):
        exactly[relation] = Fraction(0)
    scores = {relation: exact_row(each) for relation, each in ratings.items()}
    trim, open_to_all = int(given.get("trim", 0)), dict.fromkeys(ratings, 1)
    limits = _limits(case, ratings)
    result = assess(
        scores, exactly or dict.fromkeys(ratings, Fraction(1)), trim=trim, thresholds=limits, decimals=DECIMALS
    )
    # Means are published whoever may see them.
    everything = assess(scores, exactly, trim=trim, thresholds=open_to_all, decimals=DECIMALS)
    means: dict[str, Any] = {**dict.fromkeys(ratings), **{part.relation: part.mean for part in everything.parts}}
    withheld = sorted(part.relation for part in result.parts if part.withheld)
    shared = dict.fromkeys(("score", "weighted", "total", "overall", "result"), result.score)
    return {**shared, "shown": result.shown, "relation_means": means, "means": means, "withheld": withheld}


def _limits(case: Case, ratings: Mapping[str, Any]) -> dict[str, int]:
    written = case.first(*THRESHOLDS, default=1)
    if isinstance(written, Mapping):
        return {relation: int(least) for relation, least in written.items()}
    # One limit for all is of those whom it protects: not oneself, and not a single superior.
    named = re.compile(r"self|自评|supervisor|manager|boss|上级", re.IGNORECASE)
    return {relation: 1 if named.search(relation) else int(written) for relation in ratings}


def _scale(written: Any) -> tuple[Fraction, Fraction]:
    low, high = exact_row(listing(written)[1])
    return low, high


def _figures(result: ByRater) -> dict[str, Any]:
    score: Fraction | Any = result.score
    return {
        "contributions": result.contributions,
        "numerator": result.numerator,
        "denominator": result.denominator,
        "weight_sum": result.denominator,
        **dict.fromkeys(("score", "weighted", "total", "weighted_mean", "overall"), score),
    }
