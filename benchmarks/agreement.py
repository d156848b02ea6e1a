"""Whether two competitors come to the same figures, one by one."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

NEEDED = 60
"""Fewer columns than these would be no comparison."""


def differences(ours: Path, theirs: Path) -> dict[str, int]:
    """By figure, how many people have another one in the second file; figures that only one side has are left out."""
    with np.load(ours) as first, np.load(theirs) as second:
        shared = [name for name in second.files if name in first.files]
        if len(shared) < NEEDED or "bonus" not in shared:
            sys.exit(f"{theirs} has only {len(shared)} figures that can be compared")
        found = {name: int((first[name] != second[name]).sum()) for name in shared}
    return {name: number for name, number in found.items() if number}


def agree(ours: Path, theirs: Path, whose: str) -> None:
    """The benchmark ends here where they do not."""
    if wrong := differences(ours, theirs):
        sys.exit(f"{whose} comes to other figures than kaohe, of so many people: {wrong}")
