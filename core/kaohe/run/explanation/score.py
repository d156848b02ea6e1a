"""The total in an explanation: dimensions by weight, additions, rounding, then rule by rule, worked out once more."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from kaohe.appraise.rules import acted, points_after
from kaohe.exact import DECIMALS, FEN, MICRO, divide, format_micros, from_micros, shorten, to_micros
from kaohe.run.assessment.disclosure import GIVES_AWAY, Hidden
from kaohe.run.explanation.common import Common
from kaohe.run.explanation.indicator import indicator_node
from kaohe.run.explanation.remarks import remarks, rules, tells_totals
from kaohe.run.explanation.total import compared_total
from kaohe.run.explanation.weights import mean_in_words, own_weights
from kaohe.run.figures import decimals_in_words, exact_number, points_in_words
from kaohe.run.model import Run
from kaohe.run.node import Node, agree
from kaohe.scheme.model import Adjustment, Dimension
from kaohe.text import Message, msg


def total_node(common: Common, row: int, hidden: Hidden) -> Node:
    """A graded person's total. Raises KaoheError where it does not recompute to the run's."""
    run = common.run
    scheme, appraisal = run.scheme, run.appraisal
    children = [dimension_node(common, row, dimension, hidden) for dimension in scheme.dimensions]
    children += [_adjustment(run, row, adjustment, hidden) for adjustment in scheme.adjustments]
    exact, formula = _sum(common, row)
    rounded = rounded_total(run, exact)
    before_hand = appraisal.total if appraisal.computed is None else appraisal.computed.total
    agree(run, "total", int(before_hand[row]), after_rules(run, row, rounded))
    said = rules(run, row, on_tiers=False)
    if hidden.total:
        told = tuple(each for each in said if not tells_totals(each))
        return Node(msg("total"), GIVES_AWAY, told, tuple(children), "total")
    by_hand: tuple[Message, ...] = ()
    facts = {"total": format_micros(int(appraisal.total[row]), scheme.decimals)}
    if appraisal.computed is not None and before_hand[row] != appraisal.total[row]:
        computed = format_micros(int(before_hand[row]), scheme.decimals)
        facts["computed"] = computed
        by_hand = (msg("computed {total}, then changed by hand", total=computed), *manual_remarks(run, row, "points"))
    words = (_rounding(run, exact, rounded, formula), *remarks(run, row, ("adjustment",), ""), *said, *by_hand)
    return Node(
        msg("total"), points_in_words(int(appraisal.total[row]), scheme.decimals), words, tuple(children), "total",
        facts=facts,
    )  # fmt: skip


def manual_remarks(run: Run, row: int, kind: str) -> tuple[Message, ...]:
    """What was changed of a person's figures by hand, and the reasons."""
    computed, code = run.appraisal.computed, run.appraisal.people.code[row]
    if computed is None:
        return ()
    unit = 1 if kind == "points" else MICRO // FEN
    return tuple(
        msg(
            "by hand (no. {number}): {value}, {reason}",
            number=each.number,
            value=each.value if isinstance(each.value, str) else from_micros(each.value * unit),
            reason=each.reason,
        )
        for each in computed.of(code)
        if each.kind == kind
    )


def _adjustment(run: Run, row: int, adjustment: Adjustment, hidden: Hidden) -> Node:
    added = int(run.appraisal.adjustment_points[adjustment.id][row])
    about = (Node(adjustment.points.text, kind="expression"),)
    said = list(remarks(run, row, ("adjustment",), adjustment.id))
    if adjustment.id in hidden.adjustments:
        return Node(adjustment.name, GIVES_AWAY, tuple(said), about, "adjustment", adjustment.id)
    if adjustment.maximum is not None and added == to_micros(adjustment.maximum):
        said.append(msg("at most {points} points", points=shorten(adjustment.maximum)))
    if adjustment.minimum is not None and added == to_micros(adjustment.minimum):
        said.append(msg("at least {points} points", points=shorten(adjustment.minimum)))
    facts = {"points": str(from_micros(added))}
    return Node(adjustment.name, points_in_words(added), tuple(said), about, "adjustment", adjustment.id, facts)


def _sum(common: Common, row: int) -> tuple[Fraction, Message]:
    """The exact total in millionths before any rule, and the sum in words."""
    run = common.run
    scheme, appraisal = run.scheme, run.appraisal
    counted = [each for each in scheme.dimensions if appraisal.dimension_counted[each.id][row]]
    own = own_weights(run, row).dimensions
    points = [int(appraisal.dimension_points[each.id][row]) for each in counted]
    terms, weight, mean = mean_in_words([own[each.id] for each in counted], points)
    said = msg("({terms}) / {weight}", terms=terms, weight=weight)
    compared = compared_total(common, row)
    if compared is not None:
        said, mean = compared
    if added := added_points(run, row):
        said = msg("{sum} + {added}", sum=said, added=from_micros(added))
    return mean + added, said


def added_points(run: Run, row: int) -> int:
    """All adjustments of a person in millionths, additions and deductions each within the scheme's cap."""
    scheme = run.scheme
    extra = [int(column[row]) for column in run.appraisal.adjustment_points.values()]
    plus, minus = sum(each for each in extra if each > 0), sum(each for each in extra if each < 0)
    most, least = scheme.max_added, scheme.max_deducted
    added = plus if most is None else min(plus, to_micros(most))
    return added + (minus if least is None else max(minus, -to_micros(least)))


def rounded_total(run: Run, exact: Fraction) -> int:
    """A total in millionths at the scheme's decimals, rounded half up."""
    unit = 10 ** (DECIMALS - run.scheme.decimals)
    rounded: int = divide(exact.numerator, exact.denominator * unit) * unit
    return rounded


def after_rules(run: Run, row: int, total: int) -> int:
    """The total after the rules that acted on this person, in the order of the scheme."""
    if run.appraisal.vetoed[row]:
        return 0
    applied = acted(run.appraisal.decisions[row])
    for rule in run.scheme.rules:
        if rule.id in applied and rule.action in ("add", "deduct", "cap"):
            total = int(points_after(rule, np.array([total], np.int64), run.scheme.decimals)[0])
    return total


def _rounding(run: Run, exact: Fraction, rounded: int, formula: Message) -> Message:
    """The sum with its figure, and how it was rounded where it was."""
    words = {"sum": formula, "total": format_micros(rounded, run.scheme.decimals)}
    if exact == rounded:
        return msg("{sum} = {total}", **words)
    words |= {"exact": exact_number(exact / MICRO), "decimals": decimals_in_words(run.scheme.decimals)}
    return msg("{sum} = {exact}, rounded half up at {decimals}: {total}", **words)


def dimension_node(common: Common, row: int, dimension: Dimension, hidden: Hidden) -> Node:
    """A dimension's points by the weights of its indicators."""
    run = common.run
    appraisal = run.appraisal
    children = tuple(indicator_node(common, row, used, hidden) for used in dimension.indicators)
    label = msg("{name} (weight {weight})", name=dimension.name, weight=shorten(dimension.weight))
    facts = {"weight": f"{shorten(dimension.weight):f}"}
    if not appraisal.dimension_counted[dimension.id][row]:
        return Node(label, msg("no data; does not count"), (), children, "dimension", dimension.id, facts)
    points = int(appraisal.dimension_points[dimension.id][row])
    counted = [used for used in dimension.indicators if appraisal.counted[used.key][row]]
    own = own_weights(run, row).indicators
    earned = [int(appraisal.points[used.key][row]) for used in counted]
    terms, weight, mean = mean_in_words([own[used.key] for used in counted], earned)
    agree(run, dimension.id, points, divide(mean.numerator, mean.denominator))
    if dimension.id in hidden.dimensions:
        return Node(label, GIVES_AWAY, (), children, "dimension", dimension.id, facts)
    said: tuple[Message, ...] = ()
    if len(counted) > 1:
        said = (msg("({terms}) / {weight}", terms=terms, weight=weight),)
        if mean != points:
            words: dict[str, Any] = {"sum": said[0], "exact": exact_number(mean / MICRO)}
            words |= {"decimals": decimals_in_words(DECIMALS), "total": from_micros(points)}
            said = (msg("{sum} = {exact}, rounded half up at {decimals}: {total}", **words),)
    facts["points"] = str(from_micros(points))
    return Node(label, points_in_words(points), said, children, "dimension", dimension.id, facts)
