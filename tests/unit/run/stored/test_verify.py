"""Whatever is changed of a stored run, in any row or file, verifying finds it and names it."""

from __future__ import annotations

import contextlib
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.scenarios.desk import Desk
from tests.tiny import SCHEME, evaluated, write

from kaohe import __version__
from kaohe.cli.context import App
from kaohe.run.digest import digest_of
from kaohe.run.stored.evidence import packed, sealed, summary, unpacked
from kaohe.run.stored.reading import UNREADABLE
from kaohe.run.stored.repository import read_run, results_of
from kaohe.run.stored.shelf import shelve
from kaohe.run.stored.strays import strays
from kaohe.run.stored.verifying import Verdict, verify_run

RUN_COLUMNS = (
    "digest",
    "scheme_digest",
    "scheme_id",
    "period",
    "snapshot",
    "created_at",
    "evidence",
    "replaces",
    "inputs",
    "actor",
)
RESULT_COLUMNS = ("person", "name", "graded", "total", "rank", "tier", "bonus")
SCHEME_COLUMNS = ("digest", "scheme_id", "version", "text", "recorded_at")


@pytest.fixture(scope="module")
def original(tiny_original: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny workspace with a run of its scheme, and of the scheme with other words and the same rules."""
    folder = shutil.copytree(tiny_original, tmp_path_factory.mktemp("verify") / "tiny")
    desk = Desk(folder)
    evaluated(desk)
    write(desk, "schemes/other.toml", SCHEME.replace('id         = "tiny"', 'id         = "other"'))
    evaluated(desk, "other")
    return folder


@pytest.fixture
def desk(original: Path, tmp_path: Path) -> Desk:
    return Desk(shutil.copytree(original, tmp_path / "tiny"))


def verdict(desk: Desk, number: int = 1) -> Verdict:
    app = App("en", desk.workspace, {})
    return verify_run(app.store, number, app.workspace.snapshots, __version__)


def others(desk: Desk) -> list[str]:
    app = App("en", desk.workspace, {})
    with app.store.reading() as connection:
        return [str(each.where) for each in strays(connection)]


def named(found: Verdict) -> list[str]:
    return [str(each.where) for each in found.findings]


def change(desk: Desk, sql: str, *values: Any) -> None:
    """As somebody who opens the database with another program."""
    with contextlib.closing(sqlite3.connect(desk.workspace / "kaohe.db")) as connection:
        assert connection.execute(sql, values).rowcount > 0
        connection.commit()


def held(desk: Desk, sql: str) -> Any:
    with contextlib.closing(sqlite3.connect(desk.workspace / "kaohe.db")) as connection:
        (value,) = connection.execute(sql).fetchone()
        return value


def another(value: Any) -> Any:
    """The value with its last letter changed, or another number."""
    match value:
        case None:
            return 2
        case str() if value.endswith("Z"):
            return value[:-2] + ("0Z" if value[-2] != "0" else "1Z")
        case str():
            return value[:-1] + ("0" if value[-1] != "0" else "1")
        case _:
            return 1 - value if value in (0, 1) else value + 1


def test_an_untouched_run_is_identical(desk: Desk) -> None:
    for number in (1, 2):
        found = verdict(desk, number)
        assert found.identical
        assert found.recomputed
        assert found.findings == ()
    assert others(desk) == []


@pytest.mark.parametrize("column", RUN_COLUMNS)
def test_each_column_of_a_run_is_guarded(desk: Desk, column: str) -> None:
    value = another(held(desk, f"SELECT {column} FROM runs WHERE id = 1"))
    change(desk, f"UPDATE runs SET {column} = ? WHERE id = 1", value)
    found = verdict(desk)
    assert not found.identical
    assert f"runs 1 {column}" in named(found)


@pytest.mark.parametrize("at", [0, 40, 0.3, 0.6, 0.9, -1])
def test_each_byte_of_the_columns_is_guarded(desk: Desk, at: float) -> None:
    blob = bytearray(held(desk, "SELECT columns FROM runs WHERE id = 1"))
    blob[int(at * len(blob)) if isinstance(at, float) else at] ^= 1
    change(desk, "UPDATE runs SET columns = ? WHERE id = 1", bytes(blob))
    found = verdict(desk)
    assert not found.identical
    assert "runs 1 columns" in named(found)


def test_a_word_changed_in_the_evidence_is_named_by_its_place(desk: Desk) -> None:
    evidence = held(desk, "SELECT evidence FROM runs WHERE id = 1")
    change(desk, "UPDATE runs SET evidence = ? WHERE id = 1", evidence.replace('"P5"', '"P8"'))
    found = named(verdict(desk))
    assert "runs 1 evidence" in found
    assert any(each.startswith("runs 1 evidence: left_out") for each in found)
    assert any(each.startswith("runs 1 evidence: run.left_out") for each in found)


def test_what_no_computation_gives_again_is_guarded_too(desk: Desk) -> None:
    evidence = held(desk, "SELECT evidence FROM runs WHERE id = 1")
    change(
        desk, "UPDATE runs SET evidence = ? WHERE id = 1", evidence.replace('"engine":"duckdb"', '"engine":"abacus"')
    )
    assert named(verdict(desk)) == ["runs 1 evidence"]


@pytest.mark.parametrize("column", RESULT_COLUMNS)
def test_each_column_of_the_results_is_guarded(desk: Desk, column: str) -> None:
    value = another(held(desk, f"SELECT {column} FROM run_results WHERE run = 1 AND person = 'P1'"))
    change(desk, f"UPDATE run_results SET {column} = ? WHERE run = 1 AND person = 'P1'", value)
    found = verdict(desk)
    assert not found.identical
    assert ("run_results 1" if column == "person" else f"run_results 1 {column}") in named(found)
    assert all("P1" in str(each.found or each.what) or "P0" in str(each.what) for each in found.findings)


def test_rows_of_results_that_are_gone_too_many_or_elsewhere_are_named(desk: Desk) -> None:
    change(desk, "DELETE FROM run_results WHERE run = 1 AND person = 'P2'")
    change(desk, "INSERT INTO run_results SELECT run, 'P9', name, graded, total, rank, tier, bonus"
                 " FROM run_results WHERE run = 1 AND person = 'P1'")  # fmt: skip
    said = [str(each.what) for each in verdict(desk).findings]
    assert said == ["the row of P2 is missing", "the row of P9 is too many"]
    change(desk, "UPDATE run_results SET run = 99 WHERE run = 1 AND person = 'P1'")
    assert "the row of P1 is missing" in [str(each.what) for each in verdict(desk).findings]
    assert others(desk) == ["run_results 99"]


@pytest.mark.parametrize("column", SCHEME_COLUMNS)
def test_each_column_of_the_scheme_is_guarded(desk: Desk, column: str) -> None:
    digest = held(desk, "SELECT scheme_digest FROM runs WHERE id = 1")
    value = held(desk, f"SELECT {column} FROM schemes WHERE digest = '{digest}'")
    change(desk, f"UPDATE schemes SET {column} = ? WHERE digest = ?", another(value), digest)
    found = verdict(desk)
    assert not found.identical
    assert (f"schemes {digest}" if column == "digest" else f"schemes {digest} {column}") in named(found)
    assert verdict(desk, 2).identical


def test_a_comment_added_to_the_kept_text_of_a_scheme_is_found(desk: Desk) -> None:
    change(desk, "UPDATE schemes SET text = text || '# as agreed' WHERE scheme_id = 'tiny'")
    (found,) = named(verdict(desk))
    assert found.endswith(" text")


def test_schemes_that_are_gone_or_came_by_themselves_are_named(desk: Desk) -> None:
    digest = held(desk, "SELECT scheme_digest FROM runs WHERE id = 1")
    change(desk, "DELETE FROM schemes WHERE digest = ?", digest)
    assert f"schemes {digest}" in named(verdict(desk))
    change(desk, "INSERT INTO schemes SELECT 'feed', scheme_id, version, text, recorded_at FROM schemes")
    assert others(desk) == ["schemes feed"]


def texts_of(desk: Desk) -> list[str]:
    """The digests of all kept texts of the first run."""
    head = held(desk, "SELECT inputs FROM runs WHERE id = 1")
    own = json.loads(held(desk, f"SELECT text FROM kept_texts WHERE digest = '{head}'"))
    return [head, *own["texts"].values()]


@pytest.mark.parametrize("number", range(6))
@pytest.mark.parametrize("how", ["changed", "added to", "renamed", "deleted"])
def test_each_kept_text_is_guarded(desk: Desk, number: int, how: str) -> None:
    digest = texts_of(desk)[number]
    match how:
        case "changed":
            change(desk, "UPDATE kept_texts SET text = replace(text, 'a', 'b') WHERE digest = ?", digest)
        case "added to":
            change(desk, "UPDATE kept_texts SET text = text || ' ' WHERE digest = ?", digest)
        case "renamed":
            change(desk, "UPDATE kept_texts SET digest = ? WHERE digest = ?", another(digest), digest)
        case _:
            change(desk, "DELETE FROM kept_texts WHERE digest = ?", digest)
    if how == "changed" and held(desk, f"SELECT instr(text, 'b') FROM kept_texts WHERE digest = '{digest}'") == 0:
        return  # an empty list of calendars has no letter to change
    found = verdict(desk)
    assert not found.identical
    assert not found.recomputed
    assert f"kept_texts {digest}" in named(found)
    assert all(each.startswith("kept_texts") for each in named(found))


def test_a_kept_text_that_is_not_what_its_name_says_is_found_among_all(desk: Desk) -> None:
    change(desk, "INSERT INTO kept_texts VALUES ('abcdef', 'format = 1')")
    assert others(desk) == ["kept_texts abcdef"]


def files_of(desk: Desk) -> list[Path]:
    snapshot = held(desk, "SELECT snapshot FROM runs WHERE id = 1")
    manifest = next(desk.workspace.rglob(f"manifest-{snapshot}.json"))
    listed = json.loads(manifest.read_text("utf-8"))["files"].values()
    return [manifest.parent / path for path, _sha256 in listed]


def flip(path: Path, at: float) -> None:
    content = bytearray(path.read_bytes())
    content[int(at * (len(content) - 1))] ^= 1
    path.write_bytes(bytes(content))


def test_each_file_of_the_snapshot_is_guarded(desk: Desk) -> None:
    paths = files_of(desk)
    assert len(paths) > 4
    for path in paths:
        sound = path.read_bytes()
        for harm in harms():
            harm(path)
            found = verdict(desk)
            assert not found.identical
            assert named(found) == [str(path)]
            path.write_bytes(sound)
    assert verdict(desk).identical


def harms() -> Iterator[Callable[[Path], Any]]:
    yield Path.unlink
    yield lambda path: path.write_bytes(b"")
    yield lambda path: path.write_bytes(path.read_bytes()[:-1])
    for at in (0.0, 0.2, 0.5, 0.8, 1.0):
        yield lambda path, at=at: flip(path, at)


def test_rows_added_to_taken_from_or_changed_in_a_file_are_found(desk: Desk) -> None:
    path = next(path for path in files_of(desk) if path.parent.name.endswith("ticket"))
    table = pq.ParquetFile(path).read()
    column = table.column_names.index("owner")
    changed = table.set_column(column, "owner", pa.array(["P2"] * table.num_rows))
    for other in (pa.concat_tables([table, table.slice(0, 1)]), table.slice(1), changed):
        pq.write_table(other, path, compression="zstd", store_schema=False)
        found = verdict(desk)
        assert (named(found), found.recomputed) == ([str(path)], False)


def test_a_file_written_anew_with_the_same_rows_is_told_apart_from_changed_rows(desk: Desk) -> None:
    path = next(path for path in files_of(desk) if path.parent.name.endswith("ticket"))
    pq.write_table(pq.ParquetFile(path).read(), path, compression="none", store_schema=False)
    found = verdict(desk)
    assert [each.code for each in found.findings] == ["verify.bytes"]
    assert found.recomputed


def test_the_manifest_is_guarded(desk: Desk) -> None:
    manifest = next(desk.workspace.rglob("manifest-*.json"))
    sound = manifest.read_bytes()
    for at in (0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0):
        flip(manifest, at)
        assert named(verdict(desk)) == [str(manifest)]
        manifest.write_bytes(sound)
    said = json.loads(sound)
    for other in ({**said, "sources": {}}, {**said, "more": 1}, {**said, "files": {}}):
        manifest.write_text(json.dumps(other), "utf-8")
        assert named(verdict(desk)) == [str(manifest)]
    manifest.unlink()
    assert named(verdict(desk)) == [str(manifest)]


def test_a_run_that_is_gone_renumbered_or_slipped_in_is_named(desk: Desk) -> None:
    columns = (
        "digest, scheme_digest, scheme_id, period, snapshot, created_at, evidence, columns, replaces, inputs, actor"
    )
    change(desk, f"INSERT INTO runs (id, {columns}) SELECT 7, {columns} FROM runs WHERE id = 1")
    change(desk, "UPDATE runs SET id = 8 WHERE id = 2")
    change(desk, "DELETE FROM runs WHERE id = 1")
    assert others(desk) == ["run_results 1", "run_results 2", "runs 1", "runs 2", "runs 7", "runs 8"]
    assert "the row of P1 is missing" in [str(each.what) for each in verdict(desk, 7).findings]


def test_a_forged_run_whose_seals_all_fit_does_not_come_out_of_its_inputs(desk: Desk) -> None:
    """Somebody who knows how runs are stored raises a bonus and writes everything anew around it."""
    app = App("en", desk.workspace, {})
    true = read_run(app.store, 1)
    bonus = true.run.appraisal.bonus.copy()
    bonus[0] += 100_000
    run = replace(true.run, appraisal=replace(true.run.appraisal, bonus=bonus))
    run = replace(run, digest=digest_of(run.scheme, run.period, run.timezone, run.snapshot, run.appraisal, run.counts))
    document, columns = shelve(run)
    blob = packed(columns)
    with contextlib.closing(sqlite3.connect(desk.workspace / "kaohe.db")) as connection:
        connection.row_factory = sqlite3.Row
        row = {**connection.execute("SELECT * FROM runs WHERE id = 1").fetchone(), "digest": run.digest}
        scheme = {**connection.execute("SELECT * FROM schemes WHERE digest = ?", [run.scheme.digest]).fetchone()}
        said = sealed({**summary(run), "run": document}, row, blob, scheme)
        connection.execute(
            "UPDATE runs SET digest = ?, evidence = ?, columns = ? WHERE id = 1", [run.digest, said, blob]
        )
        results = results_of(run)
        forged = [*zip(results["bonus"], results["person"], strict=True)]
        connection.executemany("UPDATE run_results SET bonus = ? WHERE run = 1 AND person = ?", forged)
        connection.commit()
    assert read_run(app.store, 1).run.digest == run.digest != true.run.digest
    found = verdict(desk)
    assert named(found) == ["runs 1 digest", "runs 1 columns: bonus"]
    assert (found.findings[1].found, found.findings[1].expected) == ("P1: 600000", "P1: 500000")
    assert others(desk) == ["runs 1"]


def test_the_command_says_identical_or_what_differs_and_ends_accordingly(desk: Desk) -> None:
    answer = desk.do("run", "verify", "--all")
    assert answer.out.count(": identical\n") == 2
    change(desk, "UPDATE run_results SET bonus = bonus + 1 WHERE run = 1 AND person = 'P1'")
    answer = desk.try_("run", "verify", "1", "2")
    assert answer.code == 1
    first, *rest = answer.out.splitlines()
    assert first.endswith("differs, findings: 1")
    assert rest[0].strip() == "run_results 1 bonus: error [verify.results]: not the same for P1"
    assert rest[1:3] == ["        found: P1: 500001", "        expected: P1: 500000"]
    assert rest[-1].endswith(": identical")
    data = json.loads(desk.try_("run", "verify", "1", "--format", "json").out)
    assert data["runs"][0]["findings"][0]["where"] == "run_results 1 bonus"
    change(desk, "DELETE FROM runs WHERE id = 2")
    answer = desk.try_("run", "verify", "--all")
    assert (answer.code, "this run was saved and is not there any more" in answer.out) == (1, True)


def test_a_run_that_was_changed_is_not_shown_as_a_result(desk: Desk) -> None:
    change(desk, "UPDATE runs SET actor = 'somebody else' WHERE id = 1")
    answer = desk.try_("run", "show", "1")
    assert (answer.code, answer.out) == (3, "")
    assert "run.damaged" in answer.err
    assert "kaohe run verify 1" in answer.err
    answer = desk.try_("what-if", "tiny", "--against", "1")  # which does not read all of it, and proves all of it
    assert (answer.code, answer.out) == (3, "")
    assert "run.damaged" in answer.err


def test_a_run_of_an_earlier_version_cannot_be_verified_and_says_so(desk: Desk) -> None:
    change(desk, "UPDATE runs SET inputs = NULL WHERE id = 1")
    answer = desk.do("run", "verify", "1")
    assert "cannot be verified" in answer.out
    assert "run.former" in desk.try_("run", "show", "1").err


def test_no_changed_byte_of_the_columns_can_do_more_than_be_refused(desk: Desk) -> None:
    app = App("en", desk.workspace, {})
    blob = packed(shelve(read_run(app.store, 1).run)[1])
    sound = {name: column.to_pylist() for name, column in unpacked(blob).items()}
    same = 0
    for at in range(0, len(blob), 7):
        changed = bytearray(blob)
        changed[at] ^= 0x55
        try:
            read = unpacked(bytes(changed))
        except UNREADABLE:
            continue
        same += {name: column.to_pylist() for name, column in read.items()} == sound
    assert same < len(blob) / 7, "most changes are refused or give other columns; all break the seal"
