"""Indicators by the expression language: each figure is an expression over records made of the case's inputs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.oracles.adapters.formulas import CANONICAL, FIGURES, NAMES, PERCENT
from tests.oracles.case import Case, NotRunnable
from tests.oracles.language import computed, of_values
from tests.oracles.reading import listing, missing, number, share, whole

from kaohe.appraise.alternatives import weighted_product
from kaohe.appraise.calibration import spread
from kaohe.precise import exact, exact_row

VALUES = ("values", "scores", "ratings", "answers", "responses", "data", "cycle_days", "durations", "times", "minutes")
TEXTS = {
    "mean": "mean(x)", "average": "mean(x)", "avg": "mean(x)", "median": "median(x)", "sum": "sum(x)",
    "total": "count()",
    "count": "count()", "n": "count()", "min": "minimum(x)", "minimum": "minimum(x)", "max": "maximum(x)",
    "maximum": "maximum(x)", "nps": "nps(x)", "range": "maximum(x) - minimum(x)",
    "promoters": "count(where=x >= 9)", "passives": "count(where=x >= 7 and x <= 8)",
    "detractors": "count(where=x <= 6)", "ces": "mean(x)",
}  # fmt: skip
LEAST = ("threshold", "satisfied_from", "min_score", "top_from", "satisfied_min")
MOST = ("scale", "scale_max", "max_score", "points")


def run(case: Case) -> dict[str, Any]:
    given = _canonical(case)
    return {key: _figure(case, key, given) for key in case.expected}


def _canonical(case: Case) -> dict[str, Any]:
    """The inputs under the names that the formulas know: ``customers_at_start`` is start, ``churned_mrr`` churned."""
    found: dict[str, Any] = {}
    for key, each in case.inputs.items():
        name = _name(key)
        for known in (name, NAMES.get(name, name)):
            found.setdefault(known, each)
    return found


def _name(key: str) -> str:
    return re.sub(r"[\s-]+", "_", key.strip().casefold())


def _figure(case: Case, key: str, given: Mapping[str, Any]) -> Any:
    name = _name(re.sub(r"_\d+dp$", "", key))
    percent = bool(re.search(r"(^|_)(pct|percent|percentage)($|_)", name)) or name.endswith("%")
    bare = re.sub(r"(^|_)(pct|percent|percentage)($|_)|%$", r"\3", name).strip("_")
    candidates = [CANONICAL.get(bare, bare), CANONICAL.get(bare.removesuffix("_rate"), bare.removesuffix("_rate"))]
    for each in candidates:
        for figure in FIGURES.get(each, ()):
            if figure.applies(case) and set(figure.needs) <= set(given):
                text = f"({figure.text}) * 100" if percent or each in PERCENT else figure.text
                return computed(text, [{need: _single(given[need]) for need in figure.needs}])
    if percent and "ces" in candidates:
        # An effort score in percent is the share of those who agree, not a mean.
        candidates = ["ces_share"]
    for each in candidates:
        for found in _of_answers(case, each, given):
            return found
    if candidates[0] in ("annualised", "cagr"):
        return _compounded(case, given, percent=percent)
    raise NotRunnable(f"no function is known for the figure {key!r} of {', '.join(case.inputs)}")


def _single(written: Any) -> Any:
    if isinstance(written, list | Mapping):
        raise NotRunnable(f"a single number is written as {written!r}")
    return number(written)


def _compounded(case: Case, given: Mapping[str, Any], *, percent: bool) -> Any:
    """Growth of one period kept up for so many of a year, or the even growth of each of several years."""
    late, early = (
        next((given[key] for key in pair if key in given), None) for pair in (("current", "end"), ("previous", "start"))
    )
    if late is None or early is None:
        raise NotRunnable(f"growth is not read from {', '.join(case.inputs)}")
    if "years" in given:
        power = 1 / exact(number(given["years"]))
    elif "periods_per_year" in given:
        power = exact(number(given["periods_per_year"]))
    else:
        said = f"{case.title} {' '.join(case.inputs)} {' '.join(case.expected)}".casefold()
        power = exact(next((times for pattern, times in _A_YEAR.items() if re.search(pattern, said)), 1))
    (factor,) = weighted_product((exact_row([number(late), number(early)]),), (power, -power), 20)
    return of_values("(sum(x) - 1) * 100" if percent else "sum(x) - 1", [factor])


_A_YEAR = {r"quarter|qoq|季": 4, r"month|mom\b|月": 12, r"week": 52, r"half": 2}


def _of_answers(case: Case, name: str, given: Mapping[str, Any]) -> Iterator[Any]:
    """Figures over answers one by one: groups of so many equal answers, a histogram, or plain lists of numbers."""
    if name == "nps" and {"promoters", "detractors"} <= set(given):
        yield _net_promoters(given)
    histogram = given.get("counts", given.get("histogram", given.get("distribution")))
    if isinstance(histogram, Mapping):
        counted = [{"x": number(score), "n": number(count)} for score, count in histogram.items()]
        yield from _of_counts(case, name, counted)
    if "weights" in given and re.fullmatch(r"weighted_(mean|average)|mean|score|csat", name):
        values, weights = (listing(each)[1] for each in (_values(given), given["weights"]))
        pairs = [{"x": number(value), "w": number(weight)} for value, weight in zip(values, weights, strict=True)]
        yield computed("sum(x * w) / sum(w)", pairs)
    for values, listed in given.items():
        if not isinstance(listed, list) or not all(missing(each) or not isinstance(each, list) for each in listed):
            continue
        numbers = [None if missing(each) else number(each) for each in listed]
        # mean6 and median7 are named after lists of so many numbers.
        plain = name.removesuffix(str(len(numbers))).removesuffix(f"_{values}")
        if plain in TEXTS and (plain == name or name != plain) and not _named_after_another(name, plain, values, given):
            yield of_values(TEXTS[plain], numbers)
        if plain in ("csat", "satisfied", "satisfaction"):
            least = _satisfied_from(case, [each for each in numbers if each is not None])
            yield of_values(
                f"count(where=x >= {least})" if plain == "satisfied" else f"share(x >= {least}) * 100", numbers
            )
        if spread_of := re.fullmatch(r"(?:stdev|sd|std|standard_deviation)(?:_(population|p|sample|s))?", plain):
            among = "population" if (spread_of[1] or "")[:1] == "p" else "sample"
            yield spread(exact_row(each for each in numbers if each is not None), among).deviation
        if found := re.fullmatch(r"p(\d\d?)|percentile", plain):
            asked = share(given["p"]) if found[1] is None else share(whole(found[1]) if whole(found[1]) > 1 else 1)
            yield of_values(f"percentile(x, {asked:f})", numbers)


def _named_after_another(name: str, plain: str, values: str, given: Mapping[str, Any]) -> bool:
    """Whether a figure such as median7 is of another list than this one."""
    if name != plain:
        return False
    return any(name.endswith(str(len(each))) for key, each in given.items() if key != values and isinstance(each, list))


def _values(given: Mapping[str, Any]) -> Any:
    return next((given[key] for key in VALUES if key in given), [])


def _net_promoters(given: Mapping[str, Any]) -> Any:
    """The net promoter score of three groups, as of so many equal answers: from 10, 8 and 0 points of each."""
    groups = [{"x": points, "n": number(given.get(group, 0))} for points, group in _GROUPS]
    return computed("(sum(n, where=x >= 9) - sum(n, where=x <= 6)) / sum(n) * 100", groups)


_GROUPS = ((10, "promoters"), (8, "passives"), (0, "detractors"))


def _of_counts(case: Case, name: str, counted: Sequence[Mapping[str, Any]]) -> Iterator[Any]:
    """Figures of a histogram: so many answers of each score."""
    least = _satisfied_from(case, [each["x"] for each in counted])
    texts = {
        "nps": "(sum(n, where=x >= 9) - sum(n, where=x <= 6)) / sum(n) * 100",
        "promoters": "sum(n, where=x >= 9)",
        "passives": "sum(n, where=x >= 7 and x <= 8)",
        "detractors": "sum(n, where=x <= 6)",
        "mean": "sum(x * n) / sum(n)",
        "average": "sum(x * n) / sum(n)",
        "ces": "sum(x * n) / sum(n)",
        "total": "sum(n)",
        "count": "sum(n)",
        "responses": "sum(n)",
        "satisfied": f"sum(n, where=x >= {least})",
        "csat": f"sum(n, where=x >= {least}) / sum(n) * 100",
        "satisfaction": f"sum(n, where=x >= {least}) / sum(n)",
        "ces_share": f"sum(n, where=x >= {least}) / sum(n) * 100",
        "agree": f"sum(n, where=x >= {least}) / sum(n)",
    }
    if name in texts:
        yield computed(texts[name], counted)


def _satisfied_from(case: Case, scores: Sequence[Any]) -> Any:
    """Who is satisfied: from the threshold that the case names, else the two best answers of the scale."""
    if (named := case.first(*LEAST)) is not None:
        return number(named)
    top = case.first(*MOST)
    if top is not None and not isinstance(top, list | str):
        return {5: 4, 7: 6, 10: 9, 4: 3, 3: 3}.get(whole(top), number(top))
    if isinstance(top, list):
        return sorted(map(number, top))[-2]
    ranked = sorted(set(scores))
    # Of answers one by one the scale is taken to be of five points, unless they go beyond it.
    return ranked[-2] if len(ranked) > 4 or len(ranked) < 2 else min(4, max(ranked)) if max(ranked) <= 5 else ranked[-2]
