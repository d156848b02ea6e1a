"""From the name of a scheme and a period to a stored run: what ``evaluate`` and ``demo`` share."""

from __future__ import annotations

from kaohe import __version__
from kaohe.cli.context import App
from kaohe.cli.round_progress import incomplete_assessments
from kaohe.cli.scheme_file import load_file
from kaohe.engine import DuckEngine
from kaohe.language import Type
from kaohe.period import parse_period
from kaohe.records import take_snapshot
from kaohe.records.rounds.model import RECORDS as ASSESSMENTS
from kaohe.run import PluginStamp, Run, Setting, evaluate
from kaohe.run.describing import record_types_of
from kaohe.run.members import read_members
from kaohe.run.population import Member
from kaohe.run.repository import balances, save_run
from kaohe.scheme import Checked
from kaohe.scheme.derived import targets_asked
from kaohe.scheme.model import Scheme


def run_scheme(app: App, scheme: str, period: str) -> tuple[Run, int]:
    """Evaluate and store."""
    run = evaluate_scheme(app, scheme, period)
    return run, save_run(app.store, run)


def evaluate_scheme(app: App, scheme: str, period: str) -> Run:
    """Evaluate without storing; warnings go to stderr."""
    run, _members = evaluate_with_members(app, scheme, period)
    app.problems(run.notes)
    return run


def evaluate_with_members(app: App, scheme: str, period: str) -> tuple[Run, list[Member]]:
    """Likewise with everybody in the organisation. What the run notes may name people and is not said here."""
    registry, workspace = app.registry, app.workspace
    asked = parse_period(period)
    _path, checked = load_file(app, scheme)
    heard = [problem for problem in checked.problems if problem.severity != "note"]
    app.problems(heard if checked.scheme is not None else ())
    rules = checked.require()
    names = record_types_of(rules, registry.record_types)
    types = {name: registry.record_types[name] for name in names}
    snapshot = take_snapshot(
        app.store, types.values(), workspace.snapshots, workspace.timezone, targets=bool(targets_asked(rules))
    )
    owners = {registry.owner_of(name) for name in (*names, *_installed_ids(app, checked))}
    setting = Setting(
        record_types=types,
        plugins=tuple(
            PluginStamp(plugin.name, plugin.version or "", plugin.digest or "")
            for plugin in registry.plugins
            if plugin.name in owners and plugin.state == "running"
        ),
        zone=workspace.timezone,
        core_version=__version__,
        created_at=app.now(),
        balances=balances(app.store, rules.id, asked.previous) if _settles(rules) else None,
        notes=incomplete_assessments(app, asked) if ASSESSMENTS in names else (),
    )
    members = read_members(snapshot)
    if members:
        # Now that the organisation is known, so are the names that the scheme may use for people.
        attributes = {name: Type("text") for member in members for one in member.assignments for name in one.attributes}
        rules = load_file(app, scheme, attributes)[1].require()
    return evaluate(rules, asked, snapshot, members, DuckEngine(), setting), members


def _settles(scheme: Scheme) -> bool:
    return scheme.bonus is not None and scheme.bonus.settlement is not None


def _installed_ids(app: App, checked: Checked) -> list[str]:
    ids = (used.indicator.id for used in checked.require().indicators)
    return [each for each in ids if each in app.registry.indicators]
