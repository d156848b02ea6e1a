"""A run's file that brings its snapshot writes into the folder given to it, and nowhere else."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from kaohe.run.stored.bringing import unpack_snapshot

CONTENT = base64.b64encode(b"PAR1").decode()


def test_files_are_put_where_they_belong(tmp_path: Path) -> None:
    assert unpack_snapshot(json.dumps({"snapshot": {"people/all.parquet": CONTENT}}), tmp_path)
    assert (tmp_path / "people" / "all.parquet").read_bytes() == b"PAR1"


@pytest.mark.parametrize("elsewhere", ["../x", "/x/y", "a/../../x", "C:x", "a\\..\\x"])
def test_a_path_that_leads_elsewhere_brings_nothing(tmp_path: Path, elsewhere: str) -> None:
    folder = tmp_path / "inside"
    folder.mkdir()
    assert not unpack_snapshot(json.dumps({"snapshot": {elsewhere: CONTENT}}), folder)
    assert [*tmp_path.rglob("*")] == [folder]


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"snapshot": 3}', '{"snapshot": {"a": 3}}', '{"snapshot": {"a": "!"}}']
)
def test_what_is_no_such_file_brings_nothing(tmp_path: Path, text: str) -> None:
    assert not unpack_snapshot(text, tmp_path)
