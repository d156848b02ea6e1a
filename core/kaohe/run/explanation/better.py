"""Why somebody is not in a better tier: the total that would have been enough, what else stands in the way, and in the
person's own terms where the missing points could have come from."""

from __future__ import annotations

from collections.abc import Iterator

from kaohe.appraise.cuts import enough_for
from kaohe.appraise.rules import acted
from kaohe.exact import format_micros, from_micros, shorten
from kaohe.run.assessment.disclosure import Hidden
from kaohe.run.explanation.common import Common
from kaohe.run.explanation.levers import Lever, levers
from kaohe.run.figures import points_in_words, value_in_words
from kaohe.run.model import Run
from kaohe.run.node import Node
from kaohe.scheme.model import Tiers
from kaohe.text import Message, msg


def why_node(common: Common, row: int, tiers: Tiers, hidden: Hidden) -> Node | None:
    """Each tier above the person's own, the nearest first; None for who is in the best one, and where totals are
    withheld."""
    run = common.run
    names = [level.id for level in tiers.levels]
    own = names.index(run.appraisal.tier[row] or names[-1])
    if not own or hidden.total:
        return None
    found = levers(run, row, hidden)
    better = tuple(_better(run, row, tiers, wanted, found) for wanted in range(own - 1, -1, -1))
    left = tuple(_left(run, each) for each in sorted(found, key=_gain, reverse=True) if _gain(each))
    points = (Node(msg("points that could still be earned"), None, (), left, "points_left"),) if left else ()
    return Node(msg("what a better tier would have taken"), None, (), (*better, *points), "why")


def _better(run: Run, row: int, tiers: Tiers, wanted: int, found: list[Lever]) -> Node:
    level, own, decimals = tiers.levels[wanted], int(run.appraisal.total[row]), run.scheme.decimals
    label = msg("tier {tier}", tier=level.id)
    obstacles = [*_obstacles(run, row, tiers, wanted)]
    facts = {"total": format_micros(own, decimals)}
    if level.min_score is not None:
        obstacles.append(msg("least total of {tier}: {score}", tier=level.id, score=shorten(level.min_score)))
    enough = enough_for(run.scheme, run.appraisal, row, wanted)
    if enough.total is None:
        figure = msg("no total would have been enough")
        return Node(label, figure, tuple(obstacles), (), "better", level.id, facts)
    facts |= {"enough": format_micros(enough.total, decimals), "least": "true" if enough.least else "false"}
    if enough.total == own:
        figure = msg("the total would be enough; what was decided besides stands in the way")
        return Node(label, figure, tuple(obstacles), (), "better", level.id, facts)
    words = {"total": format_micros(enough.total, decimals), "gap": format_micros(enough.total - own, decimals)}
    figure = msg("a total of {total} would have been enough, {gap} more", **words)
    if not enough.least:
        figure = msg("a total of {total}, {gap} more, would have been enough; perhaps a lower one too", **words)
    alone = [(each, value) for each in found if (value := each.needed(enough.total)) is not None]
    children = tuple(_alone(each, value) for each, value in sorted(alone, key=lambda pair: -_gain(pair[0])))
    if found and not children:
        obstacles.append(msg("no indicator alone would have been enough"))
    return Node(label, figure, tuple(obstacles), children, "better", level.id, facts)


def _obstacles(run: Run, row: int, tiers: Tiers, wanted: int) -> Iterator[Message]:
    """The rules, and the changes by hand, that keep the person below the tier whatever the total."""
    names = [level.id for level in tiers.levels]
    applied = acted(run.appraisal.decisions[row])
    for rule in run.scheme.rules:
        if rule.id not in applied:
            continue
        if rule.action == "veto":
            yield msg("{reason}: a veto, whatever the total", reason=rule.reason)
        elif rule.action == "tier_at_most" and rule.tier is not None and names.index(rule.tier) > wanted:
            yield msg("{reason}: at most {tier}, whatever the total", reason=rule.reason, tier=rule.tier)
        elif rule.action == "cap":
            limit = shorten(rule.amount) if rule.amount is not None else ""
            yield msg("{reason}: total at most {limit}, whatever is earned", reason=rule.reason, limit=limit)
        elif rule.action == "deduct" and rule.amount is not None:
            yield msg("{reason}: {amount} points deducted", reason=rule.reason, amount=shorten(rule.amount))
    computed, code = run.appraisal.computed, run.appraisal.people.code[row]
    if computed is not None and (change := computed.tier_of(code)) is not None:
        yield msg("the tier was set by hand (no. {number}): {reason}", number=change.number, reason=change.reason)


def _alone(lever: Lever, value: int) -> Node:
    indicator = lever.used.indicator
    words = {"value": value_in_words(indicator, value), "now": value_in_words(indicator, lever.value)}
    words["points"] = points_in_words(lever.at(value))
    figure = msg("{value} instead of {now} alone would have been enough: {points}", **words)
    facts = {"value": str(from_micros(lever.value)), "needed": str(from_micros(value))}
    return Node(indicator.name, figure, (), (), "lever", lever.used.key, facts)


def _left(run: Run, lever: Lever) -> Node:
    words = {
        "value": value_in_words(lever.used.indicator, lever.value),
        "points": points_in_words(lever.points),
        "gain": format_micros(_gain(lever), run.scheme.decimals),
    }
    facts = {"points": str(from_micros(lever.points)), "gain": str(words["gain"])}
    if lever.most is None:
        figure = msg("{value} → {points}; its curve has no end", **words)
        return Node(lever.used.indicator.name, figure, (), (), "lever", lever.used.key, facts)
    facts["most"] = str(from_micros(lever.most))
    words["most"] = points_in_words(lever.most)
    figure = msg("{value} → {points} of at most {most}: the total would be {gain} higher", **words)
    return Node(lever.used.indicator.name, figure, (), (), "lever", lever.used.key, facts)


def _gain(lever: Lever) -> int:
    """How much higher the total would be with all the points that the curve gives; with 10 more where it has no end."""
    most = lever.points + 10_000_000 if lever.most is None else lever.most
    return max(0, lever.total(most) - lever.total(lever.points))
