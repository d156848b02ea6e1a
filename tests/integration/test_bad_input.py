"""What goes wrong around kaohe: said in both languages, with a documented exit code, the database as it was."""

from __future__ import annotations

import contextlib
import os
import pty
import select
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from tests.integration.conftest import mount
from tests.integration.kit import command, contents, empty, environment, fill, process, refused, unchanged
from tests.scenarios.desk import Desk
from tests.tiny import PEOPLE, SCHEME, TICKETS, add_tickets, evaluated, make_desk, ticket_lines, write
from tests.watchdog import must_end

EVALUATE = ("evaluate", "tiny", "--period", "2026-Q1")
HEADER = TICKETS.splitlines()[0]
FULL: dict[str, Any] = {"code": 3, "en": "the disk is full", "zh": "磁盘已满"}


def many_tickets(path: Path, count: int) -> Path:
    """A file of so many sound tickets."""
    lines = (f"B{number:07},repair,P{number % 2 + 1},2026-02-10 09:00,2026-02-10 10:00,8" for number in range(count))
    path.write_text("\n".join([HEADER, *lines]) + "\n", "utf-8")
    return path


class TestNoWorkspace:
    @pytest.mark.parametrize(
        "words",
        [
            EVALUATE,
            ("records", "batches"),
            ("people", "list"),
            ("records", "undo", "1"),
            ("records", "export", "ticket"),
        ],
        ids=" ".join,
    )
    def test_it_is_said_with_the_way_to_one(self, words: tuple[str, ...], tmp_path: Path) -> None:
        nowhere = Desk(tmp_path / "nowhere")
        english, _chinese = refused(nowhere, *words, code=3, en="there is no workspace here", zh="这里没有工作区")
        assert f"{tmp_path / 'nowhere'}: error [workspace.missing]" in english.err
        assert "kaohe init DIR" in english.err
        assert [*tmp_path.iterdir()] == []

    def test_broken_settings_tell_every_mistake_with_its_place(self, tiny: Desk) -> None:
        settings = tiny.workspace / "kaohe.toml"
        broken = (
            settings.read_text("utf-8").replace("format = 1", "format = 9").replace("Asia/Shanghai", "Asia/Nowhere")
        )
        settings.write_text(broken.replace("engine =", 'colour = "red"\nengine ='), "utf-8")
        english, chinese = refused(tiny, *EVALUATE, code=3, en="unknown timezone", zh="未知时区")
        for line in (f"{settings}:1:10: ", f"{settings}:4:12: ", f"{settings}:6:10: "):
            assert line in english.err
            assert line in chinese.err
        assert english.err.count("error [workspace.setting]") == 3


class TestNothingToEvaluate:
    def test_a_period_without_records(self, tiny: Desk) -> None:
        with unchanged(tiny):
            english, _chinese = refused(
                tiny,
                *("evaluate", "tiny", "--period", "2026-Q3"),
                code=4,
                en="there are no records in 2026-Q3 for any indicator of the scheme",
                zh="2026-Q3",
            )
        assert "expected: records of: ticket" in english.err

    def test_nobody_imported_yet(self, tmp_path: Path) -> None:
        desk = Desk(tmp_path / "new")
        desk.do("init", desk.workspace)
        write(desk, "schemes/tiny.toml", SCHEME)
        with unchanged(desk):
            english, _ = refused(desk, *EVALUATE, code=4, en="there are no people yet", zh="还没有人员")
        assert "kaohe people import FILE" in english.err

    def test_an_empty_population(self, tiny: Desk) -> None:
        write(tiny, "schemes/tiny.toml", SCHEME.replace('role == "agent"', 'role == "astronaut"'))
        with unchanged(tiny):
            refused(tiny, *EVALUATE, code=4, en="the scheme covers nobody in 2026-Q1", zh="2026-Q1")

    def test_nobody_with_an_assignment(self, tiny: Desk) -> None:
        write(tiny, "schemes/tiny.toml", SCHEME.replace("effective  =", "# effective ="))
        with unchanged(tiny):
            words = ("evaluate", "tiny", "--period", "2019-Q1")
            refused(tiny, *words, code=4, en="nobody has an assignment in 2019-Q1", zh="2019-Q1")

    def test_a_person_without_an_assignment_is_listed_and_not_appraised(self, tiny: Desk) -> None:
        out = tiny.do(*EVALUATE).out
        (line,) = [line for line in out.splitlines() if "P6" in line]
        assert line.split() == ["P6", "孙八", "no", "assignment", "in", "2026-Q1"]

    def test_an_unknown_person_stores_no_run(self, tiny: Desk) -> None:
        with unchanged(tiny):
            refused(
                tiny, *EVALUATE, "--explain", "P99", code=1, en="nobody of this code or name is in the run", zh="P99"
            )


class TestLocked:
    """Another process is writing."""

    @pytest.fixture
    def locked(self, tiny: Desk) -> Iterator[Desk]:
        settings = tiny.workspace / "kaohe.toml"
        settings.write_text(settings.read_text("utf-8").replace("[database]", "[database]\npatience = 1"), "utf-8")
        hold = (
            "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None); "
            "c.execute('BEGIN IMMEDIATE'); print('held', flush=True); sys.stdin.read()"
        )
        holder = [sys.executable, "-c", hold, tiny.workspace / "kaohe.db"]
        with subprocess.Popen(holder, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
            assert other.stdout is not None
            assert other.stdout.readline() == b"held\n"
            yield tiny
            other.communicate()

    @pytest.mark.parametrize(
        "words",
        [
            EVALUATE,
            ("records", "import", "ticket", "more.csv"),
            ("people", "import", "folk.csv"),
            ("records", "undo", "2"),
        ],
        ids=" ".join,
    )
    def test_a_writer_waits_gives_up_and_changes_nothing(
        self, words: tuple[str, ...], locked: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(locked.workspace)
        write(locked, "more.csv", f"{HEADER}\nT90,repair,P1,2026-02-10 09:00,,\n")
        write(locked, "folk.csv", PEOPLE.replace("P1,张三", "P9,吴九"))
        with unchanged(locked):
            english, _ = refused(
                locked, *words, code=3, en="another program is writing to the database", zh="另一个程序正在写数据库"
            )
        assert f"{locked.workspace / 'kaohe.db'}: error [database.locked]" in english.err

    def test_a_reader_is_not_disturbed(self, locked: Desk) -> None:
        assert len(locked.batches()) == 2


class TestFullDisk:
    @pytest.fixture
    def cramped(self, tiny: Desk, small_disk: Path) -> Desk:
        """The tiny workspace on the small disk."""
        return Desk(shutil.copytree(tiny.workspace, small_disk / "tiny"))

    @pytest.mark.parametrize("leave", [0, 64 * 1024, 256 * 1024])
    def test_an_import_changes_nothing(self, leave: int, cramped: Desk, small_disk: Path, tmp_path: Path) -> None:
        path = many_tickets(tmp_path / "many.csv", 5_000)
        before = contents(cramped)
        fill(small_disk, leave)
        refused(cramped, "records", "import", "ticket", path, **FULL)
        empty(small_disk)
        assert contents(cramped) == before
        assert cramped.do("records", "import", "ticket", path).code == 0

    def test_a_snapshot_leaves_no_half_written_file(self, cramped: Desk, small_disk: Path) -> None:
        before = contents(cramped)
        fill(small_disk, 64 * 1024)
        english, _ = refused(cramped, *EVALUATE, **FULL)
        assert "snapshots" in english.err
        empty(small_disk)
        assert contents(cramped) == before
        assert evaluated(cramped)[1] == 1

    def test_a_run_that_cannot_be_stored_is_not_shown(self, cramped: Desk, small_disk: Path) -> None:
        cramped.do(*EVALUATE)
        write(cramped, "schemes/tiny.toml", SCHEME.replace('version    = "1"', 'version    = "2"'))
        before = contents(cramped)
        fill(small_disk, 40 * 1024)
        english, _ = refused(cramped, *EVALUATE, **FULL)
        assert "kaohe.db" in english.err
        empty(small_disk)
        assert contents(cramped) == before
        assert evaluated(cramped)[1] == 2

    @pytest.mark.parametrize("name", ["ranking.csv", "ranking.xlsx", "ranking.json", "ranking.txt"])
    def test_an_output_file_is_written_whole_or_stays_as_it_was(self, name: str, tiny: Desk, small_disk: Path) -> None:
        path = small_disk / name
        path.write_text("old")
        fill(small_disk, 0)
        refused(tiny, *EVALUATE, "--output", path, code=3, en="this file cannot be written", zh="无法写入这个文件")
        assert path.read_text() == "old"
        assert sorted(each.name for each in small_disk.iterdir()) == ["filler", name]
        empty(small_disk)
        tiny.do(*EVALUATE, "--output", path)
        assert path.stat().st_size > 100

    def test_a_workspace_is_not_made_by_halves(self, small_disk: Path) -> None:
        fill(small_disk, 16 * 1024)
        desk = Desk(small_disk / "new")
        answer = desk.try_("init", desk.workspace)
        assert answer.code == 3
        assert "Traceback" not in answer.err
        assert not desk.workspace.exists()

    def test_a_screen_that_takes_nothing_is_no_fault_of_ours(self, tiny: Desk) -> None:
        with Path("/dev/full").open("w") as full:
            done = subprocess.run(
                command(*EVALUATE),
                cwd=tiny.workspace,
                env=environment(),
                stdout=full,
                stderr=subprocess.PIPE,
                text=True,
                check=False,
            )
        assert done.returncode == 3
        assert "error [file.unavailable]: the disk is full" in done.stderr
        assert "Traceback" not in done.stderr
        assert "Exception ignored" not in done.stderr


class TestReadOnly:
    @pytest.fixture
    def read_only(self, tiny: Desk, small_disk: Path) -> Desk:
        """The tiny workspace on a disk that may only be read."""
        desk = Desk(shutil.copytree(tiny.workspace, small_disk / "tiny"))
        mounted = mount("-o", "remount,ro", small_disk)
        assert mounted.returncode == 0, mounted.stderr
        return desk

    @pytest.mark.parametrize("words", [EVALUATE, ("records", "batches"), ("records", "undo", "2")], ids=" ".join)
    def test_a_database_that_may_not_be_written_is_said_so(self, words: tuple[str, ...], read_only: Desk) -> None:
        said = (
            "SQLite makes files beside a database (-wal, -shm) even to read it",
            "SQLite 即使只读也要在数据库旁建立文件",
        )
        en, zh = refused(read_only, *words, code=3, en=said[0], zh=said[1])
        for answer in (en, zh):
            assert "sqlite3 FILE 'PRAGMA journal_mode = DELETE'" in answer.err, "how it is mended"

    def test_a_report_does_not_go_there(self, tiny: Desk, read_only: Desk) -> None:
        path = read_only.workspace / "ranking.csv"
        refused(tiny, *EVALUATE, "--output", path, code=3, en="this file cannot be written", zh="无法写入这个文件")
        assert not path.exists()

    def test_neither_does_a_new_workspace_nor_a_scheme(self, tiny: Desk, read_only: Desk) -> None:
        folder = read_only.workspace.parent
        refused(tiny, "init", folder / "new", code=3, en="this folder cannot be made or written", zh="这个文件夹")
        refused(tiny, "scheme", "new", folder / "new.toml", code=3, en="this file cannot be written", zh="无法写入")


class TestInterrupted:
    """Ctrl-C and sudden death; each waits for a sign that the work is under way, never for a time."""

    @contextlib.contextmanager
    def at_work(
        self, desk: Desk, *words: str | Path
    ) -> Iterator[tuple[subprocess.Popen[bytes], Callable[[bytes], bytes]]]:
        """The command with a terminal for its messages, and a function that reads them until they say something."""
        ours, theirs = pty.openpty()
        try:
            with subprocess.Popen(
                command(*words),
                cwd=desk.workspace,
                env=environment(TERM="xterm", COLUMNS="80"),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=theirs,
                start_new_session=True,
                # Whoever runs the tests in the background has Ctrl-C ignored, in all that they start too.
                preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no threads here
            ) as running:
                os.close(theirs)
                try:
                    yield running, partial(read_until, ours)
                finally:
                    running.kill()
        finally:
            os.close(ours)

    def test_ctrl_c_in_an_import_leaves_the_database_as_it_was(self, tiny: Desk, tmp_path: Path) -> None:
        path = many_tickets(tmp_path / "many.csv", 200_000)
        with unchanged(tiny), self.at_work(tiny, "records", "import", "ticket", path) as (running, said):
            said(b"rows read")
            running.send_signal(signal.SIGINT)
            text = said(b"interrupted; nothing of the unfinished step was kept")
            assert running.wait(timeout=30) == 130
        assert b"Traceback" not in text
        add_tickets(tiny, ["T90,repair,P1,2026-02-10 09:00,,"], "more.csv")

    def test_death_while_a_file_is_read_leaves_the_database_as_it_was(self, tiny: Desk, tmp_path: Path) -> None:
        path = many_tickets(tmp_path / "many.csv", 100_000)
        with unchanged(tiny), self.at_work(tiny, "records", "import", "ticket", path) as (running, said):
            said(b"rows read")
            running.kill()
            assert running.wait(timeout=30) == -signal.SIGKILL
        add_tickets(tiny, ["T90,repair,P1,2026-02-10 09:00,,"], "more.csv")

    def test_death_while_rows_are_written_keeps_all_of_them_or_none(self, tiny: Desk, tmp_path: Path) -> None:
        path = many_tickets(tmp_path / "many.csv", 60_000)
        log = tiny.workspace / "kaohe.db-wal"
        before, stored = contents(tiny), len(ticket_lines())
        with self.at_work(tiny, "records", "import", "ticket", path) as (running, said):
            said(b"rows read")
            # The log grows while the transaction writes, long before it is kept.
            wait_for(lambda: log.exists() and log.stat().st_size > 1_000_000, running)
            running.kill()
            running.wait(timeout=30)
        found = rows_of(tiny, "record_ticket")
        assert found in (stored, stored + 60_000)
        assert (contents(tiny) == before) is (found == stored)
        add_tickets(tiny, ["T90,repair,P1,2026-02-10 09:00,,"], "more.csv")
        assert rows_of(tiny, "record_ticket") == found + 1

    def test_death_in_an_evaluation_leaves_a_workspace_that_evaluates(self, demo_copy: Path) -> None:
        desk = Desk(demo_copy)
        words = ("evaluate", "floor-heating", "--period", "2026-Q1", "--format", "json")
        snapshots = demo_copy / ".kaohe" / "snapshots"
        shutil.rmtree(snapshots)
        with unchanged(desk), self.at_work(desk, *words) as (running, _said):
            wait_for(lambda: any(snapshots.rglob("*.parquet")), running)
            running.kill()
            running.wait(timeout=30)
        with unchanged(desk):
            run, number = evaluated(desk, "floor-heating")
        with contextlib.closing(sqlite3.connect(demo_copy / "kaohe.db")) as connection:
            told = connection.execute("SELECT digest FROM runs WHERE id = ?", [number]).fetchone()
        assert told == (run.digest,)


def rows_of(desk: Desk, table: str) -> int:
    with contextlib.closing(sqlite3.connect(desk.workspace / "kaohe.db")) as connection:
        (count,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    return int(count)


def read_until(terminal: int, wanted: bytes) -> bytes:
    """Read what is said until it holds the words; a test that waits longer than half a minute has failed."""
    said = b""
    while wanted not in said:
        ready, _, _ = select.select([terminal], [], [], 30)
        assert ready, said
        try:
            said += os.read(terminal, 65536)
        except OSError:  # the other side is gone
            break
    assert wanted in said, said
    return said


def wait_for(sign: Callable[[], bool], running: subprocess.Popen[bytes]) -> None:
    """Look for a sign of work, as long as the work goes on."""
    while not sign():
        assert running.poll() is None, "the work was done before it could be disturbed"
        os.sched_yield()


HOSTILE = {
    "import": '__import__("os").system("true")',
    "class": "().__class__.__bases__[0].__subclasses__()",
    "file": 'read_text("secret.txt")',
    "subquery": "count(where=kind in (select kind from ticket))",
    "bare subquery": "(SELECT count(*) FROM people)",
    "semicolon": "count(); DROP TABLE runs --",
    "ten thousand parentheses": "(" * 10_000 + "1" + ")" * 10_000,
    "a thousand parentheses": "(" * 990 + "1" + ")" * 990,
    "ten megabytes": f'count(where=kind == "{"a" * 10_000_000}")',
    "regular expression": 'count(where=matches(kind, "(a+)+$"))',
    "nots": "not " * 450 + "true",
    "ten thousand nots": "not " * 10_000 + "true",
    "minus signs": "-" * 1_900 + "1",
    "powers": "9**9**9**9",
    "shift": "1 << 999999999",
    "digits": "9" * 1_900,
    "exponent": "1e999999999",
    "lambda": "(lambda: 1)()",
    "comprehension": "[x for x in count()]",
    "text with code": 'f"{count()}"',
    "assignment": "(x := 1)",
    "attribute": "count.__globals__",
    "star": "count(*[1])",
    "product": " * ".join(["count()"] * 220),
    "null character": "count()\x00",
    "open brackets": "count(" * 300,
    "quotation marks": '"' * 1_999,
    "backslashes": "\\" * 1_999,
    "hidden direction": "co\u202eunt()",
    "full-width letters": "ｃｏｕｎｔ（）",
    "missing placeholder": "count(where=kind == '{0.__class__}')",
}


class TestHostileSchemes:
    @pytest.fixture(scope="class")
    @classmethod
    def desk(cls, tmp_path_factory: pytest.TempPathFactory) -> Desk:
        desk = make_desk(tmp_path_factory.mktemp("hostile"))
        (desk.workspace / "secret.txt").write_text("secret", "utf-8")
        desk.do("scheme", "check", "tiny")  # so that what is loaded once is loaded
        return desk

    @pytest.mark.parametrize("name", HOSTILE)
    @pytest.mark.parametrize(
        "written",
        ['"share(resolved_at - opened_at <= hours(24))"', "'role == \"agent\"'", "'value(\"growth\") * 0.5'"],
        ids=["value", "population", "points"],
    )
    def test_hostile_expressions_are_refused_at_once(self, name: str, written: str, desk: Desk) -> None:
        assert written in SCHEME
        text = SCHEME.replace(written, tomli_w.dumps({"x": HOSTILE[name]})[4:].strip())
        path = write(desk, "schemes/hostile.toml", text)
        with must_end():
            answer = desk.try_("scheme", "check", "hostile")
        assert answer.code == 1
        assert "error [expression." in answer.err or "error [toml.too-large]" in answer.err
        assert f"{path}:" in answer.err
        assert "Traceback" not in answer.err
        assert "secret" not in answer.err.replace("secret.txt", "")
        assert len(answer.err) < 1_000_000

    def test_what_looks_like_a_regular_expression_is_plain_text(self, desk: Desk) -> None:
        bomb = 'count(where=contains(no, "' + "(a+)+" * 300 + '$"))'
        text = SCHEME.replace('"share(resolved_at - opened_at <= hours(24))"', f"'{bomb}'")
        write(desk, "schemes/hostile.toml", text.replace('unit    = "share"', 'unit    = "count"'))
        add_tickets(desk, [f"{'a' * 200}{number},repair,P1,2026-02-10 09:00,,8" for number in range(20)])
        with must_end():
            desk.do("scheme", "check", "hostile")
            assert evaluated(desk, "hostile")[0].appraisal.values["in_time"].micros.tolist()[0] == 0

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ('"tiny"', '"../../../tmp/tiny"'),
            ('"tiny"', '"/etc/passwd"'),
            ('"tiny"', '"a\\u0000b"'),
            ('records = "ticket"', 'records = "../ticket"'),
            ('records = "ticket"', 'records = "ticket; DROP TABLE runs"'),
            ('id      = "in_time"', 'id      = "../in_time"'),
        ],
    )
    def test_path_tricks_are_no_names(self, old: str, new: str, desk: Desk) -> None:
        write(desk, "schemes/hostile.toml", SCHEME.replace(old, new))
        before = sorted(desk.workspace.parent.rglob("*"))
        answer = desk.try_("evaluate", "hostile", "--period", "2026-Q1")
        assert (answer.code, answer.out) == (1, "")
        assert "error [scheme." in answer.err
        assert "Traceback" not in answer.err
        assert sorted(desk.workspace.parent.rglob("*")) == before

    def test_a_name_that_climbs_out_of_the_folder_finds_only_scheme_files(self, desk: Desk) -> None:
        for name in ("../secret.txt", "/etc/passwd", "../../../../etc/passwd"):
            answer = desk.try_("evaluate", name, "--period", "2026-Q1")
            assert answer.code == 1
            assert "Traceback" not in answer.err
            assert "root:" not in answer.err


def test_a_reader_that_goes_away_is_no_mistake(demo_workspace: Path) -> None:
    with subprocess.Popen(
        command("records", "export", "ticket"),
        cwd=demo_workspace,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.readline()
        running.stdout.close()
        said = running.stderr.read()
        assert running.wait(timeout=30) == 0
    assert said == b""


@pytest.mark.parametrize("encoding", ["ascii", "gbk", "latin-1"])
def test_a_console_that_cannot_show_a_character_shows_a_question_mark(encoding: str, tiny: Desk) -> None:
    done = subprocess.run(
        command(*EVALUATE, "--lang", "zh"),
        cwd=tiny.workspace,
        env=environment(PYTHONIOENCODING=encoding),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    out = done.stdout.decode(encoding)
    assert ("李四" in out) is (encoding == "gbk")
    assert "88.50" in out


def test_settings_in_the_environment_are_those_that_are_documented(tiny: Desk) -> None:
    elsewhere = process(Desk(tiny.workspace.parent), "records", "batches", KAOHE_WORKSPACE=str(tiny.workspace))
    assert (elsewhere.code, elsewhere.err) == (0, "")
    chinese = process(tiny, "evaluate", "none", "--period", "2026-Q1", KAOHE_LANG="zh")
    assert (chinese.code, chinese.out) == (1, "")
    assert "没有考核方案文件 none" in chinese.err
    other = process(tiny, "records", "batches", KAOHE_DATABASE_URL="sqlite:///nowhere/kaohe.db")
    assert other.code == 3


def test_the_tickets_of_these_tests_are_sound(tiny: Desk, tmp_path: Path) -> None:
    desk = make_desk(tmp_path / "again")
    add_tickets(desk, ticket_lines())
    assert desk.batches()[0]["quarantined"] == 0
    assert tiny.batches()[0]["added"] == len(ticket_lines())
