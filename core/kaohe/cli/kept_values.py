"""What is kept of earlier measuring: the table ``[values]`` of kaohe.toml, and the engine that looks there first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kaohe.cli.sizes import bytes_of
from kaohe.text import Message, msg

if TYPE_CHECKING:
    from pathlib import Path

    from kaohe.engine import Engine
    from kaohe.errors import Problem

_LIBRARIES = {"spark": "pyspark"}
"""What is installed for an engine, where it is not called like it."""
USUAL_LIMIT = 1_000_000_000
"""Bytes of kept values, where kaohe.toml does not say."""


def read_limit(data: Mapping[str, Any]) -> int:
    """The most bytes that are kept, of the checked table; 0: nothing is."""
    return (bytes_of(data["limit"]) or 0) if "limit" in data else USUAL_LIMIT


def mistakes_in_values(data: Mapping[str, Any]) -> Iterator[tuple[str, Message, Any, str]]:
    """For each mistake in the table: the key, what is wrong, what was found, what was expected."""
    for key in data:
        if key != "limit":
            yield key, msg("unknown setting {key}", key=key), None, "limit"
    limit = data.get("limit", "1GB")
    none = type(limit) is int and limit == 0
    if not none and bytes_of(limit) is None:
        yield "limit", msg("this is not a size"), limit, 'limit = "500MB", limit = "2GB", limit = 0'


def remembering(engine: Engine, folder: Path, limit: int, tell: Callable[[Sequence[Problem]], None]) -> Engine:
    """The engine, asked only for what is not kept in the folder; itself where nothing is to be kept."""
    if limit == 0:
        return engine
    from kaohe import __version__
    from kaohe.engine.kept_values import KeptValues
    from kaohe.engine.remembered import RememberedEngine

    version = f"kaohe {__version__}, {engine.name} {_installed(_LIBRARIES.get(engine.name, engine.name))}"
    return RememberedEngine(engine, KeptValues(folder, limit), version, tell)


def _installed(library: str) -> str:
    """Its version; none where it is not there, which the engine says in its own words."""
    from importlib import metadata

    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return ""
