"""The part of an explanation that is about the tier: seats, cuts, least totals, ties, rules, and what was missing."""

from __future__ import annotations

from collections.abc import Iterator

from kaohe.appraise.cuts import Cuts, cuts_of
from kaohe.exact import format_micros, shorten
from kaohe.run.model import Run
from kaohe.run.node import Node, agree_in_words
from kaohe.scheme.model import Tiers
from kaohe.text import Message, msg


def tier_node(run: Run, row: int, tiers: Tiers, *, totals: bool = True) -> Node:
    """One graded person's tier. Raises KaoheError where it does not recompute to the run's.

    ``totals``: whether anybody's total may be named.
    """
    appraisal = run.appraisal
    cuts = cuts_of(run.scheme, appraisal, row)
    about = {rule.id for rule in run.scheme.rules if rule.action in ("tier_at_most", "tier_at_least")}
    decisions = appraisal.decisions[row]
    ruled = [each.what for each in decisions if each.kind == "rule" and each.about in about]
    moved = bool(ruled) or bool(appraisal.vetoed[row])
    if not moved:
        agree_in_words(run, "tier", str(appraisal.tier[row]), tiers.levels[cuts.level].id)
    remarks = [*_seats(run, tiers, cuts, totals=totals)]
    floors = [f"{level.id} {shorten(level.min_score)}" for level in tiers.levels if level.min_score is not None]
    if floors:
        remarks.append(msg("least totals: {listed}", listed=", ".join(floors)))
    remarks += [each.what for each in decisions if each.kind == "tie" and each.about != "rank"]
    remarks += [each.what for each in decisions if each.kind in ("quota", "floor")]
    if cuts.enough is not None and not moved and totals:
        total = format_micros(cuts.enough, run.scheme.decimals)
        remarks.append(msg("a total of {total} would have been enough for a better tier", total=total))
    return Node(msg("tier"), appraisal.tier[row], (*remarks, *ruled))


def _seats(run: Run, tiers: Tiers, cuts: Cuts, *, totals: bool) -> Iterator[Message]:
    """The seats and who was the last to get one: a total, nobody's name."""
    if cuts.seats is None:
        return
    listed = ", ".join(f"{level.id} {count}" for level, count in zip(tiers.levels, cuts.seats, strict=True))
    yield msg("seats among {size} graded people: {listed}", size=cuts.counted, listed=listed)
    for level, last in zip(tiers.levels[:-1], cuts.last, strict=False):
        if last is not None and totals:
            total = format_micros(last, run.scheme.decimals)
            yield msg("the last {tier} has {total}", tier=level.id, total=total)
