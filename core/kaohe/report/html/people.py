"""People in a run's page: the ranking, those without a grade or left out, outcomes, and single totals taken apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from kaohe.report.contributions import Step, steps, with_weights
from kaohe.report.html.charts import Mark, bar, chart, upright
from kaohe.report.html.element import Content, Element, el
from kaohe.report.html.figures import money, points, signed
from kaohe.report.html.page import section
from kaohe.report.html.scale import Scale, scale_over
from kaohe.report.html.tables import Head, sheet_table, table
from kaohe.report.names import group_name
from kaohe.report.ranking import left_out_sheet, not_graded_sheet, ranked_order, ranking_sheet
from kaohe.report.sheet import Sheet
from kaohe.run.assessment.disclosure import GIVES_AWAY, Discretion
from kaohe.run.model import Run
from kaohe.text import Language, Message, msg

RANKED = 1000
"""Rows of the ranking that a page shows."""
APART = 100
"""People whose totals a page takes apart."""
LISTED = 200
"""Rows of the lists of people without a grade, and names of those whom an outcome concerns."""


def best_of_groups(run: Run, most: int) -> list[int]:
    """Rows of the ranking, no more than so many: of each group the best, the same number in each."""
    ordered = ranked_order(run).tolist()
    if len(ordered) <= most:
        return [*ordered]
    groups = Counter(run.appraisal.group[row] for row in ordered)
    each = max(most // len(groups), 1)
    taken: Counter[str | None] = Counter()
    found = []
    for row in ordered:
        group = run.appraisal.group[row]
        taken[group] += 1
        if taken[group] <= each:
            found.append(row)
    return found[:most]


def ranking(run: Run, language: Language) -> Element | None:
    """The ranking by group."""
    rows = best_of_groups(run, RANKED)
    if not rows:
        return None
    sheet = ranking_sheet(run, language, only=frozenset(rows))
    grouped = bool(run.scheme.ranking.within)
    if grouped:
        named = [(group_name(row[0]), *row[1:]) for row in sheet.rows]
        sheet = Sheet(
            sheet.title,
            sheet.columns,
            [(each[0] if isinstance(each[0], str) else each[0].in_(language), *each[1:]) for each in named],
        )
    count = int(run.appraisal.graded.sum())
    left = None
    if len(rows) < count:
        left = el(
            "p",
            msg(
                "The first {shown} of {count}, as many of each group; the workbook has all of them.",
                shown=f"{len(rows):,}",
                count=f"{count:,}",
            ),
            class_="note",
        )
    return section(
        "ranking", msg("Ranking"), left, sheet_table(sheet, name=2 if grouped else 1, group=0 if grouped else None)
    )


def without_grade(run: Run, language: Language) -> list[Element]:
    """Those who get no grade, and those who are not in the run."""
    found = []
    sheet = not_graded_sheet(run, language)
    if sheet.rows:
        found.append(section("not-graded", msg("Not graded"), *_first(sheet)))
    counts = Counter(each.kind for each in run.left_out)
    others = left_out_sheet(run, language, kinds=("assignment", "unknown"))
    if run.left_out:
        of_teams = run.scheme.subject == "team"
        said = msg("people whom the scheme does not cover: {count}", count=counts["population"])
        if of_teams:
            said = msg("teams that the scheme does not cover: {count}", count=counts["population"])
        found.append(
            section(
                "not-covered",
                msg("Not covered"),
                *(_first(others) if others.rows else ()),
                el("p", said) if counts["population"] else None,
            )
        )
    return found


def _first(sheet: Sheet) -> Sequence[Content]:
    shown = Sheet(sheet.title, sheet.columns, sheet.rows[:LISTED])
    left = len(sheet.rows) - LISTED
    more = (
        el("p", msg("… and {count} more; the workbook has all of them.", count=left), class_="note")
        if left > 0
        else None
    )
    return (sheet_table(shown, name=0), more)


def outcomes(run: Run) -> Element | None:
    """What follows besides money, and for whom."""
    concerned: dict[int, list[int]] = {}
    for row, positions in enumerate(run.appraisal.outcomes):
        for position in positions:
            concerned.setdefault(position, []).append(row)
    if not concerned:
        return None
    heads = [Head(msg("outcome")), Head(msg("heads"), "number"), Head(msg("who"))]
    rows: list[list[Content]] = []
    for position, outcome in enumerate(run.scheme.outcomes):
        listed = concerned.get(position, [])
        rows.append(
            [
                [outcome.note, " ", el("span", outcome.kind, class_="note")],
                f"{len(listed):,}",
                _names(run, listed) if listed else "",
            ]
        )
    return section("outcomes", msg("Outcomes"), table(heads, rows))


def _names(run: Run, rows: Sequence[int]) -> Message | str:
    shown = "、".join(run.names[row] for row in rows[: LISTED // 10])
    left = len(rows) - LISTED // 10
    return msg("{names} and {count} more", names=shown, count=left) if left > 0 else shown


def totals_apart(run: Run) -> Element | None:
    """How single totals came about, each behind the person's line."""
    run = with_weights(run)
    rows = best_of_groups(run, APART)
    if not rows:
        return None
    discretion = Discretion(run)
    scale = waterfall_scale(run, rows)
    listed = [_apart(run, row, scale, hidden=discretion.of(row).total) for row in rows]
    count = int(run.appraisal.graded.sum())
    said = msg("Each line opens: what every dimension adds to the total, and what adjustments and rules change.")
    left = None
    if len(rows) < count:
        left = el(
            "p",
            msg(
                "The first {shown} of {count}, as many of each group; of anybody: kaohe explain, and the statements.",
                shown=len(rows),
                count=f"{count:,}",
            ),
            class_="note",
        )
    return section("totals", msg("How totals came about"), el("p", said, class_="note"), left, *listed)


def waterfall_scale(run: Run, rows: Sequence[int]) -> Scale:
    """One scale for all, so that bars can be compared."""
    sums = (each.after for row in rows for each in steps(run, row))
    return scale_over(sums)


def _apart(run: Run, row: int, scale: Scale, *, hidden: bool) -> Element:
    appraisal = run.appraisal
    rank = int(appraisal.rank[row])
    figures = [
        msg("rank {rank}", rank=rank) if rank else msg("unranked"),
        msg("total {total}", total=points(int(appraisal.total[row]), run.scheme.decimals)),
    ]
    if appraisal.tier[row] is not None:
        figures.append(msg("tier {tier}", tier=appraisal.tier[row]))
    if run.scheme.bonus is not None:
        figures.append(msg("bonus {amount}", amount=money(int(appraisal.bonus[row]))))
    inside: Content = el("p", GIVES_AWAY) if hidden else waterfall(run.scheme.decimals, steps(run, row), scale)
    decisions = [el("li", each.what) for each in appraisal.decisions[row]] if not hidden else []
    return el(
        "details",
        el("summary", el("span", run.names[row], class_="who"), *(el("span", each, class_="what") for each in figures)),
        el("div", inside, el("ul", *decisions, class_="plain") if decisions else None, class_="inside"),
        class_="unbroken",
    )


def waterfall(decimals: int, listed: Sequence[Step], scale: Scale) -> Element:
    """From nothing to the total, step by step."""
    heads = [
        Head(msg("what")),
        Head(msg("points"), "number"),
        Head(msg("so far"), "number"),
        Head(msg("from one sum to the next"), "graph"),
    ]
    rows: list[list[Content]] = []
    for each in listed:
        kind = "bar" if each.kind == "part" else "up" if each.change >= 0 else "down"
        picture = chart(
            signed(each.change, decimals), bar(scale, each.before, each.after, kind), upright(scale, Mark(0, "zero"))
        )
        colour = None if each.kind == "part" else "plus" if each.change >= 0 else "minus"
        rows.append(
            [
                each.label,
                el("span", signed(each.change, decimals), class_=colour),
                points(each.after, decimals),
                picture,
            ]
        )
    total = listed[-1].after if listed else 0
    picture = chart(points(total, decimals), bar(scale, 0, total, "whole"), upright(scale, Mark(0, "zero")))
    rows.append([msg("total"), "", points(total, decimals), picture])
    return table(heads, rows, last_is_sum=True)
