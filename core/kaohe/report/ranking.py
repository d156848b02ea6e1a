"""The ranking of a run, the people who are not graded, and those the scheme leaves out, as sheets."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import cache
from typing import Any

import numpy as np

from kaohe.appraise.coded import Coded
from kaohe.appraise.decisions import kinds_of
from kaohe.exact import Flags, Ints
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
    people, grouped, of_teams = appraisal.people, bool(scheme.ranking.within), scheme.subject == "team"
    third = people.attribute("size" if of_teams else "team")
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

    def who(rows: Ints) -> list[list[Any]]:
        return [picked(each, rows) for each in (run.names, people.code, third)]

    ranked = _among(ranked_order(run), only)
    hidden = Discretion(run).of_all(ranked.tolist())
    cells = [
        *([picked(appraisal.group, ranked)] if grouped else []),
        [rank or None for rank in picked(appraisal.rank, ranked)],
        *who(ranked),
        *(_dimension(run, each.id, ranked, hidden) for each in scheme.dimensions),
        *(_adjustment(run, each.id, ranked, hidden) for each in scheme.adjustments),
        picked(appraisal.total, ranked),
        *([picked(appraisal.tier, ranked)] if scheme.tiers else []),
        *([picked(appraisal.bonus, ranked)] if scheme.bonus else []),
        flags(run, ranked, language, hidden),
    ]
    listed = [*zip(*cells, strict=True)]
    if not_graded:
        rest = _among(not_graded_rows(run), only)
        groups = [picked(appraisal.group, rest)] if grouped else []
        reasons = _reasons(run, rest, lambda why: msg("not graded: {reason}", reason=why).in_(language), language)
        front = [*groups, [None] * len(rest), *who(rest)]
        blank = [[None] * len(rest)] * (len(columns) - len(front) - 1)
        listed += zip(*front, *blank, reasons, strict=True)
    return Sheet(msg("Ranking").in_(language), tuple(columns), listed, fixed=3 if grouped else 2)


def not_graded_sheet(run: Run, language: Language, *, only: Collection[int] | None = None) -> Sheet:
    """People of the scheme who get no grade, with the reason."""
    rows = _among(not_graded_rows(run), only)
    cells = (picked(run.appraisal.people.code, rows), picked(run.names, rows), _reasons(run, rows, str, language))
    return Sheet(msg("Not graded").in_(language), _who_and_why(language), [*zip(*cells, strict=True)])


def left_out_sheet(run: Run, language: Language, *, kinds: Collection[str] | None = None) -> Sheet:
    """People of the organisation who are not in the run, with the reason; ``kinds`` as in LeftOut, None for all."""
    rows = [
        (person.code, person.name, person.reason.in_(language))
        for person in run.left_out
        if kinds is None or person.kind in kinds
    ]
    return Sheet(msg("Not covered").in_(language), _who_and_why(language), rows)


def ranked_order(run: Run) -> Ints:
    """Rows of graded people: by group, then rank (unranked last), then code."""
    appraisal = run.appraisal
    codes = appraisal.people.code
    place = np.empty(len(codes), np.int64)
    place[sorted(range(len(codes)), key=codes.__getitem__)] = np.arange(len(codes))
    numbers = {name: number for number, name in enumerate(sorted({name or "" for name in appraisal.group}))}
    group = np.fromiter((numbers[name or ""] for name in appraisal.group), np.int64, len(codes))
    rank = np.where(appraisal.rank > 0, appraisal.rank, len(codes) + 1)
    order = np.lexsort((place, rank, group))
    return order[appraisal.graded[order]]


def flags(run: Run, rows: Ints, language: Language, hidden: Sequence[Hidden]) -> list[str]:
    """Short marks of each: rules that struck, ties that were broken, what follows, and that not all may be seen.
    Whoever has the same ones has them put into words once."""
    appraisal, outcomes = run.appraisal, run.scheme.outcomes
    between = msg(", ").in_(language)

    @cache
    def words(kinds: tuple[str, ...], follows: tuple[int, ...], *, withheld: bool) -> str:
        marks = [_MARKS[kind].in_(language) for kind in dict.fromkeys(kinds) if kind in _MARKS]
        marks += [outcomes[number].note.in_(language) for number in follows]
        return between.join([*marks, msg("withheld").in_(language)] if withheld else marks)

    said = zip(kinds_of(appraisal.decisions, rows), picked(appraisal.outcomes, rows), hidden, strict=True)
    return [words(kinds, tuple(follows), withheld=bool(each.points)) for kinds, follows, each in said]


_MARKS = {
    "rule": msg("rule"),
    "tie": msg("tie"),
    "floor": msg("score floor"),
    "missing": msg("no data"),
    "bonus": msg("note on the bonus"),
    "manual": msg("changed by hand"),
}


def not_graded_rows(run: Run) -> Ints:
    """Rows of the people of the scheme who get no grade, by code."""
    return np.flatnonzero(~run.appraisal.graded)


def picked(column: Sequence[Any] | Ints | Flags, rows: Ints) -> list[Any]:
    """What a column over people holds of these rows."""
    match column:
        case np.ndarray():
            return [*column[rows].tolist()]
        case Coded():
            return [*column.take(rows)]
    return [column[row] for row in rows.tolist()]


def _among(rows: Ints, only: Collection[int] | None) -> Ints:
    return rows if only is None else rows[np.isin(rows, [*only])]


def _who_and_why(language: Language) -> tuple[Column, ...]:
    headers = (msg("code"), msg("name"), msg("reason"))
    return tuple(Column(header.in_(language), wraps=header == headers[-1]) for header in headers)


def _reasons(run: Run, rows: Ints, write: Callable[[str], str], language: Language) -> list[str]:
    """The last decision about each; what is said of many is put into words once."""
    words: dict[int, str] = {}
    found = []
    for row in rows.tolist():
        last = (run.appraisal.decisions[row] or (None,))[-1]
        if id(last) not in words:
            words[id(last)] = write("" if last is None else last.what.in_(language))
        found.append(words[id(last)])
    return found


def _adjustment(run: Run, adjustment: str, rows: Ints, hidden: Sequence[Hidden]) -> list[int | None]:
    points = picked(run.appraisal.adjustment_points[adjustment], rows)
    return [None if adjustment in each.adjustments else own for own, each in zip(points, hidden, strict=True)]


def _dimension(run: Run, dimension: str, rows: Ints, hidden: Sequence[Hidden]) -> list[int | None]:
    """A dimension's points; nothing where no indicator of it counts, which is not the same as zero points, and where
    they would tell what too few people said."""
    appraisal = run.appraisal
    points, counted = (
        picked(column[dimension], rows) for column in (appraisal.dimension_points, appraisal.dimension_counted)
    )
    return [
        own if there and dimension not in each.dimensions else None
        for own, there, each in zip(points, counted, hidden, strict=True)
    ]
