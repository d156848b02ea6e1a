"""Ranks by every way of counting equals, percentile ranks, cumulative shares and buckets."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from tests.oracles.case import Case, Named, NotRunnable
from tests.oracles.reading import listing, missing, number, whole

from kaohe.appraise.tie_ranks import (
    PercentileKind,
    TieMethod,
    buckets,
    cumulative_share,
    excel_percent_rank,
    percent_rank,
    percentile_of,
    tie_ranks,
)
from kaohe.exact import MICRO, to_micros

# Shares are published with up to ten decimals.
FINE = 10**12
METHODS: dict[TieMethod, tuple[str, ...]] = {
    "min": ("rank", "min", "competition", "standard", "standard_competition", "1224", "rank.eq", "rank_eq", "olympic",
            "rank_competition", "ranks", "sparse", "low"),
    "max": ("max", "modified", "modified_competition", "1334", "high"),
    "average": ("average", "mean", "fractional", "1_2.5_2.5_4", "rank.avg", "rank_avg", "mid", "midrank", "avg"),
    "dense": ("dense", "dense_rank", "1223", "rank_dense"),
    "ordinal": ("ordinal", "row_number", "1234", "first", "rank_ordinal"),
}  # fmt: skip
# The figure that a case means by its "result", or by a group; the first that is said decides.
SAID = {
    r"modified|1334": "max",
    r"dense|1223": "dense",
    r"ordinal|row.?number|1234": "ordinal",
    r"rank\.avg|fractional|average": "average",
    r"percent_rank|percent rank": "percent_rank",
    r"cume_dist|cumulative": "cume_dist",
    r"\bntile": "ntile",
    r"mid-?rank percentile|hazen": "mid_percentile",
    r"weak": "weak_percentile",
    r"strict": "strict_percentile",
}
VALUES = ("values", "scores", "data", "figures", "x")
KINDS: tuple[PercentileKind, ...] = ("rank", "weak", "strict", "mean")


def run(case: Case) -> dict[str, Any]:
    given = case.inputs
    said = case.said("method", "function", "ties")
    meant = next((name for pattern, name in SAID.items() if re.search(pattern, said)), "min")
    count = case.first("n", "buckets", "tiles", default=4)
    for key in ("departments", "groups", "partitions"):
        if isinstance(given.get(key), Mapping):
            return {
                name: Named(_figures(figures, _descending(case), count)[meant], names)
                for name, (names, figures) in ((name, _group(rows)) for name, rows in given[key].items())
            }
    names, values = _values(case)
    asked = case.first("probes", "probe", "number", "score", "figure", "x")
    if asked is not None and any(key in given for key in VALUES):
        return _of_some(case, values, asked, said)
    figures = {key: Named(column, names) for key, column in _figures(values, _descending(case), count).items()}
    asked_for = {key: figures[_known(key)] for key in case.expected if _known(key)}
    return {**figures, "result": figures[meant], **asked_for}


def _of_some(case: Case, values: Sequence[Any], asked: Any, said: str) -> dict[str, Any]:
    """Ranks, or shares of the data reached, of single figures."""
    listed = [number(each) for each in asked] if isinstance(asked, list) else [number(asked)]

    def shown(column: list[Any]) -> Any:
        return column if isinstance(asked, list) else column[0]

    kinds = {kind: shown([_hundred(percentile_of(values, each, kind)) for each in listed]) for kind in KINDS}
    if set(case.expected) <= {*KINDS, "percentile"} and set(case.expected) & {"weak", "strict", "mean", "percentile"}:
        named = next((kind for kind in KINDS if kind in str(case.first("kind", "method"))), "rank")
        return {**kinds, "percentile": kinds[named]}
    if re.search(r"percentrank|percent rank|percent_rank", said) or not re.search(r"\brank(\.eq|\.avg)?\b", said):
        digits = whole(case.first("significance", "digits", default=3))
        exclusive = bool(re.search(r"\.exc|exclusive", said))
        found = [excel_percent_rank(values, each, digits, exclusive=exclusive) for each in listed]
        return dict.fromkeys(("result", "percentrank", "percent_rank"), shown(found))
    ranks = _figures(values, _descending(case), 1)
    places = [list(values).index(each) for each in listed]
    found_ranks = {name: shown([ranks[name][place] for place in places]) for name in ranks}
    asked_for = {key: found_ranks[_known(key)] for key in case.expected if _known(key)}
    return {**asked_for, "result": found_ranks["average" if "rank.avg" in said else "min"]}


def _hundred(share: Fraction | None) -> Fraction | None:
    return None if share is None else Fraction(share * 100)


def _values(case: Case) -> tuple[list[str] | None, list[Any]]:
    given = case.inputs
    written = next((given[key] for key in VALUES if isinstance(given.get(key), list | dict)), None)
    rows = case.first("rows", "people", "items")
    if written is not None:
        names, listed = listing(written)
        if listed and all(isinstance(each, list) for each in listed):
            return names, _in_order([tuple(map(number, each)) for each in listed])
        return names, [None if missing(each) else number(each) for each in listed]
    if isinstance(rows, list) and rows and all(isinstance(row, Mapping) for row in rows):
        return _rows(case, rows)
    raise NotRunnable(f"ranks are not read from {', '.join(given)}")


def _rows(case: Case, rows: Sequence[Mapping[str, Any]]) -> tuple[list[str] | None, list[Any]]:
    """Rows of several figures: the first named in ``by`` counts, those after it decide between equals."""
    called = next((key for key, each in rows[0].items() if isinstance(each, str)), None)
    by = case.first("by", "order_by", "keys", default=[key for key in rows[0] if key != called])
    keys = [tuple(number(row[key]) for key in ([by] if isinstance(by, str) else by)) for row in rows]
    return ([str(row[called]) for row in rows] if called else None), _in_order(keys)


def _in_order(keys: Sequence[tuple[Any, ...]]) -> list[int]:
    """Figures that stand for several, the first of which counts most."""
    order = sorted(set(keys))
    return [order.index(key) for key in keys]


def _group(rows: Any) -> tuple[list[str] | None, list[Any]]:
    """The figures of a group, in their order: only lists of figures are published, so that names are left out."""
    return None, [number(row[-1] if isinstance(row, list) else row) for row in listing(rows)[1]]


def _descending(case: Case) -> bool:
    """By the order that the case names: ``descending``, Excel's 0, or what is better."""
    said = str(case.first("order", "direction", "sort", default="ascending")).casefold()
    function = case.said("function")
    if said in ("0", "1"):
        return said == "0"
    return bool(re.search(r"desc|higher|high to low|largest|best first|\.eq 0", f"{said} {function}"))


def _known(key: str) -> str | None:
    """The way of counting equals that a figure is named after."""
    name = re.sub(r"[\s-]+", "_", key.casefold())
    return next((method for method, names in METHODS.items() if name in names), None)


def _figures(values: Sequence[Any], descending: bool, count: Any) -> dict[str, list[Any]]:
    """Every figure of every value; None for values that are missing, which are not ranked."""
    there = [place for place, value in enumerate(values) if value is not None]
    known = [values[place] for place in there]
    micros = np.array([to_micros(value) for value in known], np.int64)
    columns: dict[str, list[Any]] = {}
    for method in METHODS:
        ranks = tie_ranks(micros, method, descending=descending)
        columns[method] = [Fraction(int(each), MICRO) for each in ranks]
    columns["ntile"] = buckets(micros, whole(count), descending=descending).tolist()
    for name, function in (("percent_rank", percent_rank), ("cume_dist", cumulative_share)):
        shares = function(micros, descending=descending, unit=FINE)
        columns[name] = [Fraction(int(each), FINE) for each in shares]
    for kind in KINDS:
        columns[f"{kind.replace('mean', 'mid')}_percentile"] = [percentile_of(known, each, kind) for each in known]
    whole_columns = {}
    for name, column in columns.items():
        found = dict(zip(there, column, strict=True))
        whole_columns[name] = [found.get(place) for place in range(len(values))]
    return whole_columns
