"""What measures: memory for DuckDB; for Spark its library, Java and the master."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kaohe.cli.checks.finding import Finding
from kaohe.text import msg

_GIGABYTE = 1024**3
_LEAST = _GIGABYTE
_JAVA = (17, 21)
_MEMORY = re.compile(r"^\s*([0-9.]+)\s*([KMGT]?)i?B?\s*$", re.IGNORECASE)
_UNITS = {"": 1, "K": 1024, "M": 1024**2, "G": _GIGABYTE, "T": 1024**4}
_QUOTED_VERSION = re.compile(r'version "(\d+)')


def memory(machine: int | None, asked: str | None) -> Finding:
    """``machine``: bytes that this process may use; ``asked``: what kaohe.toml gives to DuckDB, ``"4GB"``."""
    if machine is None:
        return Finding("engine.memory", "note", msg("how much memory there is could not be told"))
    wanted = None if asked is None else amount(asked)
    words = {"machine": f"{machine / _GIGABYTE:.1f}", "asked": asked or "80 %"}
    said = msg("{machine} GB of memory, of which DuckDB may take {asked}", **words)
    if wanted is not None and wanted > machine * 0.9:
        return Finding(
            "engine.memory", "warning", said, msg("give it less, or a larger machine: it writes to disk then")
        )
    if machine < _LEAST:
        return Finding("engine.memory", "warning", said, msg("give the machine or the container 2 GB"))
    return Finding("engine.memory", "well", said)


@dataclass(frozen=True)
class SparkFacts:
    """``library``: pyspark's version; ``java``: what ``java -version`` says; ``master``: host and port, and whether
    somebody answers there. None: not there, or not to be asked."""

    library: str | None
    java: str | None
    master: str | None
    answers: bool | None


def spark(facts: SparkFacts) -> Iterator[Finding]:
    """The engine ``spark``."""
    if facts.library is None:
        fix = msg('install it with: pip install "kaohe[spark]"')
        yield Finding("engine.spark", "error", msg("pyspark is not installed"), fix)
    else:
        yield Finding("engine.spark", "well", f"pyspark {facts.library}")
    yield _java(facts)
    if facts.answers is False:
        what = msg("nobody answers at {master}", master=facts.master)
        yield Finding("engine.master", "error", what, msg("start the master, or correct [spark] in kaohe.toml"))
    elif facts.master is not None:
        yield Finding("engine.master", "well", facts.master)


def amount(text: str) -> int | None:
    """Bytes: of ``4GB``, ``512 MiB``; None where that is no amount."""
    found = _MEMORY.match(text)
    return None if found is None else int(float(found[1]) * _UNITS[found[2].upper()])


def _java(facts: SparkFacts) -> Finding:
    if facts.master is not None and facts.master.startswith("sc://"):
        return Finding("engine.java", "well", msg("Spark Connect needs no Java here"))
    found = _QUOTED_VERSION.search(facts.java or "")
    if found is None:
        return Finding("engine.java", "error", msg("Java was not found"), msg("install Java 17"))
    version = int(found[1])
    if version not in _JAVA:
        return Finding("engine.java", "warning", msg("Java {version}", version=version), msg("install Java 17"))
    return Finding("engine.java", "well", msg("Java {version}", version=version))
