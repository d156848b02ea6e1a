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
from kaohe.language import field_names
from kaohe.scheme.model import Scheme


@dataclass(frozen=True)
class Cuts:
    """``seats`` per tier over ``counted`` people, None where no quota applies; ``last`` the least total in millionths
    of the counted people who come by each tier by it (None: nobody). ``level`` is this person's tier before any rule
    on tiers, as a position; ``enough`` the total at which the next better tier would have been theirs, the others
    unchanged (None: there is no better one, or no total would have done). It is the ``least`` such total, unless seats
    depend on this person's own total, by who is counted or the group's grade: then less may have been enough."""

    seats: tuple[int, ...] | None
    counted: int
    last: tuple[int | None, ...]
    level: int
    enough: int | None
    least: bool = True


@dataclass(frozen=True)
class Enough:
    """A ``total`` in millionths at which a tier would have been a person's, the others unchanged; None where none would
    do. ``least``: nothing less would have been enough."""

    total: int | None
    least: bool


def cuts_of(scheme: Scheme, appraisal: Appraisal, row: int) -> Cuts:
    """The cuts that a graded person met. The scheme has tiers."""
    tiers = tiers_of(scheme)
    level, seating, at = _placed(scheme, appraisal, row, appraisal.total)
    found = enough_for(scheme, appraisal, row, level - 1)
    if seating is None:
        return Cuts(None, 0, (None,) * len(tiers.levels), level, found.total, found.least)
    heads, rows = seating.heads, seating.standing.rows
    group = int(heads.which[at])
    mine = heads.counted & (heads.which == group)
    totals = appraisal.total[rows[mine]]
    levels = by_score(tiers, totals, seating.given[mine])
    last = tuple(
        int(totals[levels == number].min()) if (levels == number).any() else None for number in range(len(tiers.levels))
    )
    seats = tuple(seating.seats[group].tolist())
    return Cuts(seats, int(heads.size[group]), last, level, found.total, found.least)


def enough_for(scheme: Scheme, appraisal: Appraisal, row: int, wanted: int) -> Enough:
    """What total would give a graded person the tier at that position or a better one, before any rule on tiers. The
    total that they have is enough where they are there already."""
    if wanted < 0 or appraisal.vetoed[row]:
        return Enough(None, least=True)
    seating = _placed(scheme, appraisal, row, appraisal.total)[1]
    own = int(appraisal.total[row])

    def reaches(total: int) -> bool:
        return tier_at(scheme, appraisal, row, total) <= wanted

    if reaches(own):
        return Enough(own, least=True)
    begins = sorted(total for total in {*_begins(scheme, appraisal, wanted, seating)} if total > own)
    if _own_total_moves_seats(scheme):
        return Enough(next((total for total in begins[:_TRIED] if reaches(total)), None), least=False)
    # The tier never gets worse as the total grows: halve until the first total that reaches it.
    first, end = 0, len(begins)
    while first < end:
        middle = (first + end) // 2
        if reaches(begins[middle]):
            end = middle
        else:
            first = middle + 1
    return Enough(begins[first] if first < len(begins) else None, least=True)


def tier_at(scheme: Scheme, appraisal: Appraisal, row: int, total: int) -> int:
    """The position of the tier that a person would have at this total, before any rule on tiers."""
    changed = appraisal.total.copy()
    changed[row] = total
    return _placed(scheme, appraisal, row, changed)[0]


_TRIED = 400


def _own_total_moves_seats(scheme: Scheme) -> bool:
    """Whether a person's own total decides who is counted, or the grade of the group."""
    tiers = tiers_of(scheme)
    asked = [tiers.not_counted, None if tiers.by_grade is None else tiers.by_grade.grade]
    return any({"total", "group_mean"} & field_names(each) for each in asked if each is not None)


def _begins(scheme: Scheme, appraisal: Appraisal, wanted: int, seating: Seating | None) -> Iterator[int]:
    """Totals at which a tier can begin: the floors, the totals of everybody competed with, and the next above each."""
    unit = 10 ** (DECIMALS - scheme.decimals)
    levels = tiers_of(scheme).levels[: wanted + 1]
    begins = [to_micros(one.min_score) for one in levels if one.min_score is not None]
    if seating is not None:
        begins += np.unique(appraisal.total[seating.standing.rows]).tolist()
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
