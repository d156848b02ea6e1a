"""What is different in the facts of two runs of one period: records, by type and key, and the organisation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kaohe.appraise.manual import ManualChange
from kaohe.records import Store
from kaohe.records.batches import TARGETS
from kaohe.records.comparing import RecordChange, changed_records
from kaohe.run.inputs import Inputs, snapshot_of


@dataclass(frozen=True)
class Facts:
    """The records that came, changed or went, by record type; whether ``organisation`` (people, teams, assignments) and
    ``targets`` are others too; and the ``manual`` changes that apply to one of the two only."""

    records: Mapping[str, tuple[RecordChange, ...]]
    organisation: bool
    targets: bool
    manual: tuple[ManualChange, ...]


def facts_between(store: Store, snapshots: Path, before: Inputs, after: Inputs) -> Facts:
    """What the later inputs hold otherwise; both have the same record types. KaoheError where a file of either
    snapshot is missing."""
    one, other = snapshot_of(before, snapshots), snapshot_of(after, snapshots)
    records = {name: changed_records(one, other, each, store) for name, each in before.record_types.items()}
    others = {name for name, table in other.organisation.items() if table.contents != one.organisation[name].contents}
    manual = sorted(set(before.manual) ^ set(after.manual), key=lambda each: each.number)
    return Facts(records, bool(others - {TARGETS}), TARGETS in others, tuple(manual))
