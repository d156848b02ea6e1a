"""Seats of tiers by quota, per head-count, and who then has which tier."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from tests.oracles.case import Case, Named, NotRunnable
from tests.oracles.reading import decimal, listing, number, whole
from tests.unit.appraise.builder import level, people, quota, scheme, table

from kaohe.appraise import appraise
from kaohe.appraise.apportion import apportion
from kaohe.appraise.quota import seats
from kaohe.appraise.tier_rounding import by_cumulation, each_by_itself, with_rest_to
from kaohe.scheme.model import Level

SHARES = ("percent", "shares", "quota", "quotas", "distribution", "percentages", "ratios", "target_percent", "tiers")
PEOPLE = ("people", "headcount", "n", "employees", "head_count", "size", "total")
NAMES = ("order", "labels", "tiers", "names", "grades")
LEAST, MOST = ("minimum", "at_least", "min", "minimums"), ("maximum", "at_most", "max", "cap", "caps")
SCORES = ("scores", "values", "totals")


def run(case: Case) -> dict[str, Any]:
    levels = _levels(case)
    later_first = "later" in str(case.inputs.get("tie_break", "")).casefold()

    def of(count: int) -> dict[str, Any]:
        if later_first:
            return {key: _reversed(each) for key, each in _figures(case, levels[::-1], count).items()}
        return _figures(case, levels, count)

    if (written := case.first(*SCORES)) is not None:
        names, scores = listing(written)
        tiers = Named(_assigned(case, levels, [number(each) for each in scores]), names)
        return {**of(len(scores)), **dict.fromkeys(("tier", "tiers", "grades", "levels", "grade", "result"), tiers)}
    asked = case.first(*PEOPLE)
    if isinstance(asked, list):
        every = [of(whole(each)) for each in asked]
        columns = {key: [figures[key] for figures in every] for key in every[0]}
        by_number = {str(each): figures for each, figures in zip(asked, every, strict=True)}
        return {**columns, **_as_published(case, by_number)}
    if asked is not None:
        return of(whole(asked))
    return _as_published(case, {count: of(int(count)) for count in case.expected if count.isdecimal()})


def _as_published(case: Case, by_count: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """By head-count, all the figures or the counts alone."""
    found: dict[str, Any] = {}
    for count, figures in by_count.items():
        published = case.expected.get(count)
        alone = isinstance(published, list) or (isinstance(published, Mapping) and "counts" not in published)
        found[count] = figures["counts"] if alone else figures
    return found


def _levels(case: Case) -> list[Level]:
    given = case.inputs
    listed = next((given[key] for key in SHARES if key in given), None)
    if listed is None:
        raise NotRunnable(f"quotas are not read from {', '.join(given)}")
    names, shares = listing(listed)
    called = names or next(
        (given[key] for key in NAMES if isinstance(given.get(key), list) and len(given[key]) == len(shares)),
        [str(place) for place in range(len(shares))],
    )
    exact = [decimal(each) for each in shares]
    if sum(exact) > 2:
        exact = [each.scaleb(-2) for each in exact]
    least, most = (_limits(case, keys, called) for keys in (LEAST, MOST))
    return [
        replace(level(str(name), part), at_least=low, at_most=high)
        for name, part, low, high in zip(called, exact, least, most, strict=True)
    ]


def _limits(case: Case, keys: Sequence[str], names: Sequence[str]) -> list[int | None]:
    """The limits of every tier: of some by name, of each in a list, or one for all."""
    written = case.first(*keys)
    if isinstance(written, Mapping):
        return [None if written.get(name) is None else whole(written[name]) for name in names]
    listed = written if isinstance(written, list) else [written] * len(names)
    return [None if each is None else whole(each) for each in listed]


def _figures(case: Case, levels: Sequence[Level], count: int) -> dict[str, Any]:
    shares = [each.share for each in levels if each.share is not None]
    result = apportion(shares, count)
    names = [each.id for each in levels]
    counts = Named(_counts(case, levels, count), names)
    quotas = Named(result.quotas, names)
    return {
        **dict.fromkeys(("counts", "seats", "result", "headcounts"), counts),
        **dict.fromkeys(("quota", "quotas", "raw", "exact"), quotas),
        **dict.fromkeys(("sum", "total"), sum(counts)),
        "tie": result.tie,
        **counts.by_name(),
    }


def _counts(case: Case, levels: Sequence[Level], count: int) -> Sequence[int]:
    """By largest remainder, unless the case names another rounding among its inputs."""
    said = case.first("rounding", "method", default="").casefold()
    shares = [each.share for each in levels if each.share is not None]
    if "cumulat" in said or "累计" in said:
        return by_cumulation(shares, count)
    if re.search(r"\b(?:rest|remainder|remaining)\b.*\bto\b", said) and "largest" not in said:
        rest = next((place for place, each in enumerate(levels) if each.id.casefold() in said.split(" to ")[-1]), None)
        if rest is None:
            raise NotRunnable(f"the tier that takes the rest is not known: {said!r}")
        return with_rest_to(shares, count, rest, "half_up" if "half" in said or "nearest" in said else "down")
    if re.search(r"per tier|each tier|by itself|independent|四舍五入", said):
        return each_by_itself(shares, count)
    if said and not re.search(r"largest|remainder|hamilton|hare|最大余", said):
        raise NotRunnable(f"the rounding {said!r} is not known")
    return seats(levels, count)


def _assigned(case: Case, levels: Sequence[Level], scores: Sequence[Any]) -> list[str | None]:
    """The tiers that a scheme gives; equals across a cut go up unless the case says down."""
    said = str(case.first("ties", "tie_rule", "tie", default="promote")).casefold()
    ties = "demote" if re.search(r"demot|down|lower", said) else "split" if "split" in said else "promote"
    made = scheme(tiers=quota(*levels, ties=ties), decimals=6)
    return list(appraise(made, people(len(scores)), table(a=scores)).tier)


def _reversed(figures: Any) -> Any:
    if isinstance(figures, Named):
        return Named(figures[::-1], None if figures.names is None else figures.names[::-1])
    return figures
