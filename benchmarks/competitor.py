"""What the competitors' processes share: they count in their own way, score in NumPy, and say what it took."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.group_scoring import People, read_people, scored
from benchmarks.process import Clock, report


def compete(about: str, begun: float, count: Callable[[str, People], dict[str, Any]]) -> None:
    """Run one competitor from its imports (since ``begun``) to everybody's bonus; ``count`` makes the counts."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("folder")
    parser.add_argument("--figures", type=Path)
    asked = parser.parse_args()
    clock = Clock(begun)
    clock.mark("imports")
    people = read_people(asked.folder)
    clock.mark("people")
    counts = count(asked.folder, people)
    clock.mark("counts")
    found = scored(people, counts)
    clock.mark("scoring")
    if asked.figures is not None:
        np.savez(asked.figures, code=np.array(people.code.to_pylist()), **found)
    report(clock)
