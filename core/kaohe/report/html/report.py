"""One run as one page: key figures, charts, ranking, people without a grade, and what the run rests on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from kaohe.report.html.element import Content, Element, el
from kaohe.report.html.manual import manual_changes
from kaohe.report.html.overview import distribution, key_figures, tiers
from kaohe.report.html.page import document, facts, section, title_of
from kaohe.report.html.people import outcomes, ranking, totals_apart, without_grade
from kaohe.report.html.teams import bonuses, profile
from kaohe.run.explanation.assessment import agreement_words
from kaohe.run.model import Run
from kaohe.text import Language, Message, msg

Facts = Sequence[tuple[Message, Message | str]]


def report_html(run: Run, number: int, language: Language, more: Facts = ()) -> str:
    """The page. ``more``: what else is known of the run besides what it holds itself, such as the period's state and
    who calculated it, as labels and words."""
    scheme = run.scheme
    parts = [
        distribution(run),
        tiers(run),
        profile(run),
        bonuses(run),
        outcomes(run),
        manual_changes(run, language),
        ranking(run, language),
        *without_grade(run, language),
        totals_apart(run),
        _reading(run),
        _evidence(run, number, more),
    ]
    shown = [each for each in parts if each is not None]
    title = msg("{scheme} · {period}", scheme=scheme.name, period=run.period.name)
    head = el(
        "header",
        el("h1", scheme.name),
        el(
            "p",
            msg(
                "{period} · version {version} · run {number}",
                period=run.period.name,
                version=scheme.version,
                number=number,
            ),
            class_="sub",
        ),
        class_="head",
    )
    return document(language, title, head, key_figures(run), _contents(shown), *shown, kind="report")


def _contents(parts: Sequence[Element]) -> Element:
    links = (el("li", el("a", title_of(each), href=f"#{each.attributes['id']}")) for each in parts)
    return el("nav", el("ul", *links), class_="contents", aria_label=msg("Contents"))


def _reading(run: Run) -> Element:
    """How to read the page, in few sentences."""
    lines = [
        msg(
            "Points and totals are rounded half up to {count} decimals; a total is rounded once, before it is ranked.",
            count=run.scheme.decimals,
        ),
        msg("No data is never zero by accident: the scheme says what it means, and each person's line says so."),
        msg(
            "Quartiles and the median are interpolated between the two figures beside them (type 7, as PERCENTILE.INC)."
        ),
        *agreement_words(run),
    ]
    if run.scheme.bonus is not None:
        lines.append(msg("Money is counted in whole fen; every table of bonuses adds up."))
    return section("reading", msg("How to read this"), el("ul", *(el("li", line) for line in lines), class_="plain"))


def _evidence(run: Run, number: int, more: Facts) -> Element:
    """What the run rests on, so that anybody can check it."""
    scheme = run.scheme
    plugins = [
        [el("span", f"{each.name} {each.version} "), el("code", each.digest[:16]), el("br")] for each in run.plugins
    ]
    listed: list[tuple[Content, Content]] = [
        (msg("Scheme"), [f"{scheme.id} {scheme.version} ", el("code", scheme.digest)]),
        (
            msg("Period"),
            msg(
                "{name}: {start} to {end}",
                name=run.period.name,
                start=run.period.start,
                end=run.period.end - timedelta(days=1),
            ),
        ),
        (msg("Timezone"), run.timezone),
        (msg("Run"), str(number)),
        (msg("Digest of the run"), el("code", run.digest)),
        (msg("Snapshot"), el("code", run.snapshot)),
        *([(msg("Plugins"), plugins)] if plugins else []),
        (
            msg("Made"),
            msg(
                "{moment} by kaohe {version}, {engine}",
                moment=run.created_at.isoformat(timespec="seconds"),
                version=run.core_version,
                engine=run.engine,
            ),
        ),
        *more,
    ]
    said = msg(
        "The digest covers every figure and everything they rest on. Check it with: kaohe run verify {number}",
        number=number,
    )
    return section("evidence", msg("What this rests on"), facts(listed), el("p", said, class_="note"))
