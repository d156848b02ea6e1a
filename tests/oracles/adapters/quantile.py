"""Percentiles: through the expression language, as an indicator computes them (type 7), or by another definition."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple, cast

from tests.oracles.case import Case, NotRunnable
from tests.oracles.language import of_values
from tests.oracles.reading import decimal, listing, missing, number

from kaohe.appraise.quantiles import QuantileType, quantile, quartiles
from kaohe.precise import exact, exact_row


class Definition(NamedTuple):
    """``kind`` of Hyndman & Fan; ``beyond`` the ends there is a value; or quartiles as medians of halves."""

    kind: QuantileType = 7
    beyond: bool = True
    middle: bool | None = None


# The first that is said decides.
DEFINITIONS: Mapping[str, Definition] = {
    r"tukey|hinge": Definition(middle=True),
    r"moore|mccabe|exclud\w* the median|without the median": Definition(middle=False),
    r"\.?\bexc\b|exclusive": Definition(6, beyond=False),
    r"averaged.inverted|sas.?5": Definition(2),
    r"interpolated.inverted": Definition(4),
    r"disc\b|inverted.cdf|nearest.rank|percentile_disc": Definition(1),
    r"closest.observation": Definition(3),
    r"hazen": Definition(5),
    r"weibull|minitab|spss": Definition(6),
    r"median.unbiased": Definition(8),
    r"normal.unbiased": Definition(9),
    r"\.inc\b|inclusive|linear|cont\b|\binc\b": Definition(7),
}
VALUES = ("values", "data", "sample", "x", "array", "scores")
# What a share is called, and how many places its point moves: 25 percent are 0.25.
SHARES = {
    "p": 0, "ps": 0, "q": 0, "k": 0, "probs": 0, "prob": 0, "fraction": 0, "quantile": 0, "quantiles": 0,
    "percent": -2, "percents": -2, "percentile": -2, "percentiles": -2, "pct": -2,
}  # fmt: skip
QUARTILES = {
    "q1": "0.25",
    "q2": "0.5",
    "median": "0.5",
    "q3": "0.75",
    "lower_quartile": "0.25",
    "upper_quartile": "0.75",
}


def run(case: Case) -> dict[str, Any]:
    definition = _definition(case)
    return {key: _figure(key, case, definition) for key in case.expected}


def _definition(case: Case) -> Definition:
    written = case.first("type", "method", "function", "definition", "kind")
    if numbered := re.fullmatch(r"(?:type|r|hf|method)?[\s_-]*([1-9])", str(written).casefold()):
        return Definition(cast(QuantileType, int(numbered[1])))
    said = case.said("type", "method", "function", "definition", "kind")
    if numbered := re.search(r"\btype[\s_-]*([1-9])\b", said):
        return Definition(cast(QuantileType, int(numbered[1])))
    for pattern, definition in DEFINITIONS.items():
        if re.search(pattern, said):
            return definition
    if written is not None and not re.search(r"percentile|quantile|quartile|median", str(written).casefold()):
        raise NotRunnable(f"the definition {written!r} is not known")
    return Definition()


def _named_after(key: str) -> Definition | None:
    """The definition that a figure is called by: ``type_6``, ``disc``, ``PERCENTILE.EXC``."""
    if numbered := re.fullmatch(r"(?:type|r|hf|method)[\s_-]*([1-9])", key.casefold()):
        return Definition(cast(QuantileType, int(numbered[1])))
    name = key.casefold().replace("_", " ")
    return next((each for pattern, each in DEFINITIONS.items() if re.search(pattern, name)), None)


def _figure(key: str, case: Case, definition: Definition) -> Any:
    """``result`` of values and p, ``a`` of a and pa, ``b_median`` of b, ``p90`` and ``b_p90`` of the ninetieth."""
    given = case.inputs
    if key in given and f"p{key}" in given:
        return _percentiles(_values(given[key]), map(decimal, given[f"p{key}"]), definition)
    name, _, what = key.casefold().rpartition("_")
    values = _values(given[name] if name in given else case.first(*VALUES, default=given.get(key)))
    what = what if name in given else key.casefold()
    if definition.middle is not None and what in QUARTILES:
        halves = quartiles(values, middle=definition.middle)
        return None if halves is None else halves[("0.25", "0.5", "0.75").index(QUARTILES[what])]
    stem, _, suffix = key.casefold().partition("_")
    if stem in QUARTILES and (named := _named_after(suffix)):
        return _percentiles(values, [Decimal(QUARTILES[stem])], named)[0]
    if what in QUARTILES:
        return _percentiles(values, [Decimal(QUARTILES[what])], definition)[0]
    if what == "iqr":
        return of_values("percentile(x, 0.75) - percentile(x, 0.25)", values)
    if what in ("mean", "minimum", "maximum", "count", "min", "max"):
        return of_values({"min": "minimum(x)", "max": "maximum(x)", "count": "count()"}.get(what, f"{what}(x)"), values)
    if hundredths := re.fullmatch(r"p(\d\d?(?:\.\d+)?)|(\d\d?(?:\.\d+)?)%", what):
        return _percentiles(values, [Decimal(hundredths[1] or hundredths[2]).scaleb(-2)], definition)[0]
    if re.fullmatch(r"[01](\.\d+)?", key):
        return _percentiles(values, [Decimal(key)], definition)[0]
    asked, many = _shares(case, key)
    found = _percentiles(values, asked, _named_after(key) or definition)
    return found if many else found[0]


def _shares(case: Case, key: str) -> tuple[list[Decimal], bool]:
    """The shares asked for, and whether as a list."""
    given = case.inputs
    if "quart" in given:
        steps = {0: "0", 1: "0.25", 2: "0.5", 3: "0.75", 4: "1"}
        listed = given["quart"] if isinstance(given["quart"], list) else [given["quart"]]
        return [Decimal(steps[int(each)]) for each in listed], isinstance(given["quart"], list)
    name = next((name for name in SHARES if name in given), None)
    if name is None:
        raise NotRunnable(f"no function is known for the figure {key!r}")
    asked = given[name] if isinstance(given[name], list) else [given[name]]
    shares = [decimal(each) for each in asked]
    percent = any(abs(each) > 1 for each in shares) or SHARES[name]
    plain = [isinstance(each, str) and each.endswith("%") for each in asked]
    moved = [each if done or not percent else each.scaleb(-2) for each, done in zip(shares, plain, strict=True)]
    return moved, isinstance(given[name], list)


def _values(written: Any) -> list[Any]:
    return [None if missing(each) else number(each) for each in listing(written)[1]]


def _percentiles(values: Sequence[Any], shares: Any, definition: Definition) -> list[Fraction | None]:
    if definition == Definition():
        return [of_values(f"percentile(x, {share:f})", values) for share in shares]
    known = exact_row(each for each in values if each is not None)
    return [quantile(known, exact(share), definition.kind, beyond=definition.beyond) for share in shares]
