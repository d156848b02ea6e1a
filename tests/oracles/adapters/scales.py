"""What is paid for a score: by scales that a source gives in words, ``<60 不发; 60-89 按分数%``, and by incentives."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from tests.oracles.case import Case, NotRunnable
from tests.oracles.reading import decimal
from tests.unit.appraise.builder import (
    coefficient_bonus,
    dimension,
    people,
    points_curve,
    rule,
    scheme,
    table,
    used,
    yuan,
)

from kaohe.appraise import appraise
from kaohe.appraise.curves import PlainCurve, points
from kaohe.exact import from_micros, to_micros
from kaohe.scheme.model import PointsCurve

_NUMBER = r"(\d+(?:\.\d+)?)"
_BELOW = re.compile(rf"\s*(?:<|＜|below|under|低于|少于)\s*=?\s*{_NUMBER}\s*分?(?:以下)?")
_ABOVE = re.compile(rf"\s*(?:>=?|≥|＞|above|over|超过|不低于)\s*{_NUMBER}\s*分?")
_RANGE = re.compile(rf"\s*{_NUMBER}\s*[-–~]\s*{_NUMBER}\s*分?")
_FAR = Decimal(100)


class _Piece(NamedTuple):
    """From ``low`` on (None: below everything) so many points, plus ``slope`` for each point of score above ``low``."""

    low: Decimal | None
    points: Decimal
    slope: Decimal = Decimal(0)


def earned(curve: PlainCurve, values: Sequence[Any]) -> list[Decimal]:
    """The points of each value by a curve."""
    micros = np.array([to_micros(value) for value in values], np.int64)
    return [from_micros(figure) for figure in points(curve, micros, np.ones(len(values), np.bool_)).tolist()]


def by_words(case: Case) -> dict[str, Any]:
    """What is paid of a base for each score, by a scale in words."""
    curve = scale_in_words(str(case.first("scale", "rule", "rules", default=case.title)))
    scores = case.inputs["scores"]
    staff = people(len(scores), bonus_base=[decimal(case.inputs["base"])] * len(scores))
    parts = dimension("d", used("a", curve))

    def pay(base: str) -> list[str]:
        return yuan(appraise(scheme(parts, bonus=coefficient_bonus(base)), staff, table(a=scores)))

    computed = {"pay": pay("bonus_base * total / 100")}
    for key in case.expected:
        if fixed := re.fullmatch(r"monthly_with_(\d+)", key):
            computed[key] = pay(f"{fixed[1]} + bonus_base * total / 100")
    return computed


def incentive(case: Case) -> dict[str, Any]:
    """Nothing below the threshold, in proportion up to the target, straight on to the most."""
    given = case.inputs
    target, threshold = given["target_pct_of_pay"], given["threshold"]
    (least,) = earned(points_curve((0, 0), (100, target)), [threshold])
    curve = points_curve((threshold, least), (100, target), (given["max_at"], given["max_pct"]), below=0)
    computed: dict[str, Any] = {"pct": earned(curve, given["achievements"])}
    if "modifier_max" in given:
        modified = rule("total > 0", "coefficient", given["modifier_max"])
        made = scheme(bonus=coefficient_bonus(), rules=[modified])
        staff = people(1, bonus_base=[Decimal(given["max_pct"])])
        (computed["max_after_modifier"],) = yuan(appraise(made, staff, table(a=[1])))
    return computed


def scale_in_words(words: str) -> PointsCurve:
    """The percentage that is paid for a score. A range reaches as far as the next one begins."""
    pieces = [piece for part in re.split(r"[;；]|,(?!\d)|，", words.split(": ", 1)[-1]) if (piece := _piece(part))]
    steps = sorted((piece for piece in pieces if piece.low is not None), key=lambda each: each.low or 0)
    below = next((piece.points for piece in pieces if piece.low is None), None)
    if not steps:
        raise NotRunnable(f"the scale in words is not known: {words}")
    at: list[tuple[Decimal, Decimal]] = []
    for piece, following in pairwise([*steps, None]):
        low = piece.low or Decimal(0)
        end = low + _FAR if following is None or following.low is None else following.low
        at += [(low, piece.points), (end, piece.points + piece.slope * (end - low))]
    return points_curve(*at, **({} if below is None else {"below": below}))


def _piece(words: str) -> _Piece | None:
    for pattern in (_BELOW, _RANGE, _ABOVE):
        if found := pattern.match(words):
            low = None if pattern is _BELOW else Decimal(found[1])
            return _paid(words[found.end() :].strip(" :："), low)
    return None


def _paid(rule: str, low: Decimal | None) -> _Piece:
    """What is paid: nothing, all, the score in percent, a percentage, a factor, or so many times what is above."""
    if re.search(r"不发|nothing|no pay|^0$|^0%$|none", rule):
        return _Piece(low, Decimal(0))
    if times := re.search(rf"(?:超出|excess|above)\D*{_NUMBER}\s*(?:倍|times|x)", rule):
        return _Piece(low, low or Decimal(0), Decimal(times[1]))
    if re.search(r"按分数|按得分|score\s*%|as scored|pro rata", rule):
        return _Piece(low, low or Decimal(0), Decimal(1))
    if re.search(r"全额|full|100%", rule):
        return _Piece(low, Decimal(100))
    if percent := re.search(rf"{_NUMBER}\s*%", rule):
        return _Piece(low, Decimal(percent[1]))
    if factor := re.search(_NUMBER, rule):
        return _Piece(low, Decimal(factor[1]).scaleb(2))
    raise NotRunnable(f"the scale in words is not known: {rule}")
