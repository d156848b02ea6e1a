"""The part of a scheme that looks at whole teams, as a scheme about teams: everything in it is the team's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from decimal import Decimal

from kaohe.language import Expression, keyed_ids
from kaohe.scheme.derived import expressions_in, teams_asked
from kaohe.scheme.model import Curve, Dimension, Measured, Ranking, Scheme, UsedIndicator
from kaohe.scheme.model.weights import WEIGHTED_SUM
from kaohe.text import Text


def of_teams(scheme: Scheme) -> Scheme | None:
    """The indicators at the level of teams, weighted as they are, and measured besides what expressions look up of
    teams and what any of these rests on. None where the scheme looks at no team."""
    used = {each.key: each for each in scheme.indicators}
    weighted = tuple(each for each in scheme.weighted if each.level == "team")
    named = [each.key for each in scheme.measured if each.level == "team"]
    waiting = [*(each.key for each in weighted), *named, *(key for key in teams_asked(scheme) if key in used)]
    looked_at: dict[str, None] = {}
    while waiting:
        key = waiting.pop(0)
        if key not in looked_at:
            looked_at[key] = None
            waiting += [other for other in _read_by(used[key]) if other in used]
    if not looked_at:
        return None
    own = {each.key for each in weighted}
    return replace(
        scheme,
        dimensions=(Dimension("", Text("", ""), Decimal(1), weighted),),
        measured=tuple(_measured(used[key]) for key in sorted(looked_at.keys() - own)),
        population=None,
        attribution="period_end",
        weights="absolute",
        comparisons=(),
        ranking=Ranking(),
        adjustments=(),
        rules=(),
        tiers=None,
        bonus=None,
        outcomes=(),
        cases=(),
        total_by=WEIGHTED_SUM,
    )


def _read_by(used: UsedIndicator | Measured) -> Sequence[str]:
    """The indicators that its value, or at the level of teams its curve, looks up."""
    parts: list[Expression | Curve | None] = [used.value if used.indicator.derived is not None else None]
    parts += [used.curve] if isinstance(used, UsedIndicator) and used.level == "team" else []
    asked = (ask for part in parts for expression in expressions_in(part) for ask in keyed_ids(expression))
    return sorted({key.partition("@")[0] for function, key in asked if function in ("value", "attainment")})


def _measured(used: UsedIndicator | Measured) -> Measured:
    """The indicator as it is measured of teams, whatever it weighs."""
    return Measured(**{field.name: getattr(used, field.name) for field in fields(Measured)} | {"level": "team"})
