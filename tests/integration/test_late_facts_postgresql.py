"""A quarter restated on PostgreSQL comes to what it comes to on SQLite, to the digest."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from tests.scenarios.late_facts.four import Four, moved

from kaohe.cli.context import App
from kaohe.errors import KaoheError
from kaohe.run.life import Rule
from kaohe.run.paying.store import outstanding
from kaohe.run.restating.store import approve, restatement_of
from kaohe.run.stored.repository import read_run


def restated(folder: Path, database: str | None) -> tuple[object, ...]:
    """Paid, restated, approved, and the next quarter paid; everything that came of it."""
    four = Four(folder)
    four.start(database=database)
    four.rate("2026-Q1", {"P1": 9, "P2": 8, "P3": 7, "P4": 6})
    four.lead("2026-Q1", close=True)
    four.rate("2026-Q1", {"P2": (8, 10, 10)})
    said = four.restate("2026-Q1")
    assert moved(said) == {"P2": "3000.00", "P1": "-3000.00"}
    four.approve(said["number"])
    four.rate("2026-Q2", {"P1": 8, "P2": 7, "P3": 9, "P4": 6})
    paid = four.lead("2026-Q2")
    assert paid["P1"] == ("6000.00", "4200.00", "-1200.00")
    store = App("en", four.desk.workspace, {}).store
    try:
        return read_run(store, said["to_run"]).run.digest, said["records"], said["people"], paid, four.outstanding()
    finally:
        store.close()


def test_both_databases_restate_alike(tmp_path: Path, postgresql_url: str) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
    assert restated(tmp_path / "one", postgresql_url) == restated(tmp_path / "other", None)


def test_people_who_approve_at_the_same_moment_post_once(tmp_path: Path, postgresql_url: str) -> None:
    """Four approve at once where two are needed: two are heard, the others are told that it is decided."""
    four = Four(tmp_path)
    four.start(database=postgresql_url)
    four.rate("2026-Q1", {"P1": 9, "P2": 8, "P3": 7, "P4": 6})
    four.lead("2026-Q1")
    four.rate("2026-Q1", {"P2": (8, 10, 10)})
    number = four.restate("2026-Q1")["number"]
    stores = [App("en", four.desk.workspace, {}, name).store for name in ("wang", "zhao", "sun", "qian")]

    def decide(index: int) -> str:
        try:
            return approve(stores[index], number, Rule(), datetime(2026, 12, 1, tzinfo=UTC)).state
        except KaoheError as error:
            return error.problems[0].code

    try:
        with ThreadPoolExecutor(len(stores)) as together:
            said = sorted(together.map(decide, range(len(stores))))
        assert said == ["approved", "prepared", "restate.decided", "restate.decided"]
        assert len(restatement_of(stores[0], number).decided_by) == 2
        assert [(each.person, each.fen) for each in outstanding(stores[0], "four")] == [
            ("P1", -3000_00),
            ("P2", 3000_00),
        ]
    finally:
        for store in stores:
            store.close()
