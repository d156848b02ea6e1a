"""The table ``[manual_changes]`` as it is written → checked: how far people may change what was computed; in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kaohe.exact import format_fen, shorten
from kaohe.scheme.amounts import fen_of, share_of, suspect_share
from kaohe.scheme.draft import Draft, Path, show
from kaohe.scheme.model import ManualLimits, Scheme
from kaohe.scheme.numbers import optional_number
from kaohe.scheme.words import number
from kaohe.text import Message, msg

TABLE = "manual_changes"
_PATH: Path = (TABLE,)
_AS_SHARE = msg("a share of the computed bonus is written {share}")
_KINDS = ("points", "tiers", "bonus")


def read_manual(draft: Draft) -> ManualLimits | None:
    """The limits of manual changes; None where the scheme has no such table, or none that is sound."""
    table = draft.data.get(TABLE)
    if table is None:
        return None
    before = len(draft.problems)
    written = draft.document.data[TABLE]
    if not any(kind in written for kind in _KINDS):
        what = msg("the table allows no manual change: points, tiers and bonus are all left out")
        fix = msg("write at least one of them, for instance points = 5, or leave the table out")
        draft.report(_PATH, "nothing-allowed", what, fix=fix, at_key=True)
    _check_effect(draft, table)
    people = draft.get(table, _PATH, "people", "100%")
    people_share = share_of(people)
    if people_share is not None and people_share > 1:
        limit = msg("at most {limit}", limit='"100%"')
        what = msg("{key} is out of range", key=f"{TABLE}.people")
        draft.report((*_PATH, "people"), "out-of-range", what, found=show(people), expected=limit)
    bonus = table.get("bonus")
    bonus_share = share_of(bonus)
    if bonus is not None and bonus_share is None:
        suspect_share(draft, (*_PATH, "bonus"), bonus, _AS_SHARE)
    limits = ManualLimits(
        points=optional_number(table, "points"),
        tiers=table.get("tiers"),
        bonus=None if bonus is None or bonus_share is not None else fen_of(draft, (*_PATH, "bonus"), bonus),
        bonus_share=bonus_share,
        people=None if people_share is not None else people,
        people_share=people_share if "people" in table else None,
        within=draft.get(table, _PATH, "within", "all"),
        quota=draft.get(table, _PATH, "quota", "refuse"),
    )
    return None if any(each.severity == "error" for each in draft.problems[before:]) else limits


def _check_effect(draft: Draft, table: dict[str, Any]) -> None:
    """Keys that nothing in the scheme can answer to."""
    by_quota = draft.data.get("tiers", {}).get("kind") == "quota"
    useless = {
        "tiers": ("tiers" not in draft.data, msg("the scheme has no tiers that could be changed")),
        "bonus": ("bonus" not in draft.data, msg("the scheme pays no bonus that could be changed")),
        "quota": (not by_quota, msg("the scheme has no quotas that could be exceeded")),
        "within": ("people" not in table, msg("without people there is no limit to be counted within groups")),
    }
    for key, (idle, what) in useless.items():
        if key in table and idle:
            fix = msg("leave out {key}", key=f"{TABLE}.{key}")
            draft.report((*_PATH, key), "no-effect", what, fix=fix, severity="warning", at_key=True)


def manual_lines(scheme: Scheme) -> Iterator[Message]:
    """How far results may be changed by hand, as sentences; nothing where they may not."""
    limits = scheme.manual
    if limits is None:
        return
    if limits.points is not None:
        yield msg("A total may be changed by at most {points} points, up or down.", points=shorten(limits.points))
    if limits.tiers is not None:
        yield msg("A tier may be changed by at most {count}, up or down.", count=limits.tiers)
    if limits.bonus_share is not None:
        share = number(limits.bonus_share, "share")
        yield msg("A bonus may be changed by at most {share} of what was computed.", share=share)
    elif limits.bonus is not None:
        yield msg("A bonus may be changed by at most {amount}.", amount=format_fen(limits.bonus))
    if limits.people is not None or limits.people_share is not None:
        yield _people_words(limits)
    if scheme.tiers is not None and scheme.tiers.kind == "quota" and limits.tiers is not None:
        yield {
            "refuse": msg("After the changes no tier may have more people than seats."),
            "report": msg("A tier with more people than seats after the changes is reported."),
        }[limits.quota]
    yield msg("Every change has a reason and is approved by somebody else than who proposed it.")


def _people_words(limits: ManualLimits) -> Message:
    if limits.people_share is None:
        if limits.within == "group":
            return msg("In each ranking group at most {count} people may be changed.", count=limits.people)
        return msg("At most {count} people may be changed.", count=limits.people)
    share = number(limits.people_share, "share")
    if limits.within == "group":
        return msg("At most {share} of the graded people of each ranking group may be changed.", share=share)
    return msg("At most {share} of the graded people may be changed.", share=share)
