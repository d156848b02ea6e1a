"""What a run's JSON says of each person, as a form: who they are, their figures, and what was decided about them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np

from kaohe.appraise.coded import Coded, coded
from kaohe.appraise.decisions import Decisions, by_person
from kaohe.appraise.manual import ManualChange
from kaohe.appraise.model import Decision
from kaohe.appraise.teams import Stays
from kaohe.exact import DECIMALS, Flags, Ints, from_micros, plain_fen
from kaohe.report.json_columns import Node, Sometimes, Texts, decimal, each, lists, said, whole
from kaohe.run.assessment.disclosure import Discretion
from kaohe.run.model import Run
from kaohe.scheme.model import UsedIndicator
from kaohe.text import Language

_FEN = 2
DEPTH = 2
"""How deep a person's object is within others; its members are one deeper."""


def person_form(run: Run, language: Language) -> Node:
    """The object of a person, by rows of the run. What too few people said is null or left out."""
    scheme, appraisal, people = run.scheme, run.appraisal, run.appraisal.people
    hides, graded = _hides(run), appraisal.graded
    return {
        "code": each(people.code),
        "name": each(run.names),
        "team": each(people.attribute("team")),
        "group": each(appraisal.group),
        "graded": each(_flags(graded)),
        "rank": whole(appraisal.rank, appraisal.rank > 0),
        "percentile": _number(appraisal.percentile, appraisal.rank > 0),
        "total": _number(appraisal.total, graded),
        "tier": each(appraisal.tier),
        "coefficient": _number(appraisal.coefficient, graded),
        "bonus": decimal(appraisal.bonus, _FEN, graded) if scheme.bonus else "null",
        **_computed(run),
        **_balance(run),
        "dimensions": {
            one.id: _number(
                appraisal.dimension_points[one.id],
                appraisal.dimension_counted[one.id] & ~hides("dimensions", one.id),
            )
            for one in scheme.dimensions
        },
        "indicators": {used.key: _indicator(run, used, hides) for used in scheme.weighted},
        "measured": {
            used.key: _number(appraisal.values[used.key].micros, appraisal.data[used.key] & ~hides("values", used.key))
            for used in scheme.measured
        },
        "adjustments": {
            one.id: _number(appraisal.adjustment_points[one.id], ~hides("adjustments", one.id))
            for one in scheme.adjustments
        },
        "outcomes": _outcomes(run, language),
        "decisions": _decisions(run, language),
    }


_Hides = Callable[[Literal["values", "points", "dimensions", "adjustments"], str], Flags]


def _hides(run: Run) -> _Hides:
    """Of whom this key, or this id, is among what is hidden of that kind."""
    count = len(run.appraisal.people)
    if not run.assessments:
        return lambda _kind, _key: np.zeros(count, np.bool_)
    alike = coded(Discretion(run).of_all(range(count)), count)
    return lambda kind, key: alike.flags(lambda hidden: key in getattr(hidden, kind))


def _number(micros: Ints, there: Flags | None = None) -> Texts:
    return decimal(micros, DECIMALS, there, short=True)


def _flags(column: Flags) -> Coded:
    return Coded(column.astype(np.int64), (False, True))


def _indicator(run: Run, used: UsedIndicator, hides: _Hides) -> Node:
    appraisal, key = run.appraisal, used.key
    value, points = hides("values", key), hides("points", key)
    counts: list[Node] = [
        {
            "function": said(one.function),
            "window": said(one.shift),
            **{name: whole(column) for name, column in one.parts.items()},
        }
        for one in run.counts[key]
    ]
    return {
        "withheld": Sometimes(points, "true"),
        "value": _number(appraisal.values[key].micros, appraisal.values[key].known & ~value),
        "sample": whole(appraisal.values[key].sample),
        "points": _number(appraisal.points[key], appraisal.counted[key] & ~points),
        "counts": Sometimes(~value, counts, "[]"),
        **_teams(run, key, ~value),
    }


def _teams(run: Run, key: str, shown: Flags) -> dict[str, Node]:
    """The figures of the teams that a person was in, with the time spent there, where these count."""
    teams = run.appraisal.teams
    if teams is None or key not in teams.points:
        return {}
    names, values = teams.people.attribute("team"), teams.values[key]

    def figures(stays: Stays) -> list[dict[str, Any]]:
        return [
            {
                "team": names[team],
                "full_time_days": _written(time),
                "value": _written(values.micros[team]) if values.known[team] else None,
                "sample": int(values.sample[team]),
                "points": _written(teams.points[key][team]) if teams.data[key][team] else None,
            }
            for team, time in stays
        ]

    # A member of an object in a member of the person's.
    return {"teams": Sometimes(shown, each(coded(teams.stays, len(shown)).map(figures), DEPTH + 3))}


def _outcomes(run: Run, language: Language) -> Texts:
    listed = [{"kind": one.kind, "note": one.note.in_(language)} for one in run.scheme.outcomes]
    outcomes = coded(run.appraisal.outcomes, len(run.appraisal.people))
    return each(outcomes.map(lambda numbers: [listed[number] for number in numbers]), DEPTH + 1)


def _decisions(run: Run, language: Language) -> Texts:
    found = run.appraisal.decisions
    if not isinstance(found, Decisions):
        found = by_person([[(row, one) for row, listed in enumerate(found) for one in listed]], len(found))

    def data(decision: Decision) -> dict[str, Any]:
        return {"kind": decision.kind, "about": decision.about, "what": decision.what.in_(language)}

    return lists(found, data, DEPTH + 1)


def _computed(run: Run) -> dict[str, Node]:
    """What would have come out without manual changes, and those of each person, where any were made in the run."""
    computed = run.appraisal.computed
    if computed is None or not computed.changes:
        return {}
    changes = coded(map(computed.of, run.appraisal.people.code), len(run.appraisal.people))
    return {
        "computed": {
            "rank": whole(computed.rank, computed.rank > 0),
            "total": _number(computed.total),
            "tier": each(computed.tier),
            "coefficient": _number(computed.coefficient),
            "bonus": decimal(computed.bonus, _FEN) if run.scheme.bonus else "null",
        },
        "manual_changes": each(changes.map(lambda listed: [*map(_change, listed)]), DEPTH + 1),
    }


def _change(change: ManualChange) -> dict[str, Any]:
    """Points and money as numbers, a tier by its id."""
    value = change.value
    if not isinstance(value, str):
        value = _written(value) if change.kind == "points" else plain_fen(value)
    return {"number": change.number, "kind": change.kind, "value": value, "reason": change.reason}


def _balance(run: Run) -> dict[str, Node]:
    """What was brought and is carried forward, where the scheme does so."""
    money = run.appraisal.money
    if money is None or money.brought is None or money.carried is None:
        return {}
    sides = (("brought_forward", money.brought), ("carried_forward", money.carried))
    return {name: decimal(column, _FEN) for name, column in sides}


def _written(micros: int) -> str:
    return str(from_micros(int(micros)))
