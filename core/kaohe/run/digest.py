"""The one digest of a run: over what went in and everything that came out, the same wherever it is computed.

Plugins take part by the definitions that the scheme used, not by how they were packed or installed; the engine, the
version of the core and the time of day take no part.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any

import numpy as np

from kaohe.appraise.coded import Coded, coded
from kaohe.appraise.decisions import Decisions
from kaohe.appraise.manual import Computed
from kaohe.appraise.model import Appraisal, Decision, Span
from kaohe.exact import Flags, Ints
from kaohe.period import Period
from kaohe.plugin import Indicator
from kaohe.records.canonical import canonical
from kaohe.run.assessment.model import Assessments, agreement_data, assessment_columns, rule_data
from kaohe.run.data_weights import weights_data
from kaohe.run.listing import Column, listing
from kaohe.run.measuring.calendars import calendars_data
from kaohe.run.model import Counts
from kaohe.run.teams.data import teams_data
from kaohe.scheme.model import Measured, Scheme, UsedIndicator
from kaohe.text import Message, Text

_NONE: Assessments = MappingProxyType({})
_NO_COUNTS: Mapping[str, tuple[Counts, ...]] = MappingProxyType({})


def digest_of(
    scheme: Scheme,
    period: Period,
    timezone: str,
    snapshot: str,
    appraisal: Appraisal,
    counts: Mapping[str, tuple[Counts, ...]],
    assessments: Assessments = _NONE,
    team_counts: Mapping[str, tuple[Counts, ...]] = _NO_COUNTS,
) -> str:
    """SHA-256 over the inputs and, column by column, the results."""
    state = hashlib.sha256()
    inputs = {
        "format": 1,
        "scheme": scheme.digest,
        "indicators": [definition(used) for used in scheme.indicators],
        "period": [period.name, period.start.isoformat(), period.end.isoformat()],
        "timezone": timezone,
        "snapshot": snapshot,
    }
    if calendars := calendars_data(scheme.indicators):
        inputs["calendars"] = calendars
    if assessments:
        inputs["agreement"] = agreement_data(assessments)
    state.update(canonical(inputs).encode())
    for name, column in columns(appraisal, counts, assessments):
        size, pieces = listing(column)
        state.update(canonical([name, size]).encode())
        for piece in pieces:
            state.update(piece)
    if appraisal.teams is not None and appraisal.teams.points:
        state.update(canonical(teams_data(appraisal.teams, team_counts)).encode())
    if appraisal.data_weights is not None:
        state.update(canonical(weights_data(appraisal.data_weights)).encode())
    return state.hexdigest()


def definition(used: UsedIndicator | Measured) -> dict[str, Any]:
    """What an indicator of the scheme measures, in plain words and numbers."""
    indicator = used.indicator
    rule = {} if used.assessment is None else {"assessment": rule_data(used.assessment)}
    return {
        **rule,
        "key": used.key,
        "id": indicator.id,
        "records": indicator.records,
        "value": None if used.value is None else used.value.text,
        "where": None if used.where is None else used.where.text,
        "when": indicator.when,
        "who": indicator.who,
        "unit": indicator.unit,
        "direction": indicator.direction,
        "parameters": {name: str(value) for name, value in used.parameters.items()},
        "min_sample": used.min_sample,
        **_credit(indicator),
        **({} if used.level == "person" else {"level": used.level}),
    }


def _credit(indicator: Indicator) -> dict[str, Any]:
    """How a plugin's indicator splits records; a scheme's own are part of its digest."""
    if not indicator.credit:
        return {}
    return {"credit": [[each.who, each.share] for each in indicator.credit], "overlay": indicator.overlay}


CARRIED = "carried forward"
"""The column of what a run leaves to be settled by the next period, in fen."""


def columns(
    appraisal: Appraisal, counts: Mapping[str, tuple[Counts, ...]], assessments: Assessments = _NONE
) -> Iterator[tuple[str, Column]]:
    """Every column of the results by a stable name, in a stable order."""
    people = appraisal.people
    yield "code", people.code
    yield "worked", people.worked
    for name in sorted(people.targets):
        yield f"target {name}", [None if goal is None else str(goal) for goal in people.targets[name]]
    yield "assignments", _each(people.spans or ((),) * len(people), lambda spans: [_span(each) for each in spans])
    if people.counted_days:
        yield "counted days", _each(people.counted_days, _days)
    for name in sorted(people.attributes):
        yield f"attribute {name}", _each(people.attributes[name], lambda value: None if value is None else str(value))
    if people.records is not None:
        yield "records", [[str(amount) for amount in people.records.of(row)] for row in range(len(people))]
    for key in sorted(appraisal.values):
        yield f"{key} value", appraisal.values[key].micros
        yield f"{key} known", appraisal.values[key].known
        yield f"{key} sample", appraisal.values[key].sample
        for position, each in enumerate(counts[key]):
            for part in sorted(each.parts):
                yield f"{key} {position} {each.function} {each.shift} {part}", each.parts[part]
    yield from assessment_columns(assessments)
    if (teams := appraisal.teams) is not None and teams.points:
        codes, alike = teams.people.code, coded(teams.stays, len(teams.stays))
        yield "stays in teams", alike.map(lambda stays: [[codes[team], time] for team, time in stays])
    by_kind: tuple[tuple[str, Mapping[str, Ints | Flags]], ...] = (
        ("data", appraisal.data),
        ("counted", appraisal.counted),
        ("points", appraisal.points),
        ("dimension points", appraisal.dimension_points),
        ("dimension counted", appraisal.dimension_counted),
        ("adjustment points", appraisal.adjustment_points),
    )
    for kind, by_key in by_kind:
        for key in sorted(by_key):
            yield f"{kind} {key}", by_key[key]
    yield "total", appraisal.total
    yield "graded", appraisal.graded
    if appraisal.compared is not None:
        yield "compared", appraisal.compared
    yield "vetoed", appraisal.vetoed
    yield "group", appraisal.group
    yield "rank", appraisal.rank
    yield "tier", appraisal.tier
    yield "coefficient", appraisal.coefficient
    yield "bonus", appraisal.bonus
    if (money := appraisal.money) is not None:
        yield "base", money.base
        yield "claim", money.claim
        pools = [[pool.group, pool.fen, str(pool.ratio)] for pool in money.pools]
        yield "pool", Coded(np.where(money.pool < 0, len(pools), money.pool), [*pools, None])
        if money.brought is not None and money.carried is not None:
            yield "brought forward", money.brought
            yield CARRIED, money.carried
    if appraisal.computed is not None:
        yield from _computed(appraisal.computed, people.code)
    yield "outcomes", appraisal.outcomes
    yield "decisions", _decisions(appraisal.decisions)


def _computed(computed: Computed, codes: Sequence[str]) -> Iterator[tuple[str, Column]]:
    """What would have come out without manual changes, and the changes."""
    by_person: dict[str, list[Any]] = {code: [] for code in codes}
    for each in computed.changes:
        by_person[each.person].append([each.number, each.kind, each.value, each.reason])
    yield "manual changes", list(by_person.values())
    yield "points by hand", computed.points
    yield "bonus by hand", computed.fen
    yield "computed total", computed.total
    yield "computed rank", computed.rank
    yield "computed tier", computed.tier
    yield "computed coefficient", computed.coefficient
    yield "computed bonus", computed.bonus


def _each(values: Sequence[Any], write: Callable[[Any], Any]) -> Sequence[Any]:
    """What is written of each of the values."""
    return values.map(write) if isinstance(values, Coded) else [write(value) for value in values]


def _decisions(decisions: Sequence[tuple[Decision, ...]]) -> Column:
    if isinstance(decisions, Decisions):
        return decisions.map(_decision)
    return [[_decision(each) for each in row] for row in decisions]


def _decision(decision: Decision) -> list[Any]:
    return [decision.kind, decision.about, words(decision.what)]


def _days(spans: tuple[tuple[date, date], ...]) -> list[list[str]]:
    return [[day.isoformat() for day in days] for days in spans]


def _span(span: Span) -> list[Any]:
    return [span.team, span.role, span.starts.isoformat(), span.days, span.fraction, span.base]


def words(value: Any) -> Any:
    """A message as data: its template and arguments, so that it can be shown in either language later."""
    if isinstance(value, Message):
        return [value.template, {name: words(argument) for name, argument in value.arguments.items()}]
    if isinstance(value, Text):
        return {"zh": value.zh, "en": value.en}
    return value if isinstance(value, bool | int | None) else str(value)
