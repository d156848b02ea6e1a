"""The file of rejected rows: as they came, with what is wrong beside them, to be corrected and imported again."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from kaohe.records.headers import OWN_MARK, own_columns
from kaohe.records.rows import Mistake, Rejection
from kaohe.records.words import guarded
from kaohe.text import Language


def write_quarantine(path: Path, rejections: Iterable[Rejection], header: Sequence[str], language: Language) -> None:
    """Write a CSV file that Excel opens: the original columns, then ``#row``, ``#column``, ``#value``, ``#reason``
    and ``#fix`` in the language. Several mistakes of a row stand below each other in one cell.

    The added columns are ignored when the file is imported again; those of an earlier quarantine are replaced.
    """
    kept = [index for index, name in enumerate(header) if not name.startswith(OWN_MARK)]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*(header[index] for index in kept), *own_columns(language)])
        for rejection in rejections:
            cells = [rejection.cells[index] if index < len(rejection.cells) else "" for index in kept]
            written = [*cells, str(rejection.row), *_explained(rejection.mistakes, language)]
            writer.writerow([guarded(cell) for cell in written])


def _explained(mistakes: Sequence[Mistake], language: Language) -> list[str]:
    lines = [
        (one.column or one.field or "", one.value, one.reason.in_(language), one.fix.in_(language)) for one in mistakes
    ]
    return ["\n".join(parts) for parts in zip(*lines, strict=True)]
