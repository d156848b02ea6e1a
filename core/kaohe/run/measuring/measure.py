"""From a scheme and a snapshot to the value of every indicator for every person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

import numpy as np

from kaohe.appraise.model import Values
from kaohe.engine import Engine, Request
from kaohe.engine.source import NO_RELATIONS, Relations
from kaohe.errors import Place, Problem, refuse_if_any
from kaohe.language import Aggregate, Bounds, Expression, Type, aggregates, evaluate_columns
from kaohe.period import Period, year_start
from kaohe.plugin import RecordType
from kaohe.records import Snapshot
from kaohe.run.credit.attribution import at_its_date
from kaohe.run.credit.shares import added_up, by_share, not_whole, of_its_team, split, whole_checks
from kaohe.run.measuring.asking import Answer, Question, ask
from kaohe.run.measuring.describing import describing, without_records
from kaohe.run.measuring.presence import absent
from kaohe.run.model import Counts
from kaohe.scheme.model import Scheme, Subject
from kaohe.text import msg

# What one unit of a duration is, in the microseconds that expressions count.
UNITS = {"seconds": 1_000_000, "minutes": 60_000_000, "hours": 3_600_000_000, "days": 86_400_000_000}


Figures = tuple[dict[str, Values], dict[str, tuple[Counts, ...]]]
"""Values and the counts behind them, by indicator."""


def windows(period: Period, zone: ZoneInfo, year_starts: int = 1) -> dict[str, Bounds]:
    """The windows that an aggregate may ask for. Years begin with the month ``year_starts``."""
    year = year_start(period.start, year_starts)
    named = {
        "period": (period.start, period.end),
        "previous": (period.previous.start, period.previous.end),
        "last_year": (period.last_year.start, period.last_year.end),
        "year_to_date": (year, period.end),
        "year_before": (year, period.start),
    }
    return {name: Bounds(start, end, zone) for name, (start, end) in named.items()}


def requests(scheme: Scheme, record_types: Mapping[str, RecordType], level: Subject = "person") -> tuple[Request, ...]:
    """What the engine is asked for this scheme's indicators at a level, in the order of the file; an indicator that
    splits records among several people asks once for each of them."""
    asked: list[Request] = []
    for each in scheme.indicators:
        if each.indicator.derived is not None or each.value is None or each.level != level:
            continue  # what an assessment rests on are single records
        records = record_types[each.indicator.records]
        one = Request(
            key=each.key,
            records=records,
            value=each.value,
            where=each.where,
            when=each.indicator.when or records.when,
            who=each.indicator.who or next(iter(records.who), records.team or ""),
            describing=describing(records, record_types),
        )
        asked += [one] if each.credit is None else split(one, each.credit)
    if level == "team":
        return tuple(map(of_its_team, asked))
    return tuple(replace(each, joins=(*each.joins, *at_its_date(scheme, each.who, each.when))) for each in asked)


def every_request(scheme: Scheme, record_types: Mapping[str, RecordType]) -> tuple[Request, ...]:
    """The requests at both levels."""
    return (*requests(scheme, record_types), *requests(scheme, record_types, "team"))


def measure(
    scheme: Scheme,
    record_types: Mapping[str, RecordType],
    snapshot: Snapshot,
    engine: Engine,
    bounds: Mapping[str, Bounds],
    people: Sequence[str],
    relations: Relations = NO_RELATIONS,
    level: Subject = "person",
) -> Figures:
    """The figures of one level alone; ``relations``: those of ``attribution.relations``."""
    (answer,) = ask([question(scheme, record_types, people, level)], snapshot, engine, bounds, relations)
    return figures(scheme, record_types, answer, bounds, level)


def question(
    scheme: Scheme, record_types: Mapping[str, RecordType], whose: Sequence[str], level: Subject = "person"
) -> Question:
    """What is asked for a scheme's indicators at a level: ``whose`` are codes of people, or of teams."""
    asked = requests(scheme, record_types, level)
    return Question((*asked, *(check.request for check in whole_checks(scheme, asked))), whose)


def figures(
    scheme: Scheme,
    record_types: Mapping[str, RecordType],
    scans: Answer,
    bounds: Mapping[str, Bounds],
    level: Subject = "person",
) -> Figures:
    """Values and the counts behind them, per key of the indicators at a level, from the answer to their question; one
    entry for each of those whose they are."""
    asked = requests(scheme, record_types, level)
    checks = whole_checks(scheme, asked)
    values: dict[str, Values] = {}
    counts: dict[str, tuple[Counts, ...]] = {}
    units = {each.key: each.indicator.unit for each in scheme.indicators if any(each.key == one.key for one in asked)}
    refuse_if_any(not_whole(checks, scans))
    # Before the first period of a year there is nothing: no data, and not a sum of 0.
    dayless = {name for name, window in bounds.items() if window.start == window.end}
    for key in units:
        shares = [request for request in asked if request.key == key]
        request, by_aggregate = shares[0], added_up(shares, scans)
        divisor = divisor_of(request.value, units[request.key])
        values[request.key] = Values(*evaluate_columns(request.value, by_aggregate, divisor=divisor))
        if any(each.shift in dayless for each in aggregates(request.value)):
            values[request.key] = _no_data(len(values[request.key].micros))
        parts_of = by_share(scheme, shares, scans)
        counts[request.key] = tuple(
            Counts(each.function, each.shift, counted_type(each), by_aggregate[each], parts_of.get(each, ()))
            for each in aggregates(request.value)
        )
    return values, counts


def _no_data(people: int) -> Values:
    none = np.zeros(people, np.int64)
    return Values(none, np.zeros(people, np.bool_), none)


def divisor_of(value: Expression, unit: str) -> int:
    """How many of what an expression counts make one of the indicator's unit."""
    return UNITS.get(unit, 1) if value.type.kind == "duration" else 1


def counted_type(aggregate: Aggregate) -> Type:
    """The type of what is added up or compared; that of the aggregate itself where it counts records."""
    return aggregate.type if aggregate.argument is None else aggregate.argument.type


def notes(scheme: Scheme, record_types: Mapping[str, RecordType], snapshot: Snapshot, period: Period) -> list[Problem]:
    """A warning for each record type that the scheme looks for in the period and that has no record there.

    Counting nothing gives 0, so a forgotten import would look like a bad quarter; it is therefore said aloud.
    """
    missing = dict.fromkeys(absent(every_request(scheme, record_types), snapshot, period))
    rated = {each.indicator.records for each in scheme.indicators if each.assessment is not None}
    missing |= {name: None for name in sorted(rated) if not snapshot.has_records(name, period)}
    return [
        Problem(
            "evaluate.no-records",
            msg("no {records} in {period}", records=record_types[name].label, period=period.name),
            Place(key=name),
            fix=msg("if they were forgotten, import them: kaohe records import {name} FILE", name=name),
            severity="warning",
        )
        for name in missing
    ] + list(without_records(scheme, record_types, snapshot))
