"""Indicators by the expression language: each figure is an expression over records made of the case's inputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from tests.oracles.case import Case, NotRunnable
from tests.oracles.language import computed, of_values


class Figure(NamedTuple):
    """What a figure needs among the inputs, and the expression; shares, where named ``_pct``, are shown in percent."""

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
    "fcr": (Figure(("resolved_first", "total"), "sum(resolved_first) / sum(total)"),),
    "csat": (Figure(("satisfied", "total"), "sum(satisfied) / sum(total)"),),
}


def run(case: Case) -> dict[str, Any]:
    return {key: _figure(key, case.inputs) for key in case.expected}


def _figure(key: str, given: Mapping[str, Any]) -> Any:
    name = key.removesuffix("_pct")
    for figure in FIGURES.get(name, ()):
        if set(figure.needs) <= set(given):
            # A name that is a function's is read as the field where it stands alone.
            value = computed(figure.text, [{each: given[each] for each in figure.needs}])
            return value if name == key else computed_percent(figure, given)
    for found in _of_answers(key, given):
        return found
    raise NotRunnable(f"no function is known for the figure {key!r} of {', '.join(given)}")


def computed_percent(figure: Figure, given: Mapping[str, Any]) -> Any:
    return computed(f"({figure.text}) * 100", [{each: given[each] for each in figure.needs}])


def _of_answers(key: str, given: Mapping[str, Any]) -> Iterator[Any]:
    """Figures over answers one by one: groups of so many equal answers, a histogram, or plain lists of numbers."""
    name = key.split("_", maxsplit=1)[0]
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
        for function in ("mean", "median"):
            if isinstance(listed, list) and key in (function, f"{function}{len(listed)}", f"{function}_{values}"):
                yield of_values(f"{function}(x)", listed)
