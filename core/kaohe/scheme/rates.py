"""Rate tables of the bonus and its accelerators as written → checked: no gap, no overlap, open at both ends."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import Any

from kaohe.scheme.draft import Draft, Path, show
from kaohe.scheme.model import RateBand, RateTable
from kaohe.text import msg

GIVES = ("rate", "amount", "factor")
Row = dict[str, Any]


def read_rates(draft: Draft, table: Row, path: Path, allowed: tuple[str, ...]) -> RateTable | None:
    """The table at a path; None where a mistake, reported already, leaves nothing to build.

    ``allowed`` are the things that its bands may give.
    """
    rows = table.get("bands")
    mode = table.get("mode") if "rate" in allowed else draft.get(table, path, "mode", "whole")
    boundary = draft.get(table, path, "boundary", "upper")
    if mode is None or not rows or not all(rows):
        return None
    before = len(draft.problems)
    here: Path = (*path, "bands")
    lumps = "amount" in allowed and mode != "interpolated"
    if mode == "marginal":
        allowed = ("rate",)
    gives = _gives(draft, rows, here, allowed, lumps=lumps)
    begun = [_begin(rows, index) for index in range(len(rows))]
    for index, row in enumerate(rows):
        last = index == len(rows) - 1
        _check_row(draft, row, (*here, index), mode, begun[index], first=index == 0, last=last)
    _check_ends(draft, rows, here)
    for (index, left), (_, right) in pairwise(enumerate(rows)):
        _check_joint(draft, left, right, (*here, index + 1), begun[index])
    if gives is None or any(problem.severity == "error" for problem in draft.problems[before:]):
        return None
    return RateTable(mode, gives, _bands(rows, gives, mode), boundary)  # type: ignore[arg-type]  # the JSON Schema names them


def given_for_nothing(table: RateTable) -> bool:
    """Whether a table gives anything for a figure of 0."""
    lows = [band.lower for band in table.bands]
    reached = [low is None or low < 0 or (low == 0 and table.boundary == "upper") for low in lows[1:]]
    here = table.bands[sum(reached)]
    if any(band.lump for band in (table.bands[: sum(reached) + 1] if table.mode == "marginal" else (here,))):
        return True
    if table.gives == "rate":
        return False
    if table.mode != "interpolated" or here.lower is None or here is table.bands[-1]:
        return bool(here.value)
    end = lows[sum(reached) + 1] or Decimal(0)
    return here.value * end != here.value_to * here.lower


def _gives(draft: Draft, rows: list[Row], path: Path, allowed: tuple[str, ...], *, lumps: bool) -> str | None:
    """The one thing that all bands give; beside a rate an amount may be given for reaching the band."""
    expected = msg("one of {names}, the same in every band", names=", ".join(allowed))
    first = next((name for name in GIVES if name in rows[0]), None)
    fit = True
    for index, row in enumerate(rows):
        named = [name for name in GIVES if name in row]
        if lumps and named == ["rate", "amount"] and not isinstance(row["amount"], list):
            named = ["rate"]
        if named != [first] or first not in allowed:
            what = msg("it is unclear what this band gives")
            found = ", ".join(named) or None
            draft.report((*path, index), "band-gives", what, found=found, expected=expected)
            fit = False
    return first if fit else None


def _begin(rows: list[Row], index: int) -> Any:
    """Where a band begins: as it says, or where the one before ends; None: open, or nobody says."""
    return rows[index].get("from", rows[index - 1].get("to") if index else None)


def _check_row(draft: Draft, row: Row, path: Path, mode: str, lower: Any, *, first: bool, last: bool) -> None:
    upper = row.get("to")
    if lower is not None and upper is not None and lower >= upper:
        found = f"{show(lower)} – {show(upper)}"
        what, expected = msg("no value can fall into this band"), msg("from less than to")
        fix = msg("write the bands in ascending order")
        draft.report(path, "band-unreachable", what, found=found, expected=expected, fix=fix)
    pair = next((name for name in GIVES if isinstance(row.get(name), list)), None)
    if pair is not None and (mode != "interpolated" or last or (first and lower is None)):
        what = msg("two values hold at the two ends of an interpolated band, and here there are none")
        draft.report((*path, pair), "band-ends", what, found=show(row[pair]))
    if row.get("retroactive") and (mode != "marginal" or first):
        what = msg("retroactive has an effect on the later bands of a marginal table only")
        draft.report((*path, "retroactive"), "no-effect", what, severity="warning", at_key=True)


def _check_ends(draft: Draft, rows: list[Row], path: Path) -> None:
    if rows[0].get("from", 0) != 0:
        draft.report(
            (*path, 0, "from"),
            "bands-not-open",
            msg("the lowest band begins at 0 or is open: what lies below would have no band"),
            found=show(rows[0]["from"]),
            fix=msg("leave out {key} in the lowest band", key="from"),
        )
    if "to" in rows[-1]:
        draft.report(
            (*path, len(rows) - 1, "to"),
            "bands-not-open",
            msg("what lies above the highest band would have no band"),
            found=show(rows[-1]["to"]),
            fix=msg("leave out {key} in the highest band", key="to"),
        )


def _check_joint(draft: Draft, left: Row, right: Row, path: Path, begun: Any) -> None:
    """Bands stand in ascending order; the end of one is the beginning of the next, and may be left out."""
    begin = right.get("from", left.get("to"))
    end = left.get("to", begin)
    if begin is None:
        what = msg("{key} is missing", key="from")
        draft.report((*path, "from"), "missing-key", what)
    elif end < begin:
        what, fix = msg("between two bands there is a gap"), msg("let the one begin where the other ends")
        draft.report(path, "band-gap", what, found=f"{show(end)} … {show(begin)}", fix=fix)
    elif end > begin or (begun is not None and "from" in right and begun >= begin):
        found = f"{'' if begun is None else show(begun)} – {show(end)}; {show(begin)} –".strip()
        fix = msg("let the one begin where the other ends")
        draft.report(path, "band-overlap", msg("two bands overlap"), found=found, fix=fix)


def _bands(rows: list[Row], gives: str, mode: str) -> tuple[RateBand, ...]:
    bands = []
    for index, row in enumerate(rows):
        begin = _begin(rows, index)
        value = row[gives]
        low = Decimal(value[0] if isinstance(value, list) else value)
        high = low
        if isinstance(value, list):
            high = Decimal(value[1])
        elif mode == "interpolated" and begin is not None and index + 1 < len(rows):
            following = rows[index + 1][gives]
            high = Decimal(following[0] if isinstance(following, list) else following)
        lower = None if begin is None else Decimal(begin)
        lump = Decimal(row.get("amount", 0)) if gives == "rate" else Decimal(0)
        bands.append(RateBand(lower, low, high, bool(row.get("retroactive")), lump))
    return tuple(bands)
