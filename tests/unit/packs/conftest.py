from __future__ import annotations

import pytest
from tests.unit.packs.packs_kit import Packs, all_packs


@pytest.fixture(scope="session")
def packs() -> Packs:
    """Every record type and indicator of the base pack and the industries."""
    return all_packs()
