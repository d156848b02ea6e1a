"""How quickly commands answer: help beside importing click, a small evaluation beside importing the libraries it needs;
how much processor time the demo's evaluations take."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.process import print_stages
from benchmarks.results import Goal, print_goals
from benchmarks.timing import COMMAND, environment, looked_at, print_table, run, side_by_side

LIBRARIES = (
    *("click", "rich", "pluggy", "jsonschema", "tree_sitter", "tree_sitter_toml", "sqlalchemy", "sqlmodel", "numpy"),
    *("pyarrow", "pyarrow.compute", "pyarrow.parquet", "duckdb", "sqlglot"),
)
"""What a small evaluation may need: kaohe's dependencies, by what of them is imported."""
SMALL = ("evaluate", "floor-heating", "--period", "2026-Q1")


def startup(rounds: int = 15) -> None:
    commands = {"import click": (sys.executable, "-c", "import click"), "kaohe --help": (COMMAND, "--help")}
    helped = side_by_side(commands, rounds)
    print_table("Help", helped, "import click")
    with tempfile.TemporaryDirectory() as folder:
        place = str(Path(folder) / "demo")
        run(COMMAND, "demo", place)
        evaluate = (COMMAND, "--workspace", place, *SMALL)
        run(*evaluate)
        modules = needed(evaluate)
        code = f"import {', '.join(modules)}"
        commands = {"importing its libraries": (sys.executable, "-c", code), "kaohe evaluate": evaluate}
        evaluated, spent = side_by_side(commands, rounds), looked_at(*evaluate)
    print_table("Evaluating one industry of the demo, its snapshot taken before", evaluated, "importing its libraries")
    print_stages("the small evaluation", spent)
    print(f"\nIts libraries: {', '.join(modules)}.")
    print_goals(
        Goal("7. kaohe --help, beside importing click", 3, ratio(helped, "kaohe --help", "import click")),
        Goal(
            "7. evaluate on a small workspace, beside importing its libraries",
            2,
            ratio(evaluated, "kaohe evaluate", "importing its libraries"),
        ),
    )


def ratio(timings: dict, ours: str, other: str) -> float:
    return timings[ours].wall / timings[other].wall


def needed(command: tuple[str, ...]) -> list[str]:
    """Which of the libraries the command imports in fact: what it does without is not counted in its favour."""
    told = subprocess.run(
        [sys.executable, "-X", "importtime", *command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=True,
        env=environment(command),
    ).stderr
    imported = {line.rsplit("|", 1)[1].strip() for line in told.splitlines() if line.startswith("import time:")}
    return [name for name in LIBRARIES if name in imported]


def demo(rounds: int = 5) -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = str(Path(folder) / "demo")
        run(COMMAND, "demo", place)
        schemes = sorted(path.stem for path in (Path(place) / "schemes").glob("*.toml"))
        commands = {name: (COMMAND, "--workspace", place, "evaluate", name, "--period", "2026-Q1") for name in schemes}
        timings = side_by_side(commands, rounds)
    print_table("Evaluating the demo (goal: under 2 s of processor time)", timings, schemes[0])
