"""A stored run is the run: every field of it, its digest, and every report made of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.same import difference

from kaohe import __version__
from kaohe.cli.context import App
from kaohe.run.digest import digest_of
from kaohe.run.inputs import evaluate_inputs
from kaohe.run.repository import read_run
from kaohe.run.stored.shelf import shelve

INDUSTRIES = ("customer_department", "energy_storage", "enterprise_transfer", "floor_heating", "investment")


@pytest.mark.parametrize("number", range(1, 11))
def test_every_run_of_the_demo_is_read_back_whole(demo_workspace: Path, number: int) -> None:
    app = App("en", demo_workspace, {})
    stored = read_run(app.store, number)
    run = stored.run
    fresh = evaluate_inputs(stored.inputs, app.workspace.snapshots, core_version=__version__, created_at=run.created_at)
    assert difference(run, fresh) is None
    assert shelve(run) == shelve(fresh)
    again = digest_of(
        run.scheme,
        run.period,
        run.timezone,
        run.snapshot,
        run.appraisal,
        run.counts,
        run.assessments,
        run.team_counts,
    )
    assert again == run.digest == fresh.digest
