"""Derived indicators: made of other indicators' values and targets, not of records. Which depend on which, and which
dated targets a scheme asks for, and which of its figures add up over periods."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from graphlib import CycleError, TopologicalSorter
from typing import Any, TypeVar

from kaohe.errors import Problem
from kaohe.language import Aggregate, Expression, keyed_ids
from kaohe.plugin import Indicator
from kaohe.plugin.scope import derived_scope
from kaohe.scheme.draft import Draft, Path, attempt
from kaohe.scheme.model import Measured, Scheme, Subject, UsedIndicator, team_key
from kaohe.scheme.names import Names, values_read
from kaohe.text import msg

_Used = TypeVar("_Used", UsedIndicator, Measured)
_TEAM = team_key("")
_MEASURED = ("records", "value", "where", "when", "who", "credit", "overlay")


def check_own_derived(draft: Draft, names: Names) -> None:
    """The scheme's own indicators are either derived or measured; mistakes are reported where they are written."""
    for index, table in enumerate(draft.data.get("indicators", [])):
        path: Path = ("indicators", index)
        if "derived" not in table:
            continue
        for key in _MEASURED:
            if key in table:
                what = msg("a derived indicator measures no records: {names}", names=key)
                draft.report((*path, key), "derived-measured", what, fix=msg("leave out {key}", key=key), at_key=True)
        draft.compile((*path, "derived"), table["derived"], derived_scope({}, names.values), ("number",))


def compile_derived(
    indicator: Indicator, parameters: Mapping[str, Any], names: Names
) -> tuple[tuple[Any, ...], Expression | None]:
    """The indicator's expression with its parameters filled in, or the problems in it."""
    return attempt(indicator.derived or "", derived_scope(parameters, names.values), ("number",), None)


def teams_asked(scheme: Scheme) -> tuple[str, ...]:
    """The indicators, by key, whose values for the person's whole team the scheme's expressions look up."""
    found = {
        identifier.removesuffix(_TEAM)
        for expression in expressions_in(scheme)
        for function, identifier in keyed_ids(expression)
        if function in ("value", "attainment") and identifier.endswith(_TEAM)
    }
    return tuple(sorted(found))


def check_parts(draft: Draft, scheme: Scheme) -> None:
    """Assessments are of people, never of a team; and no part of another figure, because what they withhold could be
    read from that."""
    used = {each.key: each for each in scheme.indicators}
    for each in (used[key] for key in teams_asked(scheme) if key in used):
        if each.indicator.assessment is not None:
            what = msg("{indicator} is an assessment of people: there is none of a team", indicator=each.indicator.name)
            draft.problems.append(Problem("scheme.team-value", what, each.place))
    for each in scheme.indicators:
        read = values_read(each.value) if each.indicator.derived is not None and each.value is not None else []
        for part in (used[key] for key in read if key in used):
            if part.indicator.assessment is not None:
                what = msg("{indicator} is an assessment: no other figure is made of it", indicator=part.indicator.name)
                draft.problems.append(Problem("scheme.derived-assessment", what, each.place))


def check_circles(draft: Draft, used: Sequence[UsedIndicator | Measured]) -> None:
    """No derived indicator may rest on itself, directly or through others."""
    try:
        in_order(used)
    except CycleError as error:
        circle: list[str] = error.args[1]
        first = next(each for each in used if each.key in circle)
        what = msg("{indicator} rests on its own value", indicator=first.indicator.name)
        path = (*_place_of(draft, circle),)
        draft.report(path, "circular", what, found=" → ".join(reversed(circle)), fix=msg("break the circle"))


def _place_of(draft: Draft, circle: Sequence[str]) -> Path:
    """Where the first of them is written: an indicator of the scheme's own, or the use of one."""
    for index, table in enumerate(draft.data.get("indicators", [])):
        if table.get("id") in circle and "derived" in table:
            return ("indicators", index, "derived")
    for number, dimension in enumerate(draft.data.get("dimensions", [])):
        for position, row in enumerate(dimension.get("indicators", [])):
            if row.get("as", row.get("use")) in circle:
                return ("dimensions", number, "indicators", position, "use")
    return ("scheme",)


def in_order(used: Sequence[UsedIndicator | Measured]) -> tuple[UsedIndicator | Measured, ...]:
    """The derived ones, each after those whose values it reads. Raises graphlib.CycleError."""
    by_key = {each.key: each for each in used}
    rests_on = {
        each.key: [key for key in values_read(each.value) if key in by_key]
        for each in used
        if each.indicator.derived is not None and each.value is not None
    }
    return tuple(by_key[key] for key in TopologicalSorter(rests_on).static_order() if key in rests_on)


def targets_asked(scheme: Scheme, level: Subject | None = None) -> tuple[str, ...]:
    """The dated targets that the scheme's expressions look up: ``crm.nps``, ``crm.nps@team``, ``crm.nps@company``.

    ``level``: only what is looked up for people, or for teams by the indicators at that level; None: both.
    """
    about_teams = [each for each in scheme.indicators if each.level == "team"]
    expressions: Iterable[Expression] = expressions_in(scheme)
    if level == "team":
        expressions = _among(about_teams)
    elif level == "person" and about_teams:
        weighted = (replace(each, indicators=_of_people(each.indicators)) for each in scheme.dimensions)
        people = replace(scheme, dimensions=tuple(weighted), measured=_of_people(scheme.measured))
        expressions = expressions_in(people)
    found = {
        identifier
        for expression in expressions
        for function, identifier in keyed_ids(expression)
        if function in ("target", "attainment")
    }
    return tuple(sorted(found))


def adds_up(value: Expression | None) -> bool:
    """Whether the figure of a period is the sum of those of its parts: one count or sum of the period's records."""
    match value.tree if value is not None else None:
        case Aggregate(function="count" | "sum", shift="period", everything=False):
            return True
        case _:
            return False


def adding_up(scheme: Scheme) -> frozenset[str]:
    """The scheme's indicators, by id and key, whose figures add up over periods."""
    used = [each for each in scheme.indicators if adds_up(each.value)]
    return frozenset(each.key for each in used) | {each.indicator.id for each in used}


def _of_people(used: tuple[_Used, ...]) -> tuple[_Used, ...]:
    return tuple(each for each in used if each.level == "person")


def expressions_in(part: Any) -> Iterator[Expression]:
    """Every expression in a part of the scheme, however deep."""
    if isinstance(part, Expression):
        yield part
    elif isinstance(part, Mapping):
        yield from _among(part.values())
    elif isinstance(part, tuple):
        yield from _among(part)
    elif is_dataclass(part) and not isinstance(part, type | Indicator):
        yield from _among(getattr(part, field.name) for field in fields(part))


def _among(parts: Iterable[Any]) -> Iterator[Expression]:
    for part in parts:
        yield from expressions_in(part)
