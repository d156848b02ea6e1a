"""[duckdb] of kaohe.toml: what measuring may use."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from tests.unit.cli.test_workspace import SOUND, refused

from kaohe.cli.duckdb_settings import DuckdbSettings, memory_of
from kaohe.cli.workspace import load_workspace


def read(folder: Path, text: str) -> DuckdbSettings:
    (folder / "kaohe.toml").write_text(SOUND + text, "utf-8")
    return load_workspace(folder, {}).duckdb


def test_what_is_not_said_is_a_gigabyte_and_a_folder_of_the_workspace(tmp_path: Path) -> None:
    assert read(tmp_path, "") == DuckdbSettings(None, None, ".kaohe/spill")
    said = read(tmp_path, '[duckdb]\nmemory = "16GB"\nthreads = 4\nfolder = "/srv/spill"\n')
    assert said == DuckdbSettings(16_000_000_000, 4, "/srv/spill")
    assert memory_of(said) == 16_000_000_000


@pytest.mark.parametrize(("pages", "memory"), [(10**7, 10**9), (400_000, 819_200_000), (1_000, 10**8), (None, 10**9)])
def test_a_small_machine_gives_half_of_its_memory(
    pages: int | None, memory: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sysconf(name: str) -> Any:
        if pages is None:
            raise ValueError(name)
        return {"SC_PAGE_SIZE": 4096, "SC_PHYS_PAGES": pages}[name]

    monkeypatch.setattr(os, "sysconf", sysconf, raising=False)
    assert memory_of(DuckdbSettings()) == memory


def test_every_mistake_is_told_with_its_place(tmp_path: Path) -> None:
    text = '[duckdb]\nmemory = "50MB"\nthreads = 0\nfolder = " "\ncolour = 1\n'
    assert refused(SOUND + text, tmp_path) == [
        "10:10: this is not a size that suffices (50MB)",
        "11:11: this number is not possible here (0)",
        "12:10: this is not a folder ( )",
        "13:10: unknown setting colour (None)",
    ]
