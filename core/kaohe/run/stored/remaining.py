"""What can still be said of a run once people's data were purged: that its figures are those that gave its digest, and
what comes out again of the others' records."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from kaohe.errors import KaoheError, Problem
from kaohe.records.manifest import Snapshot, snapshot_from
from kaohe.records.partition import file_sha256
from kaohe.run.digest import digest_of
from kaohe.run.inputs import Inputs, evaluate_inputs, inputs_from
from kaohe.run.model import Run
from kaohe.run.stored.findings import finding
from kaohe.run.stored.purged import Purged
from kaohe.run.stored.reading import UNREADABLE, opened
from kaohe.run.stored.rows import Rows, created_at
from kaohe.text import msg


def still_sound(
    rows: Rows, said: Mapping[str, Any], inputs: Inputs, snapshots: Path, purged: Mapping[str, Purged]
) -> Iterator[Problem]:
    """An error where the stored figures do not give the run's digest; notes of what was computed again."""
    try:
        stored = opened({**rows.run, "created_at": created_at(rows)}, said, inputs)
    except UNREADABLE:
        return  # told already
    gives = _digest(stored)
    where = f"runs {rows.number} digest"
    noted = {each.digests.get(str(rows.number)) for each in purged.values()}
    if gives != rows.run["digest"] and gives in noted:
        what = msg("a purged reason was part of the run's digest; the stored figures give what the purge noted")
        yield finding("digest-noted", what, where, found=gives, severity="note")
    elif gives != rows.run["digest"]:
        what = msg("the stored figures do not give the run's digest")
        yield finding("digest", what, where, found=gives, expected=str(rows.run["digest"]))
    else:
        yield finding("digest-intact", msg("the stored figures, totals included, give the run's digest"), where,
                      severity="note")  # fmt: skip
    yield from _of_the_others(rows.number, stored, inputs, snapshots, purged)


def figures_intact(rows: Rows) -> Iterator[Problem]:
    """Of a run that cannot be computed again: whether the stored figures give its digest."""
    gives, where = digest_given(rows), f"runs {rows.number} digest"
    if gives == rows.run["digest"]:
        yield finding("digest-intact", msg("the stored figures, totals included, give the run's digest"), where,
                      severity="note")  # fmt: skip
    else:
        what = msg("the stored figures do not give the run's digest")
        yield finding("digest", what, where, found=gives, expected=str(rows.run["digest"]))


def digest_given(rows: Rows) -> str | None:
    """The digest that the stored figures and words give as they are now; None where they cannot be read."""
    try:
        said = json.loads(rows.run["evidence"])
        inputs = inputs_from(rows.texts, str(rows.run["inputs"]))
        return _digest(opened({**rows.run, "created_at": created_at(rows)}, said, inputs))
    except (*UNREADABLE, KaoheError):
        return None


def _digest(run: Run) -> str:
    return digest_of(
        run.scheme,
        run.period,
        run.timezone,
        run.snapshot,
        run.appraisal,
        run.counts,
        run.assessments,
        run.team_counts,
    )


def _of_the_others(
    number: int, stored: Run, inputs: Inputs, snapshots: Path, purged: Mapping[str, Purged]
) -> Iterator[Problem]:
    """Values are computed again from what is left; those of teams and managers may lack the records that went."""
    left = _left(snapshot_from(inputs.manifest, snapshots), snapshots, purged)
    try:
        run = evaluate_inputs(
            replace(inputs, manifest=left.text, snapshot=left.digest),
            snapshots,
            core_version=stored.core_version,
            created_at=stored.created_at,
        )
    except KaoheError as error:
        yield from (replace(problem, severity="note") for problem in error.problems)
        return
    here = {code: row for row, code in enumerate(run.appraisal.people.code)}
    pairs = [(row, here[code]) for row, code in enumerate(stored.appraisal.people.code) if code in here]
    same = all_of = 0
    for key, values in stored.appraisal.values.items():
        again = run.appraisal.values[key]
        for then, now in pairs:
            all_of += 1
            same += bool(values.known[then] == again.known[now] and values.micros[then] == again.micros[now])
    what = msg(
        "computed again from what is left: {same} of {count} values of {people} people are the same",
        same=same,
        count=all_of,
        people=len(pairs),
    )
    yield finding("others", what, f"runs {number}", severity="note")


def _left(snapshot: Snapshot, folder: Path, purged: Mapping[str, Purged]) -> Snapshot:
    """The snapshot with the files that took the place of others."""

    def now(table: Any) -> Any:
        return replace(table, partitions=tuple(part(each) for each in table.partitions))

    def part(partition: Any) -> Any:
        new = purged.get(partition.content)
        if new is None or partition.path.exists():
            return partition
        path = folder / new.file
        return replace(partition, path=path, content=new.content, sha256=file_sha256(path),
                       rows=partition.rows - new.rows)  # fmt: skip

    return replace(
        snapshot,
        records={name: now(table) for name, table in snapshot.records.items()},
        organisation={name: now(table) for name, table in snapshot.organisation.items()},
    )
