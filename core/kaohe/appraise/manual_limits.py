"""What the scheme allows of manual changes: whom, how far, how many; every change that goes too far, with the figures.

Rules hold: a vetoed person stays vetoed, and no change lifts anybody over what a rule held them at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from math import floor

import numpy as np

from kaohe.appraise.manual import Asked, ManualChange, ManualKind
from kaohe.appraise.manual_people import Before, percent, too_many_people
from kaohe.appraise.model import People
from kaohe.errors import Place, Problem
from kaohe.exact import Ints, format_fen, format_micros, shorten, signed_fen, signed_micros, to_micros
from kaohe.scheme.model import ManualLimits, Rule, Scheme
from kaohe.text import Message, msg


def unfit(scheme: Scheme, people: People, changes: Sequence[ManualChange]) -> list[Problem]:
    """Changes that the scheme does not know: no such table, kind, tier or person."""
    if not changes:
        return []
    limits = scheme.manual
    if limits is None:
        numbers = ", ".join(str(each.number) for each in changes)
        what, fix = msg("the scheme allows no manual changes"), _allow(scheme, "points = 5")
        return [Problem("manual.not-allowed", what, Place(key=scheme.id), found=_named(numbers), fix=fix)]
    codes = frozenset(people.code)
    return [problem for each in changes for problem in _unfit(scheme, limits, codes, each)]


def _unfit(scheme: Scheme, limits: ManualLimits, codes: frozenset[str], change: ManualChange) -> Iterator[Problem]:
    if change.person not in codes:
        what = msg("manual change {number} is about somebody who is not appraised", number=change.number)
        yield Problem("manual.person", what, Place(key=change.person), fix=_withdraw(change))
    levels = () if scheme.tiers is None else scheme.tiers.levels
    tiers = tuple(level.id for level in levels)
    match change.kind:
        case "points" if limits.points is None:
            yield _kind(scheme, change, msg("the scheme allows no manual change of points"), "points = 5")
        case "tier" if limits.tiers is None or not tiers:
            yield _kind(scheme, change, msg("the scheme allows no manual change of tiers"), "tiers = 1")
        case "bonus" if (limits.bonus is None and limits.bonus_share is None) or scheme.bonus is None:
            yield _kind(scheme, change, msg("the scheme allows no manual change of bonuses"), 'bonus = "20%"')
        case "tier" if change.value not in tiers:
            what = msg("the scheme has no such tier")
            found, expected = str(change.value), ", ".join(tiers)
            yield Problem("manual.tier", what, Place(key=change.person), found, expected, _withdraw(change))


def beyond(scheme: Scheme, people: People, asked: Asked, before: Before) -> Iterator[Problem]:
    """Changes that go further than the scheme lets them."""
    limits = scheme.manual
    if limits is None:
        return
    rows = {code: row for row, code in enumerate(people.code)}
    by_person: dict[int, list[ManualChange]] = defaultdict(list)
    for change in asked.changes:
        by_person[rows[change.person]].append(change)
    for row, changes in sorted(by_person.items()):
        where = Place(key=people.code[row])
        named = _named(", ".join(str(each.number) for each in changes))
        if not before.ruled.graded[row]:
            what = msg("somebody who is not graded cannot be changed by hand")
            fix = msg("mend the records, so that the person is graded")
            yield Problem("manual.not-graded", what, where, found=named, fix=fix)
        elif before.ruled.vetoed[row]:
            what = msg("a veto is the last word: nothing is changed by hand after it")
            fix = msg("mend the records that the veto rests on")
            yield Problem("manual.vetoed", what, where, found=named, fix=fix)
        else:
            yield from _points(scheme, limits, row, changes, before, where)
            yield from _tier(scheme, limits, row, asked, before, where)
            yield from _bonus(limits, row, changes, before, where)
    yield from too_many_people(scheme, limits, sorted(by_person), before)


def _points(
    scheme: Scheme, limits: ManualLimits, row: int, changes: Sequence[ManualChange], before: Before, where: Place
) -> Iterator[Problem]:
    values = _values(changes, "points")
    points = sum(values)
    if limits.points is not None and abs(points) > to_micros(limits.points):
        expected = msg("at most {limit} points, up or down", limit=shorten(limits.points))
        found = msg("{terms} points", terms=_sum(values, signed_micros))
        yield Problem("manual.points", msg("more points are changed by hand than allowed"), where, found, expected)
    total = int(before.ruled.total[row])
    for rule, held in before.ruled.caps:
        most = max(to_micros(rule.amount or 0), total)
        if points > 0 and row in held and total + points > most:
            words = {"total": format_micros(total, scheme.decimals), "sum": signed_micros(points)}
            found = msg("{total} {sum}", **words)
            expected = msg("at most {limit}", limit=format_micros(most, scheme.decimals))
            yield _against(rule, where, found, expected)


def _tier(
    scheme: Scheme, limits: ManualLimits, row: int, asked: Asked, before: Before, where: Place
) -> Iterator[Problem]:
    level, old = int(asked.level[row]), int(before.level[row])
    if level < 0 or scheme.tiers is None or limits.tiers is None:
        return
    ids = [each.id for each in scheme.tiers.levels]
    moved = msg("{before} → {after}", before=ids[old], after=ids[level])
    if abs(level - old) > limits.tiers:
        found = msg("{move}: {count} tiers", move=moved, count=abs(level - old))
        expected = msg("at most {limit} tiers, up or down", limit=limits.tiers)
        yield Problem("manual.tiers", msg("a tier is changed by hand further than allowed"), where, found, expected)
    for rule, held in before.ruled.tier_rules:
        if row not in held:
            continue
        limit = ids.index(rule.tier or "")
        if rule.action == "tier_at_most" and level < min(limit, old):
            yield _against(rule, where, moved, msg("tier at most {tier}", tier=rule.tier))
        if rule.action == "tier_at_least" and level > max(limit, old):
            yield _against(rule, where, moved, msg("tier at least {tier}", tier=rule.tier))


def _bonus(
    limits: ManualLimits, row: int, changes: Sequence[ManualChange], before: Before, where: Place
) -> Iterator[Problem]:
    values, computed = _values(changes, "bonus"), int(before.bonus[row])
    fen = sum(values)
    if not fen:
        return
    found = _sum(values, signed_fen)
    what = msg("a bonus is changed by hand further than allowed")
    if limits.bonus_share is not None:
        most = floor(abs(computed) * limits.bonus_share)
        if abs(fen) > most:
            words = {"share": percent(limits.bonus_share), "bonus": format_fen(computed), "limit": format_fen(most)}
            expected = msg("at most {share} of {bonus} = {limit}, up or down", **words)
            yield Problem("manual.bonus", what, where, found, expected)
    elif limits.bonus is not None and abs(fen) > limits.bonus:
        expected = msg("at most {limit}, up or down", limit=format_fen(limits.bonus))
        yield Problem("manual.bonus", what, where, found, expected)


def below_zero(people: People, asked: Asked, bonus: Ints) -> Iterator[Problem]:
    """Deductions from a ``bonus``, as it came out with changes of points and tiers, that leave less than nothing."""
    for row in np.flatnonzero((asked.fen < 0) & (bonus + asked.fen < np.minimum(bonus, 0))).tolist():
        words = {"bonus": format_fen(int(bonus[row])), "sum": signed_fen(int(asked.fen[row]))}
        what = msg("more is taken from a bonus by hand than there is")
        found = msg("{bonus} {sum}", **words)
        yield Problem("manual.below-zero", what, Place(key=people.code[row]), found, msg("at least {limit}", limit=0))


def _against(rule: Rule, where: Place, found: Message, expected: Message) -> Problem:
    what = msg("a rule of the scheme holds against changes by hand: {reason}", reason=rule.reason)
    return Problem("manual.rule", what, where, found, expected)


def _kind(scheme: Scheme, change: ManualChange, what: Message, line: str) -> Problem:
    named = _named(str(change.number))
    return Problem("manual.kind", what, Place(key=change.person), found=named, fix=_allow(scheme, line))


def _allow(scheme: Scheme, line: str) -> Message:
    return msg("write {line} into the table [manual_changes] of the scheme {scheme}", line=line, scheme=scheme.id)


def _withdraw(change: ManualChange) -> Message:
    return msg("withdraw it: kaohe change withdraw {number}", number=change.number)


def _named(numbers: str) -> Message:
    return msg("manual changes: {numbers}", numbers=numbers)


def _values(changes: Sequence[ManualChange], kind: ManualKind) -> list[int]:
    """What the changes of one kind add, in millionths of points or in fen."""
    return [each.value for each in changes if each.kind == kind and isinstance(each.value, int)]


def _sum(values: Sequence[int], written: Callable[[int], str]) -> str:
    """Several changes as the sum that they are: ``+3 +2.5 = +5.5``."""
    terms, together = " ".join(map(written, values)), written(sum(values))
    return terms if terms == together else f"{terms} = {together}"
