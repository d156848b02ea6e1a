"""Targets broken down into parts that sum to the whole, and parts held against their whole. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from kaohe.appraise.apportion import apportion
from kaohe.exact import FEN, MICRO
from kaohe.plugin.types import Unit
from kaohe.records.targets import Target


@dataclass(frozen=True)
class Level:
    """A whole and its parts, in millionths: the sum of the parts there are, and those ``without`` a target."""

    whole: Target
    parts: int
    without: tuple[str, ...]

    @property
    def difference(self) -> int:
        """What the parts come to beyond the whole; below zero: what they lack."""
        return self.parts - self.whole.value


def smallest_part(unit: Unit | None, whole: int) -> int:
    """The millionths that a part is counted in: fen of money, whole numbers of a count, else the decimals that the
    whole is written with."""
    wanted: int = {"money": MICRO // FEN, "count": MICRO}.get(unit or "", MICRO)
    while whole % wanted:
        wanted //= 10
    return wanted


def broken_down(whole: Target, parts: Sequence[Target], weights: Sequence[Fraction], unit: Unit | None) -> list[Target]:
    """The parts with their values: in proportion to the weights, by largest remainder, summing to the whole exactly.

    What ties is settled by the order of the parts' keys, never by the order in which they are given. Raises
    ZeroDivisionError where all weights are zero.
    """
    ordered = sorted(zip(parts, weights, strict=True), key=lambda pair: pair[0].key)
    step = smallest_part(unit, whole.value)
    shares = apportion([weight for _part, weight in ordered], whole.value // step)
    return [replace(part, value=share * step) for (part, _weight), share in zip(ordered, shares.parts, strict=True)]


def levels(
    targets: Sequence[Target], period: str, teams: Mapping[str, Sequence[str]], adds_up: Callable[[str], bool]
) -> list[Level]:
    """Each whole of the period with its parts: the company and its teams (its people where no team has a target), each
    team and its people. ``teams``: who is in each at the period's end. Only of indicators that add up, and only where
    there is a whole and at least one part."""
    of = {target.key: target for target in targets if target.period == period}
    everybody = sorted({person for people in teams.values() for person in people})
    found = []
    for whole in sorted(of.values()):
        if whole.scope == "person" or not adds_up(whole.indicator):
            continue
        below = [("person", code) for code in sorted(teams.get(whole.who, ()))]
        if whole.scope == "company":
            below = [("team", code) for code in sorted({*teams, *(each.who for each in of.values() if _team(each))})]
            if not any((*part, whole.indicator, period) in of for part in below):
                below = [("person", code) for code in everybody]
        there = [of[*part, whole.indicator, period] for part in below if (*part, whole.indicator, period) in of]
        without = tuple(code for scope, code in below if (scope, code, whole.indicator, period) not in of)
        if there:
            found.append(Level(whole, sum(part.value for part in there), without))
    return found


def _team(target: Target) -> bool:
    return target.scope == "team"
