"""From the name of a scheme and a period to everything that a run depends on, and on to a stored run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace

from kaohe import __version__
from kaohe.cli.context import App
from kaohe.cli.round_progress import incomplete_assessments
from kaohe.cli.scheme_file import load_file
from kaohe.errors import KaoheError
from kaohe.language import Type
from kaohe.period import Period, parse_period
from kaohe.records import Snapshot, take_snapshot
from kaohe.records.manifest import manifest_path
from kaohe.records.rounds.model import RECORDS as ASSESSMENTS
from kaohe.run import PluginStamp, Run
from kaohe.run.inputs import SCHEME_FILE, Definitions, Inputs, evaluate_inputs
from kaohe.run.measuring.calendars import calendars_asked
from kaohe.run.measuring.describing import record_types_of
from kaohe.run.organisation.members import attributes_of
from kaohe.run.stored.repository import balances, save_run
from kaohe.scheme.derived import targets_asked
from kaohe.scheme.model import Scheme
from kaohe.worktime import Calendar, Calendars


def run_scheme(app: App, scheme: str, period: str) -> tuple[Run, int]:
    """Evaluate and store; warnings go to stderr."""
    inputs = gather(app, scheme, period)
    run = evaluated(app, inputs)
    app.problems(run.notes)
    return run, save_run(app.store, run, inputs)


def evaluated(app: App, inputs: Inputs) -> Run:
    """The run of these inputs, computed now and not stored. What it notes may name people and is not said here."""
    folder, at = app.workspace.snapshots, app.now()
    return evaluate_inputs(inputs, folder, core_version=__version__, created_at=at, engine=app.engine)


def gather(app: App, scheme: str, period: str) -> Inputs:
    """Everything that a run of the scheme for the period depends on, as it is now. Takes a snapshot of the records.

    Raises KaoheError with every mistake of the scheme; its warnings go to stderr.
    """
    registry, workspace = app.registry, app.workspace
    asked = parse_period(period)
    _path, checked = load_file(app, scheme, called=SCHEME_FILE)
    heard = [problem for problem in checked.problems if problem.severity != "note"]
    app.problems(heard if checked.scheme is not None else ())
    rules = checked.require()
    snapshot = take_snapshot(
        app.store,
        [registry.record_types[name] for name in record_types_of(rules, registry.record_types)],
        app.snapshots,
        workspace.timezone,
        targets=bool(targets_asked(rules)),
    )
    attributes = attributes_of(snapshot)
    inputs = _inputs(app, rules, asked, snapshot, attributes)
    if _gives(inputs, rules):
        return inputs
    if attributes is not None:
        # Now that the organisation is known, so are the names that the scheme may use for people.
        known = dict.fromkeys(attributes, Type("text"))
        rules = load_file(app, scheme, known, called=SCHEME_FILE)[1].require()
        inputs = _inputs(app, rules, asked, snapshot, attributes)
    return inputs if _gives(inputs, rules) else _with_everything(app, inputs)


def _inputs(app: App, rules: Scheme, period: Period, snapshot: Snapshot, attributes: tuple[str, ...] | None) -> Inputs:
    """What a run of these rules depends on."""
    registry = app.registry
    names = record_types_of(rules, registry.record_types)
    installed = [used.indicator.id for used in rules.indicators if used.indicator.id in registry.indicators]
    calendars = calendars_asked(rules.indicators)
    return Inputs(
        scheme_text=rules.text,
        definitions=_definitions(app, names, installed),
        attributes=attributes,
        calendars=calendars,
        calendar=_default(app.calendars, calendars),
        period=period,
        timezone=app.workspace.timezone.key,
        snapshot=snapshot.digest,
        manifest=manifest_path(snapshot.folder, snapshot.digest).read_text("utf-8"),
        plugins=_stamps(app, (*names, *installed)),
        balances=balances(app.store, rules.id, period.previous) if _settles(rules) else None,
        notes=incomplete_assessments(app, period) if ASSESSMENTS in names else (),
    )


def _definitions(app: App, record_types: Iterable[str], indicators: Iterable[str]) -> Definitions:
    registry = app.registry
    return Definitions(
        tuple(registry.record_types[name] for name in sorted(set(record_types))),
        tuple(registry.indicators[name] for name in sorted(set(indicators))),
    )


def _default(calendars: Calendars, asked: Iterable[Calendar]) -> str | None:
    """The name of the default calendar where the scheme asks it."""
    return next((each.name for each in asked if each.name == calendars.default), None)


def _stamps(app: App, names: Iterable[str]) -> tuple[PluginStamp, ...]:
    """The plugins that bring what is so named."""
    owners = {app.registry.owner_of(name) for name in names}
    return tuple(
        PluginStamp(plugin.name, plugin.version or "", plugin.digest or "")
        for plugin in app.registry.plugins
        if plugin.name in owners and plugin.state == "running"
    )


def _settles(scheme: Scheme) -> bool:
    return scheme.bonus is not None and scheme.bonus.settlement is not None


def _gives(inputs: Inputs, rules: Scheme) -> bool:
    """Whether these inputs alone give these rules."""
    try:
        return inputs.scheme == rules
    except KaoheError:
        return False


def _with_everything(app: App, inputs: Inputs) -> Inputs:
    """A scheme may write down more than it uses; then everything that it could mean is kept."""
    registry, calendars = app.registry, app.calendars
    return replace(
        inputs,
        definitions=_definitions(app, registry.record_types, registry.indicators),
        calendars=tuple(_sound(calendars.by_name)),
        calendar=calendars.default,
    )


def _sound(calendars: Mapping[str, Calendar]) -> Iterator[Calendar]:
    """Those without mistakes, in the order of their names."""
    for name in sorted(calendars):
        with suppress(KaoheError):
            yield calendars[name]
