"""Allowing a plugin and taking it back: the wheel's way into and out of the workspace's folder ``plugins``."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from kaohe.errors import Exit, KaoheError, Place, Problem, fail
from kaohe.plugin.discover import digest_of_installed
from kaohe.plugin.gate import AllowedPlugin
from kaohe.plugin.registry import open_registry
from kaohe.plugin.wheel import digest_of_wheel, read_wheel
from kaohe.text import msg


def add_wheel(path: Path, allowed: Sequence[AllowedPlugin], folder: Path) -> AllowedPlugin:
    """Copy a wheel into the folder and return its entry, once it has proved to run beside the others.

    Raises KaoheError where it would be refused; the folder is then as it was.
    """
    wheel = read_wheel(path)
    _refuse_known(wheel.name, allowed)
    entry = AllowedPlugin(wheel.name, wheel.digest, path.name)
    target = folder / path.name
    copied = _copy(path, target, wheel.digest)
    try:
        _prove(entry, allowed, folder)
    except BaseException:
        if copied:
            target.unlink(missing_ok=True)
        raise
    return entry


def add_installed(name: str, allowed: Sequence[AllowedPlugin], folder: Path) -> AllowedPlugin:
    """The entry of an installed plugin as it is now, once it has proved to run. KaoheError where it is refused."""
    _refuse_known(name, allowed)
    entry = AllowedPlugin(name, digest_of_installed(name))
    _prove(entry, allowed, folder)
    return entry


def allowed_plugin(name: str, allowed: Sequence[AllowedPlugin]) -> AllowedPlugin:
    """The entry of that name; KaoheError where there is none."""
    for entry in allowed:
        if entry.name == name:
            return entry
    names = ", ".join(entry.name for entry in allowed)
    raise fail(Problem("plugin.unknown", msg("no such plugin is allowed here"), found=name, expected=names))


def delete_wheel(entry: AllowedPlugin, folder: Path) -> None:
    """Delete the file of a plugin that is no longer allowed; nothing happens to an installed one."""
    if entry.file is not None and Path(entry.file).name == entry.file:
        (folder / entry.file).unlink(missing_ok=True)


def _refuse_known(name: str, allowed: Sequence[AllowedPlugin]) -> None:
    if any(entry.name == name for entry in allowed):
        what = msg("a plugin of this name is allowed already")
        fix = msg("for another version, first: kaohe plugin remove {name}", name=name)
        raise fail(Problem("plugin.duplicate-name", what, found=name, fix=fix))


def _copy(path: Path, target: Path, digest: str) -> bool:
    """Copy whole or not at all; False where the very file is there already."""
    # The umask may give the group more than a plugin's folder may have.
    target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    if target.exists() or target.is_symlink():
        if target.is_file() and digest_of_wheel(target) == digest:
            return False
        what = msg("another file of this name lies in the folder plugins")
        raise fail(Problem("plugin.file-exists", what, Place(str(target)), fix=msg("delete or rename it")))
    beside = target.with_name(f".{target.name}.new")
    try:
        with beside.open("wb") as file:
            file.write(path.read_bytes())
            file.flush()
            os.fsync(file.fileno())
        beside.chmod(0o644)
        beside.replace(target)
    except OSError as error:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        what = msg("the wheel cannot be copied into the folder plugins")
        raise fail(
            Problem("plugin.not-copied", what, Place(str(target)), str(error.strerror)), Exit.ENVIRONMENT
        ) from error
    return True


def _prove(entry: AllowedPlugin, allowed: Sequence[AllowedPlugin], folder: Path) -> None:
    states = open_registry([*allowed, entry], folder).plugins
    [state] = [
        state
        for state in states
        if state.name == entry.name and state.origin in ("installed", "wheel") and state.state != "available"
    ]
    if state.state != "running":
        raise KaoheError(state.problems, Exit.ENVIRONMENT)
