"""Asking an imported plugin what it brings: hooks are called one plugin and one hook at a time.

Whatever is wrong with a plugin becomes a KaoheError of this plugin alone; whether it may run is decided elsewhere.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

import pluggy

from kaohe.errors import KaoheError, Place, Problem, fail
from kaohe.plugin import hooks, refusals
from kaohe.plugin.build import misfits
from kaohe.plugin.hooks import API_VERSION
from kaohe.plugin.importing import careful
from kaohe.plugin.pack import Pack, PackText
from kaohe.plugin.types import Indicator, RecordType, SampleFile, SchemeTemplate

MAX_ITEMS = 10_000
HOOKS: dict[str, type] = {
    "provide_record_types": RecordType,
    "provide_indicators": Indicator,
    "provide_schemes": SchemeTemplate,
    "generate_sample": SampleFile,
}
"""Every hook and what it returns a list of."""


@dataclass(frozen=True)
class Plugin:
    """A loaded plugin and what it brings; ``generate`` calls its sample hook, None where it has none."""

    name: str
    where: Place
    pack: PackText | None
    record_types: tuple[RecordType, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    schemes: tuple[SchemeTemplate, ...] = ()
    generate: Callable[[int, int], tuple[SampleFile, ...]] | None = None

    def place(self, kind: str, index: int, *keys: str | int) -> Place:
        """Where a declaration stands: in ``pack.toml`` by line and column, else by its name.

        ``kind`` is ``record_types``, ``indicators`` or ``schemes``.
        """
        if self.pack is not None:
            return self.pack.place((kind, index, *keys))
        item = getattr(self, kind)[index]
        name = item.id if isinstance(item, Indicator) else item.name
        return Place(self.where.file, key=" ".join(map(str, (name, *keys))))


def ask(name: str, plugin: Any, where: Place) -> Plugin:
    """What an imported plugin object brings. KaoheError with the reason why it cannot run."""
    with careful(lambda error, at: refusals.not_loaded(error, at, where)):
        api = getattr(plugin, "kaohe_api", None)
        if type(api) is not int or api != API_VERSION:
            raise fail(refusals.incompatible(api, where))
        pack = plugin.source if isinstance(plugin, Pack) else None
        if pack is not None and pack.content.name != name:
            raise fail(refusals.wrong_name(pack.content.name, name, pack.place(("name",))))
        manager = _register(name, plugin, where)
        implemented = {caller.name for caller in manager.get_hookcallers(plugin) or ()}

    def call(hook: str, **arguments: Any) -> tuple[Any, ...]:
        return _call(manager, hook, where, arguments) if hook in implemented else ()

    def generate(people: int, seed: int) -> tuple[SampleFile, ...]:
        return call("generate_sample", people=people, seed=seed)

    return Plugin(
        name=name,
        where=where,
        pack=pack,
        record_types=call("provide_record_types"),
        indicators=call("provide_indicators"),
        schemes=call("provide_schemes"),
        generate=generate if "generate_sample" in implemented else None,
    )


def _register(name: str, plugin: Any, where: Place) -> pluggy.PluginManager:
    """A manager of this plugin alone, so that no other can disturb it. KaoheError for hooks that are none."""
    manager = pluggy.PluginManager("kaohe")
    manager.add_hookspecs(hooks)
    try:
        manager.register(plugin, name)
    except pluggy.PluginValidationError as error:
        raise fail(refusals.hook_signature(str(error), where)) from error
    callers = {caller.name: caller for caller in manager.get_hookcallers(plugin) or ()}
    problems = [_unknown_hook(hook, where) for hook, caller in callers.items() if not caller.has_spec()]
    problems += [
        refusals.unmarked_hook(hook, where)
        for hook in HOOKS
        if hook not in callers and callable(getattr(plugin, hook, None))
    ]
    # A wrapper changes what other plugins return; here every plugin speaks for itself.
    problems += [
        refusals.hook_signature(f"{hook}: wrapper", where)
        for hook, caller in callers.items()
        if any(found.wrapper or found.hookwrapper for found in caller.get_hookimpls())
    ]
    if problems:
        raise KaoheError(tuple(problems))
    return manager


def _unknown_hook(hook: str, where: Place) -> Problem:
    near = difflib.get_close_matches(hook, HOOKS, n=1)
    return refusals.unknown_hook(hook, HOOKS, near[0] if near else None, where)


def _call(manager: pluggy.PluginManager, hook: str, where: Place, arguments: dict[str, Any]) -> tuple[Any, ...]:
    """The items that the plugin's hook returns, each of the declared type throughout."""
    expected = HOOKS[hook]
    with careful(lambda error, at: refusals.hook_raised(hook, error, at, where)):
        results = getattr(manager.hook, hook)(**arguments)
        returned = results[0] if results else None
        if isinstance(returned, str | bytes) or not isinstance(returned, Iterable):
            raise fail(refusals.hook_returned(hook, type(returned).__name__, expected.__name__, where))
        items = tuple(islice(returned, MAX_ITEMS + 1))
    if len(items) > MAX_ITEMS:
        raise fail(refusals.hook_returned(hook, f"> {MAX_ITEMS}", expected.__name__, where))
    problems = tuple(
        refusals.hook_returned(hook, _named(index, item, path, found), fitting, where)
        for index, item in enumerate(items)
        for path, found, fitting in misfits(expected, item)
    )
    if problems:
        raise KaoheError(problems)
    return items


def _named(index: int, item: Any, path: tuple[str | int, ...], found: Any) -> str:
    name = getattr(item, "id", None) or getattr(item, "name", None) or f"[{index}]"
    return f"{'.'.join(map(str, (name, *path)))}: {type(found).__name__} {found!r}"[:200]
