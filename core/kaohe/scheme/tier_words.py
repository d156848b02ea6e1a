"""How tiers come about, in words: quotas, what happens at a cut, thresholds."""

from __future__ import annotations

from collections.abc import Iterable

from kaohe.scheme.model import Tiers
from kaohe.scheme.words import number, series
from kaohe.text import Message, Text, msg


def tier_lines(tiers: Tiers, tie_breakers: Message | Text | str | None) -> list[Message]:
    """What the table of tiers does not say by itself. ``tie_breakers``: the names of what tells equals apart,
    None where nothing does."""
    lines = []
    if tiers.kind == "quota":
        lines.append(msg("Seats are shared out by quota within each ranking group."))
        lines.append(
            {
                "promote": msg("Equals at a cut all get the better tier."),
                "demote": msg("Equals at a cut all get the lower tier."),
                "break": msg("Equals at a cut are told apart by code.")
                if tie_breakers is None
                else msg("Equals at a cut are told apart by {names}, at last by code.", names=tie_breakers),
            }[tiers.ties]
        )
        lines += _quota_words(tiers)
        if tiers.min_group > 1:
            lines.append(msg("Groups of fewer than {count} have no quota: scores alone decide.", count=tiers.min_group))
    else:
        lines.append(msg("The total decides."))
    if any(level.min_score is not None for level in tiers.levels) and tiers.boundary == "lower":
        lines.append(msg("A total on a threshold belongs to the lower tier."))
    return lines


def _quota_words(tiers: Tiers) -> Iterable[Message]:
    if tiers.order == "floors_first":
        yield msg("Least totals come first: each tier takes the best of those who reach its own, up to its seats.")
    elif any(level.min_score is not None for level in tiers.levels):
        yield msg("Seats come first: whoever misses the least total of their seat moves down, and it stays empty.")
    for level in tiers.levels:
        if level.at_least:
            yield msg("{id} has at least {count} seats in each group.", id=level.id, count=level.at_least)
        if level.at_most is not None:
            yield msg("{id} has at most {count} seats in each group.", id=level.id, count=level.at_most)
    if tiers.not_counted is not None:
        condition = tiers.not_counted.text.strip()
        yield msg("Given a tier but not counted in the quota is whoever meets: {condition}", condition=condition)
    if tiers.by_grade is not None:
        yield msg("A group's own grade is: {grade}", grade=tiers.by_grade.grade.text.strip())
        for grade, shares in tiers.by_grade.shares.items():
            each = [
                msg("{id} {share}", id=level.id, share=number(share, "share"))
                for level, share in zip(tiers.levels, shares, strict=True)
            ]
            yield msg("In groups of grade {grade}: {shares}", grade=grade, shares=series(each))
