"""From the name of a scheme and a period to a stored run: what ``evaluate`` and ``demo`` share."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from kaohe import __version__
from kaohe.cli.context import App
from kaohe.engine import DuckEngine
from kaohe.errors import Exit, Place, Problem, fail
from kaohe.language import Type
from kaohe.period import parse_period
from kaohe.records import take_snapshot
from kaohe.run import PluginStamp, Run, Setting, evaluate
from kaohe.run.members import read_members
from kaohe.run.repository import save_run
from kaohe.scheme import Checked, load_scheme
from kaohe.text import msg


def run_scheme(app: App, scheme: str, period: str) -> tuple[Run, int]:
    """Evaluate and store; warnings go to stderr."""
    asked = parse_period(period)
    checked = read_scheme(app, scheme)
    app.problems(problem for problem in checked.problems if checked.scheme is not None)
    rules = checked.require()
    registry, workspace = app.registry, app.workspace
    names = sorted({used.indicator.records for used in rules.indicators})
    types = {name: registry.record_types[name] for name in names}
    snapshot = take_snapshot(app.store, types.values(), workspace.snapshots, workspace.timezone)
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
    )
    members = read_members(snapshot)
    if members:
        # Now that the organisation is known, so are the names that the scheme may use for people.
        attributes = {name: Type("text") for member in members for name in member.attributes}
        rules = read_scheme(app, scheme, attributes).require()
    run = evaluate(rules, asked, snapshot, members, DuckEngine(), setting)
    app.problems(run.notes)
    return run, save_run(app.store, run)


def read_scheme(app: App, name: str, attributes: Mapping[str, Type] | None = None) -> Checked:
    """Load and check a scheme by path, or by name in the workspace's schemes folder.

    ``attributes``: what the organisation records of its people; None: not known.
    """
    path = find_scheme(app, name)
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise fail(
            Problem("scheme.unreadable", msg("this file cannot be read"), Place(str(path)), str(error))
        ) from error
    return load_scheme(text, str(path), app.registry.record_types, app.registry.indicators, attributes)


def find_scheme(app: App, name: str) -> Path:
    """The file: the path itself, else ``schemes/NAME`` or ``schemes/NAME.toml`` of the workspace."""
    folder = app.workspace.schemes if app.folder is not None else Path()
    candidates = [Path(name), folder / name, folder / f"{name}.toml"]
    for path in candidates:
        if path.is_file():
            return path
    there = ", ".join(sorted(path.stem for path in folder.glob("*.toml"))) if app.folder is not None else ""
    raise fail(
        Problem(
            "scheme.missing",
            msg("there is no such scheme"),
            found=name,
            expected=msg("a file, or one of: {names}", names=there or "—"),
            fix=msg("see what there is in {folder}", folder=folder),
        ),
        Exit.MISTAKE,
    )


def _installed_ids(app: App, checked: Checked) -> list[str]:
    ids = (used.indicator.id for used in checked.require().indicators)
    return [each for each in ids if each in app.registry.indicators]
