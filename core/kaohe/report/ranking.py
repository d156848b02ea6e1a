"""The ranking of a run, the people who are not graded, and those the scheme leaves out, as sheets."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from kaohe.report.sheet import Column, Sheet
from kaohe.run.assessment.disclosure import Discretion, Hidden
from kaohe.run.model import Run
from kaohe.text import Language, msg


def ranking_sheet(
    run: Run, language: Language, *, not_graded: bool = False, only: Collection[int] | None = None
) -> Sheet:
    """Graded people, group by group, best first: rank, who, points by dimension, total, tier, bonus, flags.

    ``not_graded``: the others of the scheme stand behind them, the reason among the flags, for forms that have one
    sheet only. ``only``: nobody but the people of these rows, with their ranks among all.
    """
    scheme, appraisal = run.scheme, run.appraisal
    teams = appraisal.people.attributes.get("team", (None,) * len(appraisal.people))
    grouped, discretion = bool(scheme.ranking.within), Discretion(run)
    of_teams = scheme.subject == "team"
    third = appraisal.people.attribute("size") if of_teams else teams

    columns = [
        *([Column(msg("group").in_(language))] if grouped else []),
        Column(msg("rank").in_(language), "count"),
        Column((msg("team") if of_teams else msg("name")).in_(language)),
        Column((msg("team code") if of_teams else msg("code")).in_(language), spare=2 if of_teams else 0),
        Column(msg("people").in_(language), "count", spare=2)
        if of_teams
        else Column(msg("team").in_(language), spare=2),
        *(Column(each.name.in_(language), "points", scheme.decimals, spare=1) for each in scheme.dimensions),
        *(Column(each.name.in_(language), "points", scheme.decimals, spare=3) for each in scheme.adjustments),
        Column(msg("total").in_(language), "points", scheme.decimals),
        *([Column(msg("tier").in_(language))] if scheme.tiers else []),
        *([Column(msg("bonus {currency}", currency=scheme.currency).in_(language), "money")] if scheme.bonus else []),
        Column(msg("flags").in_(language), wraps=True),
    ]
    rows = []
    for row in _among(ranked_order(run), only):
        rank, hidden = int(appraisal.rank[row]), discretion.of(row)
        rows.append(
            (
                *((appraisal.group[row],) if grouped else ()),
                rank or None,
                run.names[row],
                appraisal.people.code[row],
                third[row],
                *(_dimension(run, dimension.id, row, hidden) for dimension in scheme.dimensions),
                *(_adjustment(run, each.id, row, hidden) for each in scheme.adjustments),
                int(appraisal.total[row]),
                *((appraisal.tier[row],) if scheme.tiers else ()),
                *((int(appraisal.bonus[row]),) if scheme.bonus else ()),
                flags(run, row, language, withheld=bool(hidden.points)),
            )
        )
    if not_graded:
        width = len(scheme.dimensions) + len(scheme.adjustments) + 1 + bool(scheme.tiers) + bool(scheme.bonus)
        for row in _among(not_graded_rows(run), only):
            reason = msg("not graded: {reason}", reason=_first_reason(run, row, language)).in_(language)
            who = (run.names[row], appraisal.people.code[row], third[row])
            rows.append((*((appraisal.group[row],) if grouped else ()), None, *who, *(None,) * width, reason))
    return Sheet(msg("Ranking").in_(language), tuple(columns), rows, fixed=3 if grouped else 2)


def not_graded_sheet(run: Run, language: Language, *, only: Collection[int] | None = None) -> Sheet:
    """People of the scheme who get no grade, with the reason."""
    rows = [
        (run.appraisal.people.code[row], run.names[row], _first_reason(run, row, language))
        for row in _among(not_graded_rows(run), only)
    ]
    return Sheet(msg("Not graded").in_(language), _who_and_why(language), rows)


def left_out_sheet(run: Run, language: Language, *, kinds: Collection[str] | None = None) -> Sheet:
    """People of the organisation who are not in the run, with the reason; ``kinds`` as in LeftOut, None for all."""
    rows = [
        (person.code, person.name, person.reason.in_(language))
        for person in run.left_out
        if kinds is None or person.kind in kinds
    ]
    return Sheet(msg("Not covered").in_(language), _who_and_why(language), rows)


def ranked_order(run: Run) -> Sequence[int]:
    """Rows of graded people: by group, then rank (unranked last), then code."""
    appraisal = run.appraisal
    rows = [int(row) for row in np.flatnonzero(appraisal.graded)]
    return sorted(
        rows,
        key=lambda row: (
            appraisal.group[row] or "",
            int(appraisal.rank[row]) or len(rows) + 1,
            appraisal.people.code[row],
        ),
    )


def flags(run: Run, row: int, language: Language, *, withheld: bool = False) -> str:
    """Short marks: rules that struck, ties that were broken, what follows, and that the person may not see all."""
    kinds = dict.fromkeys(decision.kind for decision in run.appraisal.decisions[row])
    marks = [_MARKS[kind].in_(language) for kind in kinds if kind in _MARKS]
    marks += [run.scheme.outcomes[index].note.in_(language) for index in run.appraisal.outcomes[row]]
    if withheld:
        marks.append(msg("withheld").in_(language))
    return msg(", ").in_(language).join(marks)


_MARKS = {
    "rule": msg("rule"),
    "tie": msg("tie"),
    "floor": msg("score floor"),
    "missing": msg("no data"),
    "bonus": msg("note on the bonus"),
    "manual": msg("changed by hand"),
}


def not_graded_rows(run: Run) -> Sequence[int]:
    """Rows of the people of the scheme who get no grade, by code."""
    return [row for row, graded in enumerate(run.appraisal.graded) if not graded]


def _among(rows: Sequence[int], only: Collection[int] | None) -> Sequence[int]:
    return rows if only is None else [row for row in rows if row in only]


def _who_and_why(language: Language) -> tuple[Column, ...]:
    headers = (msg("code"), msg("name"), msg("reason"))
    return tuple(Column(header.in_(language), wraps=header == headers[-1]) for header in headers)


def _first_reason(run: Run, row: int, language: Language) -> str:
    decisions = run.appraisal.decisions[row]
    return decisions[-1].what.in_(language) if decisions else ""


def _adjustment(run: Run, adjustment: str, row: int, hidden: Hidden) -> int | None:
    return None if adjustment in hidden.adjustments else int(run.appraisal.adjustment_points[adjustment][row])


def _dimension(run: Run, dimension: str, row: int, hidden: Hidden) -> int | None:
    """A dimension's points; nothing where no indicator of it counts, which is not the same as zero points, and where
    they would tell what too few people said."""
    appraisal = run.appraisal
    if dimension in hidden.dimensions:
        return None
    return int(appraisal.dimension_points[dimension][row]) if appraisal.dimension_counted[dimension][row] else None
