"""Every published case that lies beside the repository, by the same runner as ``python -m tests.oracles``."""

from __future__ import annotations

import pytest
from tests.oracles.case import DEFAULT, load
from tests.oracles.runner import run

CASES = list(load(DEFAULT)) if DEFAULT.is_dir() else []


@pytest.mark.skipif(not CASES, reason="the collection of published cases is not beside the repository")
@pytest.mark.parametrize("case", CASES or [None], ids=lambda case: case.id if case else "none")
def test_a_published_figure_is_ours_too(case):
    result = run(case)
    assert result.outcome == "passed", str(result)
