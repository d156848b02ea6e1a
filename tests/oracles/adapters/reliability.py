"""Agreement of raters, consistency of items, evenness of shares."""

from __future__ import annotations

from typing import Any

from tests.oracles.case import Case, NotRunnable

from kaohe.appraise.agreement import cronbach_alpha, gini, intraclass_correlation
from kaohe.precise import Matrix, exact_matrix, exact_row, transposed

DECIMALS = 20


def run(case: Case) -> dict[str, Any]:
    table = next((name for name, each in case.inputs.items() if isinstance(each, list) and _is_table(each)), None)
    if table is None:
        return _evenness(case)
    rows = exact_matrix(case.inputs[table])
    if any(key.casefold().startswith(("icc", "ms")) for key in case.expected):
        return _agreement(rows)
    items_first = "items_people" in table or "items_by" in table or "rows_items" in table
    result = cronbach_alpha(transposed(rows) if items_first else rows, _variance(case), DECIMALS)
    return {
        **dict.fromkeys(("item_var", "item_variances"), result.item_variances),
        "sum_item_var": result.item_variance_sum,
        **dict.fromkeys(("total_var", "total_variance"), result.total_variance),
        **dict.fromkeys(("alpha", "cronbach_alpha"), result.alpha),
    }


def _is_table(listed: list[Any]) -> bool:
    return all(isinstance(row, list) for row in listed)


def _evenness(case: Case) -> dict[str, Any]:
    """The whole population unless the case speaks of a sample."""
    said = f"{case.rounding} {case.title} {case.inputs.get('variant', '')}".casefold()
    values = next((each for each in case.inputs.values() if isinstance(each, list)), None)
    if values is None:
        raise NotRunnable(f"no agreement figure is read from {', '.join(case.inputs)}")
    unbiased = any(word in said for word in ("unbiased", "n/(n-1)", "sample"))
    return {"gini": gini(exact_row(values), unbiased=unbiased, decimals=DECIMALS)}


def _agreement(rows: Matrix) -> dict[str, Any]:
    result = intraclass_correlation(rows, DECIMALS)
    of_one = {"ICC1": result.icc1, "ICC2": result.icc2, "ICC3": result.icc3}
    of_mean = {"ICC1k": result.icc1k, "ICC2k": result.icc2k, "ICC3k": result.icc3k}
    # McGraw & Wong (1996) call the same six otherwise.
    others = {
        "ICC(1,1)": result.icc1,
        "ICC(A,1)": result.icc2,
        "ICC(2,1)": result.icc2,
        "ICC(C,1)": result.icc3,
        "ICC(3,1)": result.icc3,
        "ICC(1,k)": result.icc1k,
        "ICC(A,k)": result.icc2k,
        "ICC(2,k)": result.icc2k,
        "ICC(C,k)": result.icc3k,
        "ICC(3,k)": result.icc3k,
    }
    squares = {"MSB": result.between, "MSW": result.within, "MSJ": result.judges, "MSE": result.residual}
    return {**of_one, **of_mean, **others, **squares}


def _variance(case: Case) -> Any:
    return "population" if "population" in f"{case.rounding} {case.inputs.get('variance', '')}".casefold() else "sample"
