"""The store on a real PostgreSQL server: the same meaning as on SQLite, down to the snapshot's digest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg
import pytest
from tests.unit.records.store_kit import FULL, NOW, SHANGHAI, TYPES, VISIT, field, hire, put, readings, stored, visit
from tests.unit.records.test_changes import BEHIND_OUR_BACK, fill, tables_read
from tests.unit.records.test_schema import differences

from kaohe.errors import Exit, KaoheError
from kaohe.records import open_snapshot, take_snapshot
from kaohe.records.batches import Counts, Source, list_batches, undo_batch
from kaohe.records.export import read_rows
from kaohe.records.importing import import_rows
from kaohe.records.lookups import Lookups
from kaohe.records.mapping import parse_mapping
from kaohe.records.people import list_people, read_directory
from kaohe.records.reading import read_records
from kaohe.records.rows import ReadContext, Reading
from kaohe.records.store import Store, open_store

# Keys that dictionaries and locales put into another order than their bytes.
KEYS = ["b", "B", "a", "Ä", "z", "甲", "乙", "-1", "1", " ", "a b", "ab", "É", "é"]


@pytest.fixture
def server(postgresql_url: str, tmp_path: Path) -> Iterator[Store]:
    """A store on PostgreSQL that knows the people P1 and P2."""
    opened = open_store(postgresql_url, TYPES, folder=tmp_path, patience=1)
    hire(opened, [{"code": "P1"}, {"code": "P2"}])
    yield opened
    opened.close()


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Store]:
    """The same on SQLite."""
    opened = open_store("sqlite:///kaohe.db", TYPES, folder=tmp_path)
    hire(opened, [{"code": "P1"}, {"code": "P2"}])
    yield opened
    opened.close()


def refused(code: str, url: str, folder: Path) -> KaoheError:
    with pytest.raises(KaoheError) as caught:
        open_store(url, TYPES, folder=folder, patience=1)
    assert caught.value.exit_code == Exit.ENVIRONMENT
    assert caught.value.problems[0].code == code
    return caught.value


def test_the_migrated_tables_are_those_of_the_code(server: Store) -> None:
    assert differences(server) == []


def test_rows_come_back_as_they_went_in(server: Store) -> None:
    put(server, [visit("1"), visit("2", **dict.fromkeys(FULL))])
    assert [row[:-1] for row in stored(server)] == [tuple(visit("1").values()), ("2", *[None] * len(FULL))]


def test_import_update_and_undo_mean_what_they_mean_on_sqlite(server: Store, file: Store) -> None:
    outcomes = []
    for store in (server, file):
        first = put(store, [visit(key, amount=index) for index, key in enumerate(KEYS)])
        before = stored(store)
        again = put(store, [visit(key, amount=index) for index, key in enumerate(KEYS)])
        mixed = [visit("b", amount=0), visit("B", amount=99), visit("new"), visit("new", amount=1), visit("new")]
        contrary = put(store, mixed)
        updated = put(store, [visit("B", **dict.fromkeys(FULL)), visit("甲")], update=True)
        changed = stored(store)
        assert updated.batch is not None
        undo_batch(store, updated.batch, NOW)
        assert [row for row in stored(store) if row[0] != "new"] == before
        counts = [imported.counts for imported in (first, again, contrary, updated)]
        rejected = [(row.row, str(row.mistakes[0].reason)) for row in contrary.rejected]
        # PostgreSQL spends a number on an import that is not kept.
        outcomes.append((counts, rejected, [row[:-1] for row in changed], len(list_batches(store))))
    assert outcomes[0] == outcomes[1]
    assert outcomes[0][0][2] == Counts(read=5, added=1, replaced=0, unchanged=2, quarantined=2)


def test_people_who_move_mean_what_they_mean_on_sqlite_and_undo_brings_them_back(server: Store, file: Store) -> None:
    first, later = {"team": "北", "from": date(2026, 1, 1)}, {"team": "北", "from": date(2026, 2, 15)}
    outcomes = []
    for store in (server, file):
        hire(store, [{"code": "P1", **first, "region": "华东", "grade": "七", "bonus_base": 2**53 + 1}])
        before = list_people(store)
        moves = [
            {"code": "P1", **first, "to": date(2026, 2, 14), "grade": "八"},
            {"code": "P1", **later, "region": "华南"},
        ]
        asked = hire(store, moves)
        assert asked.batch is not None
        undo_batch(store, asked.batch, NOW)
        moved = hire(store, moves, update=True)
        after = list_people(store)
        assert moved.batch is not None
        undo_batch(store, moved.batch, NOW)
        assert list_people(store) == before
        outcomes.append((asked.counts, moved.counts, after))
    assert outcomes[0] == outcomes[1]
    assert outcomes[0][:2] == (
        Counts(read=2, added=1, replaced=0, unchanged=0, quarantined=1),
        Counts(read=2, added=1, replaced=1, unchanged=0, quarantined=0),
    )
    assert [dict(one.attributes) for one in outcomes[0][2][0][1]] == [
        {"grade": "八", "region": "华东"},
        {"region": "华南"},
    ]


def test_the_snapshot_is_the_same_as_that_of_sqlite(server: Store, file: Store, tmp_path: Path) -> None:
    rows = [
        visit(key, at=datetime(2026, 1 + index % 3, 28, 15 + index % 3, 59, 59, index, tzinfo=UTC), client=key * index)
        for index, key in enumerate(KEYS)
    ]
    rows += [visit("none", **dict.fromkeys(FULL)), visit("early", at=datetime(1901, 12, 31, tzinfo=UTC), won=False)]
    people = [
        {
            "code": code,
            "team": team,
            "from": date(2026, 1, day),
            "to": None,
            "fraction": 5_000,
            "grade": f"七{day}",
            "bonus_base": day,
        }
        for code, team, day in (("P3", "北", 2), ("P3", None, 1), ("p3", "B", 1), ("P3", "a", 1))
    ]
    taken = []
    for store, order in ((server, 1), (file, -1)):
        put(store, rows[::order])
        hire(store, people[::order])
        taken.append(take_snapshot(store, [VISIT], tmp_path / store.dialect, SHANGHAI))
    assert taken[0].digest == taken[1].digest
    assert [part.sha256 for part in taken[0].all_partitions()] == [part.sha256 for part in taken[1].all_partitions()]
    assert open_snapshot(tmp_path / "postgresql", taken[0].digest) == taken[0]


def by_hand(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


@pytest.mark.parametrize("name", BEHIND_OUR_BACK)
def test_a_change_made_by_hand_is_seen_and_only_that_table_read_again(
    server: Store, postgresql_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    fill(server)
    before = take_snapshot(server, [VISIT], tmp_path, SHANGHAI)
    for statement in BEHIND_OUR_BACK[name]:
        by_hand(postgresql_url, statement)
        after, asked = tables_read(server, tmp_path, monkeypatch)
        assert after.digest != before.digest, statement
        assert asked == [f"record_{name}" if name == "visit" else name]
        assert tables_read(server, tmp_path, monkeypatch) == (after, [])
        before = after


def test_a_table_that_somebody_emptied_is_seen(
    server: Store, postgresql_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(server)
    before = take_snapshot(server, [VISIT], tmp_path, SHANGHAI)
    for table in ("record_visit", "assignments"):
        by_hand(postgresql_url, f"TRUNCATE {table}")
        after, asked = tables_read(server, tmp_path, monkeypatch)
        assert (after.digest != before.digest, asked) == (True, [table])
        before = after


def test_a_change_is_seen_whatever_the_user_may_touch_and_has_called_his_own(
    server: Store, postgresql_url: str, tmp_path: Path
) -> None:
    put(server, [visit("1")])
    before = take_snapshot(server, [VISIT], tmp_path, SHANGHAI)
    role = "clerk_of_records"
    try:
        by_hand(
            postgresql_url,
            f"CREATE ROLE {role}",
            f"GRANT SELECT, UPDATE ON record_visit TO {role}",
            f"SET ROLE {role}",
            "CREATE TEMPORARY TABLE table_changes (id bigint, table_name text, mark bigint)",
            "SET search_path = pg_temp",
            "UPDATE public.record_visit SET amount = 1",
        )
        assert take_snapshot(server, [VISIT], tmp_path, SHANGHAI).digest != before.digest
    finally:
        by_hand(postgresql_url, f"DROP OWNED BY {role}", f"DROP ROLE {role}")


def test_export_and_people_read_alike(server: Store, file: Store) -> None:
    for store in (server, file):
        put(store, [visit(key) for key in KEYS])
    assert [*read_rows(server, VISIT, SHANGHAI)] == [*read_rows(file, VISIT, SHANGHAI)]
    assert list_people(server) == list_people(file)


def test_a_record_type_may_gain_fields(server: Store, postgresql_url: str, tmp_path: Path) -> None:
    put(server, [visit("1")])
    grown = replace(VISIT, fields=(*VISIT.fields, field("mood", "date")))
    after = open_store(postgresql_url, {"visit": grown}, folder=tmp_path)
    with after.reading() as connection:
        row = connection.execute(after.tables["visit"].select()).mappings().one()
    assert (row["no"], row["mood"]) == ("1", None)


def test_an_import_that_breaks_off_leaves_the_database_as_it_was(server: Store) -> None:
    def broken() -> Iterator[Reading]:
        yield from readings([visit("1")])
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_rows(server, VISIT, broken, Source("f.csv", "00"), handed_in=NOW)
    assert stored(server) == []
    assert put(server, [visit("1")]).counts.added == 1


def test_a_table_that_somebody_locked_is_named(server: Store, postgresql_url: str) -> None:
    with psycopg.connect(postgresql_url) as other:
        other.execute("LOCK TABLE record_visit IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(KaoheError) as caught:
            put(server, [visit("1")])
    assert caught.value.problems[0].code == "database.locked"
    assert stored(server) == []


def test_a_wrong_password_is_refused_and_not_shown(postgresql_url: str, tmp_path: Path) -> None:
    url = postgresql_url.replace("se%3Fcret", "open-sesame")
    assert "sesame" not in str(refused("database.refused", url, tmp_path))


def test_a_database_that_does_not_exist_is_named(postgresql_server: str, tmp_path: Path) -> None:
    error = refused("database.absent", f"{postgresql_server}/nowhere", tmp_path)
    assert str(error.problems[0].where.file).endswith("/nowhere")


def test_a_database_that_may_only_be_read_is_refused(postgresql_url: str, tmp_path: Path) -> None:
    with psycopg.connect(postgresql_url, autocommit=True) as connection:
        connection.execute("ALTER ROLE kaohe SET default_transaction_read_only = on")
    try:
        refused("database.permission", postgresql_url, tmp_path)
    finally:
        with psycopg.connect(postgresql_url, autocommit=True) as connection:
            connection.execute("SET default_transaction_read_only = off")
            connection.execute("ALTER ROLE kaohe RESET default_transaction_read_only")


def test_two_who_open_a_new_database_at_once_do_not_trip_each_other(postgresql_url: str, tmp_path: Path) -> None:
    first = open_store(postgresql_url, {}, folder=tmp_path)
    second = open_store(postgresql_url, TYPES, folder=tmp_path)
    third = open_store(postgresql_url, TYPES, folder=tmp_path)
    with third.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM record_type_versions").scalar() == 1
    for store in (first, second, third):
        store.close()


def test_stored_records_are_found_by_their_keys_and_completed(server: Store, file: Store, tmp_path: Path) -> None:
    for store in (server, file):
        put(store, [visit(key, won=None) for key in KEYS] + [visit(f"N{number}") for number in range(1500)])
        found = Lookups(store, TYPES).of("visit")((key,) for key in [*KEYS, "none", *(f"N{n}" for n in range(1500))])
        assert set(found) == {(key,) for key in KEYS} | {(f"N{number}",) for number in range(1500)}
        assert found["甲",] == visit("甲", won=None)
        path = tmp_path / "won.csv"
        path.write_text("no,won\n甲,yes\nÄ,no\nnone,yes\n", "utf-8")
        mapping = 'format = 1\nrecords = "visit"\ncompletes = true\n[columns]\nno = "no"\nwon = "won"\n'
        rules = parse_mapping(mapping, "won.toml", VISIT)
        context = ReadContext(SHANGHAI, read_directory(store))
        imported = import_rows(
            store,
            VISIT,
            lambda: read_records(path, VISIT, rules, context, stored=Lookups(store, TYPES)),  # noqa: B023 - at once
            Source("won.csv", "11"),
            handed_in=NOW,
            update=True,
        )
        assert (imported.counts.replaced, imported.counts.quarantined) == (2, 1)
    assert [row[:-1] for row in stored(server)] == [row[:-1] for row in stored(file)]


def test_the_first_or_the_last_row_of_a_key_means_what_it_means_on_sqlite(server: Store, file: Store) -> None:
    rows = [visit(key, amount=amount) for amount in (1, 2, 2, 3) for key in KEYS] + [visit("once")]
    outcomes = []
    for store in (server, file):
        first, last = put(store, rows, repeats="first"), put(store, rows, repeats="last", update=True)
        outcomes.append(
            ([(one.counts, one.left_out, one.equal) for one in (first, last)], [row[:-1] for row in stored(store)])
        )
    assert outcomes[0] == outcomes[1]
    (told, _rows) = outcomes[0]
    assert [left_out for _counts, left_out, _equal in told] == [3 * len(KEYS)] * 2
    assert told[1][0] == Counts(read=len(rows), added=0, replaced=len(KEYS), unchanged=1, quarantined=0)
