"""Looking at a plugin before it is allowed: nothing of it is run. A pack shows everything; Python has to be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kaohe.errors import KaoheError, Place, Problem
from kaohe.plugin.check import check_contents
from kaohe.plugin.cross import settle
from kaohe.plugin.digest import unsafe_files
from kaohe.plugin.discover import installed_plugins, the_installed
from kaohe.plugin.load import Plugin
from kaohe.plugin.pack import FILE, PackText
from kaohe.plugin.wheel import read_wheel


@dataclass(frozen=True)
class Inspection:
    """What can be told of a plugin without running it.

    ``python``: its Python files, to be read before it is allowed. ``declared``: what its ``pack.toml`` declares; None
    where it has none or that is wrong. ``problems``: everything that would keep it from running, as far as this shows.
    """

    name: str
    version: str
    source: str
    digest: str
    python: tuple[str, ...]
    declared: Plugin | None
    problems: tuple[Problem, ...]


def inspect_wheel(path: Path, beside: Sequence[Plugin]) -> Inspection:
    """A wheel, held against the running plugins. KaoheError where it is no plugin's wheel at all."""
    wheel = read_wheel(path)
    pack = None if wheel.pack is None else PackText(wheel.pack, f"{wheel.package}/{FILE}")
    declared, problems = _declared(wheel.name, Place(path.name, key=wheel.name), pack, beside)
    return Inspection(wheel.name, wheel.version, path.name, wheel.digest, wheel.python, declared, problems)


def inspect_installed(name: str, beside: Sequence[Plugin]) -> Inspection:
    """An installed plugin, held against the running ones. KaoheError where there is none, or several, of that name."""
    plugin = the_installed(name, installed_plugins())
    roots = plugin.roots()
    packs = [PackText(_text(root / FILE), f"{root.name}/{FILE}") for root in roots if (root / FILE).is_file()]
    declared, problems = _declared(name, Place(plugin.source, key=name), packs[0] if packs else None, beside)
    return Inspection(
        name=name,
        version=plugin.version,
        source=plugin.source,
        digest=plugin.digest(),
        python=tuple(str(path.relative_to(root.parent)) for root in roots for path in _python(root)),
        declared=declared,
        problems=(*unsafe_files(roots), *problems),
    )


def _declared(
    name: str, where: Place, pack: PackText | None, beside: Sequence[Plugin]
) -> tuple[Plugin | None, tuple[Problem, ...]]:
    if pack is None:
        return None, ()
    try:
        content = pack.content
    except KaoheError as error:
        return None, error.problems
    plugin = Plugin(name, where, pack, content.record_types, content.indicators)
    problems = tuple(check_contents(plugin))
    others = [other for other in beside if other.name != name]
    return plugin, problems or settle([*others, plugin])[1].get(name, ())


def _python(root: Path) -> list[Path]:
    return [root] if root.is_file() else sorted(root.rglob("*.py"))


def _text(path: Path) -> str:
    return path.read_text("utf-8-sig", errors="replace")
