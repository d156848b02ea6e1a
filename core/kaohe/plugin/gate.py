"""May this code run? Only if the administrator allowed that very file, and nobody else can change it.

Nothing of a plugin is imported here, nor before its code has passed here.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.machinery import PathFinder
from pathlib import Path

from kaohe.errors import KaoheError, Place, fail
from kaohe.plugin import refusals
from kaohe.plugin.digest import open_to_all, unsafe_files, unsafe_permissions
from kaohe.plugin.discover import Installed, the_installed
from kaohe.plugin.importing import Code
from kaohe.plugin.wheel import digest_of_wheel, read_wheel


@dataclass(frozen=True)
class AllowedPlugin:
    """An entry of kaohe.toml. ``file`` is a wheel in the workspace's folder ``plugins``; None: it is installed."""

    name: str
    sha256: str
    file: str | None = None


@dataclass(frozen=True)
class Verified:
    """Code that may run, and its version."""

    code: Code
    version: str


def verify(entry: AllowedPlugin, folder: Path | None, installed: Sequence[Installed]) -> Verified:
    """The allowed code, compared with its digest. KaoheError with every reason why it may not run."""
    if entry.file is None:
        return _verify_installed(entry, installed)
    return _verify_wheel(entry, entry.file, folder, installed)


def _verify_installed(entry: AllowedPlugin, installed: Sequence[Installed]) -> Verified:
    plugin = the_installed(entry.name, installed)
    where = Place(plugin.source, key=entry.name)
    code = Code(plugin.name, plugin.target, entry.sha256.lower(), None, where)
    if code.package == "kaohe" or code.package in sys.stdlib_module_names:
        raise fail(refusals.package_taken(code.package, "Python, kaohe", where))
    if problems := tuple(unsafe_files(plugin.roots())):
        raise KaoheError(problems)
    if (digest := plugin.digest()) != code.digest:
        raise fail(refusals.changed(entry.sha256, digest, where))
    return Verified(code, plugin.version)


def _verify_wheel(entry: AllowedPlugin, file: str, folder: Path | None, installed: Sequence[Installed]) -> Verified:
    where = Place(file, key=entry.name)
    path = (folder or Path()) / file
    if folder is None or not file or Path(file).name != file or path.resolve().parent != folder.resolve():
        raise fail(refusals.leaves_folder(path, folder or Path()))
    if not path.is_file():
        raise fail(refusals.file_missing(where))
    # Who may write the settings, or put others in their place, allows what they like.
    settings = [folder.parent, *folder.parent.glob("kaohe.toml")]
    if problems := (*unsafe_permissions([folder, path]), *open_to_all(settings)):
        raise KaoheError(problems)
    if (digest := digest_of_wheel(path)) != entry.sha256.lower():
        raise fail(refusals.changed(entry.sha256, digest, where))
    wheel = read_wheel(path)
    if wheel.digest != digest:  # changed since: what runs is what was read here
        raise fail(refusals.changed(entry.sha256, wheel.digest, where))
    if wheel.name != entry.name:
        raise fail(refusals.wrong_name(wheel.name, entry.name, where))
    if taken_by := _other_owner(wheel.package, wheel.name, installed):
        raise fail(refusals.package_taken(wheel.package, taken_by, where))
    return Verified(Code(wheel.name, wheel.target, digest, path, where, wheel.content), wheel.version)


def _other_owner(package: str, name: str, installed: Sequence[Installed]) -> str | None:
    """Who has the package's name already; the same plugin, installed but not allowed, does not count."""
    if package == "kaohe" or package in sys.stdlib_module_names:
        return "Python, kaohe"
    if any(plugin.name == name and package in plugin.packages for plugin in installed):
        return None
    spec = PathFinder.find_spec(package)
    return None if spec is None else spec.origin or package
