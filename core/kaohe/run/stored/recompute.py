"""A stored run computed again from its inputs, and compared part by part."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from kaohe.errors import Problem
from kaohe.records.canonical import canonical
from kaohe.run.inputs import Inputs, evaluate_inputs
from kaohe.run.stored.evidence import summary, unpacked
from kaohe.run.stored.findings import columns_differ, documents_differ, finding
from kaohe.run.stored.reading import UNREADABLE
from kaohe.run.stored.rows import Rows, created_at
from kaohe.run.stored.shelf import shelve
from kaohe.text import msg

_BESIDE = ("core_version", "engine")
"""What is recorded of a run and may differ when it is computed again."""


def computed_again(
    rows: Rows, said: Mapping[str, Any], inputs: Inputs, snapshots: Path, core_version: str
) -> Iterator[Problem]:
    """What differs from the run that the inputs give. Raises KaoheError where they give none."""
    try:
        moment = created_at(rows)
    except ValueError:
        return  # the row's moment was changed, and is told as such
    run = evaluate_inputs(inputs, snapshots, core_version=core_version, created_at=moment)
    document, columns = shelve(run)
    if run.digest != rows.run["digest"]:
        what = msg("the digest is not that of the run computed again")
        yield finding("digest", what, f"runs {rows.number} digest", found=rows.run["digest"], expected=run.digest)
    try:
        stored = unpacked(rows.run["columns"])
    except UNREADABLE:
        return  # told as such
    yield from columns_differ(rows.number, stored, columns, run.appraisal.people.code)
    whole = json.loads(canonical({**summary(run), "run": document}))
    held = {name: part for name, part in said.items() if name not in ("seal", "seals")}
    yield from documents_differ(rows.number, _without(held), _without(whole))


def _without(said: Mapping[str, Any]) -> dict[str, Any]:
    """What is said, but for what may differ."""
    kept = {name: part for name, part in said.items() if name not in _BESIDE}
    if isinstance(run := kept.get("run"), dict):
        kept["run"] = {name: part for name, part in run.items() if name not in _BESIDE}
    return kept
