"""Work in teams over time: what each assignment contributes to a period, exactly.

Bases add up by days and fraction: Σ base × days × fraction / days of the period. Days themselves count once, however
many assignments cover them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

import numpy as np

from kaohe.appraise.coded import coded
from kaohe.appraise.columns import told_apart
from kaohe.appraise.model import People, Span
from kaohe.errors import Problem
from kaohe.exact import FEN, MICRO, shorten
from kaohe.period import Period
from kaohe.text import msg

_LISTED = 5


@dataclass(frozen=True)
class Assignment:
    """Work in a team from ``starts`` up to but not including ``ends`` (None: open).

    ``bonus_base`` in fen, for full time; ``attributes`` are the organisation's own words. What is missing there is
    unknown. ``fraction`` of full time in millionths.
    """

    team: str | None
    role: str | None
    manager: str | None
    starts: date
    ends: date | None
    bonus_base: int | None = None
    attributes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    fraction: int = MICRO

    @property
    def order(self) -> tuple[date, date, str, str]:
        """Of two assignments, the one that began later is the newer; then the one that lasts longer."""
        return self.starts, self.ends or date.max, self.team or "", self.role or ""

    def holds_on(self, day: date) -> bool:
        return self.starts <= day and (self.ends is None or day < self.ends)


def spans_in(
    assignments: Sequence[Assignment], period: Period, counted: Collection[Assignment] | None = None
) -> tuple[Span, ...]:
    """What each assignment that touches the period contributes to it, the oldest first; of those ``counted`` alone,
    where they are given."""
    return tuple(
        Span(
            team=each.team,
            role=each.role,
            starts=max(each.starts, period.start),
            days=period.overlap(each.starts, each.ends),
            fraction=each.fraction,
            base=_base(each, assignments),
        )
        for each in sorted(assignments, key=lambda each: each.order)
        if period.overlap(each.starts, each.ends) > 0 and (counted is None or each in counted)
    )


def _base(of: Assignment, assignments: Sequence[Assignment]) -> int | None:
    """The base in fen of an assignment; None where it is unknown.

    One that says none adds none beside another that says one; else it continues that of the newest before it.
    """
    if of.bonus_base is not None:
        return of.bonus_base
    stated = [each for each in assignments if each.bonus_base is not None]
    if any(each.holds_on(of.starts) for each in stated):
        return 0
    earlier = [each for each in stated if each.order < of.order]
    return max(earlier, key=lambda each: each.order).bonus_base if earlier else None


def own_base(of: Assignment, assignments: Sequence[Assignment]) -> Decimal | Fraction | None:
    """The base of one assignment alone at its fraction, in yuan; ``assignments`` are all of the person's."""
    base = _base(of, assignments)
    return mean_base((Span(of.team, of.role, of.starts, 1, of.fraction, base),), 1)


def full_time_days(spans: Sequence[Span]) -> Decimal:
    """Σ days × fraction: half of full time on 90 days is 45, two jobs at once add up."""
    return full_days(sum(span.days * span.fraction for span in spans))


def full_days(millionths: int) -> Decimal:
    """Days × fraction, of which this is the sum in millionths of full time."""
    return Decimal(millionths).scaleb(-6)


def mean_base(spans: Sequence[Span], days: int) -> Decimal | Fraction | None:
    """Σ base × days × fraction over the days covered, in yuan: the base of a day in service.

    Times ``days`` / days of the period it is the prorated base, exactly. None where any of the bases is unknown.
    """
    total = 0
    for span in spans:
        if span.base is None:
            return None
        total += span.base * span.days * span.fraction
    return base_of(total, days)


def base_of(total: int, days: int) -> Decimal | Fraction:
    """The mean in yuan over the days of Σ base × days × fraction, in fen and millionths."""
    fen, rest = divmod(total, MICRO * days)
    return Fraction(total, FEN * MICRO * days) if rest else Decimal(fen).scaleb(-2)


def over_full_time(people: People) -> Problem | None:
    """A warning that names people whose assignments at once add up to more than full time: their bases add up, too."""
    full = coded(people.attribute("full_time_days"), len(people))
    alike, first = told_apart((full.which, people.worked), len(people))
    over = [days > worked for days, worked in zip(full.at(first), people.worked[first].tolist(), strict=True)]
    rows = np.flatnonzero(np.array(over, np.bool_)[alike])
    if not len(rows):
        return None
    listed = [f"{people.code[row]} ({shorten(full[row])})" for row in rows[:_LISTED].tolist()]
    return Problem(
        "evaluate.over-full-time",
        msg("assignments of {count} people add up to more than full time; so do their bases", count=len(rows)),
        found=", ".join(listed) + (" …" if len(rows) > _LISTED else ""),
        expected=msg("no more full-time days than days in service"),
        fix=msg("write the fraction of each assignment in the people file"),
        severity="warning",
    )


def days_covered(assignments: Sequence[Assignment], period: Period) -> int:
    """Days of the period that at least one of the assignments covers."""
    spans = sorted((max(each.starts, period.start), min(each.ends or period.end, period.end)) for each in assignments)
    days, reached = 0, period.start
    for start, end in spans:
        days += max(0, (end - max(start, reached)).days)
        reached = max(reached, end)
    return days
