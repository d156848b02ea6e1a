"""The appraisal once more: one person at a time, with fractions, as slow and as obvious as possible.

It shares the scheme's data and the interpreter of expressions with the product, and no arithmetic.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor
from typing import Any

from kaohe.language import interpreter
from kaohe.scheme.model import BandsCurve, PerUnitCurve, PointsCurve, RatioCurve, Scheme


def rounded(number: Fraction, decimals: int) -> Fraction:
    """Half away from zero."""
    scaled = abs(number) * 10**decimals
    whole = floor(scaled + Fraction(1, 2))
    return Fraction(whole if number >= 0 else -whole, 10**decimals)


@dataclass
class Person:
    code: str
    attributes: dict[str, Any]
    worked: int
    values: dict[str, Fraction | None]
    points: dict[str, Fraction | None] = field(default_factory=dict)
    dimensions: dict[str, Fraction | None] = field(default_factory=dict)
    added: dict[str, Fraction] = field(default_factory=dict)
    total: Fraction | None = None
    vetoed: bool = False
    factor: Fraction = Fraction(1)
    group: str | None = None
    rank: int = 0
    level: int | None = None
    tier: str | None = None
    coefficient: Fraction = Fraction(0)
    claim: Fraction = Fraction(0)
    bonus: int = 0

    def row(self) -> dict[Any, Any]:
        row: dict[Any, Any] = dict(self.attributes)
        row |= {f"person.{name}": value for name, value in self.attributes.items()}
        row |= {("value", key): value for key, value in self.values.items()}
        row |= {("points", key): value for key, value in self.points.items()}
        row |= {("dimension", key): value for key, value in self.dimensions.items()}
        return row | {"total": self.total, "rank": self.rank or None, "tier": self.tier}


def curve_points(curve: Any, value: Fraction) -> Fraction:
    match curve:
        case PointsCurve():
            earned = _interpolated(curve, value)
        case BandsCurve():
            earned = next(
                Fraction(band.points)
                for band in curve.bands
                if band is curve.bands[-1] or value < band.upper or (curve.boundary == "lower" and value == band.upper)
            )
        case RatioCurve():
            target = Fraction(curve.target)
            earned = {
                "higher": 100 * value / target,
                "lower": 100 * (1 - (value - target) / target),
                "on_target": 100 * (1 - abs(value - target) / target),
            }[curve.mode]
        case PerUnitCurve():
            units = (value - Fraction(curve.target)) / Fraction(curve.unit)
            extra = (Fraction(int(units)) if curve.whole else units) * Fraction(curve.points)
            if curve.maximum is not None:
                extra = min(extra, Fraction(curve.maximum))
            if curve.minimum is not None:
                extra = max(extra, Fraction(curve.minimum))
            earned = Fraction(curve.base) + extra
    if curve.floor is not None:
        earned = max(earned, Fraction(curve.floor))
    if curve.cap is not None:
        earned = min(earned, Fraction(curve.cap))
    return rounded(earned, 6)


def _interpolated(curve: PointsCurve, value: Fraction) -> Fraction:
    at = [(Fraction(x), Fraction(y)) for x, y in curve.at]
    if value < at[0][0]:
        return at[0][1] if curve.below is None else Fraction(curve.below)
    if value > at[-1][0]:
        return at[-1][1] if curve.above is None else Fraction(curve.above)
    left, low = [point for point in at if point[0] <= value][-1]
    if left == value:
        return low
    right, high = next(point for point in at if point[0] > value)
    return low + (high - low) * (value - left) / (right - left)


def mean(pairs: list[tuple[Fraction, Fraction]]) -> Fraction | None:
    """The mean of (number, weight); None where the weights sum to zero."""
    weight = sum((weight for _, weight in pairs), Fraction(0))
    return sum((number * weight for number, weight in pairs), Fraction(0)) / weight if weight else None


def appraise(scheme: Scheme, staff: list[Person], period_days: int, manual: Sequence[Any] = ()) -> list[Person]:
    """Fills in the people, who are in order of their codes; their values are None where there is too little data.

    ``manual`` are changes by hand, all allowed.
    """
    for person in staff:
        _score(scheme, person)
        if person.total is not None:
            _rules(scheme, person)
        if person.total is not None:
            points = sum(each.value for each in manual if (each.person, each.kind) == (person.code, "points"))
            person.total = rounded(person.total + Fraction(points, 10**6), scheme.decimals)
    _rank(scheme, staff)
    for person in staff:
        _tier_rules(scheme, person)
        _give_tier(scheme, person, [each for each in manual if (each.person, each.kind) == (person.code, "tier")])
    if scheme.bonus is not None:
        _pay(scheme, staff, period_days)
    for person in staff:
        person.bonus += sum(each.value for each in manual if (each.person, each.kind) == (person.code, "bonus"))
    return staff


def _give_tier(scheme: Scheme, person: Person, changes: list[Any]) -> None:
    if not changes or scheme.tiers is None:
        return
    person.tier = max(changes, key=lambda each: each.number).value
    level = next(level for level in scheme.tiers.levels if level.id == person.tier)
    person.coefficient = rounded(Fraction(level.coefficient) * person.factor, 6)


def _score(scheme: Scheme, person: Person) -> None:
    allowed, coverage, whole = True, Fraction(0), Fraction(0)
    shares: dict[str, Fraction] = {}
    for dimension in scheme.dimensions:
        inside = sum(Fraction(used.weight) for used in dimension.indicators)
        for used in dimension.indicators:
            value = person.values[used.key]
            share = Fraction(used.weight) / inside * Fraction(dimension.weight) if inside else Fraction(0)
            shares[used.key] = share
            whole += share
            if value is not None:
                person.points[used.key] = curve_points(used.curve, value)
                coverage += share
            elif used.missing.policy in ("zero", "neutral"):
                person.points[used.key] = Fraction(used.missing.neutral or 0)
            else:
                person.points[used.key] = None
                allowed = allowed and used.missing.policy != "not_graded"
    _gates(scheme, person)
    allowed = _redistribute(scheme, person, shares) and allowed
    parts: list[tuple[Fraction, Fraction]] = []
    for dimension in scheme.dimensions:
        present = [used.key for used in dimension.indicators if person.points[used.key] is not None]
        inside = mean([(person.points[key] or Fraction(0), shares[key]) for key in present])
        if not Fraction(dimension.weight):
            # Nothing of the whole is at stake here; the points are those of the weights as written.
            inside = mean(
                [
                    (person.points[used.key] or Fraction(0), Fraction(used.weight))
                    for used in dimension.indicators
                    if used.key in present
                ]
            )
        person.dimensions[dimension.id] = None if inside is None else rounded(inside, 6)
        if (points := person.dimensions[dimension.id]) is not None:
            parts.append((points, sum((shares[used.key] for used in dimension.indicators), Fraction(0))))
    total = mean(parts)
    if total is None or not allowed or coverage < Fraction(scheme.min_coverage) * whole:
        return
    for adjustment in scheme.adjustments:
        answer = interpreter(adjustment.points)(person.row())
        extra = Fraction(0)
        if answer is not None:
            extra = rounded(Fraction(answer), 6)
            if adjustment.minimum is not None:
                extra = max(extra, Fraction(adjustment.minimum))
            if adjustment.maximum is not None:
                extra = min(extra, Fraction(adjustment.maximum))
        person.added[adjustment.id] = extra
    plus = sum((each for each in person.added.values() if each > 0), Fraction(0))
    minus = sum((each for each in person.added.values() if each < 0), Fraction(0))
    if scheme.max_added is not None:
        plus = min(plus, Fraction(scheme.max_added))
    if scheme.max_deducted is not None:
        minus = max(minus, -Fraction(scheme.max_deducted))
    person.total = rounded(total + plus + minus, scheme.decimals)


def _gates(scheme: Scheme, person: Person) -> None:
    for rule in scheme.rules:
        if rule.gate is None:
            continue
        base = Fraction(rule.gate.base)
        there = [person.points[key] for key in rule.gate.indicators]
        missed = True if any(points is not None and points < base for points in there) else None
        if missed is None and None not in there:
            missed = False
        when = interpreter(rule.when)(person.row())
        unknown = None in (missed, when) and False not in (missed, when)
        if (unknown and rule.unknown == "apply") or (missed is True and when is True):
            for key in rule.gate.indicators:
                if (points := person.points[key]) is not None:
                    person.points[key] = min(points, base)


def _redistribute(scheme: Scheme, person: Person, shares: dict[str, Fraction]) -> bool:
    """Moves the shares of what is missing; False where somebody is left ungraded by it."""
    written, allowed = dict(shares), True
    for used in scheme.weighted:
        if used.missing.policy != "redistribute" or person.points[used.key] is not None:
            continue
        for key, part in used.missing.shares:
            if person.points[key] is not None:
                shares[used.key] -= written[used.key] * Fraction(part)
                shares[key] += written[used.key] * Fraction(part)
            else:
                allowed = allowed and used.missing.otherwise != "not_graded"
    return allowed


def _holds(rule: Any, person: Person) -> bool:
    answer = interpreter(rule.when)(person.row())
    return rule.unknown == "apply" if answer is None else answer is True


def _rules(scheme: Scheme, person: Person) -> None:
    person.attributes["applied"] = []
    for rule in scheme.rules:
        assert person.total is not None
        if rule.gate is not None or not _holds(rule, person):
            continue
        amount = Fraction(rule.amount or 0)
        match rule.action:
            case "veto":
                person.total, person.vetoed = Fraction(0), True
                return
            case "not_graded":
                person.total = None
                return
            case "add":
                person.total = rounded(person.total + amount, scheme.decimals)
            case "deduct":
                person.total = rounded(person.total - amount, scheme.decimals)
            case "cap":
                person.total = rounded(min(person.total, amount), scheme.decimals)
            case "coefficient":
                person.factor = rounded(person.factor * amount, 6)
            case _:
                person.attributes["applied"].append(rule)


def _better_first(scheme: Scheme, breakers: tuple[str, ...]) -> Any:
    directions = {used.key: used.indicator.direction for used in (*scheme.weighted, *scheme.measured)}

    def key(person: Person) -> tuple[Any, ...]:
        parts: list[Any] = [(1, Fraction(0)) if person.vetoed else (0, -(person.total or 0))]
        for breaker in breakers:
            value = person.values[breaker]
            sign = -1 if directions[breaker] == "higher" else 1
            parts.append((1, Fraction(0)) if value is None else (0, sign * value))
        return tuple(parts)

    return key


def _rank(scheme: Scheme, staff: list[Person]) -> None:
    ranking = scheme.ranking
    everybody = [person for person in staff if person.total is not None]
    own: dict[tuple[Any, ...], list[Person]] = defaultdict(list)
    for person in everybody:
        own[tuple(person.attributes[name] for name in ranking.within)].append(person)
    for values, members in own.items():
        if len(members) >= ranking.min_group:
            name = " / ".join("—" if value is None else str(value) for value in values) or "*"
            _contest(scheme, members, members, name)
        elif ranking.small_groups == "merge":
            _contest(scheme, members, everybody, "*")
        elif scheme.tiers is not None:
            for person in members:
                person.level = _by_score(scheme, person, 0)


def _contest(scheme: Scheme, members: list[Person], field_: list[Person], name: str) -> None:
    """Members take rank and tier from their place among everybody in the field."""
    key = _better_first(scheme, scheme.ranking.tie_breakers)
    keys = sorted(key(person) for person in field_)
    in_order = sorted(field_, key=key)
    for person in members:
        person.group = name
        match scheme.ranking.method:
            case "competition":
                person.rank = keys.index(key(person)) + 1
            case "dense":
                person.rank = sorted(set(keys)).index(key(person)) + 1
            case "ordinal":
                person.rank = [each.code for each in in_order].index(person.code) + 1
    if scheme.tiers is None:
        return
    tiers = scheme.tiers
    counted = [person for person in field_ if not _left_out_of_quota(scheme, person)]
    if tiers.kind == "score" or len(counted) < tiers.min_group:
        for person in members:
            person.level = _by_score(scheme, person, 0)
        return
    further = tiers.tie_breakers if tiers.ties == "break" else ()
    exact_key = _better_first(scheme, scheme.ranking.tie_breakers + further)
    in_order = sorted(counted, key=exact_key)
    seat = dict(
        zip([person.code for person in in_order], _seats_in_order(scheme, in_order, members is field_), strict=True)
    )
    for person in members:
        equals = [seat[each.code] for each in counted if key(each) == key(person)]
        behind = sum(1 for each in counted if key(each) < key(person))
        place = min(behind, len(counted) - 1)
        if not equals:
            given = seat[in_order[place].code]
        elif tiers.ties == "break":
            alike = [seat[each.code] for each in counted if exact_key(each) == exact_key(person)]
            better = sum(1 for each in counted if exact_key(each) < exact_key(person))
            at_place = seat[in_order[min(better, len(counted) - 1)].code]
            given = seat.get(person.code, min(alike, default=at_place))
        else:
            given = {"promote": min(equals), "demote": max(equals)}[tiers.ties]
        person.level = _by_score(scheme, person, given)


def _left_out_of_quota(scheme: Scheme, person: Person) -> bool:
    assert scheme.tiers is not None
    condition = scheme.tiers.not_counted
    return condition is not None and interpreter(condition)(person.row()) is True


def _seats_in_order(scheme: Scheme, in_order: list[Person], own: bool) -> list[int]:
    """The tier of each counted person, best first, before ties are looked at."""
    assert scheme.tiers is not None
    shares = [Fraction(level.share or 0) for level in scheme.tiers.levels]
    if scheme.tiers.by_grade is not None and own:
        totals = [person.total or Fraction(0) for person in in_order]
        group = {"group_mean": rounded(sum(totals) / len(totals), scheme.decimals), "group_size": len(totals)}
        grade = interpreter(scheme.tiers.by_grade.grade)({**in_order[0].row(), **group})
        shares = [Fraction(share) for share in scheme.tiers.by_grade.shares.get(grade, shares)]
    seats = _seats(shares, len(in_order))
    if scheme.tiers.order == "quota_first":
        return [number for number, count in enumerate(seats) for _ in range(count)]
    given = []
    last = len(seats) - 1
    for person in in_order:
        level = last if person.vetoed else _by_score(scheme, person, 0)
        while level < last and given.count(level) >= seats[level]:
            level += 1
        given.append(level)
    return given


def _seats(shares: list[Fraction], people: int) -> list[int]:
    exact = [share / sum(shares) * people for share in shares]
    seats = [floor(quota) for quota in exact]
    for number in sorted(range(len(exact)), key=lambda n: (seats[n] - exact[n], n))[: people - sum(seats)]:
        seats[number] += 1
    return seats


def _by_score(scheme: Scheme, person: Person, best: int) -> int:
    assert scheme.tiers is not None
    assert person.total is not None
    levels = scheme.tiers.levels
    for number in range(best, len(levels)):
        least = levels[number].min_score
        if least is None or person.total > least or (person.total == least and scheme.tiers.boundary == "upper"):
            return number
    return len(levels) - 1


def _tier_rules(scheme: Scheme, person: Person) -> None:
    if person.total is None:
        return
    person.coefficient = person.factor
    if scheme.tiers is None:
        return
    levels = scheme.tiers.levels
    assert person.level is not None
    for rule in person.attributes["applied"]:
        limit = [level.id for level in levels].index(rule.tier)
        person.level = (max if rule.action == "tier_at_most" else min)(person.level, limit)
    if person.vetoed:
        person.level = len(levels) - 1
    person.tier = levels[person.level].id
    person.coefficient = rounded(Fraction(levels[person.level].coefficient) * person.factor, 6)


def _pay(scheme: Scheme, staff: list[Person], period_days: int) -> None:
    assert scheme.bonus is not None
    bonus = scheme.bonus
    for person in staff:
        base = interpreter(bonus.base)(person.row())
        if person.total is not None and not person.vetoed and base is not None:
            days = Fraction(person.worked, period_days) if bonus.prorate == "days" else 1
            person.claim = Fraction(base) * person.coefficient * days * 100
    claiming = [person for person in staff if person.claim]
    low = -(10**18) if bonus.floor is None else bonus.floor
    high = 10**18 if bonus.cap is None else bonus.cap
    if bonus.kind == "coefficient":
        for person in claiming:
            person.bonus = min(max(int(rounded(person.claim, 0)), low), high)
        return
    for person, part in zip(
        claiming, pool([person.claim for person in claiming], bonus.pool or 0, low, high), strict=True
    ):
        person.bonus = part


def pool(claims: list[Fraction], amount: int, low: int, high: int) -> list[int]:
    """The one ratio at which the limited parts sum to the pool, found between the ratios where a limit sets in."""
    if not claims:
        return []

    def limited(ratio: Fraction) -> list[Fraction]:
        return [min(max(ratio * claim, Fraction(low)), Fraction(high)) for claim in claims]

    corners = sorted({Fraction(limit) / claim for claim in claims for limit in (low, high)})
    below = [corner for corner in corners if sum(limited(corner)) <= amount][-1]
    above = next(corner for corner in corners if sum(limited(corner)) >= amount)
    ratio, (at_below, at_above) = below, (sum(limited(below)), sum(limited(above)))
    if at_above != at_below:
        ratio = below + (above - below) * (amount - at_below) / (at_above - at_below)
    exact = limited(ratio)
    # Largest remainder, mirrored for a negative pool.
    sign = -1 if amount < 0 else 1
    parts = [floor(sign * part) for part in exact]
    missing = sign * amount - sum(parts)
    for number in sorted(range(len(exact)), key=lambda n: (parts[n] - sign * exact[n], n))[:missing]:
        parts[number] += 1
    return [sign * part for part in parts]
