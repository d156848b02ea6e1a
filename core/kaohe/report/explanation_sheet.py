"""The sheet that explains a workbook: which run it is, how to read it, what columns and indicators mean, the rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kaohe.report.indicator import DIRECTIONS, UNITS
from kaohe.report.sheet import Column, Sheet
from kaohe.run.explanation.assessment import agreement_words
from kaohe.run.model import Run
from kaohe.scheme.describe import describe
from kaohe.scheme.words import chain, curve_words, used_name
from kaohe.text import Language, Message, Text, msg, render

Line = tuple[Message | str, Message | Text | str, Message | Text | str]


def explanation_sheet(run: Run, number: int, language: Language, *, detailed: bool = True) -> Sheet:
    """Topic, name and meaning, line by line. ``detailed``: the workbook has the sheet of details."""
    columns = (
        Column(msg("topic").in_(language)),
        Column(msg("what").in_(language), wraps=True),
        Column(msg("meaning").in_(language), wraps=True),
    )
    parts = (_run(run, number), _reading(run, number, detailed=detailed), _columns(run), _indicators(run), _rules(run))
    rows = [tuple(str(render(cell, language)) for cell in line) for part in parts for line in part]
    return Sheet(msg("Explanation").in_(language), columns, rows)


def _run(run: Run, number: int) -> Iterator[Line]:
    topic = msg("this run")
    yield topic, msg("Scheme"), msg("{name}, version {version}", name=run.scheme.name, version=run.scheme.version)
    yield topic, msg("Period"), run.period.name
    yield topic, msg("Run"), str(number)
    yield topic, msg("Digest of the run"), run.digest
    yield topic, msg("Digest of the scheme"), run.scheme.digest
    yield topic, msg("Snapshot"), run.snapshot
    yield topic, msg("Timezone"), run.timezone
    for each in run.plugins:
        yield topic, msg("Plugin"), f"{each.name} {each.version} {each.digest}"
    made = msg(
        "{moment} by kaohe {version}, {engine}",
        moment=run.created_at.isoformat(timespec="seconds"),
        version=run.core_version,
        engine=run.engine,
    )
    yield topic, msg("Made"), made


def _reading(run: Run, number: int, *, detailed: bool) -> Iterator[Line]:
    topic = msg("how to read it")
    yield topic, msg("numbers"), msg("All figures are values, computed by the run; there is no formula in this file.")
    rounding = msg(
        "Points and totals are rounded half up to {count} decimals; a total is rounded once, before it is ranked.",
        count=run.scheme.decimals,
    )
    yield topic, msg("rounding"), rounding
    yield topic, msg("empty cells"), msg("There is no such figure: no data, nothing that counts, or it is withheld.")
    yield (
        topic,
        msg("withheld"),
        msg("Too few people rated: the figure counts in full, but it would tell what they said."),
    )
    if not detailed:
        elsewhere = msg(
            "Of so many people they have no room here: kaohe run export {number} --sheet details --output details.csv",
            number=number,
        )
        yield topic, msg("Details"), elsewhere
    for sentence in agreement_words(run):
        yield topic, msg("agreement"), sentence


def _columns(run: Run) -> Iterator[Line]:
    ranking, details, bonus = msg("Ranking"), msg("Details"), msg("Bonus list")
    meanings: Sequence[tuple[Message, Message, Message]] = (
        (ranking, msg("rank"), msg("within the group; equal totals share a rank unless the scheme breaks the tie")),
        (ranking, msg("total"), msg("weighted points with adjustments, rules and changes by hand")),
        (ranking, msg("flags"), msg("what else was decided: rules, ties, missing data, outcomes")),
        (details, msg("Value"), msg("in the unit beside it; a share of 1 is 100 %")),
        (details, msg("records"), msg("how many records the value rests on")),
        (details, msg("points"), msg("what the value earns by the indicator's curve")),
        (details, msg("weight in percent"), msg("of everything that counts for this person")),
        (details, msg("adds to the total"), msg("weight × points, before adjustments and rules")),
        (bonus, msg("base"), msg("what the bonus starts from, before coefficient and proration")),
        (bonus, msg("coefficient"), msg("of the tier, with those of rules")),
        (
            bonus,
            msg("proration"),
            msg("days in service by the days of the period; 1 where the scheme does not prorate"),
        ),
        (bonus, msg("bonus"), msg("what is paid of this period; the last line adds up")),
    )
    for sheet, column, meaning in meanings:
        if run.scheme.bonus is not None or sheet is not bonus:
            yield msg("columns of {sheet}", sheet=sheet), column, meaning


def _indicators(run: Run) -> Iterator[Line]:
    topic = msg("indicators")
    for used in run.scheme.weighted:
        meaning = msg(
            "{description} Unit: {unit}; {direction}. Curve: {curve}",
            description=used.indicator.description,
            unit=UNITS[used.indicator.unit],
            direction=DIRECTIONS[used.indicator.direction],
            curve=curve_words(used.curve, used.indicator),
        )
        yield topic, used_name(used), meaning
    for each in run.scheme.measured:
        yield topic, used_name(each), each.indicator.description


def _rules(run: Run) -> Iterator[Line]:
    """The scheme read aloud; tables of it line by line."""
    for part in describe(run.scheme):
        topic = msg("rules: {part}", part=part.title)
        for sentence in part.lines:
            yield topic, "", sentence
        for row in part.rows:
            named = [
                msg("{label}: {what}", label=head, what=cell)
                for head, cell in zip(part.headers[1:], row[1:], strict=True)
                if cell != ""
            ]
            yield topic, row[0], _joined(named)


def _joined(parts: Sequence[Message]) -> Message | str:
    return chain(parts) if parts else ""
