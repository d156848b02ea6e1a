"""Scores against each other: z-scores, calibration of raters, min-max, percentile ranks, means."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from tests.oracles.adapters.totals import TOTALS, geometric
from tests.oracles.case import Case, Named, NotRunnable
from tests.oracles.language import computed, of_values
from tests.oracles.reading import listing, number
from tests.unit.appraise.builder import dimension, people, scheme, table, totals, used

from kaohe.appraise import appraise
from kaohe.appraise.alternatives import normalised
from kaohe.appraise.calibration import Spread, calibrate, spread
from kaohe.precise import exact, exact_row
from kaohe.scheme.model import PercentileRankCurve

OWN, COMMON = ("manager", "rater", "own"), ("global", "group", "company", "overall", "target")
DEVIATIONS = ("sd", "std", "stdev", "deviation")


def of_list(case: Case) -> dict[str, Any]:
    """A list of figures against itself, by the way that the case names: z-scores where it names none."""
    names, written = listing(case.first("scores", "values"))
    figures = [number(each) for each in written]
    said = case.said("method", "normalisation", "formula")
    if "geometric" in said:
        return geometric(case)
    if re.search(r"min-?max|极差|range", said):
        (column,) = zip(*normalised(tuple((exact(each),) for each in figures), ["max"], "minmax"), strict=True)
        unit = 1 if max(_published(case), default=100) <= 1 else 100
        shown = [computed("sum(x) * sum(u)", [{"x": each, "u": unit}]) for each in column]
        return dict.fromkeys((*TOTALS, "normalised", "values"), Named(shown, names))
    if re.search(r"percent(ile)?.?rank|百分位", said):
        lower = "lower" if re.search(r"lower|ascending", str(case.first("direction", default=""))) else "higher"
        curve = PercentileRankCurve(Decimal(50), lower)  # type: ignore[arg-type]
        made = scheme(dimension("d", used("a", curve)), decimals=6)
        found = totals(appraise(made, people(len(figures)), table(a=figures)))
        return dict.fromkeys((*TOTALS, "percent_rank", "values"), Named(found, names))
    if set(case.expected) <= {"mean", "average", "total", "score"}:
        return dict.fromkeys(case.expected, of_values("mean(x)", figures))
    return _standardised(case, names, figures)


def _published(case: Case) -> list[Any]:
    listed = next((each for each in case.expected.values() if isinstance(each, list | Mapping)), [])
    return [number(each) for each in listing(listed)[1]]


def _standardised(case: Case, names: list[str] | None, figures: Sequence[Any]) -> dict[str, Any]:
    """z-scores of a list against itself, and the same on a scale of mean 50 and deviation 10."""
    given = case.inputs
    said = f"{case.rounding} {given.get('variance', '')} {given.get('sd', '')} {given.get('ddof', '')}".casefold()
    sample = re.search(r"sample|n-1|\b1\b", said)
    own = spread(exact_row(figures), "sample" if sample else "population")
    scale = [case.first(*keys) for keys in (("mean", "target_mean"), ("deviation", "target_sd", "target_deviation"))]
    common = Spread(exact(scale[0] if scale[0] is not None else 50), exact(scale[1] if scale[1] is not None else 10))
    results = [calibrate(score, own, common, decimals=20) for score in exact_row(figures)]
    return {
        **dict.fromkeys(("z", "z_scores", "zscores"), Named([result.z for result in results], names)),
        **dict.fromkeys(("T", "t_scores", "adjusted", *TOTALS), Named([result.score for result in results], names)),
        "mean": own.mean,
        **dict.fromkeys(DEVIATIONS, own.deviation),
    }


def one(case: Case) -> dict[str, Any]:
    """One figure in standard deviations from a mean that is given, and on a scale of mean 50 and deviation 10."""
    own = Spread(exact(number(case.inputs["mean"])), exact(number(case.inputs["sd"])))
    result = calibrate(exact(number(case.first("value", "score"))), own, Spread(exact(50), exact(10)), decimals=20)
    return {**dict.fromkeys(("z", "z_score"), result.z), **dict.fromkeys(("T", "t_score"), result.score)}


def calibrated(case: Case) -> dict[str, Any]:
    """A rater's score mapped to the group's mean and spread; or only to its mean, where no spreads are given."""
    given = case.inputs
    if not any(key.endswith(f"_{name}") for key in given for name in DEVIATIONS):
        return _to_mean(case)
    clamp = exact_row(listing(given["clamp"])[1]) if given.get("clamp") else None
    own, common, limits = _spread(given, OWN), _spread(given, COMMON), (clamp[0], clamp[1]) if clamp else None
    raw = given["raw"]
    results = [
        calibrate(exact(number(each)), own, common, limits, 20) for each in (raw if isinstance(raw, list) else [raw])
    ]
    shown: Any = ([result.z for result in results], [result.score for result in results])
    if not isinstance(raw, list):
        shown = (results[0].z, results[0].score)
    return {"z": shown[0], **dict.fromkeys(("adjusted", "calibrated", "score", "scores", "result"), shown[1])}


def _to_mean(case: Case) -> dict[str, Any]:
    """The score times the group's mean over the rater's, or, where the case says so, moved by their difference."""
    record = {"raw": number(case.inputs["raw"])}
    for ours, names in (("own", OWN), ("all", COMMON)):
        key = next((f"{name}_mean" for name in names if f"{name}_mean" in case.inputs), None)
        if key is None:
            raise NotRunnable(f"no mean of {' or '.join(names)}")
        record[ours] = number(case.inputs[key])
    moved = re.search(r"differ|shift|additive|offset|add", case.said("method", "formula"))
    text = "sum(raw) + sum(all) - sum(own)" if moved else "sum(raw) * sum(all) / sum(own)"
    return dict.fromkeys(("adjusted", "calibrated", "score"), computed(text, [record]))


def _spread(given: Mapping[str, Any], names: Sequence[str]) -> Spread:
    for name in names:
        deviation = next((given[f"{name}_{each}"] for each in DEVIATIONS if f"{name}_{each}" in given), None)
        if f"{name}_mean" in given and deviation is not None:
            return Spread(exact(number(given[f"{name}_mean"])), exact(number(deviation)))
    raise NotRunnable(f"no mean and standard deviation of {' or '.join(names)}")
