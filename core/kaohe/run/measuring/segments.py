"""An indicator by groups of records, without any scheme: by channel, by the customer's segment, by person or team.

Groups come out by who is credited, then by their keys: numbers and dates ascending, choices as they are declared, texts
by their characters, what is unknown last.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import Any, Literal

import numpy as np

from kaohe.appraise.model import Values
from kaohe.engine import Engine, Grouping, Groups, Measure, Relations, Request, Scan, fuse
from kaohe.engine.source import NO_RELATIONS
from kaohe.errors import Place, Problem, fail, refuse_if_any
from kaohe.exact import Ints
from kaohe.language import Bounds, Expression, Kind, Type, aggregates, compile_expression, evaluate_columns, field_names
from kaohe.language.types import day_of_number
from kaohe.plugin import RecordType
from kaohe.plugin.scope import record_scope
from kaohe.records import Snapshot
from kaohe.run.credit.shares import added_up, not_whole, whole_checks
from kaohe.run.measuring.asking import Question, ask
from kaohe.run.measuring.measure import counted_type, divisor_of, requests
from kaohe.run.model import Counts
from kaohe.scheme.measuring import both
from kaohe.scheme.model import Measured, Scheme, expressions_over_records
from kaohe.text import msg
from kaohe.worktime import Calendars

Level = Literal["person", "team", "all"]
Key = tuple[Any, ...]
_GROUPED: tuple[Kind, ...] = ("text", "number", "boolean", "date")
_CONDITION: tuple[Kind, ...] = ("boolean",)


@dataclass(frozen=True)
class Asked:
    """An indicator whose values are asked for in groups: ``measured`` with all conditions, of everybody's records
    (``all``: each counts once, whoever is credited), or by the person or team credited."""

    scheme: Scheme
    measured: Measured
    by: tuple[Expression, ...]
    level: Level


@dataclass(frozen=True)
class Segments:
    """Values and counts, one entry for each group. A key holds first the code of the person or team, where that was
    asked for, then one value for each of ``by``: a number, date, text or truth; None is unknown."""

    keys: tuple[Key, ...]
    values: Values
    counts: tuple[Counts, ...]


def asked_for(
    scheme: Scheme,
    by: Sequence[str],
    where: str | None,
    level: Level,
    record_types: Mapping[str, RecordType],
    calendars: Calendars,
) -> Asked:
    """The only weighted indicator of a scheme (of ``sketch``), grouped by fields or row-level expressions.

    Raises KaoheError for expressions that do not compile or speak of no field, and for an indicator without records.
    """
    (used,) = scheme.weighted
    if used.value is None or used.indicator.derived is not None:
        what = msg("{id} is not measured from records alone: it has no groups of them", id=used.indicator.id)
        fix = msg("ask for what it rests on: kaohe indicator show {id}", id=used.indicator.id)
        raise fail(Problem("indicator.no-groups", what, Place(key=used.indicator.id), fix=fix))
    records = record_types[used.indicator.records]
    when = used.indicator.when
    if level == "person" and not (used.indicator.who or records.who):
        what = msg("{records} name no person", records=records.label)
        fix = msg("ask for teams, or for all together")
        raise fail(Problem("indicator.no-groups", what, Place(key=used.indicator.id), fix=fix))
    scope = record_scope(records, {}, when=when, aggregates=False, calendars=calendars, record_types=record_types)
    more = None if where is None else compile_expression(where, scope, expect=_CONDITION, where=Place("--where", 1, 1))
    plain, place = replace(scope, period=False), Place("--by", 1, 1)
    groups = tuple(compile_expression(each, plain, where=place) for each in by)
    refuse_if_any(problem for each in groups for problem in _no_group(each, place))
    own = {field.name: getattr(used, field.name) for field in fields(Measured)}
    measured = Measured(**{**own, "where": both(used.where, more), "level": "team" if level == "team" else "person"})
    if level == "all":
        measured = replace(measured, credit=None)
    return Asked(replace(scheme, dimensions=(), measured=(measured,)), measured, groups, level)


def _no_group(by: Expression, place: Place) -> Iterator[Problem]:
    """Why an expression makes no groups."""
    if by.type.kind not in _GROUPED:
        what, fix = msg("a group is not made by a moment or a duration"), msg("group by the day: date_of(x)")
        yield Problem("indicator.no-group", what, place, found=by.text, fix=fix)
    elif not field_names(by):
        yield Problem("indicator.no-group", msg("a group is made by a field of the record"), place, found=by.text)


def expressions_of(asked: Asked) -> tuple[Expression, ...]:
    """Everything that is asked of records."""
    return (*expressions_over_records(asked.measured), *asked.by)


def segments(
    asked: Asked,
    record_types: Mapping[str, RecordType],
    snapshot: Snapshot,
    engine: Engine,
    bounds: Mapping[str, Bounds],
    whose: Sequence[str] = (),
    relations: Relations = NO_RELATIONS,
) -> Segments:
    """The figures of every group that has a record. ``whose``: the codes of the people or teams that count, ascending.

    Raises KaoheError where the records' shares among people do not add up, as an evaluation does.
    """
    wanted = requests(asked.scheme, record_types, "team" if asked.level == "team" else "person")
    _refuse_shares(asked.scheme, wanted, snapshot, engine, bounds, whose, relations)
    grouping = Grouping(asked.by, asked.level != "all")
    found = [(scan, engine.grouped(scan, grouping, snapshot, bounds, relations)) for scan in fuse(wanted)]
    known = set(whose)
    raw = {key for _scan, groups in found for key in groups.keys if not grouping.whose or key[0] in known}
    orders = [_order(each.type) for each in asked.by]
    listed = sorted(raw, key=lambda key: _place(key, orders, grouping.whose)) or ([] if grouping.width else [()])
    aligned: dict[tuple[str, str], dict[Measure, Mapping[str, Ints]]] = {}
    for scan, groups in found:
        aligned.setdefault((scan.records.name, scan.who), {}).update(_aligned(scan, groups, listed))
    parts = added_up(wanted, aligned)
    value = wanted[0].value
    divisor = divisor_of(value, asked.measured.indicator.unit)
    counts = tuple(Counts(each.function, each.shift, counted_type(each), parts[each]) for each in aggregates(value))
    values = Values(*evaluate_columns(value, parts, divisor=divisor))
    enough = values.known & (values.sample >= asked.measured.min_sample)
    values = Values(np.where(enough, values.micros, 0), enough, values.sample)
    return Segments(tuple(_read(key, asked) for key in listed), values, counts)


def _aligned(scan: Scan, groups: Groups, listed: Sequence[Key]) -> dict[Measure, Mapping[str, Ints]]:
    """The parts in the order of all groups; zeros where a scan knows nothing of one."""
    places = {key: place for place, key in enumerate(groups.keys)}
    at = np.array([places.get(key, -1) for key in listed], np.int64)
    found: dict[Measure, Mapping[str, Ints]] = {}
    for measure in scan.measures:
        # The last entry, to which -1 points, is nobody's.
        found[measure] = {name: np.append(column, 0)[at] for name, column in groups.parts[measure].items()}
    return found


def _refuse_shares(
    scheme: Scheme,
    wanted: Sequence[Request],
    snapshot: Snapshot,
    engine: Engine,
    bounds: Mapping[str, Bounds],
    whose: Sequence[str],
    relations: Relations,
) -> None:
    checks = whole_checks(scheme, wanted)
    counted = Question(tuple(check.request for check in checks), whose)
    (found,) = ask([counted], snapshot, engine, bounds, relations)
    refuse_if_any(not_whole(checks, found))


def _order(kind: Type) -> Mapping[Any, int]:
    """Where the texts of a choice stand; nothing for what stands by itself."""
    return {choice: place for place, choice in enumerate(kind.choices)}


def _place(key: Key, orders: Sequence[Mapping[Any, int]], whose: bool) -> tuple[Any, ...]:
    """What keys are sorted by."""
    own = key[whose:]
    ranks = (
        (cell is None, order.get(cell, len(order)), "" if cell is None else cell)
        for cell, order in zip(own, orders, strict=True)
    )
    return (*key[:whose], *ranks)


def _read(key: Key, asked: Asked) -> Key:
    """A key as people write it."""
    whose = len(key) - len(asked.by)
    return (*key[:whose], *(_cell(cell, each.type) for cell, each in zip(key[whose:], asked.by, strict=True)))


def _cell(stored: Any, kind: Type) -> Any:
    if stored is None or kind.kind in ("text", "boolean"):
        return stored
    return day_of_number(stored) if kind.kind == "date" else Decimal(stored).scaleb(-kind.scale)
