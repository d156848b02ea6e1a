"""A workspace as a user has it: commands in, text and exit codes out."""

from __future__ import annotations

import contextlib
import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kaohe.cli.main import run

DATA = Path(__file__).parents[3] / "shared" / "data"


def source(name: str) -> Path:
    """A folder of real records; the test is skipped where they are not at hand."""
    folder = DATA / name
    if not folder.is_dir():
        pytest.skip(
            f"the data set {name} is not at hand: its licence does not allow shipping it", allow_module_level=True
        )
    return folder


@dataclass(frozen=True)
class Answer:
    """What a command gave back."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Desk:
    """Runs commands in a workspace, in English."""

    workspace: Path

    def try_(self, *words: str | Path) -> Answer:
        """Run a command, whatever comes of it."""
        out, err = io.StringIO(), io.StringIO()
        arguments = ["--lang", "en", "--workspace", str(self.workspace), *map(str, words)]
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = run(arguments, {})
        return Answer(int(code), out.getvalue(), err.getvalue())

    def do(self, *words: str | Path) -> Answer:
        """Run a command that must succeed."""
        answer = self.try_(*words)
        assert answer.code == 0, f"kaohe {' '.join(map(str, words))} → {answer.code}\n{answer.out}\n{answer.err}"
        return answer

    def evaluate(self, scheme: Path, period: str) -> dict[str, Any]:
        """The run as data."""
        return json.loads(self.do("evaluate", scheme, "--period", period, "--format", "json").out)

    def stored(self, record_type: str) -> Sequence[str]:
        """The lines of the stored records as exported, header first."""
        return self.do("records", "export", record_type).out.splitlines()

    def quarantined(self) -> list[dict[str, str]]:
        """The rows of the newest quarantine file."""
        newest = max((self.workspace / "quarantine").glob("*.csv"), key=lambda path: path.stat().st_mtime_ns)
        with newest.open(encoding="utf-8-sig", newline="") as file:
            return [*csv.DictReader(file)]

    def batches(self) -> list[dict[str, Any]]:
        """The imports, the newest first."""
        return json.loads(self.do("records", "batches", "--format", "json").out)


def counts(batch: dict[str, Any]) -> dict[str, int]:
    """What an import counted."""
    return {name: batch[name] for name in ("read", "added", "replaced", "unchanged", "quarantined")}
