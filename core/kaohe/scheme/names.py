"""What expressions of a scheme may name, stage by stage: people's attributes, then values, points, total, tier."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from kaohe.language import Expression, Keyed, Scope, Type, keyed_ids
from kaohe.plugin.scope import values_and_targets

MICROS = Type("number", 6)
_LITERALS = frozenset({"true", "false"})

PERSON: Mapping[str, Type] = {
    "role": Type("text"),
    "team": Type("text"),
    "manager": Type("text"),
    "region": Type("text"),
    "days_in_period": Type("number"),
    "full_time_days": MICROS,
    "joined_on": Type("date"),
    "left_on": Type("date"),
    "at_period_end": Type("boolean"),
    "bonus_base": Type("number", 2),
}
"""Attributes that every organisation has; ``bonus_base`` in yuan."""
TEAM: Mapping[str, Type] = {
    **dict.fromkeys(("team", "name", "code", "manager"), Type("text")),
    **dict.fromkeys(("size", "days_in_period"), Type("number")),
    "full_time_days": MICROS,
    "at_period_end": Type("boolean"),
}
"""Attributes of teams: ``size`` in people at the period's end, ``days_in_period`` on which anybody was in it."""
_USUAL = {
    "岗位": "role", "团队": "team", "上级": "manager", "奖金基数": "bonus_base", "在岗天数": "days_in_period",
    "折合天数": "full_time_days",
    "总分": "total", "名次": "rank", "等级": "tier",
}  # fmt: skip
IN_CHINESE: Mapping[str, str] = {**_USUAL, **{f"person.{name}": f"person.{meant}" for name, meant in _USUAL.items()}}
"""What people write, as their tables are headed → the name that expressions know."""


@dataclass(frozen=True)
class Names:
    """``attributes``: those of the organisation, None where it is unknown; ids as the file writes them, fit or not;
    ``directions``: which way is better, of every id in ``values`` that means a known indicator. ``measures``: those
    that the scheme asks to be measured without weight; ``usual``: attributes that everybody has."""

    attributes: Mapping[str, Type] | None
    values: frozenset[str]
    points: frozenset[str]
    dimensions: frozenset[str]
    directions: Mapping[str, str]
    measures: frozenset[str] = frozenset()
    usual: Mapping[str, Type] = field(default_factory=lambda: PERSON)

    @property
    def of_teams(self) -> Names:
        """The same for expressions about teams, who have attributes of their own."""
        return replace(self, attributes={}, usual=TEAM)

    def population(self) -> Scope:
        return self._scope({}, {})

    def adjustment(self) -> Scope:
        return self._scope({}, self._keyed())

    def curve(self, own: Mapping[str, Type], indicator: str | None = None) -> Scope:
        """Targets and formulas of curves: the person, values and targets, and the curve's ``own`` names; nothing has
        points yet. ``target()`` is that of the ``indicator``."""
        return self._scope(own, values_and_targets(self.values, indicator))

    def gate(self) -> Scope:
        """When a gate acts: points are known, and nothing that is made of them."""
        keyed = self._keyed()
        return self._scope({}, {name: keyed[name] for name in ("value", "points", "target", "attainment")})

    def rule(self) -> Scope:
        return self._scope({"total": MICROS}, self._keyed())

    def group(self) -> Scope:
        """A ranking group's own grade: the mean total of those counted there, and their number."""
        known = {"total": MICROS, "group_mean": MICROS, "group_size": Type("number")}
        return self._scope(known, self._keyed())

    def result(self) -> Scope:
        """Bonus and outcomes: everything is known."""
        return self._scope({"total": MICROS, "rank": Type("number"), "tier": Type("text")}, self._keyed())

    def formula(self) -> Scope:
        """A bonus by formula: likewise, and the person's base and coefficient, and what the table gives."""
        own = dict.fromkeys(("total", "base", "coefficient", "table"), MICROS)
        return self._scope({**own, "rank": Type("number"), "tier": Type("text")}, self._keyed())

    def knows(self, attribute: str) -> bool:
        return self.attributes is None or attribute in self.known_attributes

    @property
    def known_attributes(self) -> frozenset[str]:
        return frozenset(self.usual) | frozenset(self.attributes or ())

    def _keyed(self) -> Mapping[str, Keyed]:
        return {
            **values_and_targets(self.values),
            "points": Keyed(MICROS, self.points),
            "dimension": Keyed(MICROS, self.dimensions),
        }

    def _scope(self, known: Mapping[str, Type], keyed: Mapping[str, Keyed]) -> Scope:
        person = {**self.usual, **(self.attributes or {})}
        fields = {**person, **{f"person.{name}": kind for name, kind in person.items()}, **known}
        return Scope(fields if self.attributes is not None else _AnyAttribute(fields, self.values), keyed=keyed)


def values_read(expression: Expression) -> list[str]:
    """The indicators whose values an expression reads, ascending."""
    asked = (identifier for function, identifier in keyed_ids(expression) if function in ("value", "attainment"))
    return sorted({identifier.partition("@")[0] for identifier in asked})


class _AnyAttribute(Mapping[str, Type]):
    """Fields that include any attribute name, as text, where the organisation's own are unknown."""

    def __init__(self, known: Mapping[str, Type], taken: frozenset[str]) -> None:
        self._known = known
        self._taken = taken

    def __getitem__(self, name: str) -> Type:
        if name in self._known:
            return self._known[name]
        if name in self._taken or name in IN_CHINESE or name in _LITERALS:
            raise KeyError(name)
        if not name.removeprefix("person.").isidentifier():
            raise KeyError(name)
        return Type("text")

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)
