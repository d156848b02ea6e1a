"""Teams beside each other and beside everybody: points by dimension, bonuses."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from kaohe.exact import Flags, Ints, shorten
from kaohe.report.html.charts import Box, bar_chart, bullet
from kaohe.report.html.element import Content, Element, el
from kaohe.report.html.figures import money, part, points, signed
from kaohe.report.html.page import section
from kaohe.report.html.scale import scale_over
from kaohe.report.html.tables import Head, table
from kaohe.report.names import group_name
from kaohe.report.spread import Spread, divided, mean, shown_dimensions, spread, total
from kaohe.run.model import Run
from kaohe.text import Message, Text, msg

LISTED = 40
"""Teams that a page lists; the workbook has all people with their teams."""


def _parts(run: Run) -> tuple[Message, dict[str | None, Ints]]:
    """The graded people by team, or by ranking group where nobody has a team."""
    rows = np.flatnonzero(run.appraisal.graded)
    teams = run.appraisal.people.attributes.get("team")
    if run.scheme.subject == "person" and teams is not None and any(teams):
        return msg("team"), divided(teams, rows)
    return msg("group"), divided(run.appraisal.group, rows)


def profile(run: Run) -> Element | None:
    """Every dimension's spread over everybody; then the means of teams, with their distance from everybody's."""
    counted = shown_dimensions(run)
    spreads = {name: spread(run.appraisal.dimension_points[name][flags]) for name, flags in counted.items()}
    if not any(spreads.values()):
        return None
    decimals = run.scheme.decimals
    ends = [end for each in spreads.values() if each is not None for end in (each.least, each.most)]
    scale = scale_over(ends)
    heads = [
        Head(msg("dimension")),
        Head(msg("weight"), "number"),
        Head(msg("median"), "number"),
        Head(msg("mean"), "number"),
        Head(msg("spread over everybody"), "graph"),
    ]
    rows: list[list[Content]] = [
        [
            each.name,
            "" if run.scheme.weights == "entropy" else str(shorten(each.weight)),
            *(_middle(spreads[each.id], decimals)),
            bullet(spread_in_words(spreads[each.id], decimals), scale, box_of(spreads[each.id]), None),
        ]
        for each in run.scheme.dimensions
    ]
    caption = msg(
        "The thin line reaches from the least to the most points, the block over the middle half of the people; "
        "the upright line is the median."
    )
    label, parts = _parts(run)
    return section(
        "profile",
        msg("Profile by dimension"),
        table(heads, rows, caption=caption),
        _means(run, label, parts, counted) if len(parts) > 1 else None,
    )


def spread_in_words(found: Spread | None, decimals: int) -> Message:
    """The five figures of a spread."""
    if found is None:
        return msg("no data")
    words = {
        "least": points(found.least, decimals),
        "first": points(found.first, decimals),
        "median": points(found.median, decimals),
        "third": points(found.third, decimals),
        "most": points(found.most, decimals),
    }
    return msg("least {least}, quartiles {first} and {third}, median {median}, most {most}", **words)


def box_of(found: Spread | None) -> Box | None:
    """The spread as a chart draws it."""
    return None if found is None else Box(found.median, (found.first, found.third), (found.least, found.most))


def _middle(found: Spread | None, decimals: int) -> tuple[str, str]:
    return ("—", "—") if found is None else (points(found.median, decimals), points(found.mean, decimals))


def _means(run: Run, label: Message, parts: dict[str | None, Ints], counted: dict[str, Flags]) -> Content:
    appraisal, decimals = run.appraisal, run.scheme.decimals
    columns: list[tuple[Text | Message, Ints, Flags]] = [
        (each.name, appraisal.dimension_points[each.id], counted[each.id]) for each in run.scheme.dimensions
    ]
    columns.append((msg("total"), appraisal.total, appraisal.graded))
    whole = [mean(figures[flags]) if flags.any() else None for _name, figures, flags in columns]
    heads = [Head(label), Head(msg("heads"), "number"), *(Head(name, "number") for name, _figures, _flags in columns)]
    largest = sorted(parts, key=lambda name: (-len(parts[name]), name or ""))[:LISTED]
    rows: list[list[Content]] = []
    for name in (each for each in parts if each in largest):
        here = parts[name]
        cells: list[Content] = []
        for (_name, figures, flags), everybody in zip(columns, whole, strict=True):
            rows_here = here[flags[here]]
            cells.append(
                _beside(mean(figures[rows_here]), everybody, decimals)
                if len(rows_here) and everybody is not None
                else "—"
            )
        rows.append([_named(name), f"{len(here):,}", *cells])
    rows.append(
        [
            msg("everybody"),
            f"{int(appraisal.graded.sum()):,}",
            *("—" if each is None else points(each, decimals) for each in whole),
        ]
    )
    caption = msg("Mean points, and how far they lie above or below everybody's.")
    left = _left_out(len(parts))
    made = table(heads, rows, caption=caption, last_is_sum=True)
    return [el("h3", msg("Beside everybody")), made, left]


def _beside(here: Fraction, everybody: Fraction, decimals: int) -> Content:
    gap = signed(here - everybody, decimals)
    kind = "plus" if gap.startswith("+") else "minus" if gap.startswith("−") else None
    return [points(here, decimals), " ", el("small", gap, class_=kind)]


def _named(name: str | None) -> Content:
    return msg("without a team") if name is None else group_name(name)


def _left_out(count: int) -> Content:
    if count <= LISTED:
        return None
    return el(
        "p",
        msg("The {shown} largest of {count}; the workbook has all of them.", shown=LISTED, count=count),
        class_="note",
    )


def bonuses(run: Run) -> Element | None:
    """Money by team, and all of it."""
    if run.scheme.bonus is None or not run.appraisal.graded.any():
        return None
    appraisal = run.appraisal
    label, parts = _parts(run)
    paid = {name: total(appraisal.bonus[rows]) for name, rows in parts.items()}
    most = sorted(paid, key=lambda name: (-paid[name], name or ""))
    shown, rest = most[:LISTED], most[LISTED:]
    whole = total(appraisal.bonus)
    scale = scale_over(paid[name] for name in shown)
    heads = [
        Head(label),
        Head(msg("heads"), "number"),
        Head(msg("bonus {currency}", currency=run.scheme.currency), "number"),
        Head(msg("per head"), "number"),
        Head(msg("share"), "number"),
        Head(msg("share of the bonuses"), "graph"),
    ]
    rows: list[list[Content]] = [
        _paid(
            _named(name), len(parts[name]), paid[name], whole, bar_chart(money(paid[name]), scale, 0, paid[name], "bar")
        )
        for name in shown
    ]
    if rest:
        heads_of_rest = sum(len(parts[name]) for name in rest)
        rows.append(
            _paid(msg("{count} others", count=len(rest)), heads_of_rest, sum(paid[name] for name in rest), whole, "")
        )
    rows.append(_paid(msg("all"), int(appraisal.graded.sum()), whole, whole, ""))
    return section("bonus", msg("Bonuses"), table(heads, rows, last_is_sum=True), *_pools(run))


def _paid(name: Content, heads: int, fen: int, whole: int, picture: Content) -> list[Content]:
    share = part(Fraction(fen, whole)) if whole else "—"
    return [name, f"{heads:,}", money(fen), money(Fraction(fen, heads)) if heads else "—", share, picture]


def _pools(run: Run) -> Sequence[Content]:
    """The pools, and that each is paid out to the fen."""
    if run.appraisal.money is None or not run.appraisal.money.pools:
        return ()
    pools = run.appraisal.money.pools
    lines = (
        el("li", group_name(each.group), ": ", money(each.fen), " ", run.scheme.currency) for each in pools[:LISTED]
    )
    return (el("h3", msg("Pools")), el("ul", *lines, class_="plain"), _left_out(len(pools)))
