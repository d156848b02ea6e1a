"""``python -m benchmarks [NAME …] [--records N] [--people N] [--rounds R] [--folder F] [--write]``

Without names, all but what takes a machine for long (``workspace-10m``, ``group-100m``)."""

from __future__ import annotations

import argparse
import inspect
import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks.results import told

BENCHMARKS = {
    "startup": "startup:startup",
    "demo": "startup:demo",
    "group": "group:group",
    "loading": "loading:loading",
    "workspace": "workspace:workspace",
    "spark": "spark:spark",
    "million": "million:million",
    "evidence": "evidence:evidence",
    "scoring": "scoring:scoring",
    "workspace-10m": "workspace:large",
    "group-100m": "group:grown",
}
"""By name, where it is; the modules are imported when they are asked for, because their peers may not be there."""
BY_ITSELF = ("workspace-10m", "group-100m")


def found(name: str, asked: dict[str, Any]) -> Callable[[], None]:
    """The benchmark with what was asked for and it knows."""
    module, function = BENCHMARKS[name].split(":")
    if find_spec(f"benchmarks.{module}") is None:
        return partial(print, "\nSkipped: it is not part of this checkout.")
    benchmark = getattr(import_module(f"benchmarks.{module}"), function)
    known = inspect.signature(benchmark).parameters
    sizes = {"records": next((size for size in ("records", "rows", "tickets") if size in known), "records")}
    given = {sizes.get(key, key): value for key, value in asked.items() if value is not None}
    return partial(benchmark, **{key: value for key, value in given.items() if key in known})


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *BENCHMARKS], metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument("--records", type=int, help="so many records instead of the benchmark's own number")
    parser.add_argument("--people", type=int, help="so many people, likewise")
    parser.add_argument("--rounds", type=int, help="so many rounds")
    parser.add_argument(
        "--folder", type=Path, help="where files are made; what is generated there is kept for next time"
    )
    parser.add_argument("--write", action="store_true", help="keep what is printed in RESULTS.md")
    asked = vars(parser.parse_args())
    names, write = asked.pop("names"), asked.pop("write")
    failed = [
        name
        for name in names or [name for name in BENCHMARKS if name not in BY_ITSELF]
        if not told(name, partial(run_one, name, asked), write=write)
    ]
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


def run_one(name: str, asked: dict[str, Any]) -> None:
    found(name, asked)()


if __name__ == "__main__":
    main()
