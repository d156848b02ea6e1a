"""``python -m benchmarks.looked_at ARGUMENT …``: kaohe's command with these arguments, and where its time goes as JSON.

What the command prints goes nowhere.
"""

from __future__ import annotations

import time

BEGUN = time.perf_counter()

import io  # noqa: E402 - from the beginning on
import sys  # noqa: E402
from contextlib import redirect_stdout  # noqa: E402

from benchmarks.process import Clock, report  # noqa: E402


def main() -> None:
    sys.argv = ["kaohe", *sys.argv[1:]]
    clock = Clock(BEGUN)
    with redirect_stdout(io.StringIO()), clock.stages():
        from kaohe.cli.main import main as command

        try:
            command()
        except SystemExit as end:
            if end.code:
                raise
    clock.mark("command")
    report(clock)


if __name__ == "__main__":
    main()
