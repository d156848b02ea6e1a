"""The figures of a statement: points beside the group, what makes up the total, the periods before."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from kaohe.exact import DECIMALS, MICRO, divide
from kaohe.report.contributions import Step
from kaohe.report.html.charts import ROW, Box, Mark, bar, bullet, dot, line_chart, upright
from kaohe.report.html.element import Content, Element, el
from kaohe.report.html.figures import points, signed
from kaohe.report.html.page import section
from kaohe.report.html.people import waterfall
from kaohe.report.html.scale import Scale, scale_over
from kaohe.report.html.tables import Head, table_of
from kaohe.run.statement.model import Earlier, Figure, Noted, Statement
from kaohe.scheme.words import chain
from kaohe.text import Message, Text, msg


def beside_the_group(statement: Statement) -> Element:
    """Every dimension and indicator with value, target and points, drawn beside the group's median and middle half."""
    scale = _scale(statement)
    heads = [
        Head(msg("indicator")),
        Head(msg("points"), "number"),
        Head(msg("median"), "number"),
        Head(msg("beside the group"), "graph"),
        Head(msg("Value"), "number"),
        Head(msg("target"), "number"),
        Head(msg("weight"), "number"),
    ]
    rows: list[tuple[str, list[Content]]] = []
    for dimension in statement.dimensions:
        rows.append(("whole", _row(statement, dimension.name, "", "", dimension.figure, scale)))
        for each in dimension.indicators:
            name: Content = [each.name, *(el("span", " ", remark, class_="note") for remark in each.remarks)]
            value = msg("no data") if each.value is None and each.figure.withheld is None else each.value
            rows.append(("part", _row(statement, name, value or "", each.target or "", each.figure, scale)))
    for addition in statement.additions:
        given = addition.withheld if addition.points is None else signed(addition.points, statement.decimals)
        rows.append(("whole", [addition.name, given, "", "", "", "", ""]))
    keys = (
        (dot(Scale(0, 4), 2, "own"), msg("your points")),
        (upright(Scale(0, 4), Mark(2, "median")), msg("the group's median")),
        (bar(Scale(0, 4), 0, 4, "half", top=3, height=10), msg("the group's middle half")),
    )
    drawn = (el("li", el("svg", shape, class_="chart", width=30, height=ROW), words) for shape, words in keys)
    return section(
        "points",
        msg("Points beside the group"),
        table_of(heads, rows),
        el("ul", *drawn, class_="key note", aria_hidden="true"),
        _besides(statement),
    )


def _row(
    statement: Statement, name: Content, value: Content, target: Content, figure: Figure, scale: Scale
) -> list[Content]:
    decimals = statement.decimals
    earned: Content = "—" if figure.points is None else points(figure.points, decimals)
    if figure.withheld is not None:
        name = [name, " ", el("span", figure.withheld, class_="note")]
    weight = "" if figure.weight is None else _percent(Fraction(figure.weight))
    spread = figure.spread
    median = "" if spread is None else points(spread.median, decimals)
    picture: Content = ""
    if spread is not None or figure.points is not None:
        box = None if spread is None else Box(spread.median, spread.quartiles)
        picture = bullet(_said(figure, decimals), scale, box, figure.points)
    # What matters most comes first: on a phone the rest is reached by moving the table.
    return [name, earned, median, picture, value, target, weight]


def _percent(weight: Fraction) -> Message:
    """With one decimal at most."""
    whole, tenths = divmod(divide((weight * 10).numerator, (weight * 10).denominator), 10)
    return msg("{number} %", number=f"{whole}.{tenths}" if tenths else whole)


def _said(figure: Figure, decimals: int) -> Message:
    own = "—" if figure.points is None else points(figure.points, decimals)
    if figure.spread is None:
        return msg("{points} points", points=own)
    median = points(figure.spread.median, decimals)
    if figure.spread.quartiles is None:
        return msg("{points} points, median {median}", points=own, median=median)
    first, third = (points(each, decimals) for each in figure.spread.quartiles)
    return msg(
        "{points} points, median {median}, quartiles {first} and {third}",
        points=own,
        median=median,
        first=first,
        third=third,
    )


def _scale(statement: Statement) -> Scale:
    """One scale for all bars: from zero, or the least there is, to 100 or the most."""
    figures = [100 * MICRO]
    for dimension in statement.dimensions:
        for figure in (dimension.figure, *(each.figure for each in dimension.indicators)):
            figures += [] if figure.points is None else [figure.points]
            if figure.spread is not None:
                figures += [figure.spread.median, *(figure.spread.quartiles or ())]
    return scale_over(figures)


def _besides(statement: Statement) -> Content:
    if not statement.besides:
        return None
    words = chain([msg("{name} {value}", name=each.name, value=each.value) for each in statement.besides])
    return el("p", msg("measured besides"), msg(": {what}", what=words))


def noted(statement: Statement) -> Element | None:
    """Strengths and shortfalls, and how they were chosen."""
    if not (statement.strengths or statement.shortfalls):
        return None
    return section(
        "noted",
        msg("Strengths and shortfalls"),
        el(
            "div",
            el("div", el("h3", msg("Strengths")), _list(statement, statement.strengths)),
            el("div", el("h3", msg("Shortfalls")), _list(statement, statement.shortfalls)),
            class_="columns",
        ),
        el("p", statement.chosen_by, class_="note"),
    )


def _list(statement: Statement, found: tuple[Noted, ...]) -> Element:
    if not found:
        return el("p", msg("none"))
    lines = []
    for each in found:
        gap = signed(each.contribution - each.median, max(statement.decimals, 2))
        own, median = (points(side, max(statement.decimals, 2)) for side in (each.contribution, each.median))
        kind = "minus" if each.contribution < each.median else "plus"
        said = msg("adds {own} to the total, the median adds {median}", own=own, median=median)
        lines.append(el("li", each.name, " ", el("b", gap, class_=kind), " ", el("span", said, class_="note")))
    return el("ul", *lines, class_="plain")


def total_apart(statement: Statement) -> Element | None:
    """The waterfall of the total; not where it comes from comparing people, or would tell what is withheld."""
    if not statement.adds_up or statement.total is None:
        return None
    listed = tuple(_steps(statement, statement.total))
    scale = scale_over(each.after for each in listed)
    return section("total", msg("How the total came about"), waterfall(statement.decimals, listed, scale))


def _steps(statement: Statement, total: int) -> Iterator[Step]:
    """Contributions and additions; the last step is what rules, limits and changes by hand made of their sum."""
    unit = 10 ** (DECIMALS - statement.decimals)
    exact = shown = 0
    parts: list[tuple[Text, int | None]] = [(each.name, each.figure.contribution) for each in statement.dimensions]
    added = [(each.name, each.points) for each in statement.additions]
    for kind, listed in (("part", parts), ("adjustment", added)):
        for name, amount in listed:
            if amount is None or (kind == "adjustment" and not amount):
                continue
            exact += amount
            after = divide(exact, unit) * unit
            yield Step(name, "part" if kind == "part" else "adjustment", shown, after)
            shown = after
    if shown != total:
        yield Step(msg("rules, limits and changes by hand"), "rule", shown, total)


def trend(statement: Statement) -> Element | None:
    """Totals over the periods, and the points of dimensions in figures; nothing without a period before."""
    own = Earlier(
        statement.period,
        statement.run,
        statement.decimals,
        statement.total,
        statement.tier,
        tuple((each.id, each.figure.points) for each in statement.dimensions),
    )
    periods = [*(each for each in statement.around.trend if each.period != statement.period), own]
    if len(periods) < 2:
        return None
    known = [each.total for each in periods if each.total is not None]
    low, high = min(known, default=0), max(known, default=0)
    room = max((high - low) // 4, MICRO)
    shown = [(each.period, each.total, points(each.total or 0, each.decimals)) for each in periods]
    heads = [Head(msg("period")), *(Head(each.period, "number") for each in periods)]
    rows: list[tuple[str, list[Content]]] = [
        ("", [dimension.name, *(_or_dash(dict(each.points).get(dimension.id), each.decimals) for each in periods)])
        for dimension in statement.dimensions
    ]
    rows.append(("sum", [msg("total"), *(_or_dash(each.total, each.decimals) for each in periods)]))
    rows.append(("", [msg("tier"), *(each.tier or "—" for each in periods)]))
    return section(
        "trend",
        msg("Trend"),
        el(
            "div",
            el("div", line_chart(msg("Totals by period"), shown, Scale(low - room, high + room), height=140)),
            table_of(heads, rows),
            class_="columns",
        ),
    )


def _or_dash(figure: int | None, decimals: int) -> str:
    return "—" if figure is None else points(figure, decimals)
