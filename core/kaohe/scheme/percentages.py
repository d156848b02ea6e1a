"""Percentages where shares and factors are meant, outside the curves: conditions, coefficients, rates of money.

Only what is surely odd is suspected: a share compared with more than 2, a factor above 10, more than the whole of the
money that a rate is of.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from kaohe.language import Expression
from kaohe.language.tree import Call, Constant, KeyedValue, walk
from kaohe.scheme.draft import Draft, Path, show
from kaohe.scheme.model import Bonus, Scheme
from kaohe.text import Message, msg

_SUSPECT_SHARE = 2
_SUSPECT_FACTOR = 10
_COMPARISONS = frozenset({"<", "<=", ">", ">=", "==", "!="})


def suspect_elsewhere(draft: Draft, scheme: Scheme) -> None:
    """Warn of numbers in rules, outcomes, additions, tiers and the bonus that look like percentages."""
    units = {used.key: used.indicator.unit for used in scheme.indicators}
    for path, expression in _conditions(scheme):
        number = max(_compared_with_shares(expression, units), default=Decimal(0))
        if number > _SUSPECT_SHARE:
            what = msg("a share from 0 to 1 is compared with {number}; this looks like a percentage", number=number)
            _report(draft, path, what, number)
    for path, factor in _factors(scheme):
        if factor > _SUSPECT_FACTOR:
            _report(draft, path, msg("a factor of {number}; this looks like a percentage", number=factor), factor)
    if scheme.bonus is not None and _of_money(scheme.bonus, units):
        for index, band in enumerate(scheme.bonus.table.bands if scheme.bonus.table else ()):
            rate = max(band.value, band.value_to)
            if rate > 1:
                what = msg(
                    "a rate of {number} is more than the amount itself; this looks like a percentage", number=rate
                )
                _report(draft, ("bonus", "table", "bands", index, "rate"), what, rate)


def _report(draft: Draft, path: Path, what: Message, number: Decimal) -> None:
    fix = msg("{percent} % is written {share}", percent=show(number), share=show(number / 100))
    draft.report(path, "suspect-percentage", what, found=show(number), fix=fix, severity="warning")


def _conditions(scheme: Scheme) -> Iterator[tuple[Path, Expression]]:
    yield from ((("rules", index, "when"), rule.when) for index, rule in enumerate(scheme.rules))
    yield from ((("outcomes", index, "when"), each.when) for index, each in enumerate(scheme.outcomes))
    yield from ((("adjustments", index, "points"), each.points) for index, each in enumerate(scheme.adjustments))


def _factors(scheme: Scheme) -> Iterator[tuple[Path, Decimal]]:
    """Factors of bonuses; those of a pool are proportions, which may be of any size."""
    bonus = scheme.bonus
    if bonus is None or bonus.kind == "pool":
        return
    levels = scheme.tiers.levels if scheme.tiers is not None else ()
    yield from ((("tiers", "levels", index, "coefficient"), each.coefficient) for index, each in enumerate(levels))
    for index, rule in enumerate(scheme.rules):
        if rule.action == "coefficient" and rule.amount is not None:
            yield ("rules", index, "then", "coefficient"), rule.amount
    for index, accelerator in enumerate(bonus.accelerators):
        for number, band in enumerate(accelerator.table.bands):
            path: Path = ("bonus", "accelerators", index, "bands", number, "factor")
            yield path, max(band.value, band.value_to)


def _of_money(bonus: Bonus, units: Mapping[str, str]) -> bool:
    """Whether the table's rates are of money alone, and of nothing that multiplies it."""
    if bonus.table is None or bonus.over is None or bonus.base is not None or bonus.table.gives != "rate":
        return False
    tree = bonus.over.tree
    return isinstance(tree, KeyedValue) and tree.function == "value" and units.get(tree.id) == "money"


def _compared_with_shares(expression: Expression, units: Mapping[str, str]) -> Iterator[Decimal]:
    for node in walk(expression.tree):
        if isinstance(node, Call) and node.function in _COMPARISONS:
            asked = [each for each in node.arguments if isinstance(each, KeyedValue) and each.function == "value"]
            if any(units.get(each.id) == "share" for each in asked):
                for each in node.arguments:
                    if isinstance(each, Constant) and isinstance(each.value, Decimal):
                        yield each.value
