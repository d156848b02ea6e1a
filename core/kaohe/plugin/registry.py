"""Opening the plugins of a workspace: each is verified, imported, asked and checked; what fails is refused alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path

from kaohe import __version__
from kaohe.errors import KaoheError, Place, Problem, fail
from kaohe.plugin import refusals
from kaohe.plugin.check import check_contents
from kaohe.plugin.cross import brings, settle
from kaohe.plugin.digest import digest_of_packages
from kaohe.plugin.discover import Installed, digest_of_installed, installed_plugins
from kaohe.plugin.gate import AllowedPlugin, verify
from kaohe.plugin.importing import careful, import_plugin
from kaohe.plugin.load import Plugin, ask
from kaohe.plugin.state import Brings, Origin, PluginState, Registry
from kaohe.plugin.wheel import check_wheel, digest_of_wheel

__all__ = [
    "AllowedPlugin",
    "Brings",
    "PluginState",
    "Registry",
    "check_wheel",
    "digest_of_installed",
    "digest_of_wheel",
    "open_registry",
]

BASE = "crm"


def open_registry(allowed: Sequence[AllowedPlugin], folder: Path | None) -> Registry:
    """Load the base pack and the allowed plugins; ``folder`` holds the wheels.

    A plugin that is wrong in any way is refused with its reasons, and the others run; this never raises for one.
    """
    installed = installed_plugins()
    opening = _Opening()
    opening.base()
    counts = Counter(entry.name for entry in allowed)
    for entry in allowed:
        same = [other.file or _source(other, installed) for other in allowed if other.name == entry.name]
        opening.add(entry, folder, installed, same if counts[entry.name] > 1 else [])
    opening.rest(allowed, folder, installed)
    return opening.settled()


class _Opening:
    """The registry while it is being made: a state for every plugin, and those that loaded."""

    def __init__(self) -> None:
        self.states: list[PluginState] = []
        self.loaded: list[Plugin] = []
        self.packages: dict[str, str] = {}

    def base(self) -> None:
        """The base pack: part of kaohe, hence not asked for its digest, but held to every other rule."""
        target = f"kaohe.packs.{BASE}"
        where = Place(target, key=BASE)
        state = PluginState(BASE, "core", "running", "kaohe", __version__)
        try:
            with careful(lambda error, at: refusals.not_loaded(error, at, where)):
                module = import_module(target)
                state = replace(state, digest=digest_of_packages([Path(str(module.__file__)).parent]))
            self._ask(module.plugin, state, where)
        except KaoheError as error:
            self.states.append(state.refused(error.problems))

    def add(
        self, entry: AllowedPlugin, folder: Path | None, installed: Sequence[Installed], same_name: Sequence[str]
    ) -> None:
        origin: Origin = "installed" if entry.file is None else "wheel"
        source = entry.file or _source(entry, installed)
        state = PluginState(entry.name, origin, "running", source, digest=entry.sha256, file=entry.file)
        where = Place(source, key=entry.name)
        try:
            if same_name:
                raise fail(refusals.duplicate_name(entry.name, same_name))
            if entry.name == BASE:
                raise fail(refusals.reserved_name(BASE, where))
            verified = verify(entry, folder, installed)
            state = replace(state, version=verified.version)
            package = verified.code.package
            if package in self.packages:
                raise fail(refusals.package_taken(package, self.packages[package], where))
            self.packages[package] = entry.name
            self._ask(import_plugin(verified.code), state, where)
        except KaoheError as error:
            self.states.append(state.refused(error.problems))
        except OSError as error:
            self.states.append(state.refused([refusals.unreadable(error, where)]))

    def _ask(self, target: object, state: PluginState, where: Place) -> None:
        plugin = ask(state.name, target, where)
        if problems := tuple(check_contents(plugin)):
            raise KaoheError(problems)
        self.loaded.append(plugin)
        self.states.append(replace(state, label=plugin.pack.content.label if plugin.pack else None))

    def rest(self, allowed: Sequence[AllowedPlugin], folder: Path | None, installed: Sequence[Installed]) -> None:
        """Files that nobody allowed are refused; installed plugins that nobody allowed are available."""
        files = {entry.file for entry in allowed}
        for path in sorted(folder.glob("*.whl")) if folder is not None and folder.is_dir() else ():
            if path.name not in files:
                problem = refusals.unlocked(Place(str(path)))
                self.states.append(PluginState(path.name, "wheel", "refused", path.name, problems=(problem,)))
        names = {entry.name for entry in allowed if entry.file is None}
        counts = Counter(plugin.name for plugin in installed)
        for plugin in installed:
            if plugin.name not in names:
                same = [other.source for other in installed if other.name == plugin.name]
                problems = (refusals.duplicate_name(plugin.name, same),) if counts[plugin.name] > 1 else ()
                self.states.append(
                    PluginState(plugin.name, "installed", "available", plugin.source, plugin.version, problems=problems)
                )

    def settled(self) -> Registry:
        running, refused = settle(self.loaded)
        loaded = {plugin.name: plugin for plugin in running}
        return Registry(
            record_types={item.name: item for plugin in running for item in plugin.record_types},
            indicators={item.id: item for plugin in running for item in plugin.indicators},
            schemes={item.name: item for plugin in running for item in plugin.schemes},
            plugins=tuple(_final(state, loaded, refused) for state in self.states),
            loaded=loaded,
        )


def _final(state: PluginState, loaded: Mapping[str, Plugin], refused: Mapping[str, Sequence[Problem]]) -> PluginState:
    if state.state != "running":
        return state
    if state.name in refused:
        return state.refused(refused[state.name])
    plugin = loaded[state.name]
    names = {kind: brings(plugin, kind) for kind in ("record_types", "indicators", "schemes")}
    return replace(state, brings=Brings(**names, samples=plugin.generate is not None))


def _source(entry: AllowedPlugin, installed: Sequence[Installed]) -> str:
    """The distributions that an entry without a file means; its name where there are none."""
    return ", ".join(plugin.source for plugin in installed if plugin.name == entry.name) or entry.name
