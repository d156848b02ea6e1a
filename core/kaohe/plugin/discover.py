"""Which plugins are installed beside kaohe: read from the distributions' metadata, nothing imported."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from importlib.machinery import PathFinder
from pathlib import Path

from kaohe.errors import Place, fail
from kaohe.plugin import refusals
from kaohe.plugin.digest import digest_of_packages
from kaohe.plugin.hooks import ENTRY_POINT_GROUP


@dataclass(frozen=True)
class Installed:
    """A plugin of an installed distribution. ``packages`` are the distribution's top-level packages and modules."""

    name: str
    distribution: str
    version: str
    target: str
    packages: tuple[str, ...]

    @property
    def source(self) -> str:
        return f"{self.distribution} {self.version}"

    def roots(self) -> tuple[Path, ...]:
        """The folders and files of the packages; KaoheError where one is not found."""
        return tuple(self._root(package) for package in self.packages)

    def digest(self) -> str:
        """SHA-256 over every file of the packages; KaoheError where one is not found."""
        return digest_of_packages(self.roots())

    def _root(self, package: str) -> Path:
        spec = PathFinder.find_spec(package)
        if spec is None or spec.origin is None:  # no origin: a folder without __init__.py
            raise fail(refusals.not_importable(package, Place(self.source, key=self.name)))
        origin = Path(spec.origin)
        return origin.parent if spec.submodule_search_locations else origin


def installed_plugins() -> tuple[Installed, ...]:
    """All plugins of all installed distributions, those with the same name included, in a stable order."""
    return tuple(sorted(_installed(), key=lambda plugin: (plugin.name, plugin.distribution)))


def digest_of_installed(name: str) -> str:
    """The digest of the installed plugin of that name; KaoheError where there is none, or more than one."""
    return the_installed(name, installed_plugins()).digest()


def the_installed(name: str, plugins: Sequence[Installed]) -> Installed:
    """The only installed plugin of that name; KaoheError where there is none, or more than one."""
    found = [plugin for plugin in plugins if plugin.name == name]
    if not found:
        raise fail(refusals.not_installed(Place(key=name)))
    if len(found) > 1:
        raise fail(refusals.duplicate_name(name, [plugin.source for plugin in found]))
    return found[0]


def _installed() -> Iterator[Installed]:
    seen: set[str] = set()
    for distribution in metadata.distributions():
        # Cheaper than parsing every distribution's entry points, most of which name no plugin.
        if f"[{ENTRY_POINT_GROUP}]" not in (distribution.read_text("entry_points.txt") or "").replace(" ", ""):
            continue
        name = distribution.metadata["Name"] or ""
        if name.lower() in seen:  # shadowed by one earlier on the path, which is the one that would be imported
            continue
        seen.add(name.lower())
        for point in _points(distribution):
            packages = _packages(distribution) | {point.module.split(".")[0]}
            yield Installed(point.name, name, distribution.version, point.value, tuple(sorted(packages)))


def _points(distribution: metadata.Distribution) -> list[metadata.EntryPoint]:
    try:
        points = [point for point in distribution.entry_points if point.group == ENTRY_POINT_GROUP]
        return [point for point in points if point.module]
    except (TypeError, ValueError, AttributeError):  # broken metadata of a stranger: it names no plugin
        return []


def _packages(distribution: metadata.Distribution) -> set[str]:
    tops: set[str] = set()
    for file in distribution.files or ():
        top = file.parts[0]
        if top.endswith((".dist-info", ".data", ".pth")) or top in ("..", "__pycache__"):
            continue
        if len(file.parts) > 1:
            tops.add(top)
        elif top.endswith(".py"):
            tops.add(top.removesuffix(".py"))
    return tops
