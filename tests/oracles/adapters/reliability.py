"""Agreement of raters, consistency of items, evenness of shares."""

from __future__ import annotations

from typing import Any

from tests.oracles.case import Case, NotRunnable

from kaohe.appraise.agreement import cronbach_alpha, gini, intraclass_correlation
from kaohe.appraise.precise import exact_matrix, exact_row, transposed

DECIMALS = 20
ROWS = ("rows_people_items", "people_items", "answers", "items", "rows_items_people")


def run(case: Case) -> dict[str, Any]:
    given = case.inputs
    if "ratings" in given:
        return _agreement(case)
    if "values" in given:
        unbiased = any(word in f"{case.rounding} {case.title}".casefold() for word in ("unbiased", "n/(n-1)", "sample"))
        return {"gini": gini(exact_row(given["values"]), unbiased=unbiased, decimals=DECIMALS)}
    for key in ROWS:
        if key in given:
            rows = exact_matrix(given[key])
            result = cronbach_alpha(transposed(rows) if key == "rows_items_people" else rows, _variance(case), DECIMALS)
            return {
                "item_var": result.item_variances,
                "sum_item_var": result.item_variance_sum,
                "total_var": result.total_variance,
                "alpha": result.alpha,
            }
    raise NotRunnable(f"no agreement figure is read from {', '.join(given)}")


def _agreement(case: Case) -> dict[str, Any]:
    result = intraclass_correlation(exact_matrix(case.inputs["ratings"]), DECIMALS)
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
