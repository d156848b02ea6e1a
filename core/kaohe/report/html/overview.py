"""The first parts of a run's page: key figures, how totals are spread, tiers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from kaohe.exact import shorten, to_micros
from kaohe.report.html.charts import Mark, bar_chart
from kaohe.report.html.element import Content, Element, el
from kaohe.report.html.figures import money, part, points
from kaohe.report.html.histogram import drawn, histogram
from kaohe.report.html.page import section, tiles
from kaohe.report.html.scale import Scale
from kaohe.report.html.tables import Head, table
from kaohe.report.spread import Spread, spread, total
from kaohe.run.model import Run
from kaohe.scheme.model import Tiers
from kaohe.text import Message, msg

SHADES = 5
"""Tiers that have a shade of their own; worse ones share the last."""


def shade(position: int) -> str:
    """The style of a tier, the best first."""
    return f"t{min(position, SHADES - 1)}"


def totals_of(run: Run) -> Spread | None:
    """How the totals of everybody graded are spread."""
    return spread(run.appraisal.total[run.appraisal.graded])


def key_figures(run: Run) -> Element:
    """Heads, the middle of the totals, money."""
    appraisal, scheme = run.appraisal, run.scheme
    graded = int(appraisal.graded.sum())
    of_teams = scheme.subject == "team"
    listed: list[tuple[Content, Content]] = [
        (msg("teams graded") if of_teams else msg("people graded"), f"{graded:,}"),
        (msg("not graded"), f"{len(appraisal.people) - graded:,}"),
    ]
    if (found := totals_of(run)) is not None:
        listed.append((msg("median total"), points(found.median, scheme.decimals)))
        middle = msg(
            "{low} to {high}", low=points(found.first, scheme.decimals), high=points(found.third, scheme.decimals)
        )
        listed.append((msg("middle half of the totals"), middle))
    if scheme.bonus is not None:
        paid: Content = [money(total(appraisal.bonus)), " ", el("small", scheme.currency)]
        listed.append((msg("bonuses in all"), paid))
    return tiles(listed)


def distribution(run: Run) -> Element | None:
    """The histogram of totals, tier by tier, and the same in words."""
    appraisal, scheme = run.appraisal, run.scheme
    found = totals_of(run)
    if found is None:
        return None
    vetoed = appraisal.graded & appraisal.vetoed
    rows = np.flatnonzero(appraisal.graded & ~vetoed if not vetoed[appraisal.graded].all() else appraisal.graded)
    aside = int(appraisal.graded.sum()) - len(rows)
    levels = scheme.tiers.levels if scheme.tiers is not None else ()
    places = {level.id: position for position, level in enumerate(levels)}
    series = np.fromiter((places.get(appraisal.tier[row] or "", 0) for row in rows), np.int64, len(rows))
    counted = histogram(appraisal.total[rows], series, max(len(levels), 1), scheme.decimals)
    picture = drawn(
        counted, _said(run, found), [shade(each) for each in range(max(len(levels), 1))], _cuts(scheme.tiers)
    )
    legend = el(
        "ul", *(el("li", el("i", class_=shade(place)), level.id) for place, level in enumerate(levels)), class_="legend"
    )
    explained = msg("How many have a total in each step; each tier has its own shade, the best at the bottom.")
    if scheme.tiers is None:
        explained = msg("How many have a total in each step.")
    return section(
        "distribution",
        msg("Distribution of totals"),
        el("p", explained, class_="note"),
        picture,
        legend if levels else None,
        el("p", _said(run, found)),
        el("p", msg("Not drawn: {count} with a veto, whose total is 0.", count=aside), class_="note")
        if aside
        else None,
    )


def _said(run: Run, found: Spread) -> Message:
    decimals = run.scheme.decimals
    words = {
        "least": points(found.least, decimals),
        "first": points(found.first, decimals),
        "median": points(found.median, decimals),
        "third": points(found.third, decimals),
        "most": points(found.most, decimals),
        "mean": points(found.mean, decimals),
    }
    return msg(
        "Totals from {least} to {most}; a quarter below {first}, half below {median}, a quarter above {third}; "
        "mean {mean}.",
        **words,
    )


def _cuts(tiers: Tiers | None) -> list[tuple[int, Content]]:
    """The least totals of the tiers, where these are what tells them apart."""
    if tiers is None or tiers.kind != "score":
        return []
    return [(to_micros(each.min_score), each.id) for each in tiers.levels if each.min_score is not None]


def tiers(run: Run) -> Element | None:
    """Who got which tier: heads, shares beside those the scheme foresees, and between which totals."""
    rules, appraisal = run.scheme.tiers, run.appraisal
    graded = int(appraisal.graded.sum())
    if rules is None or not graded:
        return None
    quota = rules.kind == "quota"
    heads = [
        Head(msg("tier")),
        Head(msg("heads"), "number"),
        Head(msg("share"), "number"),
        *([Head(msg("quota"), "number")] if quota else []),
        Head(msg("share of those graded"), "graph"),
        Head(msg("totals"), "number"),
        *([Head(msg("coefficient"), "number")] if run.scheme.bonus else []),
    ]
    caption = msg("The upright line is the quota of the scheme.") if quota else None
    return section("tiers", msg("Tiers"), table(heads, _tier_rows(run, rules, graded), caption=caption))


def _tier_rows(run: Run, rules: Tiers, graded: int) -> Iterator[list[Content]]:
    appraisal, decimals = run.appraisal, run.scheme.decimals
    of_tier = np.array([tier or "" for tier in appraisal.tier], object)
    counts = Counter(of_tier[appraisal.graded].tolist())
    highest = max([Fraction(max(counts.values()), graded), *(Fraction(each.share or 0) for each in rules.levels)])
    scale = Scale(0, highest)
    for place, level in enumerate(rules.levels):
        share = Fraction(counts[level.id], graded)
        totals = appraisal.total[appraisal.graded & (of_tier == level.id)]
        marks = [Mark(Fraction(level.share), "target")] if level.share is not None and rules.kind == "quota" else []
        name: Content = (
            level.id if level.name.zh == level.id else [level.id, " ", el("span", level.name, class_="note")]
        )
        said = msg("{tier}: {count} of {all}", tier=level.id, count=counts[level.id], all=graded)
        low_high = (
            msg("{low} to {high}", low=points(int(totals.min()), decimals), high=points(int(totals.max()), decimals))
            if len(totals)
            else "—"
        )
        yield [
            name,
            f"{counts[level.id]:,}",
            part(share),
            *([part(Fraction(level.share or 0))] if rules.kind == "quota" else []),
            bar_chart(said, scale, 0, share, shade(place), marks),
            low_high,
            *([str(shorten(level.coefficient))] if run.scheme.bonus else []),
        ]
