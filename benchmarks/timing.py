"""Running commands side by side and timing them as whole processes."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

KAOHE = str(Path(sys.executable).with_name("kaohe"))


@dataclass(frozen=True)
class Timing:
    """Seconds of one process: on the wall, and of processor time in user and system mode together."""

    wall: float
    processor: float


def run(*command: str, output: Path | None = None) -> Timing:
    """Run a command to its end and time it; a failing command ends the benchmark with what it printed."""
    before, start = os.times(), time.perf_counter()
    with (output or Path(os.devnull)).open("wb") as stdout:
        done = subprocess.run(command, stdout=stdout, stderr=subprocess.PIPE, check=False)
    after = os.times()
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stderr.decode()}")
    processor = after.children_user - before.children_user + after.children_system - before.children_system
    return Timing(time.perf_counter() - start, processor)


def side_by_side(commands: dict[str, tuple[str, ...]], rounds: int) -> dict[str, Timing]:
    """The median of each command, the commands taking turns so that noise falls on all of them."""
    timings: dict[str, list[Timing]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            timings[name].append(run(*command))
    return {
        name: Timing(median(each.wall for each in rounds_), median(each.processor for each in rounds_))
        for name, rounds_ in timings.items()
    }


def print_table(title: str, timings: dict[str, Timing], base: str) -> None:
    """A Markdown table: seconds, and the ratio of wall time to ``base``."""
    print(f"\n{title}\n\n| | wall s | processor s | ratio |\n|---|---:|---:|---:|")
    for name, timing in timings.items():
        ratio = timing.wall / timings[base].wall
        print(f"| {name} | {timing.wall:.3f} | {timing.processor:.3f} | {ratio:.2f} |")
