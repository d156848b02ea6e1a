"""What a scheme says about quotas besides shares: what comes first, who is counted, a group's own grade, limits."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from kaohe.language import Expression
from kaohe.scheme.consequences import compile_about_people
from kaohe.scheme.draft import Draft, Path, show
from kaohe.scheme.model import GradedShares, Ranking
from kaohe.scheme.names import Names
from kaohe.text import msg


@dataclass(frozen=True)
class Quota:
    """The keys of ``tiers`` that quotas alone have."""

    order: Literal["quota_first", "floors_first"] = "quota_first"
    not_counted: Expression | None = None
    by_grade: GradedShares | None = None


def read_quota(draft: Draft, names: Names, needed: dict[str, Path], ranking: Ranking, min_group: int) -> Quota:
    """Everything about quotas; indicators that its expressions read go into ``needed``."""
    table: dict[str, Any] = draft.data["tiers"]
    path: Path = ("tiers",)
    rows = table.get("levels", [])
    order: Literal["quota_first", "floors_first"] = table.get("order", "quota_first")
    if any("min_score" in row for row in rows):
        order = draft.get(table, path, "order", "quota_first")
    elif "order" in table:
        what = msg("order has no effect: no tier asks for a min_score")
        draft.report((*path, "order"), "no-effect", what, severity="warning", at_key=True)
    _check_limits(draft, rows, (*path, "levels"), min_group)
    not_counted = compile_about_people(
        draft, (*path, "graded_but_not_counted"), table, names.rule(), ("boolean",), needed
    )
    return Quota(order, not_counted, _read_by_grade(draft, names, needed, ranking))


def _check_limits(draft: Draft, rows: list[dict[str, Any]], path: Path, min_group: int) -> None:
    for index, row in enumerate(rows):
        if row.get("at_least", 0) > row.get("at_most", row.get("at_least", 0)):
            what = msg("at_least is above at_most")
            found, expected = show(row["at_least"]), msg("at most {limit}", limit=show(row["at_most"]))
            draft.report((*path, index, "at_least"), "least-above-most", what, found=found, expected=expected)
        if row.get("at_most") and row.get("share") == 0:
            what = msg("at_most has no effect on a tier whose share is 0")
            draft.report((*path, index, "at_most"), "no-effect", what, severity="warning", at_key=True)
    least = [(index, row) for index, row in enumerate(rows) if row.get("at_least")]
    needed = sum(row["at_least"] for _, row in least)
    if needed > min_group:
        draft.report(
            (*path, least[0][0], "at_least"),
            "seats-above-group",
            msg("a group of fewer than {count} people cannot have these seats", count=needed),
            found=" + ".join(f"{row.get('id')} {row['at_least']}" for _, row in least) + f" = {needed}",
            fix=msg("write tiers.min_group = {count}, or lower at_least", count=needed),
            severity="warning",
        )


def _read_by_grade(draft: Draft, names: Names, needed: dict[str, Path], ranking: Ranking) -> GradedShares | None:
    table, path = draft.data["tiers"].get("by_grade"), ("tiers", "by_grade")
    if table is None:
        return None
    grade = compile_about_people(draft, (*path, "grade"), table, names.group(), ("text",), needed)
    rows: dict[str, list[Decimal | int]] = table.get("shares", {})
    levels = draft.data["tiers"].get("levels", [])
    for name, shares in rows.items():
        _check_row(draft, (*path, "shares", name), shares, len(levels))
    if not ranking.within:
        what = msg("everybody is ranked in one group, so one grade holds for all")
        fix = msg('rank within what has the grade: ranking.within = ["team"]')
        draft.report(path, "one-group", what, fix=fix, severity="warning", at_key=True)
    if grade is None:
        return None
    return GradedShares(grade, {name: tuple(map(Decimal, shares)) for name, shares in rows.items()})


def _check_row(draft: Draft, path: Path, shares: list[Decimal | int], levels: int) -> None:
    total = sum(map(Decimal, shares), Decimal(0))
    if len(shares) != levels:
        what = msg("a row of shares has one for each tier, best first")
        found = msg("{count} shares", count=len(shares))
        draft.report(path, "shares-count", what, found=found, expected=msg("{count} shares", count=levels))
    elif total != 1:
        draft.report(
            path,
            "shares-sum",
            msg("the shares of the tiers add up to {total}", total=show(total)),
            found=" + ".join(map(show, shares)) + f" = {show(total)}",
            expected="1",
            fix=msg("a share is written from 0 to 1: {percent} % is {share}", percent=20, share="0.2")
            if total == 100
            else None,
        )
