"""Who reports to a manager, directly or through others, and how they did beside everybody."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

import numpy as np

from kaohe.appraise.facts import evaluate_together, facts
from kaohe.errors import Exit, KaoheError, Place, Problem, fail
from kaohe.language import Expression, Scope, Type, compile_expression
from kaohe.period import Period
from kaohe.run.model import Run
from kaohe.run.organisation.staff import Member
from kaohe.run.organisation.stints import main_stints
from kaohe.text import msg

FEWEST_OTHERS = 3
"""Figures of everybody are shown beside a manager's people only where no fewer others are in them: else theirs could be
worked out."""


@dataclass(frozen=True)
class Manager:
    """A manager with the codes of those who report to them at the period's end, directly or through others."""

    code: str
    name: str
    people: frozenset[str]


@dataclass(frozen=True)
class Summary:
    """Some people of a run together. ``mean``, ``median``, ``quartiles`` (the first and the third) are of the totals of
    the graded ones, exact, None where there are none; ``tiers`` counts them by tier."""

    heads: int
    graded: int
    mean: Fraction | None
    median: Fraction | None
    quartiles: tuple[Fraction | None, Fraction | None]
    tiers: Mapping[str, int]

    @property
    def not_graded(self) -> int:
        return self.heads - self.graded


def find_manager(members: Sequence[Member], code_or_name: str, period: Period) -> Manager:
    """The manager by code, or by a name that one person alone bears. Raises KaoheError where there is none, or nobody
    reports to them."""
    by_code = {member.code: member for member in members}
    found = [by_code[code_or_name]] if code_or_name in by_code else []
    found = found or [member for member in members if member.name == code_or_name]
    place = Place(key=code_or_name)
    if len(found) > 1:
        codes = ", ".join(member.code for member in found)
        raise fail(Problem("manager.name", msg("several people bear this name"), place, codes, fix=_BY_CODE))
    if not found:
        what = msg("nobody is known by this code or name")
        raise fail(Problem("manager.unknown", what, place, code_or_name, fix=_LISTED))
    people = reports_of(members, found[0].code, period)
    if not people:
        raise _nobody(found[0], period)
    return Manager(found[0].code, found[0].name, people)


_BY_CODE = msg("name the person by code")
_LISTED = msg("see who there is: kaohe people list")


def reports_of(members: Iterable[Member], manager: str, period: Period) -> frozenset[str]:
    """Who reports to the manager by the main assignments on the period's last day. Lines that run in a circle end
    where they come back; nobody reports to themself."""
    last = period.end - timedelta(days=1)
    below: dict[str, list[str]] = defaultdict(list)
    for member in members:
        for stint in main_stints(member.assignments):
            above = stint.assignment.manager
            if above is not None and stint.holds_on(last):
                below[above].append(member.code)
    found, waiting = {manager}, deque([manager])
    while waiting:
        for code in below[waiting.popleft()]:
            if code not in found:
                found.add(code)
                waiting.append(code)
    return frozenset(found - {manager})


def rows_of(run: Run, manager: Manager) -> tuple[int, ...]:
    """The rows of a run that are the manager's people. Raises KaoheError where none is, or teams are appraised."""
    if run.scheme.subject == "team":
        what = msg("the scheme appraises teams: there are no people in it for a manager")
        raise fail(Problem("manager.teams", what, Place(key=run.scheme.id), fix=msg("leave out --manager")))
    rows = tuple(row for row, code in enumerate(run.appraisal.people.code) if code in manager.people)
    if not rows:
        what = msg("the scheme appraises nobody who reports to {name}", name=manager.name)
        raise fail(Problem("manager.nobody", what, Place(key=run.scheme.id)), Exit.NOTHING)
    return rows


def summary(run: Run, rows: Collection[int]) -> Summary:
    """The people of these rows together."""
    appraisal = run.appraisal
    graded = [row for row in rows if appraisal.graded[row]]
    seen = facts(appraisal.people, {}, {}, {}, {}, {}, {}).numbers("total", appraisal.total, appraisal.graded)
    listed = np.array(graded, np.int64)
    mean, median, first, third = (evaluate_together(each, seen, listed) for each in _FIGURES)
    counts = Counter(tier for row in graded if (tier := appraisal.tier[row]) is not None)
    levels = run.scheme.tiers.levels if run.scheme.tiers is not None else ()
    return Summary(len(rows), len(graded), mean, median, (first, third), {each.id: counts[each.id] for each in levels})


def may_be_compared(run: Run, rows: Collection[int]) -> bool:
    """Whether figures of everybody say nothing of the others among them."""
    everybody = int(run.appraisal.graded.sum())
    return everybody - sum(bool(run.appraisal.graded[row]) for row in rows) >= FEWEST_OTHERS


def _compiled(text: str) -> Expression:
    return compile_expression(text, Scope({"total": Type("number", 6)}, aggregates=True))


_FIGURES = tuple(map(_compiled, ("mean(total)", "median(total)", "percentile(total, 0.25)", "percentile(total, 0.75)")))


def _nobody(manager: Member, period: Period) -> KaoheError:
    what = msg("nobody reports to {name} at the end of {period}", name=manager.name, period=period.name)
    fix = msg("the people file's column manager says who reports to whom")
    return fail(Problem("manager.nobody", what, Place(key=manager.code), fix=fix), Exit.NOTHING)
