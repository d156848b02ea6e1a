"""What only all plugins together can show: names brought twice, record types that nobody brings, expressions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from kaohe.errors import KaoheError, Place, Problem
from kaohe.language import Kind, Scope, compile_expression
from kaohe.plugin import refusals
from kaohe.plugin.assessment import rule_mistakes
from kaohe.plugin.credit import credit_mistakes
from kaohe.plugin.load import Plugin
from kaohe.plugin.scope import default_parameters, derived_scope, record_scope, value_kinds
from kaohe.plugin.types import Indicator, RecordType
from kaohe.text import Message, msg

Refused = dict[str, tuple[Problem, ...]]
"""The reasons, by the plugin's name."""

_KINDS: dict[str, Message] = {
    "record_types": msg("record type"),
    "indicators": msg("indicator"),
    "schemes": msg("scheme template"),
}


_DESCRIBES = "describes"


def settle(plugins: Sequence[Plugin]) -> tuple[tuple[Plugin, ...], Refused]:
    """Which plugins can run together. Earlier ones win; one that needs a refused one is refused too."""
    refused: Refused = {}
    running = list(_without_duplicates(plugins, refused))
    while True:
        record_types = {item.name: item for plugin in running for item in plugin.record_types}
        ids = frozenset(item.id for plugin in running for item in plugin.indicators)
        failed = {plugin.name: found for plugin in running if (found := tuple(_misfits(plugin, record_types, ids)))}
        if not failed:
            return tuple(running), refused
        refused |= failed
        running = [plugin for plugin in running if plugin.name not in failed]


def _without_duplicates(plugins: Sequence[Plugin], refused: Refused) -> Iterator[Plugin]:
    owners: dict[tuple[str, str], str] = {}
    for plugin in plugins:
        brought = [(kind, index, name) for kind in _KINDS for index, name in enumerate(brings(plugin, kind))]
        problems = tuple(
            refusals.duplicate(_KINDS[kind], name, owners[kind, name], plugin.name, _name_place(plugin, kind, index))
            for kind, index, name in brought
            if (kind, name) in owners
        )
        problems += tuple(_described_twice(plugin, owners))
        if problems:
            refused[plugin.name] = problems
        else:
            owners |= {(kind, name): plugin.name for kind, _index, name in brought}
            owners |= {(_DESCRIBES, each.describes): plugin.name for each in plugin.record_types if each.describes}
            yield plugin


def _described_twice(plugin: Plugin, owners: Mapping[tuple[str, str], str]) -> Iterator[Problem]:
    """A problem for each record type that describes what another type describes already."""
    mine: set[str] = set()
    for index, each in enumerate(plugin.record_types):
        if each.describes is None:
            continue
        owner = plugin.name if each.describes in mine else owners.get((_DESCRIBES, each.describes))
        if owner is not None:
            what = msg(
                "fields of the kind {kind} are described by a record type of {plugin} already",
                kind=each.describes,
                plugin=owner,
            )
            yield Problem("plugin.declaration", what, plugin.place("record_types", index, "describes"), each.name)
        mine.add(each.describes)


def _name_place(plugin: Plugin, kind: str, index: int) -> Place:
    return plugin.place(kind, index, "id" if kind == "indicators" else "name")


def brings(plugin: Plugin, kind: str) -> tuple[str, ...]:
    """The names of the plugin's record types, indicators (their ids) or schemes."""
    if kind == "indicators":
        return tuple(item.id for item in plugin.indicators)
    return tuple(item.name for item in getattr(plugin, kind))


def _misfits(plugin: Plugin, record_types: Mapping[str, RecordType], ids: frozenset[str]) -> Iterator[Problem]:
    for index, indicator in enumerate(plugin.indicators):
        if indicator.derived is not None:
            scope = derived_scope(default_parameters(indicator), ids)
            yield from _expression(plugin, index, "derived", indicator.derived, scope, ("number",))
            continue
        record_type = record_types.get(indicator.records)
        if record_type is None:
            place = plugin.place("indicators", index, "records")
            yield refusals.unknown_record_type(indicator.records, record_types, place)
            continue
        fields = {field.name: field.kind for field in record_type.fields}
        problems = [
            *_reference(plugin, index, "when", indicator.when, fields, ("date", "datetime")),
            *_reference(plugin, index, "who", indicator.who, fields, ("person",)),
            *(_hidden(plugin, index, name) for name in indicator.parameters if name in fields),
        ]
        yield from problems
        if not problems:
            parameters = default_parameters(indicator)
            scope = record_scope(record_type, parameters, when=indicator.when, record_types=record_types)
            row = replace(scope, aggregates=False)
            if indicator.assessment is None:
                yield from _expression(plugin, index, "value", indicator.value, scope, value_kinds(indicator))
            else:
                for mistake in rule_mistakes(indicator.assessment, record_type):
                    place = plugin.place("indicators", index, "assessment", *mistake.keys)
                    expected = mistake.expected or ", ".join(mistake.known) or None
                    yield Problem("plugin.declaration", mistake.what, place, mistake.found, expected)
            if indicator.where is not None:
                yield from _expression(plugin, index, "where", indicator.where, row, ("boolean",))
            yield from _credit(plugin, index, indicator, record_type, scope, row)


def _credit(
    plugin: Plugin, index: int, indicator: Indicator, records: RecordType, scope: Scope, row: Scope
) -> Iterator[Problem]:
    """What is wrong with the people among whom records are split, and with their shares."""
    if not indicator.credit:
        if indicator.overlay:
            what = msg("overlay has no effect without credit")
            yield Problem("plugin.declaration", what, plugin.place("indicators", index, "overlay"))
        return
    try:
        value = compile_expression(indicator.value, scope)
    except KaoheError:
        value = None  # told where the value stands
    for mistake in credit_mistakes([each.who for each in indicator.credit], records, value, indicator.who):
        place = plugin.place("indicators", index, *mistake.keys)
        yield Problem("plugin.declaration", mistake.what, place, mistake.found, ", ".join(mistake.known) or None)
    for number, each in enumerate(indicator.credit):
        yield from _expression(plugin, index, ("credit", number, "share"), each.share, row, ("number",))


def _expression(
    plugin: Plugin, index: int, key: str | tuple[str | int, ...], text: str, scope: Scope, kinds: tuple[Kind, ...]
) -> Iterator[Problem]:
    keys = (key,) if isinstance(key, str) else key
    try:
        compile_expression(text, scope, expect=kinds)
    except KaoheError as error:
        for problem in error.problems:
            yield problem.at(_inside(plugin, index, keys, problem.where))


def _inside(plugin: Plugin, index: int, keys: tuple[str | int, ...], spot: Place) -> Place:
    """A spot of an expression as a place of the file (a pack) or beside the indicator's id (Python)."""
    line, column = spot.line or 1, spot.column or 1
    if plugin.pack is not None:
        return plugin.pack.inside(("indicators", index, *keys), line, column)
    return plugin.place("indicators", index, *keys[:-1], f"{keys[-1]}:{line}:{column}")


def _reference(
    plugin: Plugin, index: int, key: str, name: str | None, fields: Mapping[str, str], kinds: tuple[str, ...]
) -> Iterator[Problem]:
    if name is not None and fields.get(name) not in kinds:
        what = msg("{key} needs a field of another kind", key=key)
        found = f"{name}: {fields[name]}" if name in fields else name
        place = plugin.place("indicators", index, key)
        yield Problem("plugin.declaration", what, place, found, ", ".join(kinds))


def _hidden(plugin: Plugin, index: int, name: str) -> Problem:
    what = msg("the parameter {name} has the name of a field of the record type", name=name)
    return Problem("plugin.declaration", what, plugin.place("indicators", index, "parameters", name))
