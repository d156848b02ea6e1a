"""A run as JSON: numbers as decimal strings, exactly as computed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from io import BytesIO
from typing import IO, Any

import numpy as np

from kaohe.report.json_columns import said, written
from kaohe.report.person_form import DEPTH, person_form
from kaohe.report.ranking import not_graded_rows, ranked_order
from kaohe.run.assessment.model import agreement_data
from kaohe.run.model import Run
from kaohe.text import Language


def run_data(run: Run, language: Language) -> dict[str, Any]:
    """Everything of the run as plain data; people in the order of the ranking, not graded ones behind."""
    data: dict[str, Any] = json.loads(run_json(run, language))
    return data


def run_json(run: Run, language: Language, before: Mapping[str, Any] | None = None) -> str:
    """The same as readable JSON in which no character acts on a terminal; ``before``: what stands before it."""
    target = BytesIO()
    write_json(run, language, target, before)
    return target.getvalue().decode()


def write_json(run: Run, language: Language, target: IO[bytes], before: Mapping[str, Any] | None = None) -> None:
    """The same written to a file, some thousand people at a time: of a hundred thousand it is a gigabyte."""
    frame = said({**(before or {}), **_head(run), "people": [], "left_out": _left_out(run, language)})
    front, _nobody, behind = frame.partition('\n  "people": []')  # nothing within a text begins a line
    rows = np.concatenate((ranked_order(run), not_graded_rows(run)))
    target.write(f'{front}\n  "people": ['.encode())
    for piece in written(person_form(run, language), rows, DEPTH):
        target.write(piece)
    closes = "\n  ]" if len(rows) else "]"
    target.write(f"{closes}{behind}\n".encode())


def _left_out(run: Run, language: Language) -> list[dict[str, str]]:
    return [
        {"code": each.code, "name": each.name, "kind": each.kind, "reason": each.reason.in_(language)}
        for each in run.left_out
    ]


def _head(run: Run) -> dict[str, Any]:
    """Which run it is."""
    return {
        "scheme": {"id": run.scheme.id, "version": run.scheme.version, "digest": run.scheme.digest},
        "period": run.period.name,
        "timezone": run.timezone,
        "snapshot": run.snapshot,
        "plugins": [{"name": each.name, "version": each.version, "digest": each.digest} for each in run.plugins],
        "engine": run.engine,
        "core_version": run.core_version,
        "created_at": run.created_at.isoformat(),
        "digest": run.digest,
        **({"agreement": agreement_data(run.assessments)} if run.assessments else {}),
        **({} if run.scheme.subject == "person" else {"subject": run.scheme.subject}),
    }
