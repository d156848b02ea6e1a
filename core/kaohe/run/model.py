"""A run: what was evaluated, from what, and everything that came out, as columns over people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Literal

from kaohe.appraise.model import Appraisal
from kaohe.errors import Problem
from kaohe.exact import Ints
from kaohe.language import Shift, Type
from kaohe.period import Period, usual
from kaohe.run.assessment.model import Assessments
from kaohe.scheme.model import Scheme
from kaohe.text import Message


@dataclass(frozen=True)
class LeftOut:
    """A person of the organisation who is not appraised by this scheme, and why.

    ``kind``: ``assignment`` (none in the period), ``population`` (not covered), ``unknown`` (cannot be told).
    """

    code: str
    name: str
    kind: Literal["assignment", "population", "unknown"]
    reason: Message


@dataclass(frozen=True)
class Counts:
    """The integers behind one aggregate of an indicator.

    ``function`` is the aggregate's name, ``shift`` the window it was counted in, ``type`` what it aggregates;
    ``parts`` holds one count for each person under ``n``, ``hits``, ``total`` …. Where records are split among people,
    ``shares`` holds the same for each of those credited, by how they are written; they add up to ``parts``.
    """

    function: str
    shift: Shift
    type: Type
    parts: Mapping[str, Ints]
    shares: tuple[tuple[str, Mapping[str, Ints]], ...] = ()


@dataclass(frozen=True)
class Balances:
    """What the stored ``run`` of the period before carried forward, in fen by code (debts below 0)."""

    run: int
    amounts: Mapping[str, int]


@dataclass(frozen=True)
class PluginStamp:
    """Which plugin took part, exactly."""

    name: str
    version: str
    digest: str


@dataclass(frozen=True)
class Run:
    """One evaluation. ``digest`` covers the inputs' digests and every result; it is the same on any machine, engine
    and database for the same inputs. ``created_at``, ``engine`` and ``core_version`` are recorded beside it."""

    scheme: Scheme
    period: Period
    timezone: str
    snapshot: str
    plugins: tuple[PluginStamp, ...]
    engine: str
    core_version: str
    created_at: datetime
    names: tuple[str, ...]
    appraisal: Appraisal
    counts: Mapping[str, tuple[Counts, ...]]
    left_out: tuple[LeftOut, ...]
    notes: tuple[Problem, ...]
    digest: str
    assessments: Assessments = field(default_factory=lambda: MappingProxyType({}))
    team_counts: Mapping[str, tuple[Counts, ...]] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def belongs_to(self) -> tuple[str, str]:
        """The scheme's id and the usual name of the period, by which its life, changes, appeals and payments are kept:
        a run of 2026-01-01..2026-03-31 is one of 2026-Q1."""
        return self.scheme.id, usual(self.period).name
