"""Indicators by the expression language: each figure is an expression over records made of the case's inputs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from tests.oracles.case import Case, NotRunnable
from tests.oracles.language import computed, of_values


class Figure(NamedTuple):
    """What a figure needs among the inputs, and the expression; a figure named ``_pct`` is shown in percent."""

    needs: tuple[str, ...]
    text: str


# One record holds all the inputs, so that sum(name) is the input itself.
FIGURES: Mapping[str, tuple[Figure, ...]] = {
    "nps": (Figure(("promoters_pct", "detractors_pct"), "sum(promoters_pct) - sum(detractors_pct)"),),
    "retained": (Figure(("end", "new", "start"), "sum(end) - sum(new)"),),
    "retention": (
        Figure(("end", "new", "start"), "(sum(end) - sum(new)) / sum(start)"),
        Figure(("retained", "start"), "sum(retained) / sum(start)"),
        Figure(("start", "lost"), "1 - sum(lost) / sum(start)"),
    ),
    "attrition": (Figure(("end", "new", "start"), "1 - (sum(end) - sum(new)) / sum(start)"),),
    "acquisition": (Figure(("new", "start"), "sum(new) / sum(start)"),),
    "churn": (
        Figure(("start", "lost"), "sum(lost) / sum(start)"),
        Figure(("end", "new", "start"), "1 - (sum(end) - sum(new)) / sum(start)"),
    ),
    "mrr_lost": (Figure(("mrr_start", "mrr_end"), "sum(mrr_start) - sum(mrr_end)"),),
    "revenue_churn": (Figure(("mrr_start", "mrr_end"), "1 - sum(mrr_end) / sum(mrr_start)"),),
    "mean": (Figure(("total_minutes", "tickets"), "sum(total_minutes) / sum(tickets)"),),
    "ces": (Figure(("sum", "responses"), "sum(sum) / sum(responses)"),),
    "qoq": (Figure(("previous", "current"), "sum(current) / sum(previous) - 1"),),
    "growth": (Figure(("previous", "current"), "sum(current) / sum(previous) - 1"),),
    "yoy": (Figure(("previous", "current"), "sum(current) / sum(previous) - 1"),),
    "annualised": (
        Figure(
            ("previous", "current"),
            "sum(current) / sum(previous) * sum(current) / sum(previous)"
            " * sum(current) / sum(previous) * sum(current) / sum(previous) - 1",
        ),
    ),
    "closed": (Figure(("won", "lost"), "sum(won) + sum(lost)"),),
    "win_rate": (Figure(("won", "lost"), "sum(won) / (sum(won) + sum(lost))"),),
    "conversion": (
        Figure(("won", "lost"), "sum(won) / (sum(won) + sum(lost))"),
        Figure(("converted", "leads"), "sum(converted) / sum(leads)"),
    ),
    "response_rate": (Figure(("answered", "sent"), "sum(answered) / sum(sent)"),),
    "attainment": (Figure(("actual", "target"), "sum(actual) / sum(target)"),),
    "expansion_rate": (Figure(("new", "start"), "sum(new) / sum(start)"),),
    "abandonment": (Figure(("abandoned", "offered"), "sum(abandoned) / sum(offered)"),),
    "on_time": (Figure(("on_time", "total"), "sum(on_time) / sum(total)"),),
    "within_sla": (Figure(("within", "total"), "sum(within) / sum(total)"),),
    "market_share": (Figure(("own", "total"), "sum(own) / sum(total)"),),
    "repurchase": (Figure(("repeat", "customers"), "sum(repeat) / sum(customers)"),),
    "renewal": (Figure(("renewed", "due"), "sum(renewed) / sum(due)"),),
    "aht": (Figure(("talk", "hold", "wrap", "calls"), "(sum(talk) + sum(hold) + sum(wrap)) / sum(calls)"),),
    "aov": (Figure(("revenue", "orders"), "sum(revenue) / sum(orders)"),),
    "nrr": (
        Figure(
            ("start", "expansion", "contraction", "churned"),
            "(sum(start) + sum(expansion) - sum(contraction) - sum(churned)) / sum(start)",
        ),
    ),
    "grr": (
        Figure(("start", "contraction", "churned"), "(sum(start) - sum(contraction) - sum(churned)) / sum(start)"),
    ),
    "fcr": (Figure(("resolved_first", "total"), "sum(resolved_first) / sum(total)"),),
    "csat": (Figure(("satisfied", "total"), "sum(satisfied) / sum(total)"),),
    "satisfaction": (Figure(("satisfied", "total"), "sum(satisfied) / sum(total)"),),
}


# Customarily in percent whatever they are called.
PERCENT = {"csat"}


def run(case: Case) -> dict[str, Any]:
    return {key: _figure(key, case.inputs) for key in case.expected}


def _figure(key: str, given: Mapping[str, Any]) -> Any:
    name = re.sub(r"_\d+dp$", "", key)
    percent = name.endswith("_pct") or name in PERCENT
    for figure in FIGURES.get(name.removesuffix("_pct"), ()):
        if set(figure.needs) <= set(given):
            text = f"({figure.text}) * 100" if percent else figure.text
            return computed(text, [{each: given[each] for each in figure.needs}])
    for found in _of_answers(name, given):
        return found
    raise NotRunnable(f"no function is known for the figure {key!r} of {', '.join(given)}")


def _of_answers(key: str, given: Mapping[str, Any]) -> Iterator[Any]:
    """Figures over answers one by one: groups of so many equal answers, a histogram, or plain lists of numbers."""
    name = key.removesuffix("_pct")
    if name == "nps" and {"promoters", "detractors"} <= set(given):
        groups = ((10, "promoters"), (8, "passives"), (0, "detractors"))
        yield of_values("nps(x)", [score for score, group in groups for _ in range(given.get(group, 0))])
    if "counts" in given:
        answers = [int(score) for score, count in given["counts"].items() for _ in range(count)]
        scale = sorted(map(int, given["counts"]))
        least = given.get("threshold", scale[-2:][0])
        texts = {
            "nps": "nps(x)",
            "mean": "mean(x)",
            "ces": "mean(x)",
            "total": "count()",
            "satisfied": f"count(where=x >= {least})",
            "csat": f"share(x >= {least}) * 100",
        }
        if name in texts:
            yield of_values(texts[name], answers)
    for values, listed in given.items():
        # mean6 and median7 are named after lists of so many numbers.
        for function in ("mean", "median", "nps"):
            if isinstance(listed, list) and name in (function, f"{function}{len(listed)}", f"{function}_{values}"):
                yield of_values(f"{function}(x)", listed)
