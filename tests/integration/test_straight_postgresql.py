"""On PostgreSQL, rows whose keys ascend go straight into their table: what becomes of any rows is what becomes of them
on SQLite, where all are staged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.records.store_kit import FULL, NOW, SHANGHAI, TYPES, VISIT, hire, readings, stored, visit

from kaohe.errors import KaoheError
from kaohe.records import importing, passing
from kaohe.records.auditing.verify import verify
from kaohe.records.batches import Source, undo_batch
from kaohe.records.importing import Imported, import_rows
from kaohe.records.rows import Reading, Rejection
from kaohe.records.snapshot import take_snapshot
from kaohe.records.store import Store, open_store

Rows = Sequence[Mapping[str, Any]]


@pytest.fixture(scope="module")
def stores(postgresql_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Store]]:
    """One on PostgreSQL and one on SQLite, that know the people P1 and P2."""
    import psycopg

    with psycopg.connect(f"{postgresql_server}/postgres", autocommit=True) as connection:
        connection.execute("CREATE DATABASE straight")
    folder = tmp_path_factory.mktemp("straight")
    urls = (f"{postgresql_server}/straight", "sqlite:///kaohe.db")
    opened = [open_store(url, TYPES, folder=folder, patience=1) for url in urls]
    for store in opened:
        hire(store, [{"code": "P1"}, {"code": "P2"}])
    yield opened[0], opened[1]
    for store in opened:
        store.close()


@pytest.fixture(autouse=True)
def _few_at_once(monkeypatch: pytest.MonkeyPatch, stores: tuple[Store, Store]) -> None:
    monkeypatch.setattr(passing, "_AT_ONCE", 2)
    empty(stores)


def empty(stores: tuple[Store, Store]) -> None:
    for store in stores:
        with store.writing() as connection:
            connection.execute(store.tables["visit"].delete())


def bring(store: Store, rows: Rows, **options: Any) -> tuple[Imported, bool]:
    """Import visits as a file that is read quickly; what came of it, and whether they all went straight in."""
    made: list[Any] = []

    def straight(*words: Any) -> Any:
        made.append(real(*words))
        return made[-1]

    real = importing.Straight
    quick = lambda: (replace(each, quick=True) for each in readings(rows))  # noqa: E731
    with mock.patch.object(importing, "Straight", straight):
        imported = import_rows(store, VISIT, quick, Source("visits.csv", "ab" * 32), handed_in=NOW, **options)
    return imported, bool(made) and made[-1].order.ascending


def outcome(store: Store, imported: Imported) -> tuple[Any, ...]:
    """All that can be seen of an import, but for the number of its batch: a server counts those of nothing too."""
    rows = stored(store)
    batches = {number: index for index, number in enumerate(sorted({row[-1] for row in rows}))}
    told = [(each.row, each.mistakes) for each in imported.rejected]
    there = [(*row[:-1], batches[row[-1]]) for row in rows]
    return imported.counts, imported.batch is None, imported.left_out, imported.equal, told, there


FILES = st.lists(st.lists(st.tuples(st.integers(0, 9), st.sampled_from([1, 1, 1, 2])), max_size=7), max_size=4)
IN_ORDER = st.lists(st.lists(st.integers(0, 30), max_size=7, unique=True).map(sorted), max_size=3)


@settings(deadline=None, max_examples=25)
@given(
    files=FILES | IN_ORDER.map(lambda files: [[(key, 1) for key in keys] for keys in files]),
    update=st.booleans(),
    repeats=st.sampled_from(["reject", "first", "last"]),
)
def test_what_becomes_of_rows_does_not_depend_on_the_way(
    stores: tuple[Store, Store], files: list[list[tuple[int, int]]], update: bool, repeats: Any
) -> None:
    empty(stores)
    for file in files:
        rows = [visit(f"N{key:02d}", calls=calls) for key, calls in file]
        both = [outcome(store, bring(store, rows, update=update, repeats=repeats)[0]) for store in stores]
        assert both[0] == both[1]


def numbered(*numbers: int, **values: Any) -> list[dict[str, Any]]:
    return [visit(f"N{number:02d}", **values) for number in numbers]


def test_rows_in_order_go_straight_in_as_often_as_they_come_after_those_that_are_there(
    stores: tuple[Store, Store], tmp_path: Path
) -> None:
    server, file = stores
    assert bring(server, numbered(1, 2, 3, 4, 5))[1]
    assert bring(server, numbered(6, 8, 9, **dict.fromkeys(FULL)))[1]
    imported, straight = bring(server, numbered(7, 9, 10))
    assert (straight, imported.counts.added, imported.counts.quarantined) == (False, 2, 1)
    for numbers in ((1, 2, 3, 4, 5), (6, 8, 9), (7, 9, 10)):
        bring(file, numbered(*numbers, **(dict.fromkeys(FULL) if 6 in numbers else {})))
    taken = [take_snapshot(store, [VISIT], tmp_path / store.dialect, SHANGHAI) for store in stores]
    assert len({each.digest for each in taken}) == 1


def test_a_key_that_comes_late_sends_the_whole_file_the_other_way(stores: tuple[Store, Store]) -> None:
    server, _file = stores
    imported, straight = bring(server, numbered(1, 2, 3, 4, 5, 4))
    assert (straight, imported.counts.read, imported.counts.added) == (False, 6, 5)
    assert [row[0] for row in stored(server)] == ["N01", "N02", "N03", "N04", "N05"]
    batch = imported.batch
    assert batch is not None
    undo_batch(server, batch, NOW)
    assert stored(server) == []


@pytest.mark.parametrize("option", ["strict", "dry_run"])
def test_what_may_come_to_nothing_is_staged(stores: tuple[Store, Store], option: str) -> None:
    server, _file = stores
    assert not bring(server, numbered(1, 2, 3), **{option: True})[1]
    assert len(stored(server)) == (3 if option == "strict" else 0)


def test_slow_files_are_staged(stores: tuple[Store, Store]) -> None:
    """While they are read, others import."""
    server, _file = stores
    rows = numbered(1, 2, 3, 4, 5)
    with mock.patch.object(importing, "Straight", side_effect=AssertionError):
        import_rows(server, VISIT, lambda: readings(rows), Source("visits.xlsx", "ab" * 32), handed_in=NOW)
    assert len(stored(server)) == 5


def test_an_import_that_breaks_off_on_its_way_leaves_nothing(stores: tuple[Store, Store]) -> None:
    """By Ctrl-C, by a file that stops being one, by a person who is gone: the store is as it was, and works."""
    server, _file = stores

    def broken() -> Iterator[Reading]:
        yield from (replace(each, quick=True) for each in readings(numbered(1, 2, 3, 4)))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_rows(server, VISIT, broken, Source("visits.csv", "ab" * 32), handed_in=NOW)
    with pytest.raises(KaoheError) as caught:
        bring(server, [*numbered(1, 2, 3), visit("N04", agent="P9")])
    assert caught.value.problems[0].code == "import.people-changed"
    assert stored(server) == []
    assert bring(server, numbered(1, 2, 3, 4))[1]


def test_rejected_rows_are_kept_and_forgotten_alike(stores: tuple[Store, Store]) -> None:
    """Whoever was named by a row that did not pass is told so until it comes."""
    server, _file = stores
    mistaken = next(iter(readings(numbered(2)))).rows[0]

    def with_one_rejected() -> Iterator[Reading]:
        rejection = Rejection(mistaken.row, mistaken.cells, (), mistaken.place, {"no": "N02", "agent": "P1"})
        return (replace(each, rejected=[rejection], quick=True) for each in readings(numbered(1, 3)))

    def waiting() -> int:
        with server.reading() as connection:
            return int(connection.exec_driver_sql("SELECT count(*) FROM rejected_rows").scalar_one())

    first = import_rows(server, VISIT, with_one_rejected, Source("visits.csv", "ab" * 32), handed_in=NOW)
    assert (first.counts.added, first.counts.quarantined, waiting()) == (2, 1, 1)
    bring(server, numbered(2))
    assert waiting() == 0


def test_the_log_says_the_same_of_both_ways(stores: tuple[Store, Store]) -> None:
    server, _file = stores
    with server.reading() as connection:
        before = connection.exec_driver_sql("SELECT max(seq) FROM audit_log").scalar_one()
    bring(server, numbered(1, 2, 3))
    with server.reading() as connection:
        asked = "SELECT detail::json->'months', detail::json->>'added' FROM audit_log WHERE seq > %s"
        told = connection.exec_driver_sql(asked, (before,)).all()
    assert told == [({"record_visit": ["2026-01", "2026-02"]}, "3")]
    assert "audit.seal" not in {problem.code for problem in verify(server).problems}
