"""One person's statement (绩效单) as plain text for a terminal or a printer."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from typing import Any

from kaohe.exact import format_fen, format_micros, to_micros
from kaohe.report.sheet import Column, Sheet
from kaohe.report.statement_words import appeal_state, figure_name, item_words
from kaohe.report.table import sheet_table
from kaohe.report.terminal import trimmed, wide_console
from kaohe.report.tree import tree_lines
from kaohe.run.figures import money_in_words, points_in_words
from kaohe.run.statement.model import Figure, Spread, Statement
from kaohe.text import Language, Message, Text, msg, render, visible

Line = tuple[int, Any]
"""How far a line stands in, and what it says."""


def statement_text(statement: Statement, language: Language, *, width: int | None = None) -> str:
    """The statement, the figures in a table, everything else in lines."""
    parts = [
        _lines(_head(statement), language),
        _table(statement, language, width),
        _lines(_results(statement), language),
        _money(statement, language),
        _lines(_around(statement), language),
    ]
    return "\n".join(part for part in parts if part)


def _lines(lines: Iterator[Line], language: Language) -> str:
    return visible("".join(f"{'  ' * depth}{render(said, language)}\n" for depth, said in lines))


def _head(statement: Statement) -> Iterator[Line]:
    yield 0, msg("Statement: {name} ({code})", name=statement.name, code=statement.code)
    words = {"scheme": statement.scheme_name, "period": statement.period, "run": statement.run}
    yield 0, msg("{scheme} · {period} · run {run} · digest {digest}", digest=statement.run_digest[:16], **words)
    where = [each for each in (statement.team, statement.role) if each]
    if where:
        yield 0, " · ".join(where)
    for reason in statement.not_graded:
        yield 0, msg("not graded: {reason}", reason=reason)


def _table(statement: Statement, language: Language, width: int | None) -> str:
    """Dimensions with their indicators, and what was added besides."""
    columns = (
        Column(msg("part").in_(language)),
        Column(msg("value").in_(language)),
        Column(msg("target").in_(language), spare=2),
        Column(msg("points").in_(language), "points", 2),
        Column(msg("weight %").in_(language), "points", 2, spare=2),
        Column(msg("weight × points").in_(language), "points", 2, spare=3),
        Column(msg("group's median").in_(language), "points", 2, spare=1),
        Column(msg("quartiles").in_(language), spare=3),
        Column(msg("place").in_(language), spare=1),
    )
    rows: list[tuple[Any, ...]] = []
    for dimension in statement.dimensions:
        rows.append((dimension.name, None, None, *_figure(dimension.figure)))
        rows += [
            (msg("· {name}", name=each.name), each.value, each.target, *_figure(each.figure))
            for each in dimension.indicators
        ]
    rows += [(each.name, None, None, each.points, *(None,) * 5) for each in statement.additions]
    texts = [tuple(render(cell, language) for cell in row) for row in rows]
    text = StringIO()
    sheet = Sheet(msg("Points").in_(language), columns, texts)
    wide_console(text, width).print(sheet_table(sheet, width or _UNLIMITED))
    return trimmed(text) + _lines(_marks(statement), language)


_UNLIMITED = 100_000


def _figure(figure: Figure) -> tuple[Any, ...]:
    weight = None if figure.weight is None else to_micros(figure.weight)
    return (figure.points, weight, figure.contribution, *_spread(figure.spread))


def _spread(spread: Spread | None) -> tuple[Any, ...]:
    if spread is None:
        return (None, None, None)
    quartiles = None if spread.quartiles is None else " … ".join(map(_points, spread.quartiles))
    return spread.median, quartiles, None if spread.place is None else f"{spread.place} / {spread.people}"


def _points(micros: int) -> str:
    return format_micros(micros, 2)


def _marks(statement: Statement) -> Iterator[Line]:
    """What is to be said of single lines of the table."""
    for dimension in statement.dimensions:
        for each in dimension.indicators:
            if each.figure.withheld is not None:
                yield 0, msg("{name}: {what}", name=each.name, what=each.figure.withheld)
            for remark in each.remarks:
                yield 0, remark


def _results(statement: Statement) -> Iterator[Line]:
    if statement.withheld is not None:
        yield 0, msg("total: {total}", total=statement.withheld)
    elif statement.total is not None:
        yield 0, msg("total: {total}", total=points_in_words(statement.total, statement.decimals))
    if (spread := statement.totals) is not None:
        yield (
            1,
            msg("median of the {people} of the group: {median}", people=spread.people, median=_points(spread.median)),
        )
        if spread.quartiles is not None:
            first, third = map(_points, spread.quartiles)
            yield 1, msg("first and third quartile: {first}, {third}", first=first, third=third)
    if statement.rank is not None:
        yield 0, msg("rank: {rank} of {size}", rank=statement.rank, size=statement.group_size)
    if statement.group is not None:
        yield 1, msg("within: {group}", group=statement.group)
    if statement.tier is not None:
        yield 0, msg("tier: {tier}", tier=_tier(statement))
    if statement.enough is not None:
        enough = points_in_words(statement.enough, statement.decimals)
        yield 1, msg("a total of {total} would have been enough for a better tier", total=enough)
    for reason in statement.reasons:
        yield 1, reason.what
    for besides in statement.besides:
        yield 0, msg("{name}: {what}", name=besides.name, what=besides.value)
    for title, noted in ((msg("Strengths"), statement.strengths), (msg("Shortfalls"), statement.shortfalls)):
        if noted:
            yield 0, title
        for one in noted:
            words = {"own": _points(one.contribution), "median": _points(one.median)}
            yield 1, msg("{name}: {own} of the total, median {median}", name=one.name, **words)
    if statement.strengths or statement.shortfalls:
        yield 1, statement.chosen_by
    if statement.outcomes:
        yield 0, msg("What follows")
    for followup in statement.outcomes:
        yield 1, followup.note


def _tier(statement: Statement) -> Message | str:
    if statement.tier_name is None or statement.tier_name == Text(statement.tier or "", statement.tier or ""):
        return statement.tier or ""
    return msg("{id} ({name})", id=statement.tier, name=statement.tier_name)


def _money(statement: Statement, language: Language) -> str:
    if statement.bonus_withheld is not None:
        return _lines(iter([(0, msg("bonus: {amount}", amount=statement.bonus_withheld))]), language)
    if statement.derivation is None or statement.bonus is None:
        return ""
    tree = "".join(f"{line}\n" for line in tree_lines(statement.derivation, language))
    return visible(tree) + _lines(_payment(statement), language)


def _payment(statement: Statement) -> Iterator[Line]:
    currency = statement.currency
    if (money := statement.around.money) is not None:
        words = {"earned": money.earned, "settled": money.settled, "carried": money.carried}
        shown = {name: format_fen(fen) for name, fen in words.items()}
        paid = money_in_words(money.paid, currency)
        yield 0, msg("paid: {paid} (earned {earned}, settled {settled}, carried {carried})", paid=paid, **shown)
    for each in statement.around.posted:
        words_of = {"period": each.period, "posted_to": each.posted_to, "reason": each.reason}
        amount = money_in_words(each.fen, currency)
        yield 0, msg("{period} was restated ({reason}): {amount}, settled with {posted_to}", amount=amount, **words_of)


def _around(statement: Statement) -> Iterator[Line]:
    around = statement.around
    if around.trend:
        yield 0, msg("The periods before")
    for each in around.trend:
        total = "—" if each.total is None else format_micros(each.total, each.decimals)
        yield 1, msg("{period}: total {total}, tier {tier}", period=each.period, total=total, tier=each.tier or "—")
    if around.items:
        yield 0, msg("Improvement items")
    for item in around.items:
        yield 1, item_words(item)
    if (talk := around.interview) is not None:
        yield 0, msg("Interview with {name} on {day}", name=talk.by, day=f"{talk.at:%Y-%m-%d}")
        for part in (talk.notes, talk.goals):
            yield from ((1, line) for line in part.splitlines())
    if (appeal := around.appeal) is not None:
        yield 0, appeal.how
        for one in appeal.appeals:
            words = {"number": one.number, "figure": figure_name(one.figure), "state": appeal_state(one.state)}
            yield 1, msg("appeal {number} about {figure}, {day}: {state}", day=one.opened, **words)
    if (seen := around.acknowledged) is None:
        yield 0, msg("not acknowledged yet")
    else:
        words = {"name": seen.by, "day": f"{seen.at:%Y-%m-%d}"}
        yield 0, msg("acknowledged by {name} on {day}", **words)
        if seen.comment:
            yield 1, seen.comment
        if not seen.current:
            yield 1, msg("that was an earlier statement; this one is not acknowledged yet")
    yield 0, msg("statement {digest}", digest=statement.digest[:16])
