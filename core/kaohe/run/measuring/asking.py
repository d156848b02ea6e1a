"""Everything that an evaluation measures, asked of the engine at once: what can share a reading of the records does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kaohe.engine import Engine, Measure, Relations, Request, fuse
from kaohe.exact import Ints
from kaohe.language import Bounds
from kaohe.records import Snapshot

Answer = Mapping[tuple[str, str], Mapping[Measure, Mapping[str, Ints]]]
"""By record type and who is credited: of each measure the integer parts."""


@dataclass(frozen=True)
class Question:
    """What is to be measured of ``whose`` records: codes of people or of teams, ascending."""

    requests: tuple[Request, ...]
    whose: Sequence[str]


def ask(
    questions: Sequence[Question],
    snapshot: Snapshot,
    engine: Engine,
    windows: Mapping[str, Bounds],
    relations: Relations,
) -> list[Answer]:
    """The answers, in the order of the questions."""
    scans = [(number, scan) for number, each in enumerate(questions) for scan in fuse(each.requests)]
    whose = [questions[number].whose for number, _scan in scans]
    found: list[dict[tuple[str, str], dict[Measure, Mapping[str, Ints]]]] = [defaultdict(dict) for _each in questions]
    measured = engine.measure([scan for _number, scan in scans], snapshot, windows, whose, relations) if scans else []
    for (number, scan), parts in zip(scans, measured, strict=True):
        found[number][scan.records.name, scan.who].update(parts)
    return [*found]
