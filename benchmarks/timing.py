"""Running commands side by side and timing them as whole processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

HERE = Path(__file__).parent
KAOHE = (sys.executable, "-m", "kaohe", "--lang", "en")
COMMAND = str(Path(sys.executable).with_name("kaohe"))
"""The command itself, for what its own start costs."""


@dataclass(frozen=True)
class Timing:
    """One process: seconds on the wall, seconds of processor time in user and system mode together, the most memory
    it held in bytes, and what it said of itself."""

    wall: float
    processor: float
    peak: int = 0
    said: Mapping[str, Any] = field(default_factory=dict)

    def seconds(self, *but: str) -> float:
        """All stages that the process told of, but for some."""
        return sum(each for name, each in self.said["seconds"].items() if name not in but)


def run(*command: str, output: Path | None = None, hear: bool = False, expect: int = 0) -> Timing:
    """Run a command to its end and time it; a failing command ends the benchmark with what it printed.

    ``hear``: it prints JSON, which is kept. What kaohe's users do not have is hidden from it: see ``hidden``.
    """
    with tempfile.TemporaryFile() as heard, tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        with (output or Path(os.devnull)).open("wb") as stdout:
            process = subprocess.Popen(
                command, stdout=heard if hear else stdout, stderr=errors, env=environment(command)
            )
            _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != expect:
            errors.seek(0)
            sys.exit(f"{' '.join(command)}\n{errors.read().decode()}")
        heard.seek(0)
        said = json.loads(heard.read()) if hear else {}
    return Timing(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024, said)


def environment(command: Sequence[str]) -> dict[str, str]:
    """pandas is here for one competitor alone; pyarrow imports it where it can, for a quarter of a second. And modules
    are compiled once and not at every start, as they are where kaohe is installed."""
    paths = [str(HERE.parent), os.environ.get("PYTHONPATH", "")]
    if not any("pandas" in word for word in command):
        paths.insert(0, str(HERE / "hidden"))
    ours = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**ours, "PYTHONPATH": os.pathsep.join(path for path in paths if path)}


def looked_at(*command: str) -> list[tuple[list[str], float]]:
    """Where the time of kaohe's command (KAOHE or COMMAND, and arguments) goes: see ``process.print_stages``."""
    arguments = command[len(KAOHE) :] if command[: len(KAOHE)] == KAOHE else command[1:]
    spent: list[tuple[list[str], float]] = run(
        sys.executable, "-m", "benchmarks.looked_at", *arguments, hear=True
    ).said["stages"]
    return spent


def anew(place: Path, command: Sequence[str]) -> tuple[str, ...]:
    """The command of a workspace, before which what was measured earlier is taken away; its snapshot stays."""
    return ("sh", "-c", 'rm -rf "$0" && exec "$@"', str(place / ".kaohe" / "values"), *command)


def installed(*packages: str) -> bool:
    """Whether all of them are; where not, it says so: what is left out is told."""
    absent = [name for name in packages if find_spec(name) is None]
    if absent:
        print(f"\nSkipped: {', '.join(absent)} not installed (pip install -r benchmarks/requirements.txt).")
    return not absent


def side_by_side(commands: Mapping[str, Sequence[str]], rounds: int, *, hear: Sequence[str] = ()) -> dict[str, Timing]:
    """The median of each command, the commands taking turns so that noise falls on all of them. ``hear``: those that
    say something of themselves."""
    timings: dict[str, list[Timing]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            timings[name].append(run(*command, hear=name in hear))
    return {name: middle(each) for name, each in timings.items()}


def middle(timings: Sequence[Timing]) -> Timing:
    """Every figure's median; the most memory of all."""
    said: dict[str, Any] = {}
    if all("seconds" in each.said for each in timings):
        names = timings[0].said["seconds"]
        seconds = {name: median(each.said["seconds"][name] for each in timings) for name in names}
        said = {**timings[0].said, "seconds": seconds}
    return Timing(
        median(each.wall for each in timings),
        median(each.processor for each in timings),
        max(each.peak for each in timings),
        said,
    )


def print_table(title: str, timings: Mapping[str, Timing], base: str) -> None:
    """A Markdown table: seconds, peak memory, and the ratio of wall time to ``base``."""
    print(f"\n{title}\n\n| | wall s | processor s | peak MB | ratio |\n|---|---:|---:|---:|---:|")
    for name, timing in timings.items():
        ratio = timing.wall / timings[base].wall
        print(f"| {name} | {timing.wall:.3f} | {timing.processor:.3f} | {timing.peak / 1e6:.0f} | {ratio:.2f} |")
