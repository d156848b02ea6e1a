"""What goes into an appraisal and what comes out: columns over people. Row i of every column is the same person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kaohe.exact import Flags, Ints
from kaohe.text import Message


@dataclass(frozen=True)
class Values:
    """One indicator over everybody: ``micros`` (millionths of its unit), ``known`` where there is data, and the
    ``sample`` of records behind each value. A row that is not known holds 0 and is never read."""

    micros: Ints
    known: Flags
    sample: Ints


@dataclass(frozen=True)
class People:
    """Who is appraised, in ascending order of ``code`` (the stable id).

    ``attributes`` holds, per name, one value each (None: unknown): ``role``, ``team``, ``region``, ``bonus_base``
    (yuan, Decimal), ``days_in_period`` (int) and whatever else the organisation records. They are the fields of the
    expressions over people. ``worked`` and ``period_days`` are days, for proration.
    """

    code: tuple[str, ...]
    attributes: Mapping[str, tuple[Any, ...]]
    worked: Ints
    period_days: int

    def __len__(self) -> int:
        return len(self.code)


@dataclass(frozen=True)
class Decision:
    """Why a person got what they got, where a plain number does not say it: ``kind`` is ``tie``, ``rule``, ``floor``,
    ``quota``, ``missing``, ``coverage``, ``bonus``; ``about`` names the rule, tier or indicator; ``what`` says it."""

    kind: str
    about: str
    what: Message


@dataclass(frozen=True)
class Appraisal:
    """Everything computed, as columns over ``people``.

    ``points`` and ``dimension_points`` in millionths, per key; ``counted`` says where an indicator had data (or a
    policy that stands in for it). ``total`` in millionths, already rounded to the scheme's decimals. ``graded`` is
    false for people without a total; their other columns hold 0 or None. ``group`` is the ranking group's name,
    ``rank`` counts from 1 (0: unranked). ``tier`` holds tier ids. ``bonus`` in fen, ``coefficient`` in millionths.
    ``decisions`` and ``outcomes`` are per person, in the order they arose.
    """

    people: People
    values: Mapping[str, Values]
    points: Mapping[str, Ints]
    counted: Mapping[str, Flags]
    dimension_points: Mapping[str, Ints]
    adjustment_points: Mapping[str, Ints]
    total: Ints
    graded: Flags
    group: tuple[str | None, ...]
    rank: Ints
    tier: tuple[str | None, ...]
    coefficient: Ints
    bonus: Ints
    outcomes: tuple[tuple[int, ...], ...]
    decisions: tuple[tuple[Decision, ...], ...]
