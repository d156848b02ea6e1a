"""Working time with pauses: a clock that stands still while somebody else has to act. Pure.

Pauses are pairs of moments (from, to), in UTC microseconds like all moments; they may overlap and come in any order.
"""

from __future__ import annotations

from collections.abc import Iterable

from kaohe.worktime.clock import Clock

Pause = tuple[int, int]


def between(clock: Clock, first: int, second: int, pauses: Iterable[Pause] = ()) -> int:
    """The working time from one moment to a later one, without what lies in pauses; negative the other way round.

    Raises KaoheError for moments that the calendar does not cover, ValueError for a pause that ends before it begins.
    """
    if second < first:
        return -between(clock, second, first, pauses)
    cut = [(max(start, first), min(end, second)) for start, end in joined(pauses) if start < second and end > first]
    return clock.between(first, second) - sum(clock.between(start, end) for start, end in cut)


def due(clock: Clock, moment: int, amount: int, pauses: Iterable[Pause] = ()) -> int:
    """The moment by which so much working time has passed since a moment, pauses left out; see ``Clock.due``.

    Work that is done just as a pause begins is due then. A negative amount is a ValueError where there are pauses.
    """
    ahead = [pause for pause in joined(pauses) if pause[1] > moment]
    if amount < 0 and ahead:
        raise ValueError("pauses delay work that is to be done, not work that was")
    for start, end in ahead:
        worked = clock.between(moment, max(start, moment))
        if amount <= worked:
            break
        amount, moment = amount - worked, end
    return clock.due(moment, amount)


def next_opening(clock: Clock, moment: int) -> int:
    """The moment itself in working time, else the next at which work begins. Closing time is not working time.

    Raises KaoheError where the calendar ends before.
    """
    return clock.due(moment, 1) - 1


def joined(pauses: Iterable[Pause]) -> list[Pause]:
    """Pauses in order, those that meet or overlap as one. ValueError for one that ends before it begins."""
    found: list[Pause] = []
    for start, end in sorted(pauses):
        if end < start:
            raise ValueError("a pause ends before it begins")
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return found
