"""``kaohe snapshot``: listed, shown, verified, collected; and nothing goes while an evaluation is at work."""

from __future__ import annotations

import json
import os
import sqlite3
from pathlib import Path
from shutil import copytree, rmtree
from typing import Any

import pytest
from tests.scenarios.desk import Desk
from tests.tiny import add_tickets
from tests.unit.cli.period_kit import lead

from kaohe.cli.snapshot import size_text
from kaohe.records.in_use import alone


def folder(desk: Desk) -> Path:
    return desk.workspace / ".kaohe" / "snapshots"


def evaluate(desk: Desk) -> None:
    desk.do("evaluate", "tiny", "--period", "2026-Q1")


def listed(desk: Desk) -> list[dict[str, Any]]:
    return json.loads(desk.do("snapshot", "list", "--format", "json").out)


def grow_old(desk: Desk) -> None:
    for path in folder(desk).rglob("*"):
        os.utime(path, (1, 1))


@pytest.fixture
def evaluated(tiny: Desk) -> Desk:
    """Two runs, each on a snapshot of its own."""
    evaluate(tiny)
    add_tickets(tiny, ["T20,repair,P1,2026-02-03 09:00,2026-02-03 10:00,9"])
    evaluate(tiny)
    return tiny


def test_snapshots_are_listed_with_the_runs_that_need_them(evaluated: Desk) -> None:
    newest, former = sorted(listed(evaluated), key=lambda each: not each["newest"])
    assert (newest["runs"], newest["newest"], former["runs"], former["newest"]) == ([2], True, [1], False)
    assert newest["rows"] == former["rows"] + 1
    assert 0 < newest["own_bytes"] < newest["bytes"]
    table = evaluated.do("snapshot", "list").out
    assert newest["snapshot"][:12] in table
    assert "newest" in table
    assert "最新" in evaluated.do("snapshot", "list", "--lang", "zh").out


def test_a_snapshot_is_shown_file_by_file(evaluated: Desk) -> None:
    digest = listed(evaluated)[0]["snapshot"]
    told = json.loads(evaluated.do("snapshot", "show", digest[:8], "--format", "json").out)
    assert told["snapshot"] == digest
    assert sum(each["rows"] for each in told["parts"]) == told["rows"]
    assert all((folder(evaluated) / each["file"]).stat().st_size == each["bytes"] for each in told["parts"])
    (folder(evaluated) / told["parts"][0]["file"]).unlink()
    table = evaluated.do("snapshot", "show", digest[:8]).out
    assert "2026-02" in table
    assert "missing" in table


def test_nothing_is_collected_for_a_database_that_is_not_the_folders(evaluated: Desk) -> None:
    """Whoever mistypes the database's name gets an empty one, whose runs need nothing."""
    grow_old(evaluated)
    settings = evaluated.workspace / "kaohe.toml"
    text = settings.read_text("utf-8")
    settings.write_text(text.replace("kaohe.db", "koahe.db"), "utf-8")
    for words in (("--dry-run",), ("--older-than", "0")):
        answer = evaluated.try_("snapshot", "collect", *words)
        assert (answer.code, "[snapshot.other-database]" in answer.err) == (3, True)
    assert "另一个数据库" in evaluated.try_("snapshot", "collect", "--lang", "zh").err
    settings.write_text(text, "utf-8")
    assert "all sound" in evaluated.do("snapshot", "verify").out


def lose(desk: Desk, run: int) -> str:
    """Lose a file that one run's snapshot alone names; the snapshot's digest."""
    of = {number: each["snapshot"] for each in listed(desk) for number in each["runs"]}
    parts = {
        digest: {
            each["file"] for each in json.loads(desk.do("snapshot", "show", digest, "--format", "json").out)["parts"]
        }
        for digest in of.values()
    }
    others = set().union(*(files for digest, files in parts.items() if digest != of[run]))
    for file in parts[of[run]] - others:
        (folder(desk) / file).unlink()
    return of[run]


def test_a_previews_lost_snapshot_is_given_up_knowingly(evaluated: Desk) -> None:
    digest = lose(evaluated, 1)
    assert "kaohe snapshot give-up" in evaluated.try_("snapshot", "verify").err
    assert evaluated.try_("run", "verify", "--all").code == 1
    assert evaluated.try_("snapshot", "give-up", digest).code == 2, "nobody gives up without a reason"
    said = evaluated.do("snapshot", "give-up", digest[:12], "--reason", "the disk broke, no backup")
    assert "runs that cannot be computed again: 1" in said.err
    assert "all sound" in evaluated.do("snapshot", "verify").out
    assert "lost" in evaluated.do("snapshot", "list").out
    verdict = evaluated.do("run", "verify", "--all").out
    assert "run 1" in verdict
    assert "unchanged; it cannot be computed again: event" in verdict
    assert "the stored figures, totals included, give the run's digest" in verdict
    assert "已放弃丢失的快照" in evaluated.do("audit", "show", "--action", "snapshot", "--lang", "zh").out
    assert "nothing was changed outside kaohe" in evaluated.do("audit", "verify").out
    grow_old(evaluated)
    evaluated.do("snapshot", "collect", "--older-than", "0")
    assert [each["runs"] for each in listed(evaluated)] == [[2]]
    evaluated.do("run", "show", "1")
    found = {each["check"]: each["state"] for each in json.loads(evaluated.try_("doctor", "--format", "json").out)}
    assert (found["snapshots"], found["snapshots.runs"]) == ("well", "well")


def test_what_was_given_up_and_came_back_is_kept_as_before(evaluated: Desk, tmp_path: Path) -> None:
    """A backup turns up after all."""
    copytree(folder(evaluated), tmp_path / "backup")
    digest = lose(evaluated, 1)
    evaluated.do("snapshot", "give-up", digest, "--reason", "gone")
    copytree(tmp_path / "backup", folder(evaluated), dirs_exist_ok=True)
    grow_old(evaluated)
    evaluated.do("snapshot", "collect", "--older-than", "0")
    assert "run 1" in (verdict := evaluated.do("run", "verify", "1").out)
    assert "identical" in verdict
    assert [each["given_up"] for each in listed(evaluated)] == [None, None]


def test_a_folder_that_is_gone_is_evaluated_again_before_anything_is_given_up(evaluated: Desk) -> None:
    digests = [each["snapshot"] for each in listed(evaluated)]
    rmtree(folder(evaluated))
    for digest in digests:
        answer = evaluated.try_("snapshot", "give-up", digest, "--reason", "x")
        assert (answer.code, "[snapshot.not-lost]" in answer.err) == (1, True)
    evaluate(evaluated)
    given = [evaluated.try_("snapshot", "give-up", digest, "--reason", "x").code for digest in digests]
    assert sorted(given) == [0, 1], "that of the newest state is there again"


def test_figures_that_were_changed_are_told_of_a_given_up_run_too(evaluated: Desk) -> None:
    digest = lose(evaluated, 1)
    evaluated.do("snapshot", "give-up", digest, "--reason", "gone")
    with sqlite3.connect(evaluated.workspace / "kaohe.db") as database:
        database.execute("UPDATE run_results SET total = total + 1 WHERE run = 1 AND person = 'P1'")
    assert evaluated.try_("run", "verify", "1").code == 1


def test_what_is_not_lost_and_what_is_official_is_not_given_up(tiny: Desk) -> None:
    lead(tiny, "calculated")
    official = listed(tiny)[0]["snapshot"]
    answer = tiny.try_("snapshot", "give-up", official, "--reason", "x")
    assert (answer.code, "[snapshot.not-lost]" in answer.err) == (1, True)
    add_tickets(tiny, ["T20,repair,P1,2026-02-03 09:00,2026-02-03 10:00,9"], "more.csv")
    evaluate(tiny)
    lose(tiny, 1)
    answer = tiny.try_("snapshot", "give-up", official, "--reason", "x")
    assert (answer.code, "[snapshot.official]" in answer.err) == (1, True)
    assert "period_steps: run 1" in answer.err
    assert "period_steps: 2026-Q1" in answer.err, "the frozen inputs"
    assert "bring its files back from a backup" in answer.err
    assert "不能放弃" in tiny.try_("snapshot", "give-up", official, "--reason", "x", "--lang", "zh").err


def test_a_digest_that_nobody_knows_is_told_beside_those_there_are(evaluated: Desk, tiny_original: Path) -> None:
    digests = [each["snapshot"] for each in listed(evaluated)]
    assert digests[0] in evaluated.do("snapshot", "show", f" {digests[0].upper()}").out
    said = evaluated.try_("snapshot", "show", "zzzzzzzz")
    assert (said.code, said.out) == (1, "")
    assert "[snapshot.unknown]: there is no snapshot zzzzzzzz" in said.err
    assert all(digest[:12] in said.err for digest in digests), "what exists"
    assert "→ see those there are: kaohe snapshot list" in said.err
    typed = digests[0][:9] + ("0" if digests[0][9] != "0" else "1")
    assert f"did you mean {digests[0][:10]}?" in evaluated.try_("snapshot", "show", typed).err
    assert "at least six digits" in evaluated.try_("snapshot", "verify", digests[0][:5]).err
    assert "没有快照 zzzzzzzz" in evaluated.try_("snapshot", "show", "zzzzzzzz", "--lang", "zh").err
    nothing = Desk(tiny_original).try_("snapshot", "show", "zzzzzzzz").err
    assert "no snapshot was taken yet" in nothing
    assert "kaohe evaluate takes one" in nothing


def test_harm_is_named_and_evaluating_mends_it(evaluated: Desk) -> None:
    assert "all sound" in evaluated.do("snapshot", "verify").out
    path = next(folder(evaluated).glob("record_ticket/2026-02-*.parquet"))
    for harmed in folder(evaluated).glob("record_ticket/2026-02-*.parquet"):
        harmed.write_bytes(harmed.read_bytes()[:-1])
    answer = evaluated.try_("snapshot", "verify")
    assert (answer.code, answer.err.count("[snapshot.damaged]")) == (1, 2)
    assert str(path) in answer.err
    assert "evaluate again" in answer.err
    assert "bring the file back from a backup" in answer.err
    assert "重新考核" in evaluated.try_("snapshot", "verify", "--lang", "zh").err
    evaluate(evaluated)
    told = json.loads(evaluated.try_("snapshot", "verify", "--format", "json").out)
    assert [each["code"] for each in told["problems"]] == ["snapshot.damaged"]  # that of the first run alone
    assert (told["snapshots"], told["sound"]) == (2, False)


def test_of_many_harmed_files_some_are_named_and_the_others_counted(
    evaluated: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kaohe.cli.snapshot._NAMED", 2)
    rmtree(folder(evaluated))
    answer = evaluated.try_("snapshot", "verify")
    harmed = len(json.loads(evaluated.try_("snapshot", "verify", "--format", "json").out)["problems"])
    assert (answer.code, answer.err.count("[snapshot.missing]")) == (1, 2)
    assert f"… and {harmed - 2} more files" in answer.err


def test_what_runs_need_stays_and_they_verify_as_before(evaluated: Desk) -> None:
    evaluated.do("records", "undo", evaluated.batches()[0]["batch"])
    add_tickets(evaluated, ["T21,repair,P1,2026-02-05 09:00,2026-02-05 10:00,9"])
    evaluated.do("indicator", "values", "crm.response_within", "--period", "2026-Q1", "--by", "owner")
    before = {path for path in folder(evaluated).rglob("*") if path.is_file()}
    grow_old(evaluated)
    evaluate(evaluated)
    add_tickets(evaluated, ["T22,repair,P1,2026-02-06 09:00,2026-02-06 10:00,9"])
    evaluated.do("indicator", "values", "crm.response_within", "--period", "2026-Q1", "--by", "owner")
    grow_old(evaluated)
    add_tickets(evaluated, ["T23,repair,P1,2026-02-07 09:00,2026-02-07 10:00,9"])
    evaluate(evaluated)
    would = evaluated.do("snapshot", "collect", "--dry-run").out.splitlines()
    assert [name for name in would if name.startswith("record_ticket/2026-02-")] != []
    answer = evaluated.do("snapshot", "collect")
    assert "files" in answer.err
    assert not any((folder(evaluated) / name).exists() for name in would)
    assert len(before) > len(would)
    assert evaluated.do("run", "verify", "--all").out.count("identical") == 4
    assert "nothing can go" in evaluated.try_("snapshot", "collect").err
    assert "files of snapshots deleted" in evaluated.do("audit", "show", "--action", "snapshot").out
    assert evaluated.do("audit", "verify").code == 0


@pytest.mark.parametrize("command", ["evaluate", "values"])
def test_nobody_collects_between_a_snapshot_and_what_comes_of_it(
    tiny: Desk, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    found = []

    def look(*_: object) -> None:
        with alone(folder(tiny)) as state:
            found.append(state)
        raise KeyboardInterrupt

    if command == "evaluate":
        monkeypatch.setattr("kaohe.run.stored.repository.save_run", look)
        code = tiny.try_("evaluate", "tiny", "--period", "2026-Q1").code
    else:
        monkeypatch.setattr("kaohe.run.organisation.members.read_members", look)
        words = ("indicator", "values", "crm.response_within", "--period", "2026-Q1", "--by", "owner")
        code = tiny.try_(*words).code
    assert (found, code) == (["busy"], 130)
    with alone(folder(tiny)) as state:
        assert state == "free"


def test_collecting_takes_the_role_that_undoing_takes(evaluated: Desk) -> None:
    settings = evaluated.workspace / "kaohe.toml"
    settings.write_text(settings.read_text("utf-8") + '\n[roles]\nprepare = ["chen"]\n', "utf-8")
    answer = evaluated.try_("--as", "wang", "snapshot", "collect")
    assert "roles.refused" in answer.err
    assert evaluated.try_("--as", "chen", "snapshot", "collect", "--older-than", "0").code == 0


def test_a_workspace_without_snapshots_says_so_by_its_code(tiny: Desk) -> None:
    assert tiny.try_("snapshot", "list").code == 4
    assert tiny.do("snapshot", "verify").out.startswith("0 snapshots")
    assert tiny.do("snapshot", "collect").err.strip() == "nothing can go"


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 B"), (999, "999 B"), (1_000, "1.0 kB"), (57_349_999, "57.3 MB"), (2_000_000_000, "2.0 GB")],
)
def test_sizes_are_readable(size: int, text: str) -> None:
    assert size_text(size) == text
