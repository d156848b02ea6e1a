"""Whether two schemes ask the same of the records and people, so that one's values are the other's. Pure."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from kaohe.scheme.derived import adding_up, targets_asked, teams_asked
from kaohe.scheme.model import Bonus, Measured, Scheme, UsedIndicator
from kaohe.scheme.teams import of_teams

_APPRAISED = frozenset(
    {"id", "version", "name", "currency", "decimals", "weights", "min_coverage", "ranking", "dimensions", "measured"}
    | {"adjustments", "rules", "tiers", "bonus", "outcomes", "cases", "defaults", "text", "digest", "max_added"}
    | {"max_deducted", "comparisons", "total_by", "manual", "appeals", "recovery"}
)
"""What of a scheme only the appraisal of values looks at. Whatever is not named here is taken to change them."""
_MEASURED = tuple(each.name for each in fields(Measured) if each.name != "place")
_OF_THE_BONUS = ("year", "per_record", "settlement")
"""What of a bonus is asked of records, windows and the period before."""


def measured_alike(one: Scheme, other: Scheme) -> bool:
    """Whether the people, teams and values of a run by the one are those of a run by the other, of the same facts."""
    return _asked(one) == _asked(other)


def _asked(scheme: Scheme) -> dict[str, Any]:
    """Everything that comes before the appraisal."""
    return {
        **{each.name: getattr(scheme, each.name) for each in fields(Scheme) if each.name not in _APPRAISED},
        "indicators": _measuring_of(scheme),
        "targets": targets_asked(scheme, None if scheme.subject == "team" else "person"),
        "adding up": adding_up(scheme),
        "bonus": _of_the_bonus(scheme.bonus),
        "balances": scheme.id if scheme.bonus is not None and scheme.bonus.settlement is not None else None,
        "looked up of teams": teams_asked(scheme),
        "teams": _of_teams(of_teams(scheme)),
    }


def _of_teams(part: Scheme | None) -> tuple[Any, ...]:
    """What the part of a scheme that is about teams asks."""
    return () if part is None else (_measuring_of(part), targets_asked(part), adding_up(part))


def _measuring_of(scheme: Scheme) -> dict[str, tuple[Any, ...]]:
    return {each.key: _measuring(each) for each in scheme.indicators}


def _measuring(used: UsedIndicator | Measured) -> tuple[Any, ...]:
    """What of an indicator is measured, whatever it weighs and earns."""
    return tuple(getattr(used, name) for name in _MEASURED)


def _of_the_bonus(bonus: Bonus | None) -> tuple[Any, ...]:
    return tuple(None if bonus is None else getattr(bonus, name) for name in _OF_THE_BONUS)
