"""From a run's row to the run. What was changed since is refused and never shown as a result."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from kaohe.errors import Exit, KaoheError, Place, Problem, fail
from kaohe.run.inputs import Inputs
from kaohe.run.model import Run
from kaohe.run.stored.evidence import FORMAT, bytes_seal, column_seals, seal_of, unpacked
from kaohe.run.stored.shelf import unshelve
from kaohe.text import msg

UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, IndexError, OSError, pa.ArrowException)
"""What reading raises where bytes or JSON are not what was stored."""


def run_from(row: Mapping[Any, Any], inputs: Inputs) -> Run:
    """The run of a row of today's format. KaoheError where the row does not say what was stored."""
    try:
        said = json.loads(row["evidence"])
        seals, blob = said["seals"], bytes_seal(row["columns"])
        if (said["seal"], seals["runs"], seals["columns"]) != (seal_of(said), column_seals(row), blob):
            raise ValueError("the seal is broken")
        return opened(row, said, inputs)
    except UNREADABLE:
        raise damaged(row["id"]) from None


def opened(row: Mapping[Any, Any], said: Mapping[str, Any], inputs: Inputs) -> Run:
    """The run that a row and its evidence hold, whatever they hold; one of ``UNREADABLE`` where they hold none."""
    return unshelve(
        said["run"],
        unpacked(row["columns"]),
        inputs.scheme,
        digest=row["digest"],
        snapshot=row["snapshot"],
        created_at=row["created_at"],
    )


def refuse_former(row: Mapping[Any, Any]) -> None:
    """Raise KaoheError for a run that an earlier version stored: it holds results and nothing to read them by."""
    if row["inputs"] is None or not row["evidence"].startswith("{") or _format(row["evidence"]) == 1:
        raise fail(
            Problem(
                "run.former",
                msg("run {number} was stored by an earlier version, without its inputs", number=row["id"]),
                Place(key=str(row["id"])),
                fix=msg("evaluate {scheme} for {period} again", scheme=row["scheme_id"], period=row["period"]),
            ),
            Exit.ENVIRONMENT,
        )


def damaged(number: int) -> KaoheError:
    """What is stored of a run is not what was stored."""
    return fail(
        Problem(
            "run.damaged",
            msg("what is stored of run {number} was changed, or cannot be read", number=number),
            Place(key=str(number)),
            fix=msg("see what differs: kaohe run verify {number}", number=number),
        ),
        Exit.ENVIRONMENT,
    )


def _format(evidence: str) -> Any:
    try:
        return json.loads(evidence).get("format", FORMAT)
    except UNREADABLE:
        return FORMAT
