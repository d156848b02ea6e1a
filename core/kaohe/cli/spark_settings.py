"""The table ``[spark]`` of kaohe.toml: which cluster measures where ``engine = "spark"``, and where it reads."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kaohe.text import Message, msg

_SETTINGS = ("master", "remote", "data", "conf", "wait")
_MASTER = re.compile(
    r"local(\[(\*|[1-9][0-9]{0,3})\])?|yarn|k8s://\S+|spark://[^\s:/,]+:[0-9]{1,5}(,[^\s:/,]+:[0-9]{1,5})*"
)
_REMOTE = re.compile(r"sc://([^\s:/;]+|\[[0-9a-fA-F:]+\])(:[0-9]{1,5})?(/(;\S*)?)?")
_DATA = re.compile(r"(file:///|(s3a|hdfs)://[^\s/]+)\S.*|(s3a|hdfs)://[^\s/]+/?")
# Whatever is in kaohe.toml is noted in the audit log.
_SECRET = re.compile(r"(?i)secret|password|token|(access|account|encryption)[._]?key|credential(?!s[._]provider$)")
_OF_A_SESSION = "spark.sql."
# What queries mean, beside what kaohe says of it itself.
_MEANING = ("spark.sql.legacy.", "spark.sql.parser.")
_MOST_WAIT = 86_400  # a day
_EXAMPLE = 'master = "spark://HOST:7077", remote = "sc://HOST:15002", master = "local[2]"'


@dataclass(frozen=True)
class SparkSettings:
    """``address``: of a master or of a server of Spark Connect. ``data``: where its workers find the snapshot's files;
    None: where the snapshot lies. ``wait``: so many seconds it may take until there is a worker."""

    address: str
    data: str | None = None
    conf: tuple[tuple[str, str], ...] = ()
    wait: int = 120


def read_spark(data: Mapping[str, Any]) -> SparkSettings | None:
    """The checked table; None where there is none."""
    if not data:
        return None
    conf = tuple((name, _said(value)) for name, value in data.get("conf", {}).items())
    return SparkSettings(data.get("master") or data["remote"], data.get("data"), conf, data.get("wait", 120))


def mistakes_in_spark(
    data: Mapping[str, Any], *, asked: bool
) -> Iterator[tuple[tuple[str, ...], Message, Any, str | Message | None]]:
    """For each mistake in the table: the path in it, what is wrong, what was found, what was expected. ``asked``: it
    is what is to measure."""
    if not data and not asked:
        return
    for key in data:
        if key not in _SETTINGS:
            yield (key,), msg("unknown setting {key}", key=key), None, ", ".join(_SETTINGS)
    if ("master" in data) == ("remote" in data):
        yield (), msg("Spark needs to know its cluster: either master or remote"), None, _EXAMPLE
    yield from _mistakes_in_addresses(data)
    if not _is_text(place := data.get("data", "file:///"), _DATA) and place != "file:///":
        what = msg("this is no place that workers can read from")
        yield ("data",), what, place, "file:///mnt/share/kaohe, s3a://BUCKET/kaohe, hdfs://HOST:8020/kaohe"
    if type(wait := data.get("wait", 1)) is not int or not 1 <= wait <= _MOST_WAIT:
        yield ("wait",), msg("this number of seconds is not possible"), wait, f"1 … {_MOST_WAIT}"
    conf = data.get("conf", {})
    if not isinstance(conf, dict):
        yield ("conf",), msg("{key} has the wrong type", key="conf"), conf, '{ "spark.executor.memory" = "4g" }'
        return
    for name, value in conf.items():
        yield from _mistakes_in_conf(name, value, by_connect="remote" in data)


def _mistakes_in_addresses(data: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], Message, Any, str | Message]]:
    if "master" in data and not _is_text(data["master"], _MASTER):
        what = msg("this is not the address of a Spark master")
        yield ("master",), what, data["master"], "spark://HOST:7077, local[2], yarn, k8s://https://HOST:PORT"
    if "remote" in data:
        remote = data["remote"]
        if isinstance(remote, str) and _SECRET.search(remote):
            yield ("remote",), msg("secrets do not belong into kaohe.toml"), None, _from_environment()
        elif not _is_text(remote, _REMOTE):
            yield ("remote",), msg("this is not the address of a Spark Connect server"), remote, "sc://HOST:15002"


def _mistakes_in_conf(
    name: str, value: Any, *, by_connect: bool
) -> Iterator[tuple[tuple[str, ...], Message, Any, str | Message | None]]:
    # What is listed here need not load Spark's engine, and all that it needs.
    from kaohe.engine.spark.cluster import OWN_SETTINGS

    path = ("conf", name)
    if _SECRET.search(name):
        yield path, msg("secrets do not belong into kaohe.toml"), None, _from_environment()
    elif name in OWN_SETTINGS or name in ("spark.master", "spark.remote") or name.startswith(_MEANING):
        what = msg("figures depend on this setting: kaohe says it itself")
        yield path, what, value, OWN_SETTINGS.get(name)
    elif not name.startswith(_OF_A_SESSION if by_connect else "spark."):
        what = msg("this is no setting of a Spark session; a server of Spark Connect has its own")
        yield path, what, None, f"{_OF_A_SESSION}…" if by_connect else "spark.…"
    elif not isinstance(value, str | int | bool) or (isinstance(value, str) and not value.isprintable()):
        yield path, msg("{key} has the wrong type", key=name), value, '"4g", 200, true'


def _from_environment() -> Message:
    return msg("secrets come from the environment or from Spark's own configuration (docs/scale.md)")


def _is_text(value: Any, form: re.Pattern[str]) -> bool:
    return isinstance(value, str) and form.fullmatch(value) is not None


def _said(value: str | int | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
