"""python -m tests.oracles [--cases DIR]: published examples beside what kaohe computes; exit code 1 if any differs."""

from __future__ import annotations

import argparse
import sys
from io import TextIOWrapper
from pathlib import Path

from tests.oracles.case import DEFAULT, load
from tests.oracles.runner import run, summary


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.oracles", description=__doc__)
    parser.add_argument("--cases", type=Path, default=DEFAULT, metavar="DIR", help="folder of *.json case files")
    folder = parser.parse_args(arguments).cases
    if not folder.is_dir():
        parser.error(f"there is no folder {folder}")
    if isinstance(sys.stdout, TextIOWrapper):
        # Names of cases in any script, whatever the terminal can show.
        sys.stdout.reconfigure(errors="backslashreplace")
    results = []
    for case in load(folder):
        results.append(run(case))
        sys.stdout.write(f"{results[-1]}\n")
    sys.stdout.write(f"{summary(results)}\n")
    return 1 if any(result.outcome == "failed" for result in results) else 0


if __name__ == "__main__":
    sys.exit(main())
