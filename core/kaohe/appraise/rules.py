"""Rules, in the order written. Each condition sees the total that the rules before it have left.

Points are added and deducted at once, and the total is brought back to the scheme's decimals each time. Rules on
tiers wait until tiers are given, and then apply in the same order. A veto or "not graded" is the last word: no later
rule applies to that person. Nobody who is not graded meets a rule.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np

from kaohe.appraise.columns import line, narrow, round_half_up
from kaohe.appraise.decisions import Notes, noted, told
from kaohe.appraise.facts import Facts, follows
from kaohe.appraise.model import Decision, Note
from kaohe.exact import DECIMALS, MICRO, Flags, Ints, format_micros, shorten, to_micros
from kaohe.scheme.model import Rule, Scheme
from kaohe.text import Message, msg

_APPLIED = msg("{reason}: unknown whether it holds, applied")
_IGNORED = msg("{reason}: unknown whether it holds, ignored")


@dataclass(frozen=True)
class Ruled:
    """What the rules leave: totals, who is graded and who vetoed, the factors of the bonus in millionths, and for
    each rule on tiers, and each that caps totals (``caps``), the rows it applies to."""

    total: Ints
    graded: Flags
    vetoed: Flags
    factor: Ints
    tier_rules: tuple[tuple[Rule, Ints], ...]
    notes: tuple[Note, ...]
    caps: tuple[tuple[Rule, Ints], ...] = ()


def apply_rules(scheme: Scheme, seen: Facts, total: Ints, graded: Flags) -> Ruled:
    """Every rule over everybody; ``seen`` need not hold the total."""
    total, graded = total.copy(), graded.copy()
    vetoed = np.zeros_like(graded)
    factor = np.full(len(graded), MICRO)
    tier_rules: list[tuple[Rule, Ints]] = []
    caps: list[tuple[Rule, Ints]] = []
    notes: list[Note] = []
    for rule in scheme.rules:
        if rule.action == "gate":
            continue  # it has acted on the points already
        meets = np.flatnonzero(graded & ~vetoed)
        holds, unknown = follows(rule, seen.numbers("total", total, graded), meets)
        notes += told(unknown, Decision("rule", rule.id, unknown_words(rule)))
        rows = np.union1d(holds, unknown) if rule.unknown == "apply" else holds
        match rule.action:
            case "veto":
                vetoed[rows] = True
                total[rows] = 0
            case "not_graded":
                graded[rows] = False
                total[rows] = 0
            case "tier_at_most" | "tier_at_least":
                tier_rules.append((rule, rows))
                continue
            case "coefficient":
                factor[rows] = narrow(line(factor[rows], Fraction(rule.amount or 0), 0))
            case "add" | "deduct" | "cap":
                before = total[rows]
                total[rows] = points_after(rule, before, scheme.decimals)
                notes += _points_notes(rule, rows, before, total[rows], scheme.decimals)
                caps += [(rule, rows)] if rule.action == "cap" else []
                continue
        notes += _notes(rule, rows)
    return Ruled(total, graded, vetoed, factor, tuple(tier_rules), tuple(notes), tuple(caps))


def points_after(rule: Rule, total: Ints, decimals: int) -> Ints:
    """The totals after a rule that adds, deducts or caps points, back at the scheme's decimals."""
    amount = to_micros(rule.amount or 0)
    unit = 10 ** (DECIMALS - decimals)
    match rule.action:
        case "add":
            total = total + amount
        case "deduct":
            total = total - amount
        case _:
            total = np.minimum(total, amount)
    return narrow(round_half_up(total, unit) * unit)


def _points_notes(rule: Rule, rows: Ints, before: Ints, after: Ints, decimals: int) -> Notes:
    def say(position: int) -> Decision:
        words = {
            "reason": rule.reason,
            "amount": shorten(rule.amount or Decimal(0)),
            "before": format_micros(int(before[position]), decimals),
            "after": format_micros(int(after[position]), decimals),
        }
        match rule.action:
            case "add":
                what = msg("{reason}: {amount} points added, total {before} → {after}", **words)
            case "deduct":
                what = msg("{reason}: {amount} points deducted, total {before} → {after}", **words)
            case _:
                what = msg("{reason}: total at most {amount}, {before} → {after}", **words)
        return Decision("rule", rule.id, what)

    return noted(rows, (before, after), say)


def _notes(rule: Rule, rows: Ints) -> Notes:
    what: Message
    match rule.action:
        case "veto":
            what = msg("{reason}: vetoed, total 0, last tier, no bonus", reason=rule.reason)
        case "not_graded":
            what = msg("{reason}: not graded", reason=rule.reason)
        case _:
            what = msg("{reason}: bonus × {factor}", reason=rule.reason, factor=shorten(rule.amount or Decimal(0)))
    return told(rows, Decision("rule", rule.id, what))


def unknown_words(rule: Rule) -> Message:
    """What is said where it is unknown whether a rule's condition holds."""
    return Message((_APPLIED if rule.unknown == "apply" else _IGNORED).template, {"reason": rule.reason})


def acted(decisions: Iterable[Decision]) -> tuple[str, ...]:
    """The ids of the rules that did something to a person, each once, in the order in which they acted."""
    silent = {_APPLIED.template, _IGNORED.template}
    return tuple(
        dict.fromkeys(each.about for each in decisions if each.kind == "rule" and each.what.template not in silent)
    )
