"""``python -m benchmarks`` runs all; a name runs one."""

from __future__ import annotations

import sys

from benchmarks.evidence import evidence
from benchmarks.million import million
from benchmarks.scoring import scoring
from benchmarks.startup import demo, startup

BENCHMARKS = {"startup": startup, "demo": demo, "million": million, "evidence": evidence, "scoring": scoring}

if __name__ == "__main__":
    for name in sys.argv[1:] or BENCHMARKS:
        BENCHMARKS[name]()
