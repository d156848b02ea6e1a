"""Appeals as data: their states, the figures they are about, the days that count. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from types import MappingProxyType
from typing import Literal

from kaohe.errors import Place, Problem, fail
from kaohe.run.model import Run
from kaohe.scheme.model import AppealRules
from kaohe.text import Message, Text, msg
from kaohe.worktime import Calendar

State = Literal["open", "answered", "upheld", "rejected", "withdrawn"]
STATES: Mapping[State, Message] = MappingProxyType(
    {
        "open": msg("waits for an answer"),
        "answered": msg("waits for a decision"),
        "upheld": msg("upheld"),
        "rejected": msg("rejected"),
        "withdrawn": msg("withdrawn"),
    }
)
PENDING: tuple[State, ...] = ("open", "answered")
OF_EVERYBODY: Mapping[str, Message] = MappingProxyType(
    {"total": msg("total"), "rank": msg("rank"), "tier": msg("tier"), "bonus": msg("bonus")}
)
"""Figures besides the indicators."""


@dataclass(frozen=True)
class Outcome:
    """What an upheld appeal led to: manual ``changes`` by number, or corrected records in import ``batches``, and the
    ``run`` that was computed with them (None: not yet)."""

    changes: tuple[int, ...] = ()
    batches: tuple[int, ...] = ()
    run: int | None = None


@dataclass(frozen=True)
class Appeal:
    """One appeal. ``figure`` is total, rank, tier, bonus or an indicator's key; ``attachments`` are digests."""

    number: int
    scheme_id: str
    period: str
    run: int
    person: str
    figure: str
    text: str
    attachments: tuple[str, ...]
    opened_by: str
    opened_at: datetime
    answer_due: date
    decision_due: date
    state: State
    answer: str | None
    answered_by: str | None
    answered_at: datetime | None
    decision: str | None
    decided_by: str | None
    decided_at: datetime | None
    outcome: Outcome | None

    @property
    def pending(self) -> bool:
        return self.state in PENDING

    @property
    def due(self) -> date | None:
        """By when the next thing has to happen; None where nothing has to."""
        if self.state == "open":
            return min(self.answer_due, self.decision_due)
        return self.decision_due if self.state == "answered" else None

    def overdue(self, today: date) -> bool:
        """Whether that day has passed."""
        return self.due is not None and self.due < today


@dataclass(frozen=True)
class Terms:
    """By what appeals are measured: the scheme's ``rules``, the ``calendar`` that working days are of (None where all
    days count), and the timezone in which a moment falls on a day."""

    rules: AppealRules
    calendar: Calendar | None
    zone: tzinfo

    def last_day(self, begins: datetime, days: int) -> date:
        """The last day of so many after that moment; the moment's own day does not count."""
        return days_after(self.day_of(begins), days, self.calendar)

    def day_of(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()


@dataclass(frozen=True)
class Window:
    """When appeals against the run that stands for a period may be opened: from the moment ``begins``, through the day
    ``last``. None: no run stands for it, or it was not submitted for review yet."""

    run: int | None
    begins: datetime | None
    last: date | None


def days_after(day: date, count: int, calendar: Calendar | None) -> date:
    """The day so many days later; with a calendar so many of its working days.

    Raises KaoheError where the calendar does not reach so far: nothing is known of the days after its end.
    """
    if calendar is None:
        return day + timedelta(days=count)
    left, reached = count, day
    while left:
        reached += timedelta(days=1)
        if not calendar.first <= reached < calendar.end:
            words = {"name": calendar.name, "day": reached}
            what = msg("the calendar {name} does not cover {day}, so working days cannot be counted", **words)
            fix = msg("add the year to the calendar; see what it covers: kaohe calendar show {name}", **words)
            raise fail(Problem("appeal.calendar-ends", what, Place(key=calendar.name), fix=fix))
        left -= bool(calendar.intervals(reached))
    return reached


def figure_names(run: Run, row: int) -> dict[str, Message | Text]:
    """The figures of a person that an appeal can be about, by key: what there is for this person in this run. What is
    measured for another indicator's sake alone, an earlier window or a whole team, is not one of them."""
    scheme, appraisal = run.scheme, run.appraisal
    there = {
        "total": True,
        "rank": bool(appraisal.rank[row]),
        "tier": appraisal.tier[row] is not None,
        "bonus": scheme.bonus is not None and bool(appraisal.graded[row]),
    }
    named: dict[str, Message | Text] = {key: words for key, words in OF_EVERYBODY.items() if there[key]}
    return named | {each.key: each.indicator.name for each in scheme.indicators if "@" not in each.key}
