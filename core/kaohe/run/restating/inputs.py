"""The inputs of a restatement: the records as they are now under the scheme, definitions, calendars and balances of the
run that stands, and by default under the hierarchy and the targets of that time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from kaohe.appraise.manual import ManualChange
from kaohe.errors import Exit, Place, Problem, refuse_if_any
from kaohe.plugin import RecordType
from kaohe.records import Snapshot, Store, take_snapshot
from kaohe.records.batches import PEOPLE, TARGETS
from kaohe.records.manifest import manifest_path
from kaohe.records.tables import shape_of
from kaohe.run.inputs import Inputs, snapshot_of
from kaohe.run.organisation.members import attributes_of
from kaohe.text import msg

Of = Literal["original", "current"]


def restated_inputs(
    store: Store,
    snapshots: Path,
    original: Inputs,
    installed: Mapping[str, RecordType],
    *,
    manual: Sequence[ManualChange] = (),
    organisation: Of = "original",
    targets: Of = "original",
) -> Inputs:
    """Takes a snapshot of the records; the one that the inputs name is made of it and of the original one.

    ``installed``: the record types that plugins bring now; the kept ones are read, and have to be stored still.
    ``manual``: every approved change to the period. ``organisation`` and ``targets``: those of then, or of now.
    """
    types = original.record_types
    refuse_if_any(_unreadable(types, installed), Exit.ENVIRONMENT)
    former = snapshot_of(original, snapshots)
    fresh = take_snapshot(
        store, types.values(), snapshots, ZoneInfo(original.timezone), targets=TARGETS in former.organisation
    )
    mixed = _mixed(former, fresh, organisation, targets)
    mixed.write()
    attributes = original.attributes if organisation == "original" else attributes_of(mixed)
    return replace(
        original,
        attributes=attributes,
        snapshot=mixed.digest,
        manifest=manifest_path(mixed.folder, mixed.digest).read_text("utf-8"),
        manual=tuple(manual),
    )


def _mixed(former: Snapshot, fresh: Snapshot, organisation: Of, targets: Of) -> Snapshot:
    """The records of the fresh snapshot with the organisation and the targets asked for; a snapshot of its own."""
    asked = {name: targets if name == TARGETS else organisation for name in former.organisation}
    chosen = {name: fresh if of == "current" else former for name, of in asked.items()}
    sources = dict(fresh.sources)
    for name, of in ((PEOPLE, organisation), (TARGETS, targets)):
        if of == "original" and name in former.sources:
            sources[name] = former.sources[name]
    tables = {name: snapshot.organisation[name] for name, snapshot in chosen.items()}
    return replace(fresh, organisation=tables, sources=sources)


def _unreadable(kept: Mapping[str, RecordType], installed: Mapping[str, RecordType]) -> Iterator[Problem]:
    """Record types of the original run whose records cannot be read any more as they were declared then."""
    for name, record_type in kept.items():
        if name not in installed:
            yield Problem(
                "restate.record-type-gone",
                msg("no plugin brings the record type {name} any more", name=name),
                Place(key=name),
                fix=msg("allow the plugin again that brought it: kaohe plugin add"),
            )
            continue
        now = dict(shape_of(installed[name]).columns)
        shape = shape_of(record_type)
        other = [field for field, kind in shape.columns if now.get(field) != kind]
        if other or shape.key != installed[name].key:
            yield Problem(
                "restate.record-type-changed",
                msg("the record type {name} is not declared any more as it was for this run", name=name),
                Place(key=name),
                found=", ".join(other or installed[name].key),
                fix=msg("allow the plugin in the version that the run names, and restate then"),
            )
