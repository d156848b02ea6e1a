"""The audit log as it is written: chained, with whose act it was, and with the rows of evidence before and after."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select, text

from kaohe.records import Store, open_store
from kaohe.records.audit import BEGINNING, Actor, append, detail_of, insert_row, insert_rows, link, seal, update_row
from kaohe.records.auditing.verify import verify
from kaohe.records.canonical import text_digest
from kaohe.records.core_tables import RatingPairRow
from kaohe.records.evidence_tables import AuditHeadRow, AuditRow, ImprovementItemRow, KeptTextRow
from kaohe.records.tables import table_of

NOON = datetime(2026, 4, 1, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
LOG, HEAD, PAIRS = table_of(AuditRow), table_of(AuditHeadRow), table_of(RatingPairRow)


_ONE_ROUND = (
    "INSERT INTO import_batches VALUES (1, 'people', 'f', 'x', NULL, '2026-01-01', 1, 1, 0, 0, 0, NULL)",
    "INSERT INTO people VALUES ('s', 's', 1)",
    "INSERT INTO assessment_rounds VALUES ('r', '2026', '2026-01-31', '[]', 1, 5, NULL, '[]', 'x', '2026-01-01', NULL)",
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store("sqlite:///kaohe.db", {}, folder=tmp_path, actor=Actor("陈", "chen"))


def events(store: Store) -> list[dict]:
    with store.reading() as connection:
        return [dict(row) for row in connection.execute(select(LOG).order_by(LOG.c.seq)).mappings()]


def test_each_event_is_chained_to_the_one_before_and_the_head_is_the_last(store: Store) -> None:
    for subject in ("one", "two", "three"):
        with store.writing() as connection:
            append(connection, NOON, "test", subject, {"figure": 1})
    first, *found = events(store)
    assert (first["action"], first["subject"]) == ("tables", "core")
    assert [each["seq"] for each in found] == [2, 3, 4]
    assert [each["previous"] for each in found] == [first["digest"], found[0]["digest"], found[1]["digest"]]
    assert first["previous"] == BEGINNING
    assert all(each["digest"] == link(each) for each in (first, *found))
    assert all(each["detail_digest"] == text_digest(each["detail"]) for each in found)
    with store.reading() as connection:
        assert connection.execute(select(HEAD.c.seq, HEAD.c.digest)).one() == (4, found[-1]["digest"])


def test_many_rows_are_told_as_they_are_one_by_one(store: Store) -> None:
    kept, said = table_of(KeptTextRow), {"text": "one and the same"}
    rows = [{"digest": letter * 64} for letter in "cab"]
    with store.writing() as connection:
        one_by_one = [insert_row(connection, kept, {**row, **said}) for row in rows]
        connection.rollback()
    with store.writing() as connection:
        together = insert_rows(connection, kept, said, rows)
        assert insert_rows(connection, kept, said, []) == []
        append(connection, NOON, "test", "texts", {}, rows=together)
    assert [each.data() for each in together] == [each.data() for each in one_by_one]
    assert verify(store).sound


def test_an_event_says_who_acted_and_by_which_login(store: Store) -> None:
    with store.writing() as connection:
        append(connection, NOON, "test", "one", {})
    assert [(each["actor"], each["login"]) for each in events(store)[1:]] == [("陈", "chen")]


def test_no_detail_is_taken_for_rows_or_seals(store: Store) -> None:
    for name in ("rows", "seals"):
        with store.writing() as connection, pytest.raises(ValueError, match=name):
            append(connection, NOON, "export", "ticket", {name: 13})
    assert verify(store).sound


def test_an_event_of_a_transaction_that_fails_is_not_there(store: Store) -> None:
    def fail_after_appending() -> None:
        with store.writing() as connection:
            append(connection, NOON, "test", "one", {})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_appending()
    assert [each["action"] for each in events(store)] == ["tables"]


def test_rows_of_evidence_are_in_the_event_before_and_after(store: Store) -> None:
    items = table_of(ImprovementItemRow)
    row = {"scheme_id": "s", "period": "2026-Q1", "person": "P1", "text": "回访", "owner": "P2", "due": NOON.date(),
           "state": "open", "created_by": "陈", "created_at": NOON}  # fmt: skip
    with store.writing() as connection:
        added = insert_row(connection, items, row)
        changed = update_row(connection, items, added.key, {"state": "done", "changed_at": NOON})
        append(connection, NOON, "improvement.add", "1", {}, rows=[added, changed])
    rows = detail_of(events(store)[1]["detail"])["rows"]
    assert [(table, key) for table, key, _before, _after in rows] == [("improvement_items", {"id": 1})] * 2
    assert rows[0][2] is None
    assert rows[0][3] == rows[1][2]
    assert (rows[1][2]["state"], rows[1][3]["state"]) == ("open", "done")
    assert rows[1][3]["changed_at"] == "2026-04-01T04:00:00.000000Z"


def test_a_seal_depends_on_every_row_and_on_nothing_else(store: Store) -> None:
    with store.writing() as connection:
        for line in _ONE_ROUND:
            connection.exec_driver_sql(line)
        for rater in ("b", "a"):
            connection.execute(insert(PAIRS).values(round="r", subject="s", relation="peer", rater=rater, outside=True))
        both = seal(connection, PAIRS, {"round": "r"})
        assert both["rows"] == 2
        assert seal(connection, PAIRS, {"round": "another"})["rows"] == 0
        connection.execute(text("UPDATE assessment_pairs SET outside = 0 WHERE rater = 'a'"))
        assert seal(connection, PAIRS, {"round": "r"})["digest"] != both["digest"]
        connection.execute(text("UPDATE assessment_pairs SET outside = 1 WHERE rater = 'a'"))
        assert seal(connection, PAIRS, {"round": "r"}) == both
        with pytest.raises(ValueError, match="is sealed by"):
            seal(connection, PAIRS, {"subject": "s"})


def test_what_was_noted_before_the_chain_becomes_its_beginning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from alembic import command

    upgrade = command.upgrade
    with monkeypatch.context() as former:
        former.setattr("kaohe.records.schema.vouch", lambda *_: None)
        former.setattr(command, "upgrade", lambda config, _revision: upgrade(config, "0003"))
        old = open_store("sqlite:///kaohe.db", {}, folder=tmp_path)
    with old.writing() as connection:
        connection.execute(
            text("INSERT INTO audit_events (at, action, subject, detail) VALUES (:at, 'import', 'batch 1', :detail)"),
            [{"at": "2026-01-05T08:00:00.000000Z", "detail": each} for each in ('{"read":1}', '{"read":2}')],
        )
        for line in _ONE_ROUND:
            connection.exec_driver_sql(line)
    old.close()
    store = open_store("sqlite:///kaohe.db", {}, folder=tmp_path, actor=Actor("陈", "chen"))
    with store.writing() as connection:
        append(connection, datetime(2026, 4, 1, tzinfo=UTC), "test", "after", {})
    found = events(store)
    assert [(each["seq"], each["action"], each["actor"]) for each in found] == [
        (1, "import", ""), (2, "import", ""), (3, "tables", "陈"), (4, "test", "陈")]  # fmt: skip
    assert [each["previous"] for each in found[1:]] == [each["digest"] for each in found[:-1]]
    assert all(each["digest"] == link(each) for each in found)
    assert verify(store).problems == ()
    with store.writing() as connection:
        connection.execute(text("UPDATE import_batches SET added = 2"))
        connection.execute(text("UPDATE assessment_rounds SET scale = 6"))
    assert [each.where.key for each in verify(store).problems] == ["import_batches 1", "assessment_rounds r"]
