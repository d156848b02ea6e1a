"""What one plugin declares, checked for itself: names, references between its fields, limits, parameters.

Types are sound already (``build.misfits``). What needs the other plugins is checked by ``cross.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from kaohe.errors import Place, Problem
from kaohe.plugin.load import Plugin
from kaohe.plugin.parameters import default_mistakes
from kaohe.plugin.scope import DESCRIBED
from kaohe.plugin.types import Field, Indicator, RecordType
from kaohe.text import Message, msg

# Names of record types and fields become names of tables and columns; PostgreSQL cuts them at 63 bytes.
_WORD = re.compile(r"[a-z][a-z0-9_]{0,39}")
_A_WORD = msg("small letters, digits and _, a letter first, at most 40 characters")
_SCHEME = re.compile(r"[a-z][a-z0-9_-]{0,59}")
_INDICATOR = re.compile(r"[a-z][a-z0-9_]{0,39}\.[a-z][a-z0-9_]{0,59}")
# ``people`` is what a sample file of people is called, and with ``targets`` what is imported besides records; the wall
# clock of a moment is stored beside it as NAME__local.
_RESERVED = {"people", "targets"}
_MOMENTS = ("date", "datetime")
_MEASURED = ("records", "value", "where", "when", "who")
_LIMITED = ("integer", "decimal", "money")
_LARGEST = Decimal(10) ** 12


def check_contents(plugin: Plugin) -> Iterator[Problem]:
    """Every mistake in a plugin's own declarations, each with its place."""
    if not _WORD.fullmatch(plugin.name):
        yield Problem("plugin.name", msg("this cannot be a plugin's name"), plugin.where, plugin.name, _A_WORD)
    for index, record_type in enumerate(plugin.record_types):
        yield from _Report(plugin, "record_types", index).record_type(record_type)
    for index, indicator in enumerate(plugin.indicators):
        yield from _Report(plugin, "indicators", index).indicator(indicator, plugin.name)
    for index, scheme in enumerate(plugin.schemes):
        if not _SCHEME.fullmatch(scheme.name):
            yield _Report(plugin, "schemes", index).name(scheme.name, "name")
    for kind, names in (
        ("record_types", [item.name for item in plugin.record_types]),
        ("indicators", [item.id for item in plugin.indicators]),
        ("schemes", [item.name for item in plugin.schemes]),
    ):
        for index in _repeated(names):
            yield _Report(plugin, kind, index).problem(msg("{name} is declared twice", name=names[index]))


class _Report:
    """The mistakes of one declaration."""

    def __init__(self, plugin: Plugin, kind: str, index: int) -> None:
        self.plugin, self.kind, self.index = plugin, kind, index

    def at(self, *keys: str | int) -> Place:
        return self.plugin.place(self.kind, self.index, *keys)

    def problem(
        self, what: Message, *keys: str | int, found: object = None, expected: str | Message | None = None
    ) -> Problem:
        text = None if found is None else str(found)
        return Problem("plugin.declaration", what, self.at(*keys), text, expected)

    def name(self, name: str, *keys: str | int) -> Problem:
        return self.problem(msg("this cannot be a name"), *keys, found=name, expected=_A_WORD)

    def record_type(self, record_type: RecordType) -> Iterator[Problem]:
        if not _WORD.fullmatch(record_type.name) or record_type.name in _RESERVED:
            yield self.name(record_type.name, "name")
        for index, field in enumerate(record_type.fields):
            yield from self.field(field, "fields", index)
        for index in _repeated([field.name for field in record_type.fields]):
            name = record_type.fields[index].name
            yield self.problem(msg("{name} is declared twice", name=name), "fields", index, "name")
        if not record_type.key:
            yield self.problem(msg("a record type needs a key"), "key")
        if any(len(group) < 2 for group in record_type.sequence):
            yield self.problem(msg("a sequence needs at least two fields"), "sequence")
        fields = {field.name: field for field in record_type.fields}
        yield from self.described(record_type, fields)
        for key, names, kinds in (
            ("key", record_type.key, ()),
            ("when", (record_type.when,), _MOMENTS),
            ("until", (record_type.until,) if record_type.until is not None else (), _MOMENTS),
            ("who", record_type.who, ("person",)),
            ("team", (record_type.team,) if record_type.team is not None else (), ("team",)),
            *(("sequence", group, _MOMENTS) for group in record_type.sequence),
        ):
            for name in names:
                yield from self.reference(fields, name, kinds, key)

    def described(self, record_type: RecordType, fields: dict[str, Field]) -> Iterator[Problem]:
        """A type that describes what others name has one text for its key, as they do."""
        if record_type.describes is None:
            return
        if record_type.describes not in DESCRIBED:
            what = msg("records cannot describe fields of this kind")
            yield self.problem(what, "describes", found=record_type.describes, expected=", ".join(DESCRIBED))
        if [fields[name].kind for name in record_type.key if name in fields] != ["text"]:
            what = msg("a record type that describes others has a key of one text field")
            yield self.problem(what, "describes", found=", ".join(record_type.key))

    def field(self, field: Field, *keys: str | int) -> Iterator[Problem]:
        if not _WORD.fullmatch(field.name) or field.name.endswith("__local"):
            yield self.name(field.name, *keys, "name")
        if (field.kind == "choice") != bool(field.choices):
            yield self.problem(msg("choices belong to a choice, and a choice needs them"), *keys, found=field.name)
        if (field.kind == "decimal") != (field.scale != 0) or not 0 <= field.scale <= 6:
            what = msg("a scale belongs to a decimal, and a decimal needs one from 1 to 6")
            yield self.problem(what, *keys, found=f"{field.name}: {field.kind}, scale = {field.scale}")
        limits = [limit for limit in (field.minimum, field.maximum) if limit is not None]
        if limits and field.kind not in _LIMITED:
            yield self.problem(msg("only a number has a minimum or maximum"), *keys, found=field.name)
        if any(not limit.is_finite() or abs(limit) > _LARGEST for limit in limits):
            yield self.problem(msg("the minimum or maximum is out of range"), *keys, found=field.name)
        elif limits != sorted(limits):
            yield self.problem(msg("the minimum is above the maximum"), *keys, found=field.name)

    def reference(
        self, fields: dict[str, Field], name: str, kinds: tuple[str, ...], *keys: str | int
    ) -> Iterator[Problem]:
        """A name that must be a field of one of the kinds (none given: of any)."""
        if name not in fields:
            what = msg("{key} names a field that does not exist", key=str(keys[0]))
            yield self.problem(what, *keys, found=name, expected=", ".join(fields))
        elif kinds and fields[name].kind not in kinds:
            what = msg("{key} names a field of the wrong kind", key=str(keys[0]))
            yield self.problem(what, *keys, found=f"{name}: {fields[name].kind}", expected=", ".join(kinds))

    def indicator(self, indicator: Indicator, plugin_name: str) -> Iterator[Problem]:
        if not _INDICATOR.fullmatch(indicator.id) or not indicator.id.startswith(f"{plugin_name}."):
            yield Problem(
                "plugin.indicator-id",
                msg("an indicator's id begins with its plugin's name and a dot"),
                self.at("id"),
                found=indicator.id,
                expected=f"{plugin_name}.…",
            )
        measured = {name: getattr(indicator, name) for name in _MEASURED if getattr(indicator, name)}
        if indicator.derived is not None and measured:
            what = msg("a derived indicator measures no records: {names}", names=", ".join(measured))
            yield self.problem(what, "derived")
        elif indicator.derived is None and not (indicator.records and (indicator.value or indicator.assessment)):
            what = msg("an indicator needs records and value, records and assessment, or derived")
            yield self.problem(what, "id", found=indicator.id)
        elif indicator.assessment is not None and (indicator.value or indicator.derived):
            yield self.problem(msg("an assessment has no other value"), "assessment")
        if indicator.min_sample < 0:
            what = msg("the least number of records is not negative")
            yield self.problem(what, "min_sample", found=indicator.min_sample)
        for name, parameter in indicator.parameters.items():
            if not _WORD.fullmatch(name):
                yield self.name(name, "parameters", name)
            for what, found, expected in default_mistakes(parameter):
                yield self.problem(what, "parameters", name, "default", found=found, expected=expected)


def _repeated(names: Iterable[str]) -> Iterator[int]:
    """The positions of names that stand earlier in the list already."""
    seen: set[Any] = set()
    for index, name in enumerate(names):
        if name in seen:
            yield index
        seen.add(name)
