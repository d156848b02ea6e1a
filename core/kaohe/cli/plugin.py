"""``kaohe plugin``: what is there, what it brings, whether it may run; allowing and taking back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kaohe.cli.words import _
from kaohe.errors import Exit
from kaohe.text import Text, msg, render

if TYPE_CHECKING:
    from kaohe.cli.context import App
    from kaohe.cli.workspace import Workspace
    from kaohe.plugin.gate import AllowedPlugin
    from kaohe.plugin.inspection import Inspection
    from kaohe.plugin.state import PluginState, Registry
    from kaohe.plugin.types import Indicator, RecordType

_FORMAT = click.option(
    "--format", "style", type=click.Choice(["table", "json"]), default="table", help=_("Format of the output.")
)


@click.group(help=_("Plugins: list, show, check, add, remove."))
def plugin() -> None:
    """The group; every command below is one of it."""


@plugin.command("list", help=_("List the plugins: running, refused, and installed but not allowed."))
@_FORMAT
@click.pass_obj
def list_(app: App, style: str) -> None:
    states = app.registry.plugins
    if style == "json":
        app.json([_as_data(state) for state in states])
        return
    app.table(
        [_("Name"), _("Label"), _("Version"), _("State"), _("Source"), _("Record types"), _("Indicators")],
        [
            [
                state.name,
                render(state.label, app.language) if state.label else "",
                state.version,
                _state(state),
                state.source,
                len(state.brings.record_types) or "",
                len(state.brings.indicators) or "",
            ]
            for state in states
        ],
        right=(5, 6),
    )


@plugin.command("show", help=_("Show one plugin: what it brings, or why it does not run."))
@click.argument("name")
@_FORMAT
@click.pass_obj
def show(app: App, name: str, style: str) -> None:
    state = app.registry.plugin(name)
    if style == "json":
        app.json(_details(app.registry, state))
        return
    facts = {
        _("Name"): state.name,
        _("Label"): render(state.label, app.language) if state.label else "",
        _("Version"): state.version,
        _("State"): _state(state),
        _("Source"): state.source,
        "SHA-256": state.digest,
        _("Schemes"): ", ".join(state.brings.schemes),
        _("Samples"): _("yes") if state.brings.samples else _("no"),
    }
    _facts(app, facts)
    _declarations(
        app,
        [app.registry.record_types[item] for item in state.brings.record_types],
        [app.registry.indicators[item] for item in state.brings.indicators],
    )
    if state.state == "available":
        app.problems(state.problems)  # those of refused plugins are on the screen already
        app.say(msg("not allowed here; allow it with: kaohe plugin add {name}", name=name))


@plugin.command("check", help=_("Look at a wheel or an installed plugin without running anything of it."))
@click.argument("wheel_or_name")
@click.pass_obj
def check(app: App, wheel_or_name: str) -> int:
    from kaohe.plugin.inspection import inspect_installed, inspect_wheel

    beside = tuple(app.registry.loaded.values())
    found = (
        inspect_wheel(Path(wheel_or_name), beside)
        if _is_wheel(wheel_or_name)
        else inspect_installed(wheel_or_name, beside)
    )
    _print_inspection(app, found)
    app.problems(found.problems)
    if found.problems:
        return Exit.MISTAKE
    app.say(msg("nothing of it was run; read its Python files before you allow it"))
    return Exit.OK


@plugin.command("add", help=_("Allow a wheel or an installed plugin: lock it by its SHA-256 in kaohe.toml."))
@click.argument("wheel_or_name")
@click.pass_obj
def add(app: App, wheel_or_name: str) -> None:
    from kaohe.plugin.administer import add_installed, add_wheel, delete_wheel

    workspace = app.workspace
    if _is_wheel(wheel_or_name):
        entry = add_wheel(Path(wheel_or_name), workspace.plugins, workspace.wheels)
    else:
        entry = add_installed(wheel_or_name, workspace.plugins, workspace.wheels)
    try:
        _allow(app, "plugin.add", entry, lambda: workspace.with_plugin(entry))
    except BaseException:
        delete_wheel(entry, workspace.wheels)
        raise
    app.say(msg("plugin {name} is allowed, locked by SHA-256 {digest}", name=entry.name, digest=entry.sha256))


@plugin.command("remove", help=_("Take a plugin back: out of kaohe.toml, and its wheel out of the folder plugins."))
@click.argument("name")
@click.pass_obj
def remove(app: App, name: str) -> None:
    from kaohe.plugin.administer import allowed_plugin, delete_wheel

    entry = allowed_plugin(name, app.workspace.plugins)
    _allow(app, "plugin.remove", entry, lambda: app.workspace.without_plugin(name))
    delete_wheel(entry, app.workspace.wheels)
    app.say(msg("plugin {name} is no longer allowed; its records stay in the database", name=name))


def _allow(app: App, action: str, entry: AllowedPlugin, change: Callable[[], Workspace]) -> None:
    """Change kaohe.toml and note it: both, or neither."""
    from kaohe.cli.files import write_whole
    from kaohe.records.audit import act_as, append
    from kaohe.records.canonical import text_digest

    store, path, at = app.bare_store, app.workspace.file, app.now()
    former = path.read_bytes()
    try:
        with store.writing() as connection:
            changed = change().noted_settings()
            act_as(connection, app.actor, changed)
            digests = {"before": text_digest(store.settings or ""), "after": text_digest(changed)}
            append(connection, at, action, entry.name, {"sha256": entry.sha256, "file": entry.file, **digests})
    except BaseException:
        if path.read_bytes() != former:
            write_whole(path, former)
        raise


def _is_wheel(word: str) -> bool:
    return word.endswith(".whl") or "/" in word or Path(word).is_file()


def _state(state: PluginState) -> str:
    return {"running": _("running"), "refused": _("refused"), "available": _("not allowed")}[state.state]


def _facts(app: App, facts: Mapping[str, Any]) -> None:
    app.table([_("Property"), _("Value")], [[name, value] for name, value in facts.items() if value not in (None, "")])


def _declarations(app: App, record_types: Iterable[RecordType], indicators: Iterable[Indicator]) -> None:
    def named(text: Text) -> str:
        return text.in_(app.language)

    types = [[item.name, named(item.label), len(item.fields), ", ".join(item.key)] for item in record_types]
    measures = [[item.id, named(item.name), item.unit, item.records] for item in indicators]
    if types:
        app.table([_("Record type"), _("Label"), _("Fields"), _("Key")], types, right=(2,))
    if measures:
        app.table([_("Indicator"), _("Label"), _("Unit"), _("Records")], measures)


def _print_inspection(app: App, found: Inspection) -> None:
    facts = {
        _("Name"): found.name,
        _("Version"): found.version,
        _("Source"): found.source,
        "SHA-256": found.digest,
        _("Python files"): "\n".join(found.python),
    }
    _facts(app, facts)
    if found.declared is not None:
        _declarations(app, found.declared.record_types, found.declared.indicators)


def _as_data(state: PluginState) -> dict[str, Any]:
    return {
        "name": state.name,
        "label": None if state.label is None else {"zh": state.label.zh, "en": state.label.en},
        "version": state.version,
        "state": state.state,
        "origin": state.origin,
        "source": state.source,
        "sha256": state.digest,
        "record_types": list(state.brings.record_types),
        "indicators": list(state.brings.indicators),
        "schemes": list(state.brings.schemes),
        "samples": state.brings.samples,
        "problems": [
            {"code": problem.code, "text": problem.render("en"), "text_zh": problem.render("zh_CN")}
            for problem in state.problems
        ],
    }


def _details(registry: Registry, state: PluginState) -> dict[str, Any]:
    def named(text: Text) -> dict[str, str]:
        return {"zh": text.zh, "en": text.en}

    return _as_data(state) | {
        "record_types": [
            {"name": item.name, "label": named(item.label), "fields": [field.name for field in item.fields]}
            for item in map(registry.record_types.__getitem__, state.brings.record_types)
        ],
        "indicators": [
            {"id": item.id, "name": named(item.name), "records": item.records, "value": item.value, "unit": item.unit}
            for item in map(registry.indicators.__getitem__, state.brings.indicators)
        ],
    }
