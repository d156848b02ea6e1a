"""Two stored runs side by side: what went into them that is not the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from difflib import unified_diff
from typing import Any, Literal

from kaohe.errors import KaoheError
from kaohe.records.comparing import changes_between
from kaohe.records.manifest import Snapshot, SnapshotTable
from kaohe.run.inputs import Inputs
from kaohe.text import Message, msg

Kind = Literal["scheme", "period", "definitions", "calendars", "plugins", "records", "balances", "manual"]
_COUNTED = ("new", "changed", "gone")


@dataclass(frozen=True)
class InputChange:
    """Something that went into one run and not into the other. ``lines``: what it is in a text, line by line."""

    kind: Kind
    what: Message
    lines: tuple[str, ...] = ()


def input_changes(
    before: Inputs, after: Inputs, snapshots: tuple[Snapshot, Snapshot], *, readable: bool
) -> tuple[InputChange, ...]:
    """What differs, in the order in which an evaluation asks for it. ``readable``: the snapshots' files are there."""
    return (
        *_scheme(before, after),
        *_circumstances(before, after),
        *_definitions(before, after),
        *_records(before, after, snapshots, readable=readable),
        *_plugins(before, after),
        *_besides(before, after),
    )


def _scheme(before: Inputs, after: Inputs) -> Iterator[InputChange]:
    if before.scheme_text == after.scheme_text:
        return
    try:
        same = before.scheme.digest == after.scheme.digest
    except KaoheError:
        same = False
    texts = (before.scheme_text.splitlines(), after.scheme_text.splitlines())
    lines = tuple(unified_diff(*texts, fromfile="A", tofile="B", lineterm=""))
    said = msg("the scheme's text differs, and not its rules") if same else msg("the scheme differs")
    yield InputChange("scheme", said, lines)


def _circumstances(before: Inputs, after: Inputs) -> Iterator[InputChange]:
    pairs = (
        (msg("period"), before.period.name, after.period.name),
        (msg("timezone"), before.timezone, after.timezone),
    )
    for name, one, other in pairs:
        if one != other:
            yield InputChange("period", msg("{name}: {before} → {after}", name=name, before=one, after=other))


def _definitions(before: Inputs, after: Inputs) -> Iterator[InputChange]:
    one, other = before.definitions, after.definitions
    kinds: tuple[tuple[Kind, Message, Mapping[str, Any], Mapping[str, Any]], ...] = (
        ("definitions", msg("record type"), _by("name", one.record_types), _by("name", other.record_types)),
        ("definitions", msg("indicator"), _by("id", one.indicators), _by("id", other.indicators)),
        ("calendars", msg("calendar"), _by("name", before.calendars), _by("name", after.calendars)),
    )
    for kind, word, held, held_now in kinds:
        for name in sorted(held.keys() | held_now.keys()):
            if name not in held or name not in held_now:
                said = msg("{kind} {name}: only in {side}", kind=word, name=name, side="A" if name in held else "B")
                yield InputChange(kind, said)
            elif changed := _changed_fields(held[name], held_now[name]):
                yield InputChange(
                    kind, msg("{kind} {name} differs in: {fields}", kind=word, name=name, fields=", ".join(changed))
                )


def _by(name: str, listed: Iterable[Any]) -> dict[str, Any]:
    return {getattr(each, name): each for each in listed}


def _changed_fields(one: Any, other: Any) -> list[str]:
    return [each.name for each in fields(one) if getattr(one, each.name) != getattr(other, each.name)]


def _records(
    before: Inputs, after: Inputs, snapshots: tuple[Snapshot, Snapshot], *, readable: bool
) -> Iterator[InputChange]:
    """Table by table; how many records came, changed and went where that can be told."""
    if before.snapshot == after.snapshot:
        return
    types = {each.name: each for each in before.definitions.record_types if each in after.definitions.record_types}
    one, other = snapshots
    tables = [({**each.records, **each.organisation}) for each in snapshots]
    for name in sorted(tables[0].keys() | tables[1].keys()):
        held, held_now = (each.get(name) for each in tables)
        if _contents(held) == _contents(held_now):
            continue
        counts = {"name": name, "before": _rows(held), "after": _rows(held_now)}
        if readable and name in types and held is not None and held_now is not None:
            found = changes_between(one, other, types[name])
            moved = {kind: sum(each.kind == kind for each in found) for kind in _COUNTED}
            said = msg("{name}: {before} rows → {after}; {new} new, {changed} changed, {gone} gone", **counts, **moved)
            yield InputChange("records", said)
        else:
            yield InputChange("records", msg("{name}: {before} rows → {after}, and not the same", **counts))


def _contents(table: SnapshotTable | None) -> tuple[str, ...]:
    return () if table is None else table.contents


def _rows(table: SnapshotTable | None) -> int:
    return 0 if table is None else table.rows


def _plugins(before: Inputs, after: Inputs) -> Iterator[InputChange]:
    held, held_now = ({each.name: each for each in side.plugins} for side in (before, after))
    for name in sorted(held.keys() | held_now.keys()):
        one, other = held.get(name), held_now.get(name)
        if one != other:
            words = {"before": _stamp(one), "after": _stamp(other)}
            yield InputChange("plugins", msg("plugin {name}: {before} → {after}", name=name, **words))


def _stamp(plugin: Any) -> str:
    return "–" if plugin is None else f"{plugin.version} ({plugin.digest[:12]})"


def _besides(before: Inputs, after: Inputs) -> Iterator[InputChange]:
    """Balances and manual changes."""
    one, other = before.balances, after.balances
    if one != other:
        held, held_now = ({} if side is None else dict(side.amounts) for side in (one, other))
        count = sum(held.get(code, 0) != held_now.get(code, 0) for code in held.keys() | held_now.keys())
        words = {"before": "–" if one is None else one.run, "after": "–" if other is None else other.run}
        yield InputChange(
            "balances", msg("balances of run {before} → {after}: others for {count} people", count=count, **words)
        )
    for side, changes in (("A", set(before.manual) - set(after.manual)), ("B", set(after.manual) - set(before.manual))):
        for each in sorted(changes, key=lambda change: change.number):
            said = msg("manual change {number} ({person}): only in {side}", number=each.number, person=each.person,
                       side=side)  # fmt: skip
            yield InputChange("manual", said)
