"""``kaohe targets break-down`` and ``check``: parts of a target that sum to it, and parts held against their whole."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kaohe.cli.context import App
from kaohe.cli.targets import TABLE_OR_JSON, as_data, columns_of, keep, shown, targets
from kaohe.cli.words import _
from kaohe.errors import Exit, Place, Problem, fail
from kaohe.text import Message, msg

if TYPE_CHECKING:
    from kaohe.period import Cycle, Period
    from kaohe.plugin import Indicator
    from kaohe.records.targets import Target

_PERIODS: Mapping[str, Cycle] = {"halves": "half", "quarters": "quarter", "months": "month"}


@targets.command("break-down", help=_("Break a target down to teams, people or periods; the parts sum to the whole."))
@click.argument("indicator", metavar="INDICATOR")
@click.option("--period", required=True, metavar="PERIOD", help=_("2026-03, 2026-Q1, 2026-H1, 2026, or from..to."))
@click.option("--from", "source", required=True, metavar="WHO", help=_("company, team:CODE or person:CODE."))
@click.option(
    "--to",
    type=click.Choice(["teams", "people", *_PERIODS]),
    help=_("The parts; left out: teams of the company, people of a team."),
)
@click.option(
    "--by", type=click.Choice(["shares", "last-year", "equal"]), required=True, help=_("In proportion to what.")
)
@click.option(
    "--shares",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help=_("A table of who and share, for --by shares."),
)
@click.option("--write", is_flag=True, help=_("Store the parts; left out: they are only shown."))
@click.option("--format", "form", type=TABLE_OR_JSON, default="table", show_default=True, help=_("The form."))
@click.pass_obj
def break_down(
    app: App,
    indicator: str,
    period: str,
    source: str,
    to: str | None,
    by: str,
    shares: Path | None,
    write: bool,
    form: str,
) -> None:
    if (by == "shares") != (shares is not None):
        raise click.UsageError(_("--by shares needs --shares FILE, and nothing else does"))
    if write:
        app.require("prepare")
    from kaohe.cli.targets_weights import by_file, by_last_year
    from kaohe.period import parse_period, usual
    from kaohe.records.targets_store import by_key
    from kaohe.run.targets.parts import broken_down

    when = usual(parse_period(period))
    known = app.registry.indicators.get(indicator)
    _refuse_without_parts(app, indicator, known)
    whole = _whole(app, indicator, when, source)
    parts = _parts(app, whole, when, to)
    weights: Sequence[Fraction]
    if by == "equal":
        weights = [Fraction(1)] * len(parts)
    elif shares is not None:
        weights = by_file(app, shares, parts, periods=to in _PERIODS)
    else:
        weights = by_last_year(app, known, indicator, parts, _people_in(app, when))
    found = broken_down(whole, parts, weights, known.unit if known is not None else None)
    if form == "json":
        app.json({"whole": as_data(whole), "parts": [as_data(part) for part in found]})
    else:
        heads, rows = columns_of(app, [*found, whole])
        rows[-1][0] = _("sum = {scope}").format(scope=rows[-1][0])
        app.table(heads, rows, right=[4])
    if write:
        said = "\0".join(str((*part.key, part.value)) for part in found)
        name = f"kaohe targets break-down {indicator}"
        keep(app, by_key(found), name, hashlib.sha256(said.encode()).hexdigest(), update=True)
    else:
        app.say(msg("nothing was kept; to keep it, add --write"))


@targets.command(
    help=_("Hold the parts of every target of a period against their whole; exit code 1 where they differ.")
)
@click.option("--period", required=True, metavar="PERIOD", help=_("2026-03, 2026-Q1, 2026-H1, 2026, or from..to."))
@click.option("--format", "form", type=TABLE_OR_JSON, default="table", show_default=True, help=_("The form."))
@click.pass_obj
def check(app: App, period: str, form: str) -> Exit:
    from kaohe.period import parse_period, usual
    from kaohe.records.targets_store import list_targets
    from kaohe.run.targets.parts import levels

    when = usual(parse_period(period))
    stored = list_targets(app.store)
    if not any(target.period == when.name for target in stored):
        what = msg("there are no targets of {period}", period=when.name)
        fix = msg("set them: kaohe targets import FILE; kaohe targets list shows those there are")
        raise fail(Problem("targets.none", what, fix=fix), Exit.NOTHING)
    found = levels(stored, when.name, _people_in(app, when), _adds_up(app))
    differ = [level for level in found if level.difference]
    if form == "json":
        listed = [
            {
                "whole": as_data(level.whole),
                "parts": shown(level.parts).replace(",", ""),
                "difference": shown(level.difference).replace(",", ""),
                "without": list(level.without),
            }
            for level in found
        ]
        app.json(listed)
    else:
        rows = [
            [
                level.whole.indicator,
                level.whole.who or _("company"),
                shown(level.whole.value),
                shown(level.parts),
                shown(level.difference) if level.difference else "",
                ", ".join(level.without),
            ]
            for level in found
        ]
        heads = [_("Indicator"), _("Whole"), _("Target"), _("Sum of the parts"), _("Difference"), _("Without a target")]
        app.table(heads, rows, right=[2, 3, 4])
    counted = {"count": len(found), "differ": len(differ)}
    app.say(
        msg("{count} targets with parts in {period}; {differ} differ from their parts", period=when.name, **counted)
    )
    return Exit.MISTAKE if differ else Exit.OK


def _refuse_without_parts(app: App, indicator: str, known: Indicator | None) -> None:
    """A rate has no parts that sum to it."""
    if known is not None and not _sums(app, known):
        what = msg("{indicator} does not add up: its parts have no sum", indicator=known.name)
        fix = msg("give everybody a target of their own: kaohe targets import FILE")
        raise fail(Problem("targets.no-sum", what, Place(key=indicator), fix=fix))


def _sums(app: App, indicator: Indicator) -> bool:
    """Whether the figures of people add up to that of their team."""
    from kaohe.scheme.derived import adds_up
    from kaohe.scheme.sketch import sketch

    (used,) = sketch(indicator, {}, app.registry.record_types, app.registry.indicators).weighted
    return adds_up(used.value)


def _adds_up(app: App) -> Callable[[str], bool]:
    """Of an installed indicator, what it is; of a name of a scheme's own, that is taken for granted."""
    known = app.registry.indicators
    return lambda indicator: indicator not in known or _sums(app, known[indicator])


def _whole(app: App, indicator: str, when: Period, source: str) -> Target:
    from kaohe.records.targets_store import known_to, list_targets

    scope, _colon, who = source.partition(":")
    known = known_to(app.store, ())
    directory = {"team": known.teams, "person": known.people}.get(scope)
    if scope != "company" and directory is None:
        raise click.UsageError(_("--from is company, team:CODE or person:CODE"))
    code = "" if directory is None else directory.find(who)
    found = [each for each in list_targets(app.store) if each.key == (scope, code, indicator, when.name)]
    if not found:
        what = msg("there is no target of {indicator} in {period} to break down", indicator=indicator, period=when.name)
        fix = msg(
            "set it first: kaohe targets set {indicator} VALUE --period {period} …",
            indicator=indicator,
            period=when.name,
        )
        raise fail(Problem("targets.no-whole", what, found=source, fix=fix))
    return found[0]


def _parts(app: App, whole: Target, when: Period, to: str | None) -> list[Target]:
    """The targets to be set, their values still to come."""
    from dataclasses import replace

    from kaohe.records.targets import Target

    if to is not None and to in _PERIODS:
        periods = when.divided(_PERIODS[to])
        if not periods:
            what = msg("{period} does not consist of {parts}", period=when.name, parts=to)
            raise fail(Problem("targets.no-parts", what))
        return [replace(whole, period=part.name) for part in periods]
    teams = _people_in(app, when)
    asked = to or {"company": "teams", "team": "people"}.get(whole.scope)
    match (whole.scope, asked):
        case ("company", "teams"):
            return [Target("team", code, whole.indicator, whole.period, 0) for code in _some(teams, when)]
        case ("company", "people"):
            everybody = sorted({person for people in teams.values() for person in people})
            return [Target("person", code, whole.indicator, whole.period, 0) for code in _some(everybody, when)]
        case ("team", "people"):
            people = _some(teams.get(whole.who, ()), when)
            return [Target("person", code, whole.indicator, whole.period, 0) for code in people]
        case _:
            raise click.UsageError(_("this target has no such parts: a team's are people, a person's are periods"))


def _some(codes: Mapping[str, Sequence[str]] | Sequence[str], when: Period) -> list[str]:
    if not codes:
        raise fail(Problem("targets.no-parts", _nobody(when)), Exit.NOTHING)
    return sorted(codes)


def _nobody(when: Period) -> Message:
    return msg("nobody is there at the end of {period}", period=when.name)


def _people_in(app: App, when: Period) -> dict[str, list[str]]:
    """Who is in each team on the period's last day, by the main assignment: of the greatest fraction, then the newest,
    as in an evaluation."""
    from datetime import timedelta

    from kaohe.records.people import list_people

    last = when.end - timedelta(days=1)
    teams: dict[str, list[str]] = {}
    for person, assignments in list_people(app.store):
        there = [each for each in assignments if each.holds_on(last)]
        main = max(there, key=lambda each: (each.fraction, each.key), default=None)
        if main is not None and main.team is not None:
            teams.setdefault(main.team, []).append(person.code)
    return teams
