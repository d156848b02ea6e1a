"""What goes into an appraisal and what comes out: columns over people. Row i of every column is the same person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from kaohe.appraise.data_weights import DataWeights
from kaohe.appraise.manual import Computed
from kaohe.exact import Flags, Ints
from kaohe.text import Message

if TYPE_CHECKING:
    from kaohe.appraise.teams import Teams

EVERYBODY = "*"
"""The name of the group that everybody belongs to: where no attribute divides people, or small groups merge."""


@dataclass(frozen=True)
class Values:
    """One indicator over everybody: ``micros`` (millionths of its unit), ``known`` where there is data, and the
    ``sample`` of records behind each value. A row that is not known holds 0 and is never read."""

    micros: Ints
    known: Flags
    sample: Ints


@dataclass(frozen=True)
class Span:
    """One assignment's part of the period: ``days`` from ``starts`` on, at a ``fraction`` of full time in millionths,
    for a ``base`` in fen (full time, the whole period; None: unknown)."""

    team: str | None
    role: str | None
    starts: date
    days: int
    fraction: int
    base: int | None


@dataclass(frozen=True)
class Records:
    """Amounts of single records: those of row i are ``amounts[begins[i]:begins[i + 1]]``, ``unit`` parts to one."""

    begins: Ints
    amounts: NDArray[Any]
    unit: int

    def of(self, row: int) -> tuple[Fraction, ...]:
        """One person's, in their order."""
        listed = self.amounts[self.begins[row] : self.begins[row + 1]].tolist()
        return tuple(Fraction(each, self.unit) for each in listed)


@dataclass(frozen=True)
class People:
    """Who is appraised, in ascending order of ``code`` (the stable id).

    ``attributes`` holds, per name, one value each (None: unknown): ``role``, ``team``, ``region``, ``bonus_base``
    (yuan), ``days_in_period`` (int) and whatever else the organisation records. They are the fields of the
    expressions over people. ``worked`` and ``period_days`` are days, for proration. ``spans`` are each person's
    assignments in the period, the oldest first; empty where nobody's are known. ``bonus_base`` is their mean over the
    days worked, each by its days and fraction. ``counted_days``: where records count by their dates, on which days of
    the period each person's do (first day, day after the last). ``targets``: dated targets in millionths (None:
    there is none) by what expressions look up, ``crm.nps`` or ``crm.nps@team``. ``brought``: what the period
    before left to be settled, in fen (debts below 0); None: nothing. ``records``: amounts that a bonus looks at one by
    one; None: none does.
    """

    code: tuple[str, ...]
    attributes: Mapping[str, Sequence[Any]]
    worked: Ints
    period_days: int
    spans: Sequence[tuple[Span, ...]] = ()
    counted_days: Sequence[tuple[tuple[date, date], ...]] = ()
    targets: Mapping[str, tuple[int | None, ...]] = field(default_factory=lambda: MappingProxyType({}))
    brought: Ints | None = None
    records: Records | None = None

    def __len__(self) -> int:
        return len(self.code)

    def attribute(self, name: str) -> Sequence[Any]:
        """The attribute's column; unknown for everybody where nobody has it."""
        return self.attributes.get(name) or (None,) * len(self)


@dataclass(frozen=True)
class Decision:
    """Why a person got what they got, where a plain number does not say it: ``kind`` is ``tie``, ``rule``, ``floor``,
    ``quota``, ``missing``, ``coverage``, ``adjustment``, ``group``, ``bonus`` or ``manual``; ``about`` names the rule,
    tier, indicator, adjustment, group or manual change; ``what`` says it."""

    kind: str
    about: str
    what: Message


Note = tuple[int, Decision]
"""A decision about the person of that row."""


@dataclass(frozen=True)
class Pool:
    """A pool of ``fen``, paid to a ``group`` of people (``EVERYBODY`` where it is the only one). ``ratio`` is what each
    fen of a claim earned before rounding, for those at neither floor nor cap; None where there is nobody such."""

    group: str
    fen: int
    ratio: Fraction | None


@dataclass(frozen=True)
class Money:
    """How bonuses came about, in fen rounded half up: the ``base``, and the ``claim``: base × coefficient × proration.

    Both are 0 for people who have none. ``pool`` is a position in ``pools``, −1 where a bonus is not out of a pool.
    Where not all that is earned is paid now, ``brought`` and ``carried`` are what was brought and is carried forward.
    """

    base: Ints
    claim: Ints
    pool: Ints
    pools: tuple[Pool, ...]
    brought: Ints | None = None
    carried: Ints | None = None


@dataclass(frozen=True)
class Appraisal:
    """Everything computed, as columns over ``people``.

    ``data`` says where an indicator's value is known from enough records; ``counted`` where it counts, with its own
    points or with those that stand in for missing data. ``points``, ``dimension_points`` and ``adjustment_points``
    are in millionths, per key; a dimension without points for a person is not ``dimension_counted``. ``total`` in
    millionths, already rounded to the scheme's decimals. ``graded`` is false for people without a total: their
    points remain to be seen, their later columns hold 0 or None. ``vetoed`` people are graded, with a total of zero,
    and rank behind everybody else. ``group`` is the ranking group's name (``EVERYBODY`` for the one of all),
    ``group_size`` its graded people, ``rank`` counts from 1 (0: unranked), ``percentile`` is (rank − 1) / (n − 1) in
    millionths, 0 of the best. ``tier`` holds tier ids. ``bonus`` in fen, ``coefficient`` in millionths; ``money`` is
    what the bonuses rest on, None where the scheme pays none. ``outcomes`` are positions in the scheme's list.
    ``decisions`` and ``outcomes`` are per person, in the order they arose. ``data_weights`` are the weights that came
    from these points, None where the scheme has its own. ``compared`` are those whose points were compared with each
    other for the total (TOPSIS, VIKOR), None of a weighted sum. ``teams`` are those whose points flow to people.
    ``computed`` is what would have come out without manual changes, None where there are none: ``total``, ``rank``,
    ``tier``, ``coefficient`` and ``bonus`` are then those with them.
    """

    people: People
    values: Mapping[str, Values]
    data: Mapping[str, Flags]
    points: Mapping[str, Ints]
    counted: Mapping[str, Flags]
    dimension_points: Mapping[str, Ints]
    dimension_counted: Mapping[str, Flags]
    adjustment_points: Mapping[str, Ints]
    total: Ints
    graded: Flags
    vetoed: Flags
    group: tuple[str | None, ...]
    group_size: Ints
    rank: Ints
    percentile: Ints
    tier: tuple[str | None, ...]
    coefficient: Ints
    bonus: Ints
    money: Money | None
    outcomes: Sequence[tuple[int, ...]]
    decisions: Sequence[tuple[Decision, ...]]
    data_weights: DataWeights | None = None
    compared: Flags | None = None
    teams: Teams | None = None
    computed: Computed | None = None

    @property
    def bonus_by_scheme(self) -> Ints:
        """The bonus by the scheme's own means, without what was changed of it by hand: pools add up to it."""
        return self.bonus if self.computed is None else self.bonus - self.computed.fen
