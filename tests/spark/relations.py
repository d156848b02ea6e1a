"""Small relations of a run's own: who stands where, and whose work is covered when."""

from __future__ import annotations

import pyarrow as pa
from tests.unit.engine.scan_kit import day

RELATIONS = {
    "everybody": pa.table(
        {
            "_person": ["P1", "P1", "P2"],
            "_first": pa.array([0, day("2026-02-01"), 0], pa.int64()),
            "_end": pa.array([day("2026-02-01"), 10**6, 10**6], pa.int64()),
            "_manager": ["P2", "P3", None],
            "_team": ["north", "south", "north"],
        }
    ),
    "covered": pa.table(
        {"_person": ["P1", "P2", "P3"], "_first": pa.array([0, 0, 20_500], pa.int64()), "_end": [10**6, 20_495, 10**6]}
    ),
}
