"""Agreement of raters, consistency of items, evenness of shares, fairness of a selection."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
from tests.oracles.case import Case, NotRunnable
from tests.oracles.reading import listing, number, numbers, whole

from kaohe.appraise.agreement import (
    IntraclassCorrelation,
    alpha_of_variances,
    cronbach_alpha,
    gini,
    intraclass_correlation,
)
from kaohe.appraise.calibration import spread
from kaohe.appraise.concordance import (
    Disagreement,
    Kappa,
    cohen_kappa,
    correlation,
    fleiss_kappa,
    kendall_w,
    spearman_brown,
)
from kaohe.appraise.fairness import adverse_impact, concentration
from kaohe.appraise.tie_ranks import tie_ranks
from kaohe.exact import from_micros, to_micros
from kaohe.precise import Column, Matrix, exact, exact_matrix, exact_row, transposed

DECIMALS = 20
SELECTED = ("hired", "selected", "promoted", "passed", "rated_top")
WHOLE = ("applicants", "total", "n", "pool", "count", "eligible")


def run(case: Case) -> dict[str, Any]:
    given = case.inputs
    if isinstance(given.get("groups"), Mapping):
        return _impact(case)
    if {"r", "factor"} <= set(given) or "spearman-brown" in case.title.casefold():
        stepped = spearman_brown(exact(number(case.first("r", "half"))), exact(number(case.first("factor", default=2))))
        return dict.fromkeys(("reliability", "spearman_brown", "result"), stepped)
    if "item_variances" in given and "total_variance" in given:
        alpha = alpha_of_variances(exact_row(numbers(given["item_variances"])), exact(number(given["total_variance"])))
        return dict.fromkeys(("alpha", "cronbach_alpha"), alpha)
    columns = [name for name, each in given.items() if isinstance(each, list) and not _is_table(each)]
    if len(columns) == 2:
        return _pair([given[name] for name in columns])
    name, rows = _table(case)
    if rows is None:
        return _evenness(case)
    wanted = " ".join(case.expected).casefold()
    if "fleiss" in wanted or ("kappa" in wanted and ("fleiss" in case.title.casefold() or name == "counts")):
        return _kappa(fleiss_kappa(rows, DECIMALS))
    if "kappa" in wanted:
        return _kappa(cohen_kappa(rows, _disagreement(case), DECIMALS))
    if {"w", "kendall_w", "kendall"} & set(map(str.casefold, case.expected)):
        return _concordance(rows, ranks="rank" in name)
    if any(key.casefold().startswith(("icc", "ms")) for key in case.expected):
        return _agreement(case, rows)
    return _consistency(case, name, rows)


def _table(case: Case) -> tuple[str, Matrix | None]:
    """The table of the case, a list of rows or rows by name."""
    for name, each in case.inputs.items():
        rows = list(each.values()) if isinstance(each, Mapping) else each
        if isinstance(rows, list) and rows and _is_table(rows):
            return name, exact_matrix(numbers(row) for row in rows)
    return "", None


def _is_table(listed: Sequence[Any]) -> bool:
    return bool(listed) and all(isinstance(row, list) for row in listed)


def _consistency(case: Case, name: str, rows: Matrix) -> dict[str, Any]:
    items_first = isinstance(case.inputs[name], Mapping) or re.search(
        r"items_(people|persons)|items_by|rows_items", name
    )
    result = cronbach_alpha(transposed(rows) if items_first else rows, _variance(case), DECIMALS)
    return {
        **dict.fromkeys(("item_var", "item_variances"), result.item_variances),
        **dict.fromkeys(("sum_item_var", "sum_item_variances"), result.item_variance_sum),
        **dict.fromkeys(("total_var", "total_variance"), result.total_variance),
        **dict.fromkeys(("alpha", "cronbach_alpha", "result"), result.alpha),
    }


def _evenness(case: Case) -> dict[str, Any]:
    """The whole population unless the case speaks of a sample."""
    said = f"{case.rounding} {case.said('variant', 'variance', 'method')}".casefold()
    values = next((listing(each)[1] for each in case.inputs.values() if isinstance(each, list | Mapping)), None)
    if values is None:
        raise NotRunnable(f"no agreement figure is read from {', '.join(case.inputs)}")
    row = exact_row(numbers(values))
    figures: dict[str, Any] = {
        "gini": gini(row, unbiased=bool(re.search(r"unbiased|n/\(n-1\)|sample", said)), decimals=DECIMALS),
        "herfindahl": concentration(row),
        # Customarily of shares in percent.
        "hhi": concentration(row) if case.expected.get("hhi", 2) <= 1 else _of_percents(row),
    }
    if set(case.expected) & {"mean", "sd", "stdev", "std"}:
        own = spread(row, _variance(case))
        figures |= {"mean": own.mean, **dict.fromkeys(("sd", "stdev", "std"), own.deviation)}
    return figures


def _of_percents(row: Column) -> Decimal | None:
    """The same index over shares in percent: from 0 to 10,000."""
    found = concentration(row)
    return None if found is None else Decimal(from_micros(to_micros(found))).scaleb(4)


def _impact(case: Case) -> dict[str, Any]:
    groups = {}
    for name, each in case.inputs["groups"].items():
        selected, count = (next((each[key] for key in keys if key in each), None) for keys in (SELECTED, WHOLE))
        if selected is None or count is None:
            raise NotRunnable(f"a group's selection is not read from {', '.join(each)}")
        groups[name] = (whole(selected), whole(count))
    result = adverse_impact(groups)
    return {
        **dict.fromkeys(("selection_rates", "rates"), result.rates),
        **dict.fromkeys(("ratios", "impact_ratios"), result.ratios),
        **dict.fromkeys(("impact_ratio", "adverse_impact_ratio", "ratio"), result.ratio),
        **dict.fromkeys(("adverse_impact", "adverse"), bool(result.adverse)),
    }


def _pair(columns: Sequence[Sequence[Any]]) -> dict[str, Any]:
    """Two raters, or two figures, of the same things."""
    one, other = columns
    labels = sorted({*map(str, one), *map(str, other)})
    places = {label: place for place, label in enumerate(labels)}
    table = [[0] * len(labels) for _ in labels]
    for left, right in zip(one, other, strict=True):
        table[places[str(left)]][places[str(right)]] += 1
    figures = _kappa(cohen_kappa(exact_matrix(table), "none", DECIMALS))
    if any(isinstance(each, str) for each in (*one, *other)):
        return figures
    plain, ranked = ([exact_row(column) for column in group] for group in (columns, [_ranks(each) for each in columns]))
    figures |= dict.fromkeys(("pearson", "r", "correlation"), correlation(plain[0], plain[1], DECIMALS))
    return figures | dict.fromkeys(("spearman", "rho"), correlation(ranked[0], ranked[1], DECIMALS))


def _ranks(column: Sequence[Any]) -> list[Decimal]:
    micros = np.array([to_micros(each) for each in column], np.int64)
    return [from_micros(each) for each in tie_ranks(micros, "average").tolist()]


def _concordance(rows: Matrix, *, ranks: bool) -> dict[str, Any]:
    """Judges in rows; of scores, each judge's ranks."""
    made = rows if ranks else exact_matrix(_ranks(row) for row in rows)
    return dict.fromkeys(("W", "w", "kendall_w", "kendall"), kendall_w(made, DECIMALS))


def _kappa(result: Kappa) -> dict[str, Any]:
    return {
        **dict.fromkeys(("kappa", "cohen_kappa", "fleiss_kappa", "weighted_kappa", "result"), result.kappa),
        **dict.fromkeys(("observed", "po", "p_o", "P_bar", "observed_agreement", "agreement"), result.observed),
        **dict.fromkeys(("expected", "pe", "p_e", "P_e", "expected_agreement", "chance"), result.expected),
    }


def _disagreement(case: Case) -> Disagreement:
    said = case.said("weights", "weighting", "method")
    return "quadratic" if "quadratic" in said else "linear" if "linear" in said else "none"


def _agreement(case: Case, rows: Matrix) -> dict[str, Any]:
    result = intraclass_correlation(rows, DECIMALS)
    figures: dict[str, Any] = {}
    # Shrout & Fleiss (1979), McGraw & Wong (1996) and programs call the same six otherwise.
    for model, names in (("icc1", ("1",)), ("icc2", ("2", "A")), ("icc3", ("3", "C"))):
        single, mean = getattr(result, model), getattr(result, f"{model}k")
        for name in names:
            figures |= dict.fromkeys((f"ICC{name}", f"ICC({name},1)", f"ICC({name})"), single)
            figures |= dict.fromkeys((f"ICC{name}k", f"ICC({name},k)", f"ICC({name},{len(rows[0])})"), mean)
    squares = {"MSB": result.between, "MSW": result.within, "MSJ": result.judges, "MSE": result.residual}
    named = {"MSR": result.between, "MSC": result.judges}
    lower = {key.casefold().replace(" ", ""): each for key, each in {**figures, **squares, **named}.items()}
    asked = {
        key: lower[key.casefold().replace(" ", "")] for key in case.expected if key.casefold().replace(" ", "") in lower
    }
    return {**asked, **dict.fromkeys(("icc", "ICC"), _asked(case, result))}


def _asked(case: Case, result: IntraclassCorrelation) -> Decimal | None:
    """The one that the case describes in words; a single rater's unless it speaks of the mean."""
    said = case.words("model", "type", "form", "definition")
    model = (
        "icc1" if re.search(r"one-?way", said) else "icc3" if re.search(r"mixed|consistency|fixed", said) else "icc2"
    )
    several = re.search(r"average|mean of|\bk\b", said)
    found: Decimal | None = getattr(result, f"{model}k" if several else model)
    return found


def _variance(case: Case) -> Any:
    said = f"{case.rounding} {case.inputs.get('variance', '')} {case.inputs.get('ddof', '')}".casefold()
    return "population" if re.search(r"population|\(n\)|\b0\b", said) else "sample"
