"""A total by TOPSIS or VIKOR for one person, worked out once more from everybody's points."""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np

from kaohe.appraise.criteria import CLOSENESS, Criterion
from kaohe.exact import MICRO, divide, from_micros, to_micros
from kaohe.precise import FIFTY_DIGITS, root
from kaohe.run.explanation.common import Common
from kaohe.run.model import Run
from kaohe.text import Message, msg

_PLACES = 8


def compared_total(of: Run | Common, row: int) -> tuple[Message, Fraction] | None:
    """The sum that gives the points in words, and the points in millionths; None of a weighted sum."""
    common = Common.of(of)
    run = common.run
    if run.appraisal.compared is None:
        return None
    at, people = int(common.positions[row]), int(np.count_nonzero(run.appraisal.compared))
    return _closeness(common, at, people) if run.scheme.total_by.method == "topsis" else _loss(common, at, people)


def _closeness(common: Common, at: int, people: int) -> tuple[Message, Fraction]:
    """By hand for this one person: only the ends and the divisors are everybody's."""
    to_best, to_worst = (root(_squared(common.matrix, at, best=best)) for best in (True, False))
    with localcontext(FIFTY_DIGITS):
        both = to_best + to_worst
        near = Fraction(to_worst / both if both else Decimal("0.5"))
    rounded = Fraction(divide((near * CLOSENESS).numerator, (near * CLOSENESS).denominator), CLOSENESS)
    words = {"best": f"{to_best:.{_PLACES}f}", "worst": f"{to_worst:.{_PLACES}f}", "people": people}
    if not both:
        return msg("all {people} are alike: 50", **words), rounded * 100 * MICRO
    return (
        msg(
            "among {people} people, {best} away from the best and {worst} from the worst: "
            "100 × {worst} / ({best} + {worst})",
            **words,
        ),
        rounded * 100 * MICRO,
    )


def _squared(matrix: tuple[Criterion, ...], at: int, *, best: bool) -> Fraction:
    whole = sum(int(each.weight[at]) for each in matrix)
    total = Fraction(0)
    for each in matrix:
        if each.square and each.counted[at]:
            gap = int(each.points[at]) - (each.best if best else each.worst)
            total += Fraction(int(each.weight[at]), whole) ** 2 * Fraction(gap**2, each.square)
    return total


def _loss(common: Common, at: int, people: int) -> tuple[Message, Fraction]:
    v = Fraction(common.run.scheme.total_by.v)
    found = common.losses
    numerators, denominator = common.compromise
    loss = Fraction(numerators[at]) / denominator
    own = [Fraction(column[at]) / found.whole for column in (found.utility, found.regret)]
    words = {"people": people, "v": from_micros(to_micros(v)), "rest": from_micros(to_micros(1 - v))}
    figures = dict(zip(("s", "r", "least_s", "most_s", "least_r", "most_r"), [*own, *common.ends], strict=True))
    words |= {name: from_micros(to_micros(figure)) for name, figure in figures.items()}
    words["q"] = from_micros(to_micros(loss))
    return (
        msg(
            "among {people} people, S {s} (best {least_s}, worst {most_s}) and R {r} (best {least_r}, worst {most_r}), "
            "Q = {v} × S′ + {rest} × R′ = {q}: 100 × (1 − {q})",
            **words,
        ),
        100 * MICRO * (1 - loss),
    )
