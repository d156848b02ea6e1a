"""Scales that a source gives in words, ``<60 不发; 60-89 按分数%; 90-100 全额; >100 超出部分 2 倍``, as curves."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from tests.oracles.case import NotRunnable
from tests.unit.appraise.builder import points_curve

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
