"""One person's tier by quota, worked out once more: the seats of the group, where its cuts fell, and what total would
have been enough for the next better tier. Nobody else is named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from kaohe.appraise.facts import Facts, facts
from kaohe.appraise.missing import enough_data
from kaohe.appraise.model import Appraisal
from kaohe.appraise.ranking import contests_of
from kaohe.appraise.rules import Ruled
from kaohe.appraise.seating import Seating
from kaohe.appraise.standing import groups, key_of
from kaohe.appraise.tiers import by_score, keys_of, seat, tiers_of
from kaohe.exact import DECIMALS, MICRO, Flags, Ints, to_micros
from kaohe.scheme.model import Scheme


@dataclass(frozen=True)
class Cuts:
    """``seats`` per tier over ``counted`` people, None where no quota applies; ``last`` the least total in millionths
    of the counted people who come by each tier by it (None: nobody). ``level`` is this person's tier before any rule
    on tiers, as a position; ``enough`` the least total at which the next better tier would have been theirs, the
    others unchanged (None: there is no better one, or no total would have done). Where seats depend on this person's
    own total, by who is counted or the group's grade, it is enough, but less may have been."""

    seats: tuple[int, ...] | None
    counted: int
    last: tuple[int | None, ...]
    level: int
    enough: int | None


def cuts_of(scheme: Scheme, appraisal: Appraisal, row: int) -> Cuts:
    """The cuts that a graded person met. The scheme has tiers."""
    tiers = tiers_of(scheme)
    level, seating, at = _placed(scheme, appraisal, row, appraisal.total)
    enough = None
    if not appraisal.vetoed[row]:
        for total in sorted({*_candidates(scheme, appraisal, at, level, seating)}):
            changed = appraisal.total.copy()
            changed[row] = total
            if total > appraisal.total[row] and _placed(scheme, appraisal, row, changed)[0] < level:
                enough = total
                break
    if seating is None:
        return Cuts(None, 0, (None,) * len(tiers.levels), level, enough)
    heads, rows = seating.heads, seating.standing.rows
    group = int(heads.which[at])
    mine = heads.counted & (heads.which == group)
    totals = appraisal.total[rows[mine]]
    levels = by_score(tiers, totals, seating.given[mine])
    last = tuple(
        int(totals[levels == number].min()) if (levels == number).any() else None for number in range(len(tiers.levels))
    )
    return Cuts(tuple(seating.seats[group].tolist()), int(heads.size[group]), last, level, enough)


def _candidates(scheme: Scheme, appraisal: Appraisal, at: int, level: int, seating: Seating | None) -> Iterator[int]:
    """Totals at which a tier better than ``level`` can begin: its floor, that of its last seat, and the next above."""
    unit = 10 ** (DECIMALS - scheme.decimals)
    begins = [to_micros(one.min_score) for one in tiers_of(scheme).levels[:level] if one.min_score is not None]
    if seating is not None:
        heads, rows = seating.heads, seating.standing.rows
        group = int(heads.which[at])
        counted = rows[heads.counted & (heads.which == group)]
        ends = {int(cut) for cut in seating.cuts[group, :level] if cut > 0}
        begins += [int(appraisal.total[counted[end - 1]]) for end in ends]
    for total in begins:
        # A total has the scheme's decimals: the first that is not below.
        first = -(-total // unit) * unit
        yield from (first, first + unit)


def _placed(scheme: Scheme, appraisal: Appraisal, row: int, total: Ints) -> tuple[int, Seating | None, int]:
    """The person's tier at these totals before rules, the seating that gave it, and the position in it."""
    tiers = tiers_of(scheme)
    level = int(by_score(tiers, total[row : row + 1])[0])
    if tiers.kind == "score":
        return level, None, 0
    divided = groups(scheme.ranking, appraisal.people, appraisal.graded)
    known = enough_data(scheme, appraisal.values)
    keys = [key_of(scheme, key, appraisal.values, known) for key in keys_of(scheme)]
    ruled = Ruled(total, appraisal.graded, appraisal.vetoed, np.full(len(total), MICRO), (), ())
    for contest in contests_of(total, appraisal.graded, appraisal.vetoed, divided, keys):
        if contest.takes[row]:
            seating = seat(scheme, contest, ruled, _seen(appraisal, total, known))
            at = int(np.flatnonzero(seating.standing.rows == row)[0])
            if seating.large[at]:
                given = seating.given[at : at + 1]
                return int(by_score(tiers, total[row : row + 1], given)[0]), seating, at
    return level, None, 0


def _seen(appraisal: Appraisal, total: Ints, known: Mapping[str, Flags]) -> Facts:
    seen = facts(
        appraisal.people,
        appraisal.values,
        known,
        appraisal.points,
        appraisal.counted,
        appraisal.dimension_points,
        appraisal.dimension_counted,
    )
    return seen.numbers("total", total, appraisal.graded)
