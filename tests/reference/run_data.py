"""A run as plain data, person by person: what the JSON of a run, written column by column, must say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kaohe.appraise.manual import ManualChange
from kaohe.exact import from_micros, plain_fen
from kaohe.report.ranking import not_graded_rows, ranked_order
from kaohe.run.assessment.disclosure import Discretion, Hidden
from kaohe.run.assessment.model import agreement_data
from kaohe.run.model import Run
from kaohe.text import Language


def run_data(run: Run, language: Language) -> dict[str, Any]:
    """Everything of the run; people in the order of the ranking, not graded ones behind."""
    return {**_head(run), "people": [*_people(run, language)], "left_out": _left_out(run, language)}


def _people(run: Run, language: Language) -> Iterator[dict[str, Any]]:
    discretion = Discretion(run)
    for row in (*ranked_order(run).tolist(), *not_graded_rows(run).tolist()):
        yield _person(run, row, language, discretion)


def _left_out(run: Run, language: Language) -> list[dict[str, str]]:
    return [
        {"code": each.code, "name": each.name, "kind": each.kind, "reason": each.reason.in_(language)}
        for each in run.left_out
    ]


def _head(run: Run) -> dict[str, Any]:
    """Which run it is."""
    return {
        "scheme": {"id": run.scheme.id, "version": run.scheme.version, "digest": run.scheme.digest},
        "period": run.period.name,
        "timezone": run.timezone,
        "snapshot": run.snapshot,
        "plugins": [{"name": each.name, "version": each.version, "digest": each.digest} for each in run.plugins],
        "engine": run.engine,
        "core_version": run.core_version,
        "created_at": run.created_at.isoformat(),
        "digest": run.digest,
        **({"agreement": agreement_data(run.assessments)} if run.assessments else {}),
        **({} if run.scheme.subject == "person" else {"subject": run.scheme.subject}),
    }


def _person(run: Run, row: int, language: Language, discretion: Discretion) -> dict[str, Any]:
    scheme, appraisal, hidden = run.scheme, run.appraisal, discretion.of(row)
    graded = bool(appraisal.graded[row])
    team = appraisal.people.attributes.get("team")
    return {
        "code": appraisal.people.code[row],
        "name": run.names[row],
        "team": team[row] if team else None,
        "group": appraisal.group[row],
        "graded": graded,
        "rank": int(appraisal.rank[row]) or None,
        "percentile": _number(appraisal.percentile[row]) if appraisal.rank[row] else None,
        "total": _number(appraisal.total[row]) if graded else None,
        "tier": appraisal.tier[row],
        "coefficient": _number(appraisal.coefficient[row]) if graded else None,
        "bonus": plain_fen(appraisal.bonus[row]) if scheme.bonus and graded else None,
        **_computed(run, row),
        **_balance(run, row),
        "dimensions": {
            each.id: _number(appraisal.dimension_points[each.id][row])
            if appraisal.dimension_counted[each.id][row] and each.id not in hidden.dimensions
            else None
            for each in scheme.dimensions
        },
        "indicators": {each.key: _indicator(run, each.key, row, hidden) for each in scheme.weighted},
        "measured": {
            each.key: _number(appraisal.values[each.key].micros[row])
            if appraisal.data[each.key][row] and each.key not in hidden.values
            else None
            for each in scheme.measured
        },
        "adjustments": {
            each.id: None if each.id in hidden.adjustments else _number(appraisal.adjustment_points[each.id][row])
            for each in scheme.adjustments
        },
        "outcomes": [
            {"kind": scheme.outcomes[index].kind, "note": scheme.outcomes[index].note.in_(language)}
            for index in appraisal.outcomes[row]
        ],
        "decisions": [
            {"kind": each.kind, "about": each.about, "what": each.what.in_(language)}
            for each in appraisal.decisions[row]
        ],
    }


def _computed(run: Run, row: int) -> dict[str, Any]:
    """What would have come out without manual changes, and those of this person, where any were made in the run."""
    computed = run.appraisal.computed
    if computed is None or not computed.changes:
        return {}
    return {
        "computed": {
            "rank": int(computed.rank[row]) or None,
            "total": _number(computed.total[row]),
            "tier": computed.tier[row],
            "coefficient": _number(computed.coefficient[row]),
            "bonus": plain_fen(computed.bonus[row]) if run.scheme.bonus else None,
        },
        "manual_changes": [
            {"number": each.number, "kind": each.kind, "value": _written(each), "reason": each.reason}
            for each in computed.of(run.appraisal.people.code[row])
        ],
    }


def _written(change: ManualChange) -> str:
    """Points and money as numbers, a tier by its id."""
    if isinstance(change.value, str):
        return change.value
    return _number(change.value) if change.kind == "points" else plain_fen(change.value)


def _balance(run: Run, row: int) -> dict[str, Any]:
    """What was brought and is carried forward, where the scheme does so."""
    money = run.appraisal.money
    if money is None or money.brought is None or money.carried is None:
        return {}
    sides = (("brought_forward", money.brought), ("carried_forward", money.carried))
    return {name: plain_fen(column[row]) for name, column in sides}


def _indicator(run: Run, key: str, row: int, hidden: Hidden) -> dict[str, Any]:
    appraisal = run.appraisal
    known = bool(appraisal.values[key].known[row]) and key not in hidden.values
    counted = appraisal.counted[key][row] and key not in hidden.points
    return {
        **({"withheld": True} if key in hidden.points else {}),
        "value": _number(appraisal.values[key].micros[row]) if known else None,
        "sample": int(appraisal.values[key].sample[row]),
        "points": _number(appraisal.points[key][row]) if counted else None,
        "counts": [
            {
                "function": each.function,
                "window": each.shift,
                **{name: int(column[row]) for name, column in each.parts.items()},
            }
            for each in (() if key in hidden.values else run.counts[key])
        ],
        **({} if key in hidden.values else _teams(run, key, row)),
    }


def _teams(run: Run, key: str, row: int) -> dict[str, Any]:
    """The figures of the teams that the person was in, with the time spent there, where these count."""
    teams = run.appraisal.teams
    if teams is None or key not in teams.points:
        return {}
    return {
        "teams": [
            {
                "team": teams.people.attribute("team")[team],
                "full_time_days": _number(time),
                "value": _number(teams.values[key].micros[team]) if teams.values[key].known[team] else None,
                "sample": int(teams.values[key].sample[team]),
                "points": _number(teams.points[key][team]) if teams.data[key][team] else None,
            }
            for team, time in teams.stays[row]
        ]
    }


def _number(micros: Any) -> str:
    return str(from_micros(int(micros)))
