"""The table ``[database]`` of kaohe.toml: where the database is, how long others are waited for, how many connect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kaohe.text import Message, msg

_SETTINGS = ("url", "patience", "pool")
_URL = 'url = "sqlite:///kaohe.db"'
_MOST_PATIENCE = 86_400  # a day
# One for the work, one to look something up beside it.
_POOL = {"size": (2, 100), "recycle": (10, 86_400)}


@dataclass(frozen=True)
class DatabaseSettings:
    """``patience``: seconds to wait until another writer is done. Of connections to PostgreSQL ``size`` says how many
    one process has at most, ``recycle`` after how many seconds an idle one is replaced."""

    patience: int = 60
    size: int = 4
    recycle: int = 1800


def read_database(data: Mapping[str, Any]) -> DatabaseSettings:
    """The checked table's settings, but for the URL."""
    known = DatabaseSettings()
    return DatabaseSettings(data.get("patience", known.patience), **{**_of_pool(known), **data.get("pool", {})})


def mistakes_in_database(data: object) -> Iterator[tuple[tuple[str, ...], Message, Any, str]]:
    """For each mistake in the table: the path in it, what is wrong, what was found, what was expected. The URL and the
    table as a whole are never among what was found: they may hold a password."""
    if not isinstance(data, dict) or not isinstance(data.get("url"), str):
        yield (), msg("the database needs the setting url"), None, _URL
        return
    for key in data:
        if key not in _SETTINGS:
            yield (key,), msg("unknown setting {key}", key=key), None, ", ".join(_SETTINGS)
    if not _is_whole(data.get("patience", 1), 1, _MOST_PATIENCE):
        yield ("patience",), msg("this number of seconds is not possible"), data["patience"], f"1 … {_MOST_PATIENCE}"
    pool = data.get("pool", {})
    if not isinstance(pool, dict):
        yield ("pool",), msg("{key} has the wrong type", key="pool"), pool, "{ size = 4, recycle = 1800 }"
        return
    for key, value in pool.items():
        if key not in _POOL:
            yield ("pool", key), msg("unknown setting {key}", key=key), None, ", ".join(_POOL)
        elif not _is_whole(value, *_POOL[key]):
            least, most = _POOL[key]
            yield ("pool", key), msg("this number is not possible here"), value, f"{least} … {most}"


def _of_pool(settings: DatabaseSettings) -> dict[str, int]:
    return {"size": settings.size, "recycle": settings.recycle}


def _is_whole(value: object, least: int, most: int) -> bool:
    return type(value) is int and least <= value <= most
