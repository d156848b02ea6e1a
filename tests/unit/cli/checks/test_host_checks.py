"""The machine: each check well, and each way in which it is not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from kaohe.cli.checks import gather, host
from kaohe.cli.checks.finding import Finding, exit_code
from kaohe.cli.checks.host import Disk
from kaohe.errors import Exit

MEGABYTE = 1024 * 1024


@pytest.mark.parametrize(
    ("levels", "code"),
    [
        ([], Exit.OK),
        (["well", "note"], Exit.OK),
        (["note", "warning", "well"], Exit.MISTAKE),
        (["warning", "error", "well"], Exit.ENVIRONMENT),
    ],
)
def test_the_exit_code_follows_the_worst(levels: list, code: Exit) -> None:
    assert exit_code(Finding("x", level, "") for level in levels) == code


@pytest.mark.parametrize(
    ("installed", "told"),
    [
        ({"duckdb": "1.5.6", "psycopg": "3.2"}, None),
        ({"duckdb": "1.4.9", "psycopg": "3.2"}, "duckdb 1.4.9 < 1.5"),
        ({"duckdb": "1.5"}, "psycopg"),
        ({"psycopg": "3.10.1+local"}, "duckdb"),
    ],
)
def test_libraries_that_are_missing_or_too_old_are_named(installed: dict[str, str], told: str | None) -> None:
    found = host.versions("0.1", "3.11.7", ["duckdb<3,>=1.5", "psycopg[binary]>=3.2; python_version > '3'"], installed)
    assert (found.level == "error", str(found.found).endswith(told or "duckdb 1.5.6")) == (told is not None, True)


def test_what_kaohe_requires_is_known_of_its_own_distribution() -> None:
    assert any(line.startswith("duckdb") for line in gather.required())
    assert host.versions("0.1", gather.python(), gather.required(), gather.installed()).level == "well"


@pytest.mark.parametrize(
    ("encoding", "level"),
    [("utf-8", "well"), ("UTF8", "well"), ("ascii", "warning"), (None, "warning"), ("no-such", "warning")],
)
def test_a_terminal_that_cannot_show_every_letter_is_told(encoding: str | None, level: str) -> None:
    assert host.terminal(encoding).level == level


@pytest.mark.parametrize(("year", "level"), [(1970, "error"), (2024, "error"), (2026, "well"), (2106, "error")])
def test_a_clock_that_is_years_off_is_told(year: int, level: str) -> None:
    assert host.clock(datetime(year, 2, 7, tzinfo=UTC)).level == level


@pytest.mark.parametrize(
    ("free", "level"),
    [(None, "error"), (50 * MEGABYTE, "error"), (900 * MEGABYTE, "warning"), (2048 * MEGABYTE, "well")],
)
def test_a_disk_that_is_nearly_full_is_told(free: int | None, level: str) -> None:
    assert host.disk(Disk("workspace", "/data", free)).level == level


@pytest.mark.parametrize(
    ("browser", "fonts", "level"),
    [(None, None, "note"), ("/usr/bin/chromium", False, "warning"), ("/x", True, "well"), ("/x", None, "well")],
)
def test_what_pages_are_printed_with(browser: str | None, fonts: bool | None, level: str) -> None:
    assert host.printing(browser, fonts).level == level
