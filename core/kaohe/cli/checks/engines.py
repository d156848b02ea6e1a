"""What measures: memory for DuckDB; for Spark its library, Java and the master."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kaohe.cli.checks.finding import Finding
from kaohe.text import msg

_GIGABYTE = 1024**3
_MOST = 0.8
_JAVA = (17, 21)
_QUOTED_VERSION = re.compile(r'version "(\d+)')


def memory(machine: int | None, asked: int) -> Finding:
    """``machine``: bytes that this process may use; ``asked``: those that DuckDB may take."""
    if machine is None:
        return Finding("engine.memory", "note", msg("how much memory there is could not be told"))
    words = {"machine": f"{machine / _GIGABYTE:.1f}", "asked": f"{asked / _GIGABYTE:.1f}"}
    said = msg("{machine} GB of memory, of which DuckDB may take {asked} GB", **words)
    if asked > machine * _MOST:
        fix = msg("make [duckdb] memory in kaohe.toml smaller: what does not fit lies on disk meanwhile")
        return Finding("engine.memory", "warning", said, fix)
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


def hosts_of(address: str) -> list[tuple[str, int]]:
    """Where a master or a server of Spark Connect listens; nowhere where Spark runs in this process, or where something
    else gives the workers."""
    scheme, _there, rest = address.partition("://")
    usual = {"spark": 7077, "sc": 15002}.get(scheme)
    if usual is None:
        return []
    found = []
    for each in rest.partition("/")[0].split(","):
        host, _colon, port = each.rpartition(":")
        found.append((host.strip("[]"), int(port)) if host and port.isdigit() else (each.strip("[]"), usual))
    return found


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
