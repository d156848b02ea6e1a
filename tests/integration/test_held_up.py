"""Who waits for another writer is told so while he waits, and for whom: on a terminal, once."""

from __future__ import annotations

import io
import os
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.scenarios.desk import Desk
from tests.unit.records.store_kit import TYPES

from kaohe.cli.context import App
from kaohe.records import held_up
from kaohe.records.audit import take_turn
from kaohe.records.store import Store, open_store
from kaohe.text import Message


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    return "sqlite:///kaohe.db" if request.param == "sqlite" else request.getfixturevalue("postgresql_url")


@pytest.fixture
def heard() -> list[Message]:
    return []


@pytest.fixture
def stores(url: str, tmp_path: Path, heard: list[Message], monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Store]]:
    """One who writes, and one who is told that he waits."""
    monkeypatch.setattr(held_up, "AFTER", 0.05)
    opened = [open_store(url, TYPES, folder=tmp_path, tell=tell) for tell in (None, heard.append)]
    yield opened
    for store in opened:
        store.close()


def test_a_writer_who_waits_is_told_once_for_whom(stores: list[Store], heard: list[Message], url: str) -> None:
    told = threading.Event()

    def tell(said: Message) -> None:
        heard.append(said)
        told.set()

    first, second = stores[0], replace(stores[1], tell=tell)
    done: list[str] = []

    def write() -> None:
        with second.writing() as connection:
            take_turn(connection)
            done.append("written")

    waiting = threading.Thread(target=write)
    with first.writing() as connection:
        take_turn(connection)
        waiting.start()
        assert told.wait(20)
        assert not done
    waiting.join(20)
    assert done == ["written"]
    (said,) = heard
    assert str(said).startswith("waiting until ")
    if url.startswith("postgresql"):
        assert "server process" in str(said)
    elif sys.platform == "linux":
        assert str(said) == f"waiting until process {os.getpid()} has written to the database"
    assert said.in_("zh_CN").startswith("正在等待")


def test_who_waits_for_nobody_is_told_nothing_however_long_it_takes(
    stores: list[Store], heard: list[Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = threading.Event()
    real = held_up._waiting

    def counted(*words: Any) -> Any:
        asked = real(*words)

        def ask() -> bool | Message:
            found = asked()
            looked.set()
            return found

        return ask

    monkeypatch.setattr(held_up, "_waiting", counted)
    with stores[1].writing() as connection:
        take_turn(connection)
        assert looked.wait(20)
    assert heard == []


@pytest.mark.parametrize("terminal", [True, False])
def test_only_a_terminal_is_told(tiny: Desk, terminal: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(stream, "isatty", lambda: terminal)
    monkeypatch.setattr(sys, "stderr", stream)
    app = App("en", tiny.workspace, {})
    assert (app.bare_store.tell is not None) == terminal
    app.close()
