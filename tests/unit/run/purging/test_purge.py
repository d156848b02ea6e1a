"""Personal data that were purged are nowhere any more, and everything that is left goes on proving itself."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow.parquet as pq
import pytest
from tests.scenarios.desk import Desk
from tests.tiny import SCHEME, add_tickets, make_desk, ticket_lines, write
from tests.unit.records.snapshot_kit import noted
from tests.unit.run.purging.purge_kit import NAME, SECRETS, WHO, everything, make_workspace, opened

from kaohe.records import take_snapshot
from kaohe.records.auditing.verify import verify
from kaohe.run.stored.repository import read_run

PROPOSE = ("people", "purge", NAME, "--before", "2026-05-01", "--reason", f"{NAME}: five years are over", "--as", "王")


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_workspace(tmp_path_factory.mktemp("purge")).workspace


@pytest.fixture
def desk(original: Path, tmp_path: Path) -> Desk:
    return Desk(Path(shutil.copytree(original, tmp_path / "tiny")))


def purged(desk: Desk) -> Desk:
    number = desk.do(*PROPOSE).err.split("proposal ")[1].split(":")[0]
    desk.do("people", "purge", "--confirm", number, "--as", "李")
    return desk


def parquet_text(desk: Desk) -> str:
    """What the files of snapshots say; their bytes are compressed."""
    return "".join(str(pq.read_table(path).to_pydict()) for path in (desk.workspace / ".kaohe").rglob("*.parquet"))


def dump(desk: Desk) -> str:
    with closing(sqlite3.connect(desk.workspace / "kaohe.db")) as connection:
        return "\n".join(connection.iterdump())


def test_before_it_everything_is_there_so_that_the_test_can_fail(desk: Desk) -> None:
    found = everything(desk)
    assert [secret for secret in SECRETS if secret.encode() not in found] == []
    assert NAME in parquet_text(desk)
    assert desk.do("audit", "verify").code == 0


def test_nothing_of_the_name_and_of_what_was_written_is_left_anywhere(desk: Desk) -> None:
    found = everything(purged(desk))
    assert [secret for secret in SECRETS if secret.encode() in found] == []
    said = parquet_text(desk)
    assert [secret for secret in SECRETS if secret in said] == []
    with opened(desk, "王") as store, store.reading() as connection:
        for number in (1, 2):
            run = read_run(store, number).run
            assert [secret for secret in SECRETS if secret in str(run)] == []
        rows = connection.exec_driver_sql("SELECT count(*) FROM record_ticket WHERE owner = 'P4'").scalar()
    assert rows == 0


def test_the_audit_log_still_proves_itself(desk: Desk) -> None:
    before = json.loads(desk.do("audit", "verify", "--format", "json").out)["head"]["digest"]
    answer = purged(desk).do("audit", "verify", "--head", before)
    assert "nothing was changed outside kaohe" in answer.out
    assert "events from which personal data were purged" in answer.out


def test_a_run_says_why_it_is_not_computed_again_and_that_its_digest_holds(desk: Desk) -> None:
    before = dump(desk)
    answer = purged(desk).do("run", "verify", "--all")
    with opened(desk, "王") as store:
        event = verify(store).number
    assert f"unchanged; computed again only in part, because of the purge of event {event}" in answer.out
    assert "the stored figures, totals included, give the run's digest" in answer.out
    assert "computed again from what is left: 9 of 9 values of 3 people are the same" in answer.out
    with closing(sqlite3.connect(desk.workspace / "kaohe.db")) as connection:
        for digest, total in connection.execute("SELECT digest, (SELECT sum(total) FROM run_results) FROM runs"):
            assert digest in before
            assert total > 0


def test_others_keep_their_records_their_texts_and_their_attachments(desk: Desk) -> None:
    purged(desk)
    said = dump(desk)
    assert "代P4处理" in said
    assert "替P4值班" in said
    assert b"of both".hex().upper() in said.upper()
    assert b"mother in hospital".hex().upper() not in said.upper()


def test_what_is_changed_after_a_purge_is_found(desk: Desk) -> None:
    purged(desk)
    with closing(sqlite3.connect(desk.workspace / "kaohe.db")) as connection, connection:
        connection.execute("UPDATE audit_log SET actor = 'X' WHERE actor = 'P4'")
        connection.execute("UPDATE appeals SET text = 'none' WHERE person = 'P4'")
        connection.execute("UPDATE run_results SET total = total + 1 WHERE person = 'P4'")
    found = desk.try_("audit", "verify")
    assert found.code == 1
    assert all(name in found.err for name in ("appeals 1", "run_results 1", "audit_log"))


def test_a_purged_file_that_is_changed_is_found(desk: Desk) -> None:
    purged(desk)
    (path,) = [
        each for each in (desk.workspace / ".kaohe").rglob("people/*.parquet") if WHO in str(pq.read_table(each))
    ][:1]
    path.write_bytes(path.read_bytes()[:-1])
    found = desk.try_("run", "verify", "--all")
    assert found.code == 1
    assert "does not say what the purge" in found.out


def test_two_people_are_needed_and_a_proposal_is_settled_once(desk: Desk) -> None:
    number = desk.do(*PROPOSE).err.split("proposal ")[1].split(":")[0]
    for spelt in ("王\ufe0f", "王"):
        own = desk.try_("people", "purge", "--confirm", number, "--as", spelt)
        assert own.code == 1
    assert (own.code, "[purge.own]" in own.err) == (1, True)
    desk.do("people", "purge", "--reject", number, "--reason", "a lawsuit is under way", "--as", "李")
    again = desk.try_("people", "purge", "--confirm", number, "--as", "李")
    assert (again.code, "[purge.settled]" in again.err) == (1, True)
    assert "[purge.unknown]" in desk.try_("people", "purge", "--confirm", "1", "--as", "李").err
    assert NAME.encode() in everything(desk)


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("P1", "--before", "2026-05-01"), "this person was still there after 2026-05-01"),
        (("P4", "--before", "2026-03-31"), "this person was still there after 2026-03-31\n    found: 2026-03-31\n"),
        (("P4", "--retention", "90y"), "this person was still there"),
        (("nobody", "--retention", "3y"), "nobody is known by this code or name"),
    ],
)
def test_whoever_may_not_go_yet_stays(words: tuple[str, ...], problem: str, desk: Desk) -> None:
    answer = desk.try_("people", "purge", *words, "--reason", "x")
    assert (answer.code, problem in answer.err) == (1, True)


@pytest.mark.parametrize(
    "words",
    [(), ("P4",), ("P4", "--reason", "x"), ("P4", "--reason", "x", "--retention", "3"), ("--reject", "1"),
     ("P4", "--reason", "x", "--before", "2099-01-01"), ("P4", "--confirm", "1"),
     ("P4", "--reason", "x", "--retention", "3y", "--before", "2020-01-01")],
)  # fmt: skip
def test_a_purge_that_is_not_fully_said_is_refused(words: tuple[str, ...], desk: Desk) -> None:
    assert desk.try_("people", "purge", *words).code == 2


def test_after_a_purge_records_are_imported_and_evaluated_as_ever(desk: Desk) -> None:
    purged(desk)
    desk.do("evaluate", "tiny", "--period", "2026-Q1")
    assert desk.do("audit", "verify").code == 0
    assert desk.do("run", "verify", "--all").code == 0


def test_measured_figures_that_cannot_be_deleted_are_told_after_the_purge_with_their_folder(desk: Desk) -> None:
    number = desk.do(*PROPOSE).err.split("proposal ")[1].split(":")[0]
    values = desk.workspace / ".kaohe" / "values"
    kept = next(path for path in values.iterdir() if path.is_file() and not path.name.startswith("."))
    kept.unlink()
    kept.mkdir()  # which is not deleted as a file is
    answer = desk.try_("people", "purge", "--confirm", number, "--as", "李")
    assert answer.code == 3
    assert "taken out: " in answer.err
    assert f"{values}: error [purge.values]: the purge is done" in answer.err
    assert "delete all files in this folder" in answer.err
    assert NAME not in parquet_text(desk)


def test_the_next_snapshot_reads_the_months_that_the_purge_names_and_no_rows_are_left_in_waiting_files(
    desk: Desk, tmp_path: Path
) -> None:
    folder = desk.workspace / ".kaohe" / "snapshots"
    (folder / ".rows-x").mkdir()
    left = folder / "record_ticket" / f".2026-01-{'a' * 64}.parquet.1.2"
    for path in (folder / ".rows-x" / "2026-01", left):
        path.write_text(NAME)
    purged(desk)
    assert list(folder.glob(".rows-*")) == []
    assert not left.exists()
    with opened(desk, "王") as store, noted() as read:
        types = [store.record_types["ticket"]]
        taken = take_snapshot(store, types, folder, ZoneInfo("Asia/Shanghai"))
        months = read["record_ticket"]
        assert months is not None
        assert {"2026-01"} <= months < {part.month for part in taken.partitions("ticket")}
        assert take_snapshot(store, types, tmp_path / "scratch", ZoneInfo("Asia/Shanghai")).digest == taken.digest


def test_a_purge_interrupted_before_the_old_files_were_gone_is_brought_to_its_end(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = desk.do(*PROPOSE).err.split("proposal ")[1].split(":")[0]
    with monkeypatch.context() as failing:
        failing.setattr("kaohe.run.purging.purge._delete", lambda *_: 1 / 0)
        assert desk.try_("people", "purge", "--confirm", number, "--as", "李").code == 70
    assert NAME in parquet_text(desk)
    desk.do("people", "purge", "--confirm", number, "--as", "李")
    assert NAME not in parquet_text(desk)
    assert desk.do("audit", "verify").code == 0


def test_while_a_plugin_is_missing_nobody_can_say_whose_its_records_are(desk: Desk) -> None:
    desk.do("plugin", "add", "floor_heating")
    desk.do("records", "types")
    desk.do("records", "batches")
    desk.do("plugin", "remove", "floor_heating")
    answer = desk.try_(*PROPOSE)
    assert (answer.code, "[purge.no-plugin]" in answer.err) == (1, True)


def test_events_about_a_person_are_found_by_code(desk: Desk) -> None:
    (found,) = json.loads(desk.do("audit", "show", "--person", WHO, "--format", "json").out)
    assert found["action"] == "appeal.open"


def test_logins_and_former_names_go_too(desk: Desk) -> None:
    desk.do("targets", "set", "crm.csat_index", "90", "--period", "2026-Q1", "--company", "--as", "zhao66")
    assert desk.try_(*PROPOSE, "--alias", "P1=zhao66").code == 2
    number = desk.do(*PROPOSE, "--alias", "P4=zhao66").err.split("proposal ")[1].split(":")[0]
    desk.do("people", "purge", "--confirm", number, "--as", "李")
    assert b"zhao66" not in everything(desk)
    assert desk.do("audit", "verify").code == 0


def test_a_reason_in_a_paid_result_goes_and_the_log_says_what_the_figures_give_now(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    write(desk, "schemes/tiny.toml", f"{SCHEME}\n[manual_changes]\npoints = 5\npeople = 2\n")
    add_tickets(desk, ticket_lines())
    (desk.workspace / "kaohe.toml").write_text(
        (desk.workspace / "kaohe.toml").read_text("utf-8") + '\n[roles]\npay = ["赵"]\n', "utf-8"
    )
    desk.do("period", "open", "tiny", "2026-Q1", "--as", "王")
    desk.do("period", "freeze", "tiny", "2026-Q1", "--as", "王")
    desk.do("period", "calculate", "tiny", "2026-Q1", "--as", "王")
    change = ("change", "propose", "tiny", "2026-Q1", "P4", "--points", "-2", "--reason", SECRETS[1])
    desk.do(*change, "--as", "王")
    desk.do("change", "approve", "1", "--as", "李")
    for step, name in (("calculate", "王"), ("submit", "王"), ("approve", "周"), ("approve", "李")):
        desk.do("period", step, "tiny", "2026-Q1", "--as", name)
    early = desk.try_("people", "purge", "P4", "--before", "2026-05-01", "--reason", "over", "--as", "王")
    assert (early.code, "[purge.period]" in early.err) == (1, True)
    assert "found: approved\n    expected: paid or closed\n" in early.err
    desk.do("period", "pay", "tiny", "2026-Q1", "--as", "赵")
    assert SECRETS[1].encode() in everything(desk)
    words = ("people", "purge", "P4", "--before", "2026-05-01", "--reason", "over", "--as", "王")
    number = desk.do(*words).err.split("proposal ")[1].split(":")[0]
    desk.do("people", "purge", "--confirm", number, "--as", "李")
    assert SECRETS[1].encode() not in everything(desk)
    with opened(desk, "李") as store:
        runs = str([read_run(store, number) for number in (1, 2)])
    assert SECRETS[1] not in runs
    assert "赵六" not in runs
    assert desk.do("audit", "verify").code == 0
    answer = desk.do("run", "verify", "--all", "--lang", "en")
    assert "a purged reason was part of the run's digest" in answer.out
    assert desk.do("period", "show", "tiny", "2026-Q1").code == 0


def test_a_person_named_in_the_settings_is_taken_out_of_them_first(desk: Desk) -> None:
    settings = desk.workspace / "kaohe.toml"
    before = settings.read_text("utf-8")
    settings.write_text(f'{before}\n[roles]\npay = ["{NAME}", "赵"]\n', "utf-8")
    desk.do("targets", "set", "crm.csat_index", "90", "--period", "2026-Q1", "--company")
    assert "[purge.settings]" in desk.try_(*PROPOSE).err
    settings.write_text(f'{before}\n[roles]\npay = ["赵"]\n', "utf-8")
    assert NAME.encode() not in everything(purged(desk))
    assert desk.do("audit", "verify").code == 0
