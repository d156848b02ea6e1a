"""One person's tier by quota, worked out once more: the seats of the group, where its cuts fell, and what total would
have been enough for the next better tier. Nobody else is named."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from kaohe.appraise.facts import Facts, facts
from kaohe.appraise.missing import enough_data
from kaohe.appraise.model import Appraisal
from kaohe.appraise.ranking import contests_of
from kaohe.appraise.rules import Ruled
from kaohe.appraise.seating import Seating
from kaohe.appraise.standing import Groups, groups, key_of
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


@dataclass(frozen=True)
class Hindsight:
    """What would have been, for one graded person after the other. What does not depend on whose tier is asked for is
    worked out once; seats are given in the person's own group alone, for no other takes part in them. The scheme has
    tiers."""

    scheme: Scheme
    appraisal: Appraisal

    def cuts(self, row: int) -> Cuts:
        """The cuts that the person met."""
        tiers, totals = tiers_of(self.scheme), self.appraisal.total
        level, seating, at = self._placed(row, totals)
        found = self.enough(row, level - 1)
        if seating is None:
            return Cuts(None, 0, (None,) * len(tiers.levels), level, found.total, found.least)
        heads, rows = seating.heads, seating.standing.rows
        group = int(heads.which[at])
        mine = heads.counted & (heads.which == group)
        counted = totals[rows[mine]]
        levels = by_score(tiers, counted, seating.given[mine])
        last = tuple(
            int(counted[levels == number].min()) if (levels == number).any() else None
            for number in range(len(tiers.levels))
        )
        seats = tuple(seating.seats[group].tolist())
        return Cuts(seats, int(heads.size[group]), last, level, found.total, found.least)

    def enough(self, row: int, wanted: int) -> Enough:
        """What total would give the person the tier at that position or a better one, before any rule on tiers. The
        total that they have is enough where they are there already."""
        if wanted < 0 or self.appraisal.vetoed[row]:
            return Enough(None, least=True)
        own = int(self.appraisal.total[row])

        def reaches(total: int) -> bool:
            return self.tier_at(row, total) <= wanted

        if reaches(own):
            return Enough(own, least=True)
        group = self._group(row) if self._placed(row, self.appraisal.total)[1] is not None else None
        begins = self._begins(group, wanted)
        first = int(np.searchsorted(begins, own, side="right"))
        if _own_total_moves_seats(self.scheme):
            tried = map(int, begins[first : first + _TRIED])
            return Enough(next(filter(reaches, tried), None), least=False)
        # The tier never gets worse as the total grows: others of the group needed about the same.
        near = self._near.get((group, wanted), first)
        found = _first(first, len(begins), near, lambda place: reaches(int(begins[place])))
        self._near[group, wanted] = found
        return Enough(int(begins[found]) if found < len(begins) else None, least=True)

    def tier_at(self, row: int, total: int) -> int:
        """The position of the tier that the person would have at this total, before any rule on tiers."""
        changed = self.appraisal.total.copy()
        changed[row] = total
        return self._placed(row, changed)[0]

    @cached_property
    def _divided(self) -> Groups:
        return groups(self.scheme.ranking, self.appraisal.people, self.appraisal.graded)

    @cached_property
    def _known(self) -> dict[str, Flags]:
        return enough_data(self.scheme, self.appraisal.values)

    @cached_property
    def _keys(self) -> list[Ints]:
        return [key_of(self.scheme, key, self.appraisal.values, self._known) for key in keys_of(self.scheme)]

    @cached_property
    def _own_group(self) -> dict[int, Groups]:
        """The groups with only one of them left, by its number; filled as it is asked for."""
        return {}

    @cached_property
    def _begun(self) -> dict[tuple[int | None, int], Ints]:
        """Totals at which a tier can begin, ascending, by group and tier; filled as it is asked for."""
        return {}

    @cached_property
    def _near(self) -> dict[tuple[int | None, int], int]:
        """Where among them it began for whoever was asked for last."""
        return {}

    def _group(self, row: int) -> int:
        """The number of the group in which the person takes part; −1 for everybody together."""
        return int(self._divided.number[row]) if self._divided.own[row] else -1

    def _taking_part(self, row: int) -> Groups:
        number = self._group(row)
        if number not in self._own_group:
            divided, nobody = self._divided, np.zeros_like(self._divided.own)
            own = nobody if number < 0 else divided.own & (divided.number == number)
            self._own_group[number] = replace(divided, own=own, merged=divided.merged if number < 0 else nobody)
        return self._own_group[number]

    def _begins(self, group: int | None, wanted: int) -> Ints:
        """Totals at which a tier can begin: the floors, the totals of everybody competed with (in the group of that
        number; None: with nobody), and the next above each."""
        if (group, wanted) not in self._begun:
            unit = 10 ** (DECIMALS - self.scheme.decimals)
            levels = tiers_of(self.scheme).levels[: wanted + 1]
            floors = [to_micros(one.min_score) for one in levels if one.min_score is not None]
            totals = self.appraisal.total[:0]
            if group is not None:
                divided = self._divided
                who = self.appraisal.graded if group < 0 else divided.own & (divided.number == group)
                totals = self.appraisal.total[who]
            # A total has the scheme's decimals: the first that is not below.
            first = -(-np.append(totals, np.array(floors, np.int64)) // unit) * unit
            self._begun[group, wanted] = np.unique(np.append(first, first + unit))
        return self._begun[group, wanted]

    def _placed(self, row: int, total: Ints) -> tuple[int, Seating | None, int]:
        """The person's tier at these totals before rules, the seating that gave it, and the position in it."""
        scheme, appraisal, tiers = self.scheme, self.appraisal, tiers_of(self.scheme)
        level = int(by_score(tiers, total[row : row + 1])[0])
        if tiers.kind == "score":
            return level, None, 0
        ruled = Ruled(total, appraisal.graded, appraisal.vetoed, np.full(len(total), MICRO), (), ())
        for contest in contests_of(total, appraisal.graded, appraisal.vetoed, self._taking_part(row), self._keys):
            if contest.takes[row]:
                seating = seat(scheme, contest, ruled, _seen(appraisal, total, self._known))
                at = int(np.flatnonzero(seating.standing.rows == row)[0])
                if seating.large[at]:
                    given = seating.given[at : at + 1]
                    return int(by_score(tiers, total[row : row + 1], given)[0]), seating, at
        return level, None, 0


def cuts_of(scheme: Scheme, appraisal: Appraisal, row: int) -> Cuts:
    """The cuts that a graded person met. The scheme has tiers."""
    return Hindsight(scheme, appraisal).cuts(row)


def enough_for(scheme: Scheme, appraisal: Appraisal, row: int, wanted: int) -> Enough:
    """What total would give a graded person the tier at that position or a better one, as ``Hindsight`` says it."""
    return Hindsight(scheme, appraisal).enough(row, wanted)


def tier_at(scheme: Scheme, appraisal: Appraisal, row: int, total: int) -> int:
    """The position of the tier that a person would have at this total, before any rule on tiers."""
    return Hindsight(scheme, appraisal).tier_at(row, total)


_TRIED = 400


def _own_total_moves_seats(scheme: Scheme) -> bool:
    """Whether a person's own total decides who is counted, or the grade of the group."""
    tiers = tiers_of(scheme)
    asked = [tiers.not_counted, None if tiers.by_grade is None else tiers.by_grade.grade]
    return any({"total", "group_mean"} & field_names(each) for each in asked if each is not None)


def _first(first: int, end: int, near: int, holds: Callable[[int], bool]) -> int:
    """The first place from ``first`` on at which it holds, ``end`` where it holds nowhere; once it holds it goes on to.
    The search widens around ``near`` before it halves."""
    near, step = min(max(near, first), end), 1
    while near < end and not holds(near):
        first, near, step = near + 1, min(near + step, end), 2 * step
    end, step = near, 1
    while first < end:
        middle = max(end - step, (first + end) // 2)
        if holds(middle):
            end, step = middle, 2 * step
        else:
            first = middle + 1
    return end


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
