"""The fingerprint of a file, and notes of what was proven."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaohe.engine.spark import proof
from kaohe.engine.spark.proof import Proof, fingerprint
from kaohe.records import Partition


@given(st.lists(st.sampled_from([b"\n", b"\r", b"a", b"\x00", b"\xff\n", b"PAR1"])).map(b"".join), st.integers(1, 7))
def test_a_fingerprint_is_that_of_lines_however_the_file_is_read(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, piece: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "fingerprint"
    path.write_bytes(content)
    lines = content.split(b"\n")
    lines = lines if lines[-1] else lines[:-1]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(proof, "_PIECE", piece)
        assert fingerprint(path) == (len(content), len(lines), sum(map(zlib.crc32, lines)))


class Workers:
    """They see these bytes, wherever they look, and say how often they read them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.changed = 1
        self.read = 0

    def stamps(self, urls: list[str]) -> list[tuple[object, ...]]:
        return [(url, self.path.stat().st_size, self.changed) for url in urls]

    def fingerprints(self, urls: list[str]) -> list[tuple[object, ...]]:
        self.read += 1
        size, *rest = fingerprint(self.path)
        return [(url, size, self.changed, *rest) for url in urls]


@pytest.fixture
def part(tmp_path: Path) -> Partition:
    path = tmp_path / "a.parquet"
    path.write_bytes(b"one\ntwo")
    return Partition(path, None, 1, "a", "sha", {})


def test_what_was_proven_is_read_again_only_when_it_was_changed(part: Partition, tmp_path: Path) -> None:
    workers, notes = Workers(part.path), tmp_path / "notes.json"
    files = {"s3a://bucket/records/a.parquet": part}
    assert [Proof(notes).others(workers, files) for _time in range(3)] == [[], [], []]
    assert workers.read == 1
    workers.changed = 2
    assert Proof(notes).others(workers, files) == []
    assert workers.read == 2


def test_what_is_another_file_is_never_taken_for_proven(part: Partition, tmp_path: Path) -> None:
    workers, notes = Workers(tmp_path / "theirs"), tmp_path / "notes.json"
    files = {"s3a://bucket/records/a.parquet": part}
    for content in (b"one\ntwp", b"two\none", b"one\ntwo\n", b""):
        workers.path.write_bytes(content)
        # Where the pieces are the same in another order, which no copy makes of a file, they are taken for equal.
        same = sorted(content.split(b"\n")) == sorted(b"one\ntwo".split(b"\n"))
        assert Proof(tmp_path / str(content)).others(workers, files) == ([] if same else [part])
    workers.path.write_bytes(b"one\ntwp")
    assert [Proof(notes).others(workers, files) for _time in range(2)] == [[part], [part]]


@pytest.mark.parametrize("noted", ["", "{", "[]", '{"s3a://bucket/records/a.parquet": 1}', '{"s3a://x": [1, "a", 2]}'])
def test_notes_that_say_nothing_are_no_harm(part: Partition, tmp_path: Path, noted: str) -> None:
    workers, notes = Workers(part.path), tmp_path / "notes.json"
    notes.write_text(noted, "utf-8")
    assert Proof(notes).others(workers, {"s3a://bucket/records/a.parquet": part}) == []
    assert workers.read == 1
