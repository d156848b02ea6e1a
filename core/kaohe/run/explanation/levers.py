"""Where a person's points could still come from: per indicator what its curve has left, and the value at which it
alone, all else unchanged, would bring the total to where it was not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from kaohe.appraise import explain_curve
from kaohe.appraise.earning import Basis, basis
from kaohe.appraise.gates import held_points
from kaohe.exact import MICRO, divide, to_micros
from kaohe.run.assessment.disclosure import Hidden
from kaohe.run.explanation.remarks import struck
from kaohe.run.explanation.score import added_points, after_rules, rounded_total
from kaohe.run.explanation.weights import own_weights
from kaohe.run.model import Run
from kaohe.scheme.model import BandsCurve, Curve, PerUnitCurve, PointsCurve, RatioCurve, UsedIndicator

_STEPS = tuple(map(Fraction, ("1/8", "1/4", "1/2", "3/4", "7/8", "1", "9/8", "5/4", "3/2", "2", "3", "5", "10")))


@dataclass(frozen=True)
class Lever:
    """An indicator in its own terms: its ``value`` and ``points`` now, and the ``most`` points its curve gives (None:
    it has no end), all in millionths; ``at`` gives the points of any value, ``total`` the person's total with points
    other than theirs."""

    used: UsedIndicator
    value: int
    points: int
    most: int | None
    basis: Basis
    at: Callable[[int], int]
    total: Callable[[int], int]

    def needed(self, total: int) -> int | None:
        """The value nearest to the person's own at which this indicator alone brings the total there; None where none
        does."""

        def enough(value: int) -> bool:
            return self.total(self.at(value)) >= total

        found = [each for up in (True, False) if (each := self._search(enough, up=up)) is not None]
        return min(found, key=lambda each: abs(each - self.value), default=None)

    def _search(self, enough: Callable[[int], bool], *, up: bool) -> int | None:
        """Between two neighbouring turns of a curve its points only rise or only fall: the first turn that is enough,
        then the first value before it."""
        turns = {*self._turns()}
        ahead = sorted((each for each in turns if (each > self.value) == up and each != self.value), reverse=not up)
        before = self.value
        for turn in ahead:
            if not enough(turn):
                before = turn
                continue
            far, near = turn, before
            while abs(far - near) > self._unit:
                middle = (far + near) // 2 // self._unit * self._unit
                if middle in (far, near):
                    break
                far, near = (middle, near) if enough(middle) else (far, middle)
            return far
        return None

    @property
    def _unit(self) -> int:
        """The least step of a value: whole records, else a millionth."""
        return MICRO if self.used.indicator.unit == "count" else 1

    def _turns(self) -> Iterator[int]:
        """Values at which the curve may turn, within what the indicator's unit allows."""
        curve, found = self.used.curve, list[int]()
        match curve:
            case PointsCurve():
                found = [to_micros(each) + nudge for each, _ in curve.at for nudge in (-1, 0, 1)]
            case BandsCurve():
                edges = [each.upper for each in curve.bands if each.upper is not None]
                found = [to_micros(each) + nudge for each in edges for nudge in (-1, 0, 1)]
            case RatioCurve():
                target = self._target(curve.target)
                found = [to_micros(target * step) for step in _STEPS]
                if curve.cap is not None:
                    found.append(to_micros(target * Fraction(curve.cap) / 100))
                found.append(0)
            case PerUnitCurve():
                target, unit = self._target(curve.target), Fraction(curve.unit)
                found = [to_micros(target + sign * unit * step) for sign in (1, -1) for step in range(1, 101)]
        least, most = self._range()
        for each in found:
            whole = -(-each // self._unit) * self._unit
            if (least is None or whole >= least) and (most is None or whole <= most):
                yield whole

    def _target(self, target: object) -> Fraction:
        if self.basis.target is not None:
            return self.basis.target
        return Fraction(target) if isinstance(target, Decimal) else Fraction(0)

    def _range(self) -> tuple[int | None, int | None]:
        """What values the unit allows: a share lies between none and all, a count or an amount is not below nothing."""
        match self.used.indicator.unit:
            case "share" if self.value <= MICRO:
                return 0, MICRO
            case "share" | "count" | "seconds" | "minutes" | "hours" | "days" if self.value >= 0:
                return 0, None
            case _:
                return None, None


def levers(run: Run, row: int, hidden: Hidden) -> list[Lever]:
    """The indicators that a person could have done better in by their own value alone: weighted, with data, measured of
    the person, on a curve of fixed terms. Only where the total is a weighted sum."""
    if run.appraisal.compared is not None or run.scheme.weights == "entropy":
        return []
    appraisal, found = run.appraisal, []
    gates = struck(run, row)
    for used in run.scheme.weighted:
        if not appraisal.data[used.key][row] or used.key in hidden.points or used.level != run.scheme.subject:
            continue
        if not isinstance(used.curve, PointsCurve | BandsCurve | RatioCurve | PerUnitCurve):
            continue
        own = basis(run.scheme, appraisal.people, appraisal.values, used, row)
        found.append(
            Lever(
                used,
                int(appraisal.values[used.key].micros[row]),
                int(appraisal.points[used.key][row]),
                _most(used.curve),
                own,
                _points_at(run, used, own, gates),
                _total_with(run, row, used.key),
            )
        )
    return found


def _points_at(run: Run, used: UsedIndicator, own: Basis, gates: set[str]) -> Callable[[int], int]:
    def at(value: int) -> int:
        earned = to_micros(Fraction(explain_curve(used.curve, value, own).arguments["points"]))
        return min(earned, held_points(run.scheme, used.key, gates, earned))

    return at


def _total_with(run: Run, row: int, key: str) -> Callable[[int], int]:
    """The person's total if that indicator had other points, with everything else, and every rule, as it was."""
    appraisal, own = run.appraisal, own_weights(run, row)
    added = added_points(run, row)
    by_hand = 0 if appraisal.computed is None else int(appraisal.total[row] - appraisal.computed.total[row])

    def total(points: int) -> int:
        weight = whole = Fraction(0)
        for dimension in run.scheme.dimensions:
            if not appraisal.dimension_counted[dimension.id][row]:
                continue
            earned = int(appraisal.dimension_points[dimension.id][row])
            if any(used.key == key for used in dimension.indicators):
                counted = [used for used in dimension.indicators if appraisal.counted[used.key][row]]
                parts = [
                    (own.indicators[used.key], points if used.key == key else int(appraisal.points[used.key][row]))
                    for used in counted
                ]
                mean = sum((part * each for part, each in parts), Fraction(0)) / sum(part for part, _ in parts)
                earned = divide(mean.numerator, mean.denominator)
            weight += own.dimensions[dimension.id]
            whole += own.dimensions[dimension.id] * earned
        return after_rules(run, row, rounded_total(run, whole / weight + added)) + by_hand

    return total


def _most(curve: Curve) -> int | None:
    """The most points that a curve gives; None where it has no end."""
    most: Decimal | None = None
    match curve:
        case PointsCurve():
            ends = [each for each in (curve.below, curve.above) if each is not None]
            most = max([points for _value, points in curve.at] + ends)
        case BandsCurve():
            most = max(each.points for each in curve.bands)
        case RatioCurve() if curve.mode == "on_target":
            most = Decimal(100)
        case PerUnitCurve() if curve.maximum is not None:
            most = curve.base + curve.maximum
    if curve.cap is not None:
        most = curve.cap if most is None else min(most, curve.cap)
    return None if most is None else to_micros(most)
