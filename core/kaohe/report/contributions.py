"""A person's total taken apart: what each dimension and indicator adds, what adjustments, rules and
manual changes change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from kaohe.appraise.data_weights import weighed
from kaohe.exact import DECIMALS, divide, to_micros
from kaohe.run.explanation.weights import own_weights
from kaohe.run.model import Run
from kaohe.scheme.model import Dimension
from kaohe.text import Message, Text, msg

Kind = Literal["part", "adjustment", "rule", "manual"]


@dataclass(frozen=True)
class Step:
    """From one sum to the next, in millionths at the scheme's decimals: ``change`` is what lies between ``before`` and
    ``after``. Rounding is laid into the steps, so that the figures shown always add up to the total."""

    label: Message | Text
    kind: Kind
    before: int
    after: int

    @property
    def change(self) -> int:
        return self.after - self.before


def steps(run: Run, row: int) -> tuple[Step, ...]:
    """How a graded person's total comes about, from nothing to the total. ``run`` carries the weights of its data."""
    appraisal = run.appraisal
    total = int(appraisal.total[row] if appraisal.computed is None else appraisal.computed.total[row])
    ruled = [*_ruled(run, row)]
    found: list[Step] = []
    exact, shown = Fraction(0), 0
    unit = 10 ** (DECIMALS - run.scheme.decimals)
    for label, kind, amount in _amounts(run, row, total if not ruled else ruled[0][1]):
        exact += amount
        after = divide(exact.numerator, exact.denominator * unit) * unit
        found.append(Step(label, kind, shown, after))
        shown = after
    for label, _before, after in ruled:
        found.append(Step(label, "rule", shown, after))
        shown = after
    if shown != total:
        found.append(Step(msg("other changes"), "rule", shown, total))
    changes = () if appraisal.computed is None else appraisal.computed.of(appraisal.people.code[row])
    shown = total
    for each in changes:
        if each.kind == "points" and isinstance(each.value, int):
            label = msg("changed by hand: {reason}", reason=each.reason)
            found.append(Step(label, "manual", shown, shown + each.value))
            shown += each.value
    if shown != int(appraisal.total[row]):
        found.append(Step(msg("rounding"), "manual", shown, int(appraisal.total[row])))
    return tuple(found)


def _amounts(run: Run, row: int, ruled: int) -> Iterator[tuple[Message | Text, Kind, Fraction]]:
    """``ruled``: the total before any rule, from which points that come from comparing people are taken."""
    scheme, appraisal = run.scheme, run.appraisal
    added: list[tuple[Message | Text, Kind, Fraction]] = []
    plus = minus = 0
    for each in scheme.adjustments:
        points = int(appraisal.adjustment_points[each.id][row])
        plus, minus = plus + max(points, 0), minus + min(points, 0)
        if points:
            added.append((each.name, "adjustment", Fraction(points)))
    if scheme.max_added is not None and plus > to_micros(scheme.max_added):
        added.append((msg("limit of added points"), "adjustment", Fraction(to_micros(scheme.max_added) - plus)))
    if scheme.max_deducted is not None and minus < -to_micros(scheme.max_deducted):
        limit = Fraction(-to_micros(scheme.max_deducted) - minus)
        added.append((msg("limit of deducted points"), "adjustment", limit))
    if appraisal.compared is not None:
        yield msg("compared with everybody"), "part", ruled - sum((each[2] for each in added), Fraction(0))
    else:
        for dimension, share in dimension_shares(run, row):
            yield dimension.name, "part", share * int(appraisal.dimension_points[dimension.id][row])
    yield from added


def with_weights(run: Run) -> Run:
    """The run with the weights that its data gave filled into its scheme."""
    return replace(run, scheme=weighed(run.scheme, run.appraisal.data_weights))


def dimension_shares(run: Run, row: int) -> tuple[tuple[Dimension, Fraction], ...]:
    """The dimensions that count for a person, and their parts of the whole weight."""
    scheme, appraisal = run.scheme, run.appraisal
    own = own_weights(run, row).dimensions
    counted = [each for each in scheme.dimensions if appraisal.dimension_counted[each.id][row]]
    whole = sum((own[each.id] for each in counted), Fraction(0))
    return tuple((each, own[each.id] / whole) for each in counted) if whole else ()


def indicator_shares(run: Run, row: int) -> dict[str, Fraction]:
    """By key the part of the whole weight that each counted indicator carries; the parts add up to 1."""
    counted, own = run.appraisal.counted, own_weights(run, row).indicators
    found: dict[str, Fraction] = {}
    for dimension, share in dimension_shares(run, row):
        here = [used for used in dimension.indicators if counted[used.key][row]]
        whole = sum((own[used.key] for used in here), Fraction(0))
        found |= {used.key: share * own[used.key] / whole for used in here if whole}
    return found


def _ruled(run: Run, row: int) -> Iterator[tuple[Message | Text, int, int]]:
    """What rules on the total did, in their order, and what the total was before and after."""
    reasons = {rule.id: rule.reason for rule in run.scheme.rules}
    for decision in run.appraisal.decisions[row]:
        words = decision.what.arguments
        if decision.kind == "rule" and "before" in words and "after" in words:
            before, after = (to_micros(Decimal(str(words[name]))) for name in ("before", "after"))
            yield reasons.get(decision.about, decision.what), before, after
    if run.appraisal.vetoed[row]:
        veto = {rule.id for rule in run.scheme.rules if rule.action == "veto"}
        struck = [each.about for each in run.appraisal.decisions[row] if each.kind == "rule" and each.about in veto]
        yield reasons[struck[0]] if struck else msg("veto"), 0, 0
