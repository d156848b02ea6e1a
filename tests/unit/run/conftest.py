"""The tiny workspace: made once, copied for each test."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.scenarios.desk import Desk
from tests.unit.run.tiny import add_tickets, make_desk, ticket_lines


@pytest.fixture(scope="session")
def tiny_original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    desk = make_desk(tmp_path_factory.mktemp("original"))
    add_tickets(desk, ticket_lines())
    return desk.workspace


@pytest.fixture
def tiny(tiny_original: Path, tmp_path: Path) -> Desk:
    """The workspace with its tickets, this test's own."""
    return Desk(shutil.copytree(tiny_original, tmp_path / "tiny"))
