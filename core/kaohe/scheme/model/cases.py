"""The scheme's own tests: what is given of people, and what must come out for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from kaohe.errors import Place

Attribute = str | Decimal | int | bool | date


@dataclass(frozen=True)
class Expected:
    """What must come out for one person; what is None, and keys that are absent, are not asked for.

    ``points`` and ``dimensions`` by id, None where there must be none. ``bonus`` in yuan. ``rules`` are the ids of all
    rules that act, ``outcomes`` the kinds of all that follows, both without order.
    """

    points: Mapping[str, Decimal | None]
    dimensions: Mapping[str, Decimal | None]
    total: Decimal | None = None
    rank: int | None = None
    tier: str | None = None
    bonus: Decimal | None = None
    rules: tuple[str, ...] | None = None
    outcomes: tuple[str, ...] | None = None
    not_graded: bool | None = None


@dataclass(frozen=True)
class CasePerson:
    """One person of a case: values by indicator (None, or not given: no data), those of the previous period, targets as
    expressions look them up (``crm.nps``, ``crm.nps@team``), and attributes; what is not given is unknown."""

    name: str
    given: Mapping[str, Decimal | None]
    previous: Mapping[str, Decimal | None]
    attributes: Mapping[str, Attribute]
    expected: Expected
    targets: Mapping[str, Decimal | None] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class Case:
    """One test: the people it is about, who alone are ranked and paid, in a period of so many days.

    A case about one person names nobody: ``people`` is then one person without a name. ``pool`` in fen takes the place
    of the scheme's own.
    """

    name: str
    people: tuple[CasePerson, ...]
    period_days: int
    place: Place
    pool: int | None = None
