"""Results before and after changes by hand, group by group: what a calibration meeting looks at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from kaohe.appraise import Appraisal
from kaohe.scheme.model import Scheme


@dataclass(frozen=True)
class Distribution:
    """The graded people of a ``group`` (None: without one), and how many of them were ``changed`` by hand. Per tier,
    best first, how many have it ``before`` and ``after``; ``mean`` is by how many millionths of a point totals were
    changed on average, ``fen`` by how much all bonuses were changed together."""

    group: str | None
    people: int
    changed: int
    before: tuple[int, ...]
    after: tuple[int, ...]
    mean: Fraction
    fen: int


def distributions(scheme: Scheme, before: Appraisal, after: Appraisal, by: str | None) -> list[Distribution]:
    """Each group of people with the same attribute ``by`` (``team``, ``manager`` …), by name, and last everybody.

    ``before`` is the appraisal without changes by hand, ``after`` that with them.
    """
    graded = [row for row, is_graded in enumerate(after.graded.tolist()) if is_graded]
    groups: dict[str | None, list[int]] = {}
    if by is not None:
        named = after.people.attribute(by)
        for row in graded:
            groups.setdefault(None if named[row] is None else str(named[row]), []).append(row)
    ordered = sorted(groups.items(), key=lambda pair: (pair[0] is None, pair[0] or ""))
    listed = [_of(scheme, before, after, name, rows) for name, rows in ordered]
    return [*listed, _of(scheme, before, after, "*", graded)]


def _of(scheme: Scheme, before: Appraisal, after: Appraisal, name: str | None, rows: Sequence[int]) -> Distribution:
    tiers = [level.id for level in scheme.tiers.levels] if scheme.tiers is not None else []
    by_hand = set() if after.computed is None else {each.person for each in after.computed.changes}
    was, is_now = (Counter(appraisal.tier[row] for row in rows) for appraisal in (before, after))
    points = sum(int(after.total[row]) - int(before.total[row]) for row in rows)
    return Distribution(
        name,
        len(rows),
        sum(after.people.code[row] in by_hand for row in rows),
        tuple(was[tier] for tier in tiers),
        tuple(is_now[tier] for tier in tiers),
        Fraction(points, len(rows)) if rows else Fraction(0),
        sum(int(after.bonus[row]) - int(before.bonus[row]) for row in rows),
    )
