"""The workspace's folder: rights, passwords, leftovers, snapshots, disks of the network."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kaohe.cli.checks import folders, gather
from kaohe.cli.checks.folders import Entry

WHOLE = (b"PAR1", b"PAR1")
MANIFEST = json.dumps({"files": {"ab": ["people/p.parquet", "00"]}})


def test_what_everybody_may_read_is_told_unless_they_cannot_get_there() -> None:
    entries = [Entry("kaohe.db", 0o640), Entry("kaohe.db-wal", 0o644)]
    found = folders.rights(entries, [0o755, 0o755])
    assert (found.level, "kaohe.db-wal" in str(found.found)) == ("warning", True)
    assert folders.rights(entries, [0o755, 0o750]).level == "well"
    assert folders.rights([Entry("kaohe.db", 0o602)], [0o755]).level == "warning"
    assert folders.rights([Entry("kaohe.db", 0o660)], [0o755]).level == "well"


@pytest.mark.parametrize(
    ("url", "mode", "level"),
    [
        ("sqlite:///kaohe.db", 0o644, "well"),
        ("postgresql://kaohe@db/kaohe", 0o644, "well"),
        ("postgresql://kaohe:open-sesame@db/kaohe", 0o644, "warning"),
        ("postgresql://kaohe:open-sesame@db/kaohe", 0o640, "note"),
        ("postgresql://db/kaohe?user=kaohe&password=open-sesame", 0o644, "warning"),
    ],
)
def test_a_password_in_the_settings_is_told_and_never_shown(url: str, mode: int, level: str) -> None:
    found = folders.password(f'[database]\nurl = "{url}"', mode)
    assert (found.level, "sesame" in str(found)) == (level, False)


def test_files_of_processes_that_are_gone_are_leftovers() -> None:
    names = [".kaohe/snapshots/.x.parquet.2.4711", ".kaohe/snapshots/.y.parquet.4711.1", ".out.csv.new", ".gitignore"]
    found = folders.leftovers(names, alive=[1])
    assert (found.level, found.found.arguments["paths"]) == ("note", ".kaohe/snapshots/.x.parquet.2.4711, .out.csv.new")
    assert folders.leftovers(names[1:2], alive=[1]).level == "well"
    assert folders.leftovers([], alive=[1], abandoned=[".kaohe.db-import-x"]).level == "note"


@pytest.mark.parametrize(
    ("manifests", "files", "named"),
    [
        ({"m": MANIFEST}, {"people/p.parquet": WHOLE}, None),
        ({}, {}, None),
        ({"m": MANIFEST}, {}, "people/p.parquet"),
        ({"m": "{"}, {}, "m"),
        ({"m": "[]"}, {}, "m"),
        ({"m": MANIFEST}, {"people/p.parquet": (b"PAR1", b"")}, "people/p.parquet"),
    ],
)
def test_snapshots_with_missing_or_cut_files_are_told(manifests: dict, files: dict, named: str | None) -> None:
    (found,) = folders.snapshots(manifests, files)
    assert found.level == ("well" if named is None else "error")
    assert named is None or str(found.found).endswith(named)


def test_folders_that_the_account_may_not_write_in_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "snapshots").mkdir()
    wanted = [tmp_path / "snapshots", tmp_path / "values/new", tmp_path]
    assert folders.writing(gather.closed(wanted)).level == "well"
    monkeypatch.setattr("os.access", lambda path, _mode: path != tmp_path)
    assert gather.closed(wanted) == [str(tmp_path)], "what is not there yet would be made in the folder above it"
    found = folders.writing([str(tmp_path)])
    assert (found.level, str(tmp_path) in str(found.found)) == ("warning", True)


def test_a_truncated_file_is_seen_by_its_end(tmp_path: Path) -> None:
    (tmp_path / "people").mkdir()
    (tmp_path / "people/whole.parquet").write_bytes(b"PAR1....PAR1")
    (tmp_path / "people/cut.parquet").write_bytes(b"PAR1...")
    (tmp_path / "people/empty.parquet").write_bytes(b"")
    found = gather.parquet_ends(tmp_path)
    assert [name for name, ends in found.items() if ends == WHOLE] == ["people/whole.parquet"]
    assert len(found) == 3


def test_the_disk_of_a_file_is_the_one_mounted_nearest_to_it() -> None:
    mounts = [
        "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw",
        "36 22 0:50 / /data rw - nfs4 server:/export rw",
        "37 36 0:51 / /data/my\\040own rw master:2 - tmpfs tmpfs rw",
        "nonsense",
    ]
    places = {"/srv/kaohe.db": "ext4", "/data/kaohe.db": "nfs4", "/data/my own/kaohe.db": "tmpfs", "/database": "ext4"}
    assert {place: gather.kind_of_disk(Path(place), mounts) for place in places} == places
    assert gather.kind_of_disk(Path("/x"), []) is None
