"""Stores to put records into."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.records.store_kit import TYPES, hire

from kaohe.records.store import Store, open_store


@pytest.fixture
def empty_store(tmp_path: Path) -> Iterator[Store]:
    """A new SQLite database."""
    store = open_store("sqlite:///kaohe.db", TYPES, folder=tmp_path, patience=0.05)
    yield store
    store.close()


@pytest.fixture
def store(empty_store: Store) -> Store:
    """A new SQLite database that knows the people P1 and P2."""
    hire(empty_store, [{"code": "P1"}, {"code": "P2"}])
    return empty_store
