"""The tiny workspace's first quarter under changed schemes: what-if beside what an evaluation gives."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.same import difference
from tests.scenarios.desk import Desk
from tests.tiny import SCHEME, write
from tests.unit.engine.remembered_kit import Noted

from kaohe.cli.context import App
from kaohe.cli.evaluation import evaluated, gather
from kaohe.run import Run
from kaohe.run.inputs import SCHEME_FILE
from kaohe.run.stored.repository import StoredRun
from kaohe.run.what_if.changed import Known, compiled, outcome

NOON = datetime(2026, 4, 1, 12, tzinfo=UTC)
APPRAISED = {
    "weights": ("weight = 60", "weight = 30", "weight = 40", "weight = 70"),
    "curve": ("[1, 100]]", "[0.5, 100], [1, 110]]"),
    "coverage": ("min_coverage = 0.5", "min_coverage = 0.9"),
    "missing": ('policy = "renormalise"', 'policy = "zero"'),
    "adjustment": ('value("growth") * 0.5', 'value("growth") * 2 - 1'),
    "tiers": ("min_score = 60", "min_score = 80"),
    "other tiers": ('id = "A"', 'id = "S"'),
    "bonus": ("coefficient = 1.5", "coefficient = 2"),
    "pool": ('kind    = "coefficient"', 'kind    = "pool"\npool    = 10000'),
    "no bonus": (SCHEME[SCHEME.index("[bonus]") : SCHEME.index("[[outcomes]]")], ""),
    "groups": ('weight = 60\n', 'weight = 60\n', "[tiers]", '[ranking]\nwithin = ["team"]\n\n[tiers]'),
    "outcome": ("< 50", "< 80"),
    "name": ('en = "Tiny"', 'en = "Other"'),
}  # fmt: skip
"""Changes of the scheme that measure nothing anew: each text with what takes its place."""
MEASURED = {
    "parameter": ("hours(24)", "hours(2)"),
    "condition": ('where=kind == "repair"', 'where=kind == "consult"'),
    "sample": ("min_sample = 0", "min_sample = 2"),
    "population": ('role == "agent"', 'role == "agent" or role == "lead"'),
    "fewer": ('role == "agent"', 'role == "agent" and region == "华东"'),
    "by date": ('cycle      = "quarter"', 'cycle      = "quarter"\nattribution = "event_date"'),
    "of teams": ('use    = "rating"', 'use    = "rating"\n  level  = "team"'),
    "new": ('value   = "mean(satisfaction)"', 'value   = "maximum(satisfaction)"'),
}
"""Changes that do."""


def changed(*pairs: tuple[str, ...], text: str = SCHEME) -> str:
    """The scheme with those texts replaced."""
    for pair in pairs:
        for old, new in zip(pair[::2], pair[1::2], strict=True):
            assert old in text
            text = text.replace(old, new, 1)
    return text


_CALLS = """
[[indicators]]
id         = "calls"
name       = { zh = "通话", en = "Calls" }
records    = "call"
value      = "count()"
unit       = "count"

[[measures]]
use = "calls"

[[adjustments]]"""
TEAMS = {
    "levels": changed(
        ('use    = "in_time"\n', 'use    = "in_time"\n  level  = "team"\n'),
        ('value("growth") * 0.5', 'value("growth", "team") * 0.5'),
        ("\n[[adjustments]]", _CALLS),
    ),
    "subject": changed(
        ("population = 'role == \"agent\"'", 'subject    = "team"'), ("person.bonus_base", "size * 1000")
    ),
}
"""Schemes that look at whole teams; in the first nobody has a record of one type, which is said."""
OF_TEAMS_APPRAISED = (
    APPRAISED["weights"],
    APPRAISED["curve"],
    APPRAISED["bonus"],
    ("[tiers]", '[ranking]\nwithin = ["manager"]\n\n[tiers]'),
)


def known_of(app: App) -> Known:
    return Known(app.registry.record_types, app.registry.indicators, app.calendars)


def under(app: App, stored: StoredRun, text: str, engine: Any = None, snapshots: Path | None = None) -> Run:
    """What the scheme of that text gives of the stored run's facts."""
    known = known_of(app).beside(stored.inputs)
    return outcome(
        compiled(text, SCHEME_FILE, stored.inputs, known).require(),
        stored.run,
        stored.inputs,
        record_types=known.record_types,
        snapshots=snapshots or app.workspace.snapshots,
        engine=lambda: engine or Noted(),
        core_version="0",
        created_at=NOON,
        balances=None,
    )


def is_that_of_an_evaluation(app: App, desk: Desk, text: str, found: Run) -> bool:
    """Whether an evaluation of the scheme of that text gives the same figures, decisions, people and warnings."""
    write(desk, "schemes/changed.toml", text)
    run = evaluated(app, gather(app, "changed", "2026-Q1"))
    same = [difference(getattr(found, name), getattr(run, name)) for name in ("appraisal", "names", "left_out")]
    assert same == [None, None, None]
    assert sorted(note.render("en") for note in found.notes) == sorted(note.render("en") for note in run.notes)
    return True
