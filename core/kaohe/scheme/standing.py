"""Ranking and tiers as they are written → checked: groups, ties, thresholds, quotas."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import Any, Literal

from kaohe.scheme.catalogue import read_text
from kaohe.scheme.draft import Draft, Path, show
from kaohe.scheme.model import Level, Ranking, Tiers
from kaohe.scheme.names import TEAM, Names
from kaohe.scheme.numbers import optional_number
from kaohe.scheme.quota import Quota, read_quota
from kaohe.text import msg

_PROMOTE: Literal["promote"] = "promote"


def read_ranking(draft: Draft, names: Names, needed: dict[str, Path]) -> Ranking:
    """The ranking; everything in it has a default. Indicators of tie-breakers go into ``needed``."""
    table, path = draft.data.get("ranking", {}), ("ranking",)
    within = draft.get(table, path, "within", [])
    for index, attribute in enumerate(within):
        if not names.knows(attribute):
            what = msg("people have no attribute {name}", name=attribute)
            if names.usual is TEAM:
                what = msg("teams have no attribute {name}", name=attribute)
            draft.unknown((*path, "within", index), "unknown-attribute", what, attribute, names.known_attributes)
    return Ranking(
        within=tuple(within),
        method=draft.get(table, path, "method", "competition"),
        tie_breakers=_tie_breakers(draft, table, path, names, needed, []),
        min_group=draft.get(table, path, "min_group", 1),
        small_groups=draft.get(table, path, "small_groups", "merge"),
    )


def _tie_breakers(
    draft: Draft, table: dict[str, Any], path: Path, names: Names, needed: dict[str, Path], default: list[str]
) -> tuple[str, ...]:
    listed = draft.get(table, path, "tie_breakers", default)
    seen = set()
    for index, identifier in enumerate(listed if "tie_breakers" in table else ()):
        here: Path = (*path, "tie_breakers", index)
        if identifier in seen:
            what = msg("{id} breaks ties twice", id=identifier)
            draft.report(here, "duplicate-tie-breaker", what, found=show(identifier))
        elif identifier not in names.values:
            what = msg("there is no indicator {id}", id=identifier)
            draft.unknown(here, "unknown-indicator", what, identifier, names.values)
        elif names.directions.get(identifier) == "target":
            what = msg("{indicator} cannot break ties: neither more nor less of it is better", indicator=identifier)
            fix = msg("choose an indicator of which more or less is better")
            draft.report(here, "tie-breaker-without-direction", what, found=show(identifier), fix=fix)
        else:
            needed.setdefault(identifier, here)
        seen.add(identifier)
    return tuple(listed)


def read_tiers(draft: Draft, names: Names, needed: dict[str, Path], ranking: Ranking) -> Tiers | None:
    """The tiers; None where the scheme has none, or none that are sound."""
    table, path = draft.data.get("tiers"), ("tiers",)
    if table is None or "kind" not in table:
        return None
    before = draft.failed
    kind = table["kind"]
    rows = table.get("levels", [])
    levels_path: Path = (*path, "levels")
    _check_ids(draft, rows, levels_path)
    _check_scores(draft, rows, levels_path, kind)
    boundary = draft.get(table, path, "boundary", "upper")
    ties, tie_breakers, min_group = _PROMOTE, ranking.tie_breakers, 1
    quota = Quota()
    if kind == "quota":
        _check_shares(draft, rows, levels_path)
        ties = draft.get(table, path, "ties", _PROMOTE)
        tie_breakers = _tie_breakers(draft, table, path, names, needed, list(ranking.tie_breakers))
        min_group = draft.get(table, path, "min_group", 1)
        if ties == "break" and not tie_breakers:
            what = msg("ties at a cut are broken by nothing but people's codes")
            fix = msg("name indicators that decide: tie_breakers = [...]")
            draft.report((*path, "ties"), "ties-by-code", what, fix=fix, severity="warning")
        if ties != "break" and "tie_breakers" in table:
            what = msg("tie_breakers have no effect: with {ties} nothing tells equals at a cut apart", ties=show(ties))
            fix = msg('write ties = "break", or leave out tie_breakers')
            draft.report((*path, "tie_breakers"), "no-effect", what, fix=fix, severity="warning", at_key=True)
        quota = read_quota(draft, names, needed, ranking, min_group)
        _warn_of_open_best(draft, rows, levels_path, ranking, min_group)
    else:
        by_quota = ("ties", "tie_breakers", "min_group", "order", "graded_but_not_counted", "by_grade")
        _no_effect(draft, table, path, by_quota)
        for index, row in enumerate(rows):
            _no_effect(draft, row, (*levels_path, index), ("share", "at_least", "at_most"))
    levels = tuple(_level(draft, row, (*levels_path, index)) for index, row in enumerate(rows) if "id" in row)
    if draft.failed and not before:
        return None
    if not levels:
        return None
    return Tiers(kind, levels, boundary, ties, tie_breakers, min_group, quota.order, quota.not_counted, quota.by_grade)


def _warn_of_open_best(draft: Draft, rows: list[dict[str, Any]], path: Path, ranking: Ranking, min_group: int) -> None:
    """Without a quota the thresholds alone decide: a best tier that asks for no score takes everybody."""
    unranked = bool(ranking.within) and ranking.small_groups == "unranked" and ranking.min_group > 1
    if rows and "id" in rows[0] and "min_score" not in rows[0] and (min_group > 1 or unranked):
        what = msg("in a group too small for quotas everybody gets tier {id}: it asks for no total", id=rows[0]["id"])
        fix = msg("write min_score in every tier but the last")
        draft.report((*path, 0), "open-best-tier", what, fix=fix, severity="warning")


def _level(draft: Draft, row: dict[str, Any], path: Path) -> Level:
    name = read_text(draft.get(row, path, "name", row["id"]), row["id"])
    if "coefficient" not in row and "bonus" in draft.data:
        what = msg("tier {id} has no coefficient, and the scheme pays a bonus", id=row["id"])
        draft.report((*path, "coefficient"), "missing-key", what)
    coefficient = Decimal(row["coefficient"] if "coefficient" in row else draft.default((*path, "coefficient"), 1))
    limits = (row.get("at_least"), row.get("at_most"))
    return Level(
        row["id"], name, coefficient, optional_number(row, "share"), optional_number(row, "min_score"), *limits
    )


def _check_ids(draft: Draft, rows: list[dict[str, Any]], path: Path) -> None:
    seen = set()
    for index, row in enumerate(rows):
        if row.get("id") in seen:
            what = msg("two tiers are called {id}", id=row["id"])
            draft.report((*path, index, "id"), "duplicate-id", what, found=show(row["id"]))
        if "id" in row:
            seen.add(row["id"])


def _check_scores(draft: Draft, rows: list[dict[str, Any]], path: Path, kind: str) -> None:
    scores = [(index, row["min_score"]) for index, row in enumerate(rows) if "min_score" in row]
    for (_, better), (index, worse) in pairwise(scores):
        if worse >= better:
            draft.report(
                (*path, index, "min_score"),
                "tiers-order",
                msg("tiers stand best first: their min_score must descend"),
                found=show(worse),
                expected=msg("less than {limit}", limit=show(better)),
            )
    if rows and "min_score" in rows[-1]:
        draft.report(
            (*path, len(rows) - 1, "min_score"),
            "tiers-not-open",
            msg("whoever scores less than the last tier asks for would have no tier"),
            found=show(rows[-1]["min_score"]),
            fix=msg("leave out min_score in the last tier"),
        )
    if kind == "score":
        for index, row in enumerate(rows[:-1]):
            if row and "min_score" not in row:
                draft.report((*path, index, "min_score"), "missing-key", msg("{key} is missing", key="min_score"))
    if scores and all(0 < score <= 1 for _index, score in scores):
        what = msg("totals count to 100; this looks like a share")
        draft.report(
            (*path, scores[0][0], "min_score"), "suspect-share", what, found=show(scores[0][1]), severity="warning"
        )


def _check_shares(draft: Draft, rows: list[dict[str, Any]], path: Path) -> None:
    for index, row in enumerate(rows):
        if row and "share" not in row:
            draft.report((*path, index, "share"), "missing-key", msg("{key} is missing", key="share"))
    shares = [Decimal(row["share"]) for row in rows if "share" in row]
    total = sum(shares, Decimal(0))
    if not shares or len(shares) < len(rows) or total == 1:
        return
    percent = msg(
        "a share is written from 0 to 1: {percent} % is {share}", percent=show(shares[0]), share=show(shares[0] / 100)
    )
    off = msg("{difference} are missing", difference=show(1 - total))
    over = msg("{difference} are too many", difference=show(total - 1))
    draft.report(
        (*path, 0, "share"),
        "shares-sum",
        msg("the shares of the tiers add up to {total}", total=show(total)),
        found=" + ".join(map(show, shares)) + f" = {show(total)}",
        expected="1",
        fix=percent if total == 100 else off if total < 1 else over,
    )


def _no_effect(draft: Draft, table: dict[str, Any], path: Path, keys: tuple[str, ...]) -> None:
    for key in keys:
        if key in table:
            what = msg("{key} has no effect on tiers by score", key=key)
            draft.report((*path, key), "no-effect", what, severity="warning", at_key=True)
