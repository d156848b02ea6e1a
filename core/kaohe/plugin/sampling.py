"""Sample files of a plugin, checked as they are made: of known record types, every row as wide as its header."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from kaohe.errors import KaoheError, Problem
from kaohe.plugin import refusals
from kaohe.plugin.importing import careful
from kaohe.plugin.load import Plugin
from kaohe.plugin.types import RecordType, SampleFile

_HOOK = "generate_sample"
PEOPLE = "people"


def sample(plugin: Plugin, people: int, seed: int, record_types: Mapping[str, RecordType]) -> list[SampleFile]:
    """The files of the plugin's sample hook, their rows made. KaoheError where the plugin makes a mistake."""
    if plugin.generate is None:
        return []
    with careful(lambda error, at: refusals.hook_raised(_HOOK, error, at, plugin.where)):
        files = [replace(file, rows=tuple(file.rows)) for file in plugin.generate(people, seed)]
    if problems := tuple(problem for file in files for problem in _mistakes(plugin, file, record_types)):
        raise KaoheError(problems)
    return files


def _mistakes(plugin: Plugin, file: SampleFile, record_types: Mapping[str, RecordType]) -> Iterator[Problem]:
    if file.records != PEOPLE and file.records not in record_types:
        yield refusals.hook_returned(
            _HOOK, f"{file.name}: {file.records}", ", ".join((PEOPLE, *record_types)), plugin.where
        )
    row: Any  # whatever the plugin made
    for number, row in enumerate(file.rows, 1):
        if not isinstance(row, tuple) or len(row) != len(file.header) or not all(isinstance(cell, str) for cell in row):
            found = f"{file.name}, row {number}: {row!r}"[:200]
            yield refusals.hook_returned(_HOOK, found, f"{len(file.header)} × str", plugin.where)
            return
