"""One person's statement as plain data for JSON: numbers as decimal strings, exactly as computed."""

from __future__ import annotations

from typing import Any

from kaohe.exact import from_micros, plain_fen
from kaohe.report.tree import tree_data
from kaohe.run.statement.model import Figure, Spread, Statement
from kaohe.text import Language, Message, Text


def statement_data(statement: Statement, language: Language) -> dict[str, Any]:
    """Everything that the statement says; None for what there is not, or what may not be seen."""
    around = statement.around
    return {
        "code": statement.code,
        "name": statement.name,
        "team": statement.team,
        "role": statement.role,
        "scheme": {"id": statement.scheme_id, "version": statement.scheme_version},
        "period": statement.period,
        "run": statement.run,
        "run_digest": statement.run_digest,
        "digest": statement.digest,
        "graded": statement.graded,
        "not_graded": [each.in_(language) for each in statement.not_graded],
        "group": statement.group,
        "total": _number(statement.total),
        "totals": _spread(statement.totals),
        "rank": statement.rank,
        "group_size": statement.group_size,
        "tier": statement.tier,
        "enough_for_the_next_tier": _number(statement.enough),
        "coefficient": _number(statement.coefficient),
        "bonus": _yuan(statement.bonus),
        "derivation": None if statement.derivation is None else tree_data(statement.derivation, language),
        "withheld": bool(statement.withheld or statement.bonus_withheld),
        "dimensions": [
            {
                "id": each.id,
                "name": each.name.in_(language),
                **_figure(each.figure, language),
                "indicators": [
                    {
                        "key": one.key,
                        "name": one.name.in_(language),
                        "value": _words(one.value, language),
                        "target": _words(one.target, language),
                        **_figure(one.figure, language),
                        "remarks": [remark.in_(language) for remark in one.remarks],
                    }
                    for one in each.indicators
                ],
            }
            for each in statement.dimensions
        ],
        "additions": [{"id": each.id, "points": _number(each.points)} for each in statement.additions],
        "besides": [{"key": each.key, "value": each.value.in_(language)} for each in statement.besides],
        "strengths": [_noted(each) for each in statement.strengths],
        "shortfalls": [_noted(each) for each in statement.shortfalls],
        "chosen_by": statement.chosen_by.in_(language),
        "reasons": [
            {"kind": each.kind, "about": each.about, "what": each.what.in_(language)} for each in statement.reasons
        ],
        "outcomes": [{"kind": each.kind, "note": each.note.in_(language)} for each in statement.outcomes],
        "trend": [
            {
                "period": each.period,
                "run": each.run,
                "total": _number(each.total),
                "tier": each.tier,
                "dimensions": {name: _number(points) for name, points in each.points},
            }
            for each in around.trend
        ],
        "payment": None
        if (money := around.money) is None
        else {name: _yuan(getattr(money, name)) for name in ("earned", "due", "settled", "carried", "paid")},
        "postings": [
            {
                "restatement": each.restatement,
                "period": each.period,
                "posted_to": each.posted_to,
                "amount": _yuan(each.fen),
                "reason": each.reason,
            }
            for each in around.posted
        ],
        "items": [
            {
                "number": each.number,
                "period": each.period,
                "text": each.text,
                "owner": each.owner,
                "due": each.due.isoformat(),
                "state": each.state,
                "outcome": each.outcome,
                "overdue": each.overdue,
            }
            for each in around.items
        ],
        "interview": None
        if (talk := around.interview) is None
        else {"notes": talk.notes, "goals": talk.goals, "by": talk.by, "at": talk.at.isoformat()},
        "appeal": None
        if (appeal := around.appeal) is None
        else {
            "first": None if appeal.first is None else appeal.first.isoformat(),
            "last": None if appeal.last is None else appeal.last.isoformat(),
            "how": appeal.how.in_(language),
            "appeals": [
                {"number": each.number, "figure": each.figure, "state": each.state, "opened": each.opened.isoformat()}
                for each in appeal.appeals
            ],
        },
        "acknowledged": None
        if (seen := around.acknowledged) is None
        else {"by": seen.by, "at": seen.at.isoformat(), "comment": seen.comment, "current": seen.current},
    }


def _figure(figure: Figure, language: Language) -> dict[str, Any]:
    return {
        "points": _number(figure.points),
        "weight": None if figure.weight is None else str(figure.weight),
        "contribution": _number(figure.contribution),
        "group": _spread(figure.spread),
        **({} if figure.withheld is None else {"withheld": figure.withheld.in_(language)}),
    }


def _spread(spread: Spread | None) -> dict[str, Any] | None:
    if spread is None:
        return None
    quartiles = None if spread.quartiles is None else [_number(each) for each in spread.quartiles]
    return {"people": spread.people, "median": _number(spread.median), "quartiles": quartiles, "place": spread.place}


def _noted(each: Any) -> dict[str, Any]:
    return {
        "key": each.key,
        "points": _number(each.points),
        "contribution": _number(each.contribution),
        "median": _number(each.median),
    }


def _words(said: Message | Text | None, language: Language) -> str | None:
    return None if said is None else said.in_(language)


def _number(micros: int | None) -> str | None:
    return None if micros is None else str(from_micros(micros))


def _yuan(fen: int | None) -> str | None:
    return None if fen is None else plain_fen(fen)
