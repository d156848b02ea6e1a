"""Single settings of a scheme exchanged for others, as they are typed: ``dimensions.speed.weight=30``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn

from kaohe.errors import Exit, KaoheError, Place, Problem, fail
from kaohe.text import Message, msg
from kaohe.toml import Document, Path, load_toml

_NAMES = ("as", "id", "use")
"""By which of its settings an entry of a list is called; the first that it has."""
_WRITTEN = re.compile(r""""(?:[^"\\\n]|\\.)*"(?!")|'[^'\n]*'(?!')|[^\s,\[\]{}#"']+""")
"""A number, a boolean, a date or a text of one line, as it is written."""


def with_settings(text: str, file: str, settings: Sequence[str]) -> str:
    """The scheme's text with these settings, each typed as TOML writes it: a key that the scheme writes, and another
    number, boolean, date or text for it. An entry of a list is named by its ``as``, ``id`` or ``use``.

    Raises KaoheError for what is no such setting, and for a text that is no TOML.
    """
    for typed in settings:
        names, value = _split(typed)
        document = load_toml(text, file)
        path = _path(document.data, names, typed)
        line, start, end = _written(document, path) or _refuse(names[-1], (), typed)
        lines = document.text.split("\n")
        lines[line] = f"{lines[line][:start]}{value}{lines[line][end:]}"
        text = "\n".join(lines)
    return text


def _split(typed: str) -> tuple[list[str], str]:
    """The names that lead to the one setting, and its value as it is written."""
    try:
        document = load_toml(typed, "--set")
    except KaoheError:
        raise _no_setting(typed) from None
    names: list[str] = []
    found: Any = document.data
    while isinstance(found, Mapping) and len(found) == 1:
        ((name, found),) = found.items()
        names.append(name)
    spot = _written(document, tuple(names))
    if spot is None or typed[spot[2] :].strip():
        raise _no_setting(typed)
    return names, typed[spot[1] : spot[2]]


def _written(document: Document, path: Path) -> tuple[int, int, int] | None:
    """The line of a value, and where it begins and ends there, counted from 0; None where it is no single value."""
    spot = document.positions.values.get(path)
    if spot is None:
        return None
    line, start = spot[0] - 1, spot[1] - 1
    found = _WRITTEN.match(document.text.split("\n")[line], start)
    return None if found is None else (line, start, found.end())


def _path(data: Mapping[str, Any], names: Sequence[str], typed: str) -> Path:
    """Where the setting stands: the entries of lists by their numbers."""
    path: list[str | int] = []
    at: Any = data
    for name in names:
        if isinstance(at, Mapping):
            key: str | int = name if name in at else _refuse(name, at, typed)
        else:
            listed = [_called(each) for each in at] if isinstance(at, list) else []
            key = listed.index(name) if name in listed else _refuse(name, filter(None, listed), typed)
        path.append(key)
        at = at[key]
    if isinstance(at, Mapping | list):
        _refuse(names[-1], (), typed)
    return tuple(path)


def _called(entry: Any) -> str | None:
    named = entry if isinstance(entry, Mapping) else {}
    return next((str(named[name]) for name in _NAMES if name in named), None)


def _refuse(key: str, known: Iterable[str], typed: str) -> NoReturn:
    what = msg("the scheme does not write {key} as a single value", key=key)
    raise fail(_problem(what, typed, ", ".join(known) or None, msg("write it into the file")), Exit.USAGE)


def _no_setting(typed: str) -> KaoheError:
    what, fix = msg("this is not KEY=VALUE as TOML writes it"), msg("a text stands in quotation marks")
    return fail(_problem(what, typed, "dimensions.speed.weight=30", fix), Exit.USAGE)


def _problem(what: Message, typed: str, expected: str | None, fix: Message) -> Problem:
    return Problem("what-if.setting", what, Place(key="--set"), typed, expected, fix=fix)
