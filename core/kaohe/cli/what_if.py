"""``kaohe what-if``: what a changed scheme would change, by the facts of a stored run. Nothing is stored."""

from __future__ import annotations

from difflib import unified_diff
from typing import TYPE_CHECKING

import click

from kaohe.cli.context import App
from kaohe.cli.words import _
from kaohe.errors import Place, Problem, fail
from kaohe.text import msg

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from kaohe.period import Period
    from kaohe.run import Run
    from kaohe.run.restating.effects import Effect
    from kaohe.run.stored.repository import StoredRun
    from kaohe.scheme.model import Scheme

LARGEST = 10
"""So many people are listed where not everybody is asked for."""


@click.command(
    "what-if",
    help=_(
        "What SCHEME (a file, or the name of one in schemes/), changed, would give of the facts of a stored run: "
        "totals, ranks, tiers and bonuses side by side. Nothing is stored."
    ),
)
@click.argument("scheme", metavar="SCHEME")
@click.option("--period", metavar="PERIOD", help=_("The period; left out: that of the run after --against."))
@click.option(
    "--against",
    metavar="RUN|SCHEME",
    help=_("A run, or the scheme whose run counts; left out: the standing or newest run of SCHEME's id."),
)
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="KEY=VALUE",
    help=_("Another value of a setting that the scheme writes: dimensions.speed.weight=30; may be repeated."),
)
@click.option("--people", is_flag=True, help=_("Everybody who is moved; left out: the ten largest differences."))
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "csv"]),
    default="text",
    show_default=True,
    help=_("The form; csv: the people alone, everybody who is moved."),
)
@click.option("--mask", is_flag=True, help=_("Names as initials, codes as pseudonyms."))
@click.pass_obj
def what_if(
    app: App,
    scheme: str,
    period: str | None,
    against: str | None,
    settings: tuple[str, ...],
    people: bool,
    form: str,
    mask: bool,
) -> None:
    from kaohe.cli.overrides import with_settings
    from kaohe.cli.scheme_file import find_scheme, read_text
    from kaohe.cli.what_if_output import hand_out, masked
    from kaohe.run.restating.effects import effects
    from kaohe.run.what_if.differences import differences_of

    path = find_scheme(app, scheme)
    text = read_text(path)
    if settings:
        text = with_settings(text, str(path), settings)
    stored = _compared_with(app, path, period, against)
    after = _outcome(app, text, str(path), stored)
    app.problems(after.notes)
    found = differences_of(stored.run, after)
    listed = found.moved if people or form == "csv" else found.moved[:LARGEST]
    moved: Sequence[Effect] = effects(stored.run, after, codes=listed)
    lines = _changed_lines(stored, text, path.name)
    if mask:
        moved, lines = masked(stored.run, after, moved, lines)
    hand_out(app, stored, after, found, moved, lines, form, masked=mask)


def _compared_with(app: App, file: Path, period: str | None, against: str | None) -> StoredRun:
    """The stored run that is named, or that counts for the scheme and period."""
    from kaohe.errors import KaoheError
    from kaohe.period import parse_period, usual
    from kaohe.run.stored.repository import read_run
    from kaohe.run.stored.runs import find_run
    from kaohe.run.stored.shelf import LARGE

    asked = None if period is None else parse_period(period)
    number = None
    if against is not None:
        try:
            number = find_run(app.bare_store, against)
        except KaoheError:
            if against.isdecimal():
                raise  # no scheme is called so
    if number is not None:
        stored = read_run(app.bare_store, number, without=LARGE)
        if asked is not None and usual(asked) != usual(stored.run.period):
            what = msg("run {number} is one of another period", number=number)
            found, expected = stored.run.period.name, asked.name
            raise fail(Problem("what-if.period", what, Place(key="--period"), found, expected))
        return stored
    if asked is None:
        raise click.UsageError(_("name the period, or a run after --against"))
    whose, number = _that_counts(app, file, asked, against)
    if number is None:
        words = {"scheme": whose, "period": asked.name}
        raise fail(
            Problem(
                "what-if.no-run",
                msg("there is no stored run of {scheme} for {period} to compare with", **words),
                Place(key=whose),
                fix=msg(
                    "evaluate the scheme as it was before the change: kaohe evaluate {scheme} --period {period}; or "
                    "name another run: --against RUN",
                    **words,
                ),
            )
        )
    return read_run(app.bare_store, number, without=LARGE)


def _that_counts(app: App, file: Path, period: Period, against: str | None) -> tuple[str, int | None]:
    """The scheme that is meant, by its id or else its file, and its run that stands, or else the newest."""
    from kaohe.cli.period_scheme import id_in
    from kaohe.cli.scheme_file import find_scheme
    from kaohe.period import usual
    from kaohe.run.life import official_run
    from kaohe.run.stored.runs import newest_run

    def run_of(whose: str) -> int | None:
        store = app.bare_store
        return official_run(store, whose, usual(period).name) or newest_run(store, whose, period.name)

    if against is not None and (number := run_of(against)) is not None:
        return against, number
    named = file if against is None else find_scheme(app, against)
    whose = id_in(named) or named.stem
    return whose, run_of(whose)


def _outcome(app: App, text: str, file: str, stored: StoredRun) -> Run:
    """What the scheme of that text gives of the run's facts. Its mistakes are told with their places in the file."""
    from kaohe import __version__
    from kaohe.run.stored.repository import balances
    from kaohe.run.what_if.changed import Known, compiled, outcome
    from kaohe.worktime import Calendars

    inputs = stored.inputs
    known = Known({}, {}, Calendars()).beside(inputs)
    checked = compiled(text, file, inputs, known)
    if checked.scheme is None:  # it may use what the run did not
        registry = app.registry
        known = Known(registry.record_types, registry.indicators, app.calendars).beside(inputs)
        checked = compiled(text, file, inputs, known)
    rules = checked.require()
    app.problems(problem for problem in checked.problems if problem.severity != "note")
    owed = balances(app.bare_store, rules.id, inputs.period.previous) if _settles_anew(rules, stored) else None
    return outcome(
        rules,
        stored.run,
        inputs,
        record_types=known.record_types,
        snapshots=app.workspace.snapshots,
        engine=lambda: app.engine,
        core_version=__version__,
        created_at=app.now(),
        balances=owed,
    )


def _settles_anew(rules: Scheme, stored: StoredRun) -> bool:
    """Whether the scheme looks for balances that the run's did not look for: that it found none is one of its facts."""
    return _settles(rules) and not _settles(stored.run.scheme)


def _settles(scheme: Scheme) -> bool:
    return scheme.bonus is not None and scheme.bonus.settlement is not None


def _changed_lines(stored: StoredRun, text: str, file: str) -> list[str]:
    """What is written otherwise in the scheme, line by line."""
    before = stored.inputs.scheme_text.splitlines()
    return [*unified_diff(before, text.splitlines(), f"run {stored.number}", file, lineterm="", n=0)]
