"""What benchmarks print, kept in RESULTS.md: a part for each, renewed by itself, and before them all goals together."""

from __future__ import annotations

import io
import os
import platform
import re
import sys
import traceback
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

RESULTS = Path(__file__).with_name("RESULTS.md")
HEADER = "| goal | at most | measured | |\n|---|---:|---:|---|"
PART = re.compile(r"<!-- part: (?P<name>[\w-]+) -->\n(?P<text>.*?)<!-- end -->\n", re.DOTALL)
GOALS = re.compile(r"<!-- goals -->\n.*?<!-- end -->\n", re.DOTALL)


@dataclass(frozen=True)
class Goal:
    """What was to be reached: a ratio (or an amount) of at most ``limit``."""

    what: str
    limit: float
    measured: float
    unit: str = "×"

    def row(self) -> str:
        verdict = "met"
        if self.measured > self.limit:
            verdict = f"**missed**: {self.measured / self.limit:.2f} times what was to be reached"
        return f"| {self.what} | {self.limit:g} {self.unit} | {self.measured:.3g} {self.unit} | {verdict} |"


def print_goals(*goals: Goal) -> None:
    print(f"\n{HEADER}")
    for goal in goals:
        print(goal.row())


def machine() -> str:
    """What all figures of a run depend on."""
    processor = next(
        (line.split(":")[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), "?"
    )
    memory = next((int(line.split()[1]) / 1e6 for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    packages = ", ".join(
        f"{name} {found}" for name in ("duckdb", "numpy", "pyarrow", "pandas", "polars") if (found := _version(name))
    )
    system = f"{platform.system()}, Python {platform.python_version()}"
    return (
        f"{datetime.now().astimezone():%Y-%m-%d %H:%M %Z}; {processor}, {os.cpu_count()} cores, {memory:.0f} GB; load "
        f"{os.getloadavg()[0]:.1f} at the beginning; {system}; {packages}"
    )


def told(name: str, benchmark: Callable[[], None], *, write: bool) -> bool:
    """Run the benchmark, show what it prints as it does, and keep it in RESULTS.md if asked. One that fails says why,
    nothing of it is kept, and the others go on."""
    kept = _Both(sys.stdout)
    try:
        with redirect_stdout(kept):
            print(f"\n## {name}\n\n{machine()}")
            benchmark()
    except (Exception, SystemExit):
        traceback.print_exc()
        return False
    if write:
        RESULTS.write_text(with_part(RESULTS.read_text("utf-8"), name, kept.getvalue()), "utf-8")
    return True


def with_part(page: str, name: str, text: str) -> str:
    """The page with this part renewed in its place, or at the end; and all goals anew."""
    part = f"<!-- part: {name} -->\n{text.strip()}\n<!-- end -->\n"
    there = [found["name"] for found in PART.finditer(page)]
    if name in there:
        page = PART.sub(lambda found: part if found["name"] == name else found[0], page)
    else:
        page = f"{page.rstrip()}\n\n{part}"
    rows = sorted(row for found in PART.finditer(page) for row in _goals(found["text"]))
    return GOALS.sub(lambda _found: "\n".join(["<!-- goals -->", HEADER, *rows, "<!-- end -->", ""]), page)


def _goals(text: str) -> list[str]:
    rows: list[str] = []
    for block in text.split(HEADER)[1:]:
        for line in block.strip().splitlines():
            if not line.startswith("|"):
                break
            rows.append(line)
    return rows


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text("utf-8").splitlines()
    except OSError:
        return []


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


class _Both(io.StringIO):
    """Keeps what is printed, and prints it."""

    def __init__(self, shown: object) -> None:
        super().__init__()
        self._shown = shown

    def write(self, text: str) -> int:
        self._shown.write(text)
        self._shown.flush()
        return super().write(text)
