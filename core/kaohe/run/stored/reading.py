"""From a run's row to the run. What was changed since is refused and never shown as a result."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

import pyarrow as pa

from kaohe.errors import Exit, KaoheError, Place, Problem, fail
from kaohe.run.inputs import Inputs
from kaohe.run.model import Run
from kaohe.run.stored.evidence import bytes_seal, column_seals, seal_of, unpacked
from kaohe.run.stored.shelf import columns_of, lessened, unshelve
from kaohe.text import msg

UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, IndexError, OSError, pa.ArrowException)
"""What reading raises where bytes or JSON are not what was stored."""


def run_from(
    row: Mapping[Any, Any], said: Mapping[str, Any] | None, inputs: Inputs, without: Collection[str] = ()
) -> Run:
    """The run of a row of today's format and what its evidence says. KaoheError where the row does not say what was
    stored: all of it is proved, ``without`` or not."""
    try:
        if said is None:
            raise ValueError("the evidence is no JSON")
        seals, blob = said["seals"], bytes_seal(row["columns"])
        if (said["seal"], seals["runs"], seals["columns"]) != (seal_of(said), column_seals(row), blob):
            raise ValueError("the seal is broken")
        return opened(row, said, inputs, without)
    except UNREADABLE:
        raise damaged(row["id"]) from None


def opened(row: Mapping[Any, Any], said: Mapping[str, Any], inputs: Inputs, without: Collection[str] = ()) -> Run:
    """The run that a row and its evidence hold, whatever they hold; one of ``UNREADABLE`` where they hold none.

    ``without``: names out of ``shelf.LARGE`` that nobody will look at; they are left empty and not read.
    """
    document = lessened(said["run"], without)
    return unshelve(
        document,
        unpacked(row["columns"], columns_of(document) if without else None),
        inputs.scheme,
        digest=row["digest"],
        snapshot=row["snapshot"],
        created_at=row["created_at"],
    )


def evidence_of(row: Mapping[Any, Any]) -> dict[str, Any] | None:
    """What the row's evidence says; None where it cannot be read. Raises KaoheError for a run that an earlier version
    stored: it holds results and nothing to read them by."""
    said = _parsed(row["evidence"])
    if row["inputs"] is None or not row["evidence"].startswith("{") or (said is not None and said.get("format") == 1):
        raise fail(
            Problem(
                "run.former",
                msg("run {number} was stored by an earlier version, without its inputs", number=row["id"]),
                Place(key=str(row["id"])),
                fix=msg("evaluate {scheme} for {period} again", scheme=row["scheme_id"], period=row["period"]),
            ),
            Exit.ENVIRONMENT,
        )
    return said


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


def _parsed(evidence: str) -> dict[str, Any] | None:
    try:
        said = json.loads(evidence)
    except ValueError:
        return None
    return said if isinstance(said, dict) else None
