"""Why a plugin does not run, in words: one function for each refusal (docs/plugins.md explains each code)."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from kaohe.errors import NOWHERE, Place, Problem
from kaohe.plugin.hooks import API_VERSION
from kaohe.text import Message, msg


def incompatible(found: object, where: Place = NOWHERE) -> Problem:
    """Written for another version of the plugin interface, or silent about it."""
    return Problem(
        "plugin.incompatible",
        msg("the plugin was written for another version of the plugin interface, or does not say for which"),
        where,
        found=str(found),
        expected=f"kaohe_api = {API_VERSION}",
        fix=msg("ask its author for a version for this kaohe, or use the kaohe it was written for"),
    )


def not_installed(where: Place) -> Problem:
    return Problem(
        "plugin.missing",
        msg("the plugin is allowed but not installed"),
        where,
        fix=msg("install its distribution beside kaohe, or take it out: kaohe plugin remove {name}", name=_name(where)),
    )


def file_missing(where: Place) -> Problem:
    return Problem(
        "plugin.missing",
        msg("the plugin is allowed but its file is not in the workspace's folder plugins"),
        where,
        fix=msg("add the wheel again with: kaohe plugin add WHEEL"),
    )


def not_importable(package: str, where: Place) -> Problem:
    return Problem("plugin.missing", msg("the package {package} of the plugin is not found", package=package), where)


def wrong_name(found: str, expected: str, where: Place) -> Problem:
    return Problem("plugin.name", msg("the plugin has another name than it is allowed by"), where, found, expected)


def unreadable(error: OSError, where: Place) -> Problem:
    return Problem("plugin.unreadable", msg("the plugin's files cannot be read"), where, found=str(error.strerror))


def changed(allowed: str, found: str, where: Place) -> Problem:
    return Problem(
        "plugin.changed",
        msg("the plugin's code is not the one that was allowed; nothing of it was run"),
        where,
        found=found,
        expected=allowed,
        fix=msg(
            "find out who changed it; if it is wanted: kaohe plugin remove {name}, then kaohe plugin add {name}",
            name=_name(where),
        ),
    )


def unlocked(where: Place) -> Problem:
    return Problem(
        "plugin.unlocked",
        msg("this file lies in the folder plugins but nobody allowed it; nothing of it was run"),
        where,
        fix=msg("allow it with: kaohe plugin add WHEEL; or delete the file"),
    )


def writable(path: Path) -> Problem:
    return Problem(
        "plugin.writable",
        msg("others than its owner may write this file or folder"),
        Place(str(path)),
        found=f"{path.stat().st_mode & 0o777:o}",
        fix=msg("chmod go-w {path}", path=str(path)),
    )


def leaves_folder(path: Path, folder: Path) -> Problem:
    return Problem(
        "plugin.symlink",
        msg("this link leads out of the folder {folder}", folder=str(folder)),
        Place(str(path)),
        found=str(path.resolve()),
        fix=msg("put the file itself there instead of a link"),
    )


def duplicate_name(name: str, sources: Iterable[str]) -> Problem:
    return Problem(
        "plugin.duplicate-name",
        msg("several plugins have the name {name}; none of them runs", name=name),
        Place(key=name),
        found=", ".join(sources),
        fix=msg("keep one of them: uninstall or remove the others"),
    )


def reserved_name(name: str, where: Place) -> Problem:
    return Problem("plugin.duplicate-name", msg("the name {name} belongs to the base pack", name=name), where)


def package_taken(package: str, by: str, where: Place) -> Problem:
    return Problem(
        "plugin.package-taken",
        msg("the plugin's package {package} has the name of one that exists already", package=package),
        where,
        found=by,
        fix=msg("ask its author to rename the package"),
    )


def not_loaded(error: BaseException, at: Place, where: Place) -> Problem:
    return Problem("plugin.import", msg("the plugin cannot be imported: {error}", error=told(error, at)), where)


def hook_raised(hook: str, error: BaseException, at: Place, where: Place) -> Problem:
    return Problem("plugin.hook-raised", msg("its hook {hook} raised {error}", hook=hook, error=told(error, at)), where)


def hook_returned(hook: str, found: str, expected: str, where: Place) -> Problem:
    what = msg("its hook {hook} returned the wrong thing", hook=hook)
    return Problem("plugin.hook-returned", what, where, found, expected)


def unknown_hook(hook: str, known: Iterable[str], near: str | None, where: Place) -> Problem:
    return Problem(
        "plugin.unknown-hook",
        msg("it implements a hook that does not exist: {hook}", hook=hook),
        where,
        expected=", ".join(known),
        fix=msg("did you mean {name}?", name=near) if near else None,
    )


def unmarked_hook(hook: str, where: Place) -> Problem:
    return Problem(
        "plugin.unmarked-hook",
        msg("its function {hook} has the name of a hook but is not marked as one", hook=hook),
        where,
        fix=msg("write @hookimpl above it"),
    )


def hook_signature(found: str, where: Place) -> Problem:
    return Problem(
        "plugin.hook-signature",
        msg("one of its hooks is not written as its specification"),
        where,
        found=" ".join(found.split()),
        expected=msg("the arguments of the specification, or fewer, and no wrapper"),
    )


def duplicate(kind: Message, name: str, first: str, second: str, where: Place) -> Problem:
    return Problem(
        "plugin.duplicate",
        msg(
            "the {kind} {name} is brought by two plugins, {first} and {second}; {second} is refused",
            kind=kind,
            name=name,
            first=first,
            second=second,
        ),
        where,
        fix=msg("remove one of the two plugins, or ask an author to rename it"),
    )


def unknown_record_type(name: str, known: Iterable[str], where: Place) -> Problem:
    return Problem(
        "plugin.unknown-records",
        msg("the record type {name} is brought by no running plugin", name=name),
        where,
        expected=", ".join(known),
        fix=msg("allow the plugin that brings it, or correct the name"),
    )


def told(error: BaseException, at: Place) -> str:
    """An exception of somebody else's code: its type, its words, and where it arose."""
    words = str(error).strip().splitlines()
    return f"{type(error).__name__}{': ' + words[0][:200] if words else ''}{f' ({at})' if str(at) else ''}"


def _name(where: Place) -> str:
    return where.key or "NAME"
