"""The part of an explanation that is about the tier: seats, cuts, least totals, ties, rules, and what was missing."""

from __future__ import annotations

from collections.abc import Iterator

from kaohe.appraise.cuts import Cuts, cuts_of
from kaohe.appraise.rules import acted
from kaohe.exact import format_micros, shorten
from kaohe.run.explanation.score import manual_remarks
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
    computed, code = appraisal.computed, appraisal.people.code[row]
    by_hand = None if computed is None else computed.tier_of(code)
    found = str(by_hand.value) if by_hand is not None else tiers.levels[_after_rules(run, row, tiers, cuts.level)].id
    agree_in_words(run, "tier", str(appraisal.tier[row]), found)
    remarks = [*_seats(run, tiers, cuts, totals=totals)]
    floors = [f"{level.id} {shorten(level.min_score)}" for level in tiers.levels if level.min_score is not None]
    if floors:
        remarks.append(msg("least totals: {listed}", listed=", ".join(floors)))
        remarks += _order(tiers, quota=cuts.seats is not None)
    remarks += [each.what for each in decisions if each.kind == "tie" and each.about != "rank"]
    remarks += [each.what for each in decisions if each.kind in ("quota", "floor")]
    facts = {"tier": str(appraisal.tier[row])}
    if computed is not None and computed.tier[row] != appraisal.tier[row]:
        facts["computed"] = str(computed.tier[row])
        remarks.append(msg("computed tier {tier}, before changes by hand", tier=computed.tier[row]))
    remarks += manual_remarks(run, row, "tier")
    level = next(each for each in tiers.levels if each.id == appraisal.tier[row])
    named = level.id if level.name.en == level.id else msg("{tier} ({name})", tier=level.id, name=level.name)
    return Node(msg("tier"), named, (*remarks, *ruled), kind="tier", facts=facts)


def _after_rules(run: Run, row: int, tiers: Tiers, level: int) -> int:
    """The position of the tier after the rules on tiers that acted, in the order of the scheme, and a veto."""
    if run.appraisal.vetoed[row]:
        return len(tiers.levels) - 1
    names, applied = [each.id for each in tiers.levels], acted(run.appraisal.decisions[row])
    for rule in run.scheme.rules:
        if rule.id in applied and rule.action in ("tier_at_most", "tier_at_least") and rule.tier is not None:
            limit = names.index(rule.tier)
            level = max(level, limit) if rule.action == "tier_at_most" else min(level, limit)
    return level


def _order(tiers: Tiers, *, quota: bool) -> Iterator[Message]:
    """What the scheme says of totals on a boundary, and whether seats or floors come first."""
    if tiers.boundary == "lower":
        yield msg("a least total must be exceeded: on it is the lower tier")
    if quota and tiers.order == "floors_first":
        yield msg("floors first: each tier takes the best of those who reach its least total, no more than its seats")
    elif quota:
        yield msg("seats first: who holds a seat and misses its least total moves down, and the seat stays empty")


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
