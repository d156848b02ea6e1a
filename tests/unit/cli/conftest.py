"""The tiny workspace in every state that a period can be in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.scenarios.desk import Desk
from tests.tiny import add_tickets, make_desk, ticket_lines
from tests.unit.cli.period_kit import STEPS, copied, take


@pytest.fixture(scope="session")
def lives(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Desk]:
    """The tiny workspace in each state, to be read only."""
    desk = make_desk(tmp_path_factory.mktemp("none"))
    add_tickets(desk, ticket_lines())
    found = {"none": desk}
    for state, (step, name) in STEPS.items():
        desk = copied(desk, tmp_path_factory.mktemp(state))
        if step == "approve":
            take(desk, "approve", "wang")
        take(desk, step, name)
        found[state] = desk
    return found


@pytest.fixture
def at(lives: dict[str, Desk], tmp_path: Path) -> Callable[[str], Desk]:
    """The workspace in a state, as this test's own."""
    return lambda state: copied(lives[state], tmp_path)
