"""Shares that look like percentages: 80 where 0.80 must have been meant, in whatever kind of curve."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from kaohe.language import Expression
from kaohe.language.tree import Call, Constant, Field, KeyedValue, Node, walk
from kaohe.plugin import Indicator
from kaohe.scheme.draft import Draft, Path, show
from kaohe.scheme.model import (
    BandsCurve,
    Curve,
    FormulaCurve,
    PercentileRankCurve,
    PerUnitCurve,
    PointsCurve,
    RatioCurve,
    ZScoreCurve,
)
from kaohe.text import msg

# A share above this was surely meant as a percentage; an attainment may well pass 1.
_SUSPECT = 2
_COMPARISONS = frozenset({"<", "<=", ">", ">=", "==", "!="})
_OWN = frozenset({"value", "target", "previous"})


def suspect_percentages(draft: Draft, curve: Curve, path: Path, indicator: Indicator) -> None:
    """Warn once, at the largest number of a share's curve that cannot be a share."""
    inner, number = max(_numbers(curve), key=lambda entry: entry[1], default=((), Decimal(0)))
    # One whole unit of a share is the whole way from nothing to everything.
    unit = isinstance(curve, PerUnitCurve) and inner == ("unit",)
    if number > _SUSPECT or (unit and number >= 1):
        draft.report(
            (*path, *inner),
            "suspect-percentage",
            msg("{indicator} is a share from 0 to 1; this looks like a percentage", indicator=indicator.name),
            found=show(number),
            fix=msg("{percent} % is written {share}", percent=show(number), share=show(number / 100)),
            severity="warning",
        )


def _numbers(curve: Curve) -> Iterator[tuple[Path, Decimal]]:
    """Every number of a curve that stands for a value of the indicator, and where it is written."""
    match curve:
        case PointsCurve():
            yield from ((("at", index, 0), value) for index, (value, _points) in enumerate(curve.at))
        case BandsCurve():
            ends = ((band.lower, band.upper) for band in curve.bands)
            yield from ((("bands",), end) for pair in ends for end in pair if end is not None)
        case RatioCurve():
            yield from _target(curve.target)
        case PerUnitCurve():
            yield from (*_target(curve.target), (("unit",), curve.unit))
        case FormulaCurve():
            yield from _target(curve.target)
            yield from ((("points",), number) for number in _compared(curve.points.tree))
        case ZScoreCurve() | PercentileRankCurve():
            return  # they know no number of the indicator's


def _target(target: Decimal | Expression | None) -> Iterator[tuple[Path, Decimal]]:
    if isinstance(target, Decimal):
        yield ("target",), target
    elif target is not None and isinstance(target.tree, Constant) and isinstance(target.tree.value, Decimal):
        yield ("target",), target.tree.value


def _compared(tree: Node) -> Iterator[Decimal]:
    """Numbers that the value, the target or the previous value is compared with."""
    for node in walk(tree):
        if isinstance(node, Call) and node.function in _COMPARISONS:
            own = any(isinstance(each, Field) and each.name in _OWN for each in node.arguments)
            other = any(isinstance(each, KeyedValue) for each in node.arguments)
            if own and not other:
                for each in node.arguments:
                    if isinstance(each, Constant) and isinstance(each.value, Decimal):
                        yield each.value
