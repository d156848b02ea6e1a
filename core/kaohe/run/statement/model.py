"""What a statement says, as data: points in millionths, money in fen, words as messages for either language.

Where something is not the recipient's to see, the figure is None and ``withheld`` says why.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

from kaohe.records.canonical import digest
from kaohe.run.feedback.improvement import ItemState
from kaohe.run.node import Node
from kaohe.text import Message, Text

STRENGTHS = 3
"""So many strengths are named at most, and as many shortfalls."""


@dataclass(frozen=True)
class Spread:
    """A figure among the graded people of the ranking group, in millionths: how many have it, the median, the first
    and the third quartile by type 7 (None where the group is too small for them), and the own place, 1 the best."""

    people: int
    median: int
    quartiles: tuple[int, int] | None
    place: int | None


@dataclass(frozen=True)
class Figure:
    """Points and what they come to. ``weight`` is the person's own, in percent of everything that counted;
    ``contribution`` is weight × points. None: nothing counted, or, where ``withheld`` says so, not to be seen.
    ``spread`` is of the points, None where the group is so small that it would give others away."""

    points: int | None
    weight: Decimal | None = None
    contribution: int | None = None
    spread: Spread | None = None
    withheld: Message | None = None


@dataclass(frozen=True)
class IndicatorLine:
    """One indicator: the value and the target in words, the points, and what is to be said besides (no data …)."""

    key: str
    name: Text
    description: Text
    value: Message | None
    target: Message | None
    figure: Figure
    remarks: tuple[Message, ...] = ()


@dataclass(frozen=True)
class DimensionLine:
    """One dimension with its indicators, in the order of the scheme."""

    id: str
    name: Text
    figure: Figure
    indicators: tuple[IndicatorLine, ...]


@dataclass(frozen=True)
class Addition:
    """Points added or deducted beside the weighting."""

    id: str
    name: Text
    points: int | None
    withheld: Message | None = None


@dataclass(frozen=True)
class Besides:
    """An indicator without weight: its value in words."""

    key: str
    name: Text
    value: Message


@dataclass(frozen=True)
class Noted:
    """An indicator that stands out: ``contribution`` against the ``median`` contribution of the group, in millionths
    of the total's points."""

    key: str
    name: Text
    points: int
    contribution: int
    median: int


@dataclass(frozen=True)
class Reason:
    """Why the figures are what they are: ``kind`` and ``about`` as in a decision of the run, ``what`` in words."""

    kind: str
    about: str
    what: Message


@dataclass(frozen=True)
class Followup:
    """An outcome of the scheme: training, honour, warning or another word of the scheme's."""

    kind: str
    note: Text


@dataclass(frozen=True)
class Earlier:
    """One period in the trend, the oldest first; ``points`` by id of the dimension. None: not graded, no data, or not
    to be seen. ``decimals`` are those of the scheme as it was."""

    period: str
    run: int
    decimals: int
    total: int | None
    tier: str | None
    points: tuple[tuple[str, int | None], ...]


@dataclass(frozen=True)
class Money:
    """What is paid of the bonus, in fen: ``due`` from postings and earlier recoveries, ``settled`` of it now."""

    earned: int
    due: int
    settled: int
    carried: int
    paid: int


@dataclass(frozen=True)
class Posted:
    """What a restatement of ``period`` changed, in fen, settled with the period ``posted_to``: one of them is this."""

    restatement: int
    period: str
    posted_to: str
    fen: int
    reason: str


@dataclass(frozen=True)
class Item:
    """An improvement item: what is to be better by when, and who sees to it."""

    number: int
    period: str
    text: str
    owner: str
    due: date
    state: ItemState
    outcome: str | None
    overdue: bool


@dataclass(frozen=True)
class Interview:
    """Notes of the interview about this period and the goals agreed."""

    notes: str
    goals: str
    by: str
    at: datetime


@dataclass(frozen=True)
class AppealLine:
    """An appeal of this person in this period."""

    number: int
    figure: str
    state: str
    opened: date


@dataclass(frozen=True)
class AppealWindow:
    """How and until when the person may appeal: ``first`` and ``last`` day (None: not begun yet), as a sentence."""

    first: date | None
    last: date | None
    how: Message
    appeals: tuple[AppealLine, ...] = ()


@dataclass(frozen=True)
class Acknowledged:
    """That the person has seen a statement; ``current``: it is this one, and not an earlier one."""

    at: datetime
    by: str
    comment: str | None
    current: bool


@dataclass(frozen=True)
class Surroundings:
    """What the company's records say around the figures of one person. It is not part of what is acknowledged, but for
    the interview."""

    trend: tuple[Earlier, ...] = ()
    money: Money | None = None
    posted: tuple[Posted, ...] = ()
    items: tuple[Item, ...] = ()
    interview: Interview | None = None
    appeal: AppealWindow | None = None
    acknowledged: Acknowledged | None = None


@dataclass(frozen=True)
class Statement:
    """Everything that one person is told of a run.

    ``total`` is in millionths with the scheme's ``decimals``; None where the person is not graded (``not_graded`` says
    why) or where ``withheld`` says why. ``tier_name`` is the tier's in words. ``bonus`` in fen, None where the scheme
    pays none, nobody is graded, or ``bonus_withheld``; ``derivation`` says how it comes about. ``enough`` is the
    least total that would have given the next better tier, the others unchanged. ``adds_up``: contributions and
    additions make the total, before rules; not where totals come from comparing people. ``chosen_by`` is the rule by
    which strengths and shortfalls were chosen. ``reasons``: rules, ties, limits, manual changes.
    """

    code: str
    name: str
    team: str | None
    role: str | None
    scheme_id: str
    scheme_version: str
    scheme_name: Text
    period: str
    run: int
    run_digest: str
    currency: str
    decimals: int
    graded: bool
    not_graded: tuple[Message, ...]
    group: str | None
    total: int | None
    withheld: Message | None
    totals: Spread | None
    rank: int | None
    group_size: int
    tier: str | None
    tier_name: Text | None
    coefficient: int | None
    bonus: int | None
    bonus_withheld: Message | None
    derivation: Node | None
    adds_up: bool
    dimensions: tuple[DimensionLine, ...]
    additions: tuple[Addition, ...]
    besides: tuple[Besides, ...]
    strengths: tuple[Noted, ...]
    shortfalls: tuple[Noted, ...]
    chosen_by: Message
    enough: int | None
    reasons: tuple[Reason, ...]
    outcomes: tuple[Followup, ...]
    around: Surroundings = field(default_factory=Surroundings)

    @cached_property
    def digest(self) -> str:
        """SHA-256 over what is acknowledged: the run, every figure of this person, and the interview. Words and
        explanations take no part, nor does what lives on: the trend, payments, items, appeals."""
        talk = self.around.interview
        said = {
            "format": 1,
            "scheme": [self.scheme_id, self.scheme_version],
            "period": self.period,
            "run": self.run_digest,
            "person": [self.code, self.name],
            "result": [self.graded, self.total, self.rank, self.group_size, self.tier, self.coefficient, self.bonus],
            "dimensions": [[each.id, each.figure.points] for each in self.dimensions],
            "indicators": [[one.key, one.figure.points] for each in self.dimensions for one in each.indicators],
            "additions": [[each.id, each.points] for each in self.additions],
            "outcomes": [[each.kind, each.note.zh, each.note.en] for each in self.outcomes],
            "interview": None if talk is None else [talk.notes, talk.goals],
        }
        return digest(said)
