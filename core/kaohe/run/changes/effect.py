"""What changes by hand do to a run's figures: the appraisal with them, and who is moved. Nothing is stored."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from kaohe.appraise import Appraisal, appraise
from kaohe.appraise.manual import ManualChange
from kaohe.run.model import Run


@dataclass(frozen=True)
class Standing:
    """One person's figures: ``total`` in millionths, ``rank`` (0: unranked), ``tier``, ``bonus`` in fen."""

    total: int
    rank: int
    tier: str | None
    bonus: int


@dataclass(frozen=True)
class Moved:
    """The people whom changes are about, by row, with their figures before and after; and how many others they move,
    of whom how many in tier and in bonus."""

    people: tuple[tuple[int, Standing, Standing], ...]
    others: int
    others_in_tier: int
    others_in_bonus: int


def with_changes(run: Run, changes: Iterable[ManualChange]) -> Appraisal:
    """The run's values appraised once more, with these changes and no others. Raises KaoheError where the scheme does
    not allow them."""
    from_run = run.appraisal
    return appraise(run.scheme, from_run.people, from_run.values, from_run.teams, tuple(changes))


def standing(appraisal: Appraisal, row: int) -> Standing:
    """One person's figures."""
    total, rank = int(appraisal.total[row]), int(appraisal.rank[row])
    return Standing(total, rank, appraisal.tier[row], int(appraisal.bonus[row]))


def moved(before: Appraisal, after: Appraisal, people: Collection[str]) -> Moved:
    """Whose figures differ between two appraisals of the same people; ``people``: whom the changes are about."""
    pairs = [(row, standing(before, row), standing(after, row)) for row in range(len(before.people))]
    about = frozenset(people)
    meant = tuple(each for each in pairs if before.people.code[each[0]] in about)
    others = [(old, new) for row, old, new in pairs if old != new and before.people.code[row] not in about]
    return Moved(
        meant,
        len(others),
        sum(old.tier != new.tier for old, new in others),
        sum(old.bonus != new.bonus for old, new in others),
    )
