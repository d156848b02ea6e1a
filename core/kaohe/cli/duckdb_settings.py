"""The table ``[duckdb]`` of kaohe.toml: how much of the machine measuring may use."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kaohe.cli.sizes import bytes_of
from kaohe.text import Message, msg

_SETTINGS = ("memory", "threads", "folder")
_USUAL_MEMORY = 1_000_000_000
_LEAST_MEMORY = 100_000_000
_MOST_THREADS = 1_024


@dataclass(frozen=True)
class DuckdbSettings:
    """``memory``: bytes at the most; None: a gigabyte, or half of the machine's memory where that is less.
    ``threads``: None: as many as there are processors. ``folder``: where what does not fit into memory lies meanwhile,
    from the workspace's folder on."""

    memory: int | None = None
    threads: int | None = None
    folder: str = ".kaohe/spill"


def read_duckdb(data: Mapping[str, Any]) -> DuckdbSettings:
    """The checked table."""
    known = DuckdbSettings()
    return DuckdbSettings(bytes_of(data.get("memory")), data.get("threads"), data.get("folder", known.folder))


def mistakes_in_duckdb(data: Mapping[str, Any]) -> Iterator[tuple[str, Message, Any, str]]:
    """For each mistake in the table: the key, what is wrong, what was found, what was expected."""
    for key in data:
        if key not in _SETTINGS:
            yield key, msg("unknown setting {key}", key=key), None, ", ".join(_SETTINGS)
    if "memory" in data and (bytes_of(data["memory"]) or 0) < _LEAST_MEMORY:
        yield "memory", msg("this is not a size that suffices"), data["memory"], '"100MB" …, "1GB", "16GB"'
    threads = data.get("threads", 1)
    if type(threads) is not int or not 1 <= threads <= _MOST_THREADS:
        yield "threads", msg("this number is not possible here"), threads, f"1 … {_MOST_THREADS}"
    folder = data.get("folder", "x")
    if not isinstance(folder, str) or not folder.strip() or not folder.isprintable():
        yield "folder", msg("this is not a folder"), folder, '".kaohe/spill", "/var/tmp/kaohe"'


def memory_of(settings: DuckdbSettings) -> int:
    """The memory that is meant, on this machine."""
    if settings.memory is not None:
        return settings.memory
    try:
        there = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # not every system tells
        return _USUAL_MEMORY
    return max(min(_USUAL_MEMORY, there // 2), _LEAST_MEMORY)
