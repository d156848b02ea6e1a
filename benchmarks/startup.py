"""How quickly the command answers, beside importing click; how much processor time the demo's evaluation takes."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks.timing import KAOHE, print_table, run, side_by_side


def startup() -> None:
    commands = {"import click": (sys.executable, "-c", "import click"), "kaohe --help": (KAOHE, "--help")}
    print_table("Start-up (goal: at most 3)", side_by_side(commands, 15), "import click")


def demo() -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = str(Path(folder) / "demo")
        run(KAOHE, "demo", place)
        schemes = sorted(path.stem for path in (Path(place) / "schemes").glob("*.toml"))
        commands = {name: (KAOHE, "--workspace", place, "evaluate", name, "--period", "2026-Q1") for name in schemes}
        timings = side_by_side(commands, 5)
    print_table("Evaluating the demo (goal: under 2 s of processor time)", timings, schemes[0])
