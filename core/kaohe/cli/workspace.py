"""A workspace: the folder of one deployment, found by its kaohe.toml. Reading, checking and editing that file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kaohe.cli.database_settings import DatabaseSettings, mistakes_in_database, read_database
from kaohe.cli.duckdb_settings import DuckdbSettings, mistakes_in_duckdb, read_duckdb
from kaohe.cli.files import write_whole
from kaohe.cli.kept_values import USUAL_LIMIT, mistakes_in_values, read_limit
from kaohe.cli.roles import Roles, mistakes_in_roles, read_roles
from kaohe.cli.sources import mistakes_in_sources
from kaohe.cli.spark_settings import SparkSettings, mistakes_in_spark, read_spark
from kaohe.cli.workspace_folder import FILE
from kaohe.errors import Exit, KaoheError, Place, Problem, fail, refuse_if_any
from kaohe.plugin.registry import AllowedPlugin
from kaohe.system import said_by_system
from kaohe.text import Language, Message, msg

ENGINES = ("duckdb", "spark")
_KEYS = {
    "format": int,
    "name": str,
    "locale": str,
    "timezone": str,
    "calendar": str,
    "engine": str,
    "database": dict,
    "duckdb": dict,
    "plugins": list,
    "roles": dict,
    "sources": dict,
    "spark": dict,
    "values": dict,
}
_PASSWORD = re.compile(r"((?:://[^:/@\s\"']*:)|(?:[?&]password=))[^@&\s\"']*(@?)")
_PLUGIN_KEYS = {"name", "sha256", "file"}


@dataclass(frozen=True)
class Workspace:
    """What kaohe.toml says. ``folder`` is absolute; a relative SQLite file lies in it. ``values_limit``: so many bytes
    of measured values are kept at the most."""

    folder: Path
    name: str
    locale: Language
    timezone: ZoneInfo
    database_url: str
    engine: str
    plugins: tuple[AllowedPlugin, ...]
    calendar: str | None = None
    roles: Roles = field(default_factory=Roles)
    database: DatabaseSettings = field(default_factory=DatabaseSettings)
    sources: Mapping[str, str] = field(default_factory=dict, repr=False)
    values_limit: int = USUAL_LIMIT
    spark: SparkSettings | None = None
    duckdb: DuckdbSettings = field(default_factory=DuckdbSettings)

    @property
    def file(self) -> Path:
        return self.folder / FILE

    def noted_settings(self) -> str:
        """The text of kaohe.toml for the audit log, without a database's password."""
        return _PASSWORD.sub(r"\1***\2", self.file.read_text("utf-8"))

    @property
    def schemes(self) -> Path:
        return self.folder / "schemes"

    @property
    def calendars(self) -> Path:
        """Working calendars, one file each; ``calendar`` names the one that is meant where none is named."""
        return self.folder / "calendars"

    @property
    def imports(self) -> Path:
        """Mapping files, kept for the next import."""
        return self.folder / "imports"

    @property
    def wheels(self) -> Path:
        return self.folder / "plugins"

    @property
    def kept(self) -> Path:
        """What kaohe keeps for itself; nobody but its owner may enter, unless he lets others."""
        return self.folder / ".kaohe"

    @property
    def snapshots(self) -> Path:
        return self.kept / "snapshots"

    @property
    def values(self) -> Path:
        """What was measured before; may be deleted at any time."""
        return self.kept / "values"

    def with_plugin(self, entry: AllowedPlugin) -> Workspace:
        """Allow a plugin in kaohe.toml, in the place of one of the same name; comments and order stay."""
        kept = tuple(plugin for plugin in self.plugins if plugin.name != entry.name)
        return self._with_plugins((*kept, entry))

    def without_plugin(self, name: str) -> Workspace:
        """Take a plugin out of kaohe.toml."""
        return self._with_plugins(tuple(plugin for plugin in self.plugins if plugin.name != name))

    def _with_plugins(self, plugins: tuple[AllowedPlugin, ...]) -> Workspace:
        import tomlkit

        document = tomlkit.parse(self.file.read_text("utf-8"))
        listed = tomlkit.aot()
        for plugin in plugins:
            table = tomlkit.table()
            table["name"] = plugin.name
            table["sha256"] = plugin.sha256
            if plugin.file is not None:
                table["file"] = plugin.file
            listed.append(table)
        document.pop("plugins", None)
        if plugins:
            document["plugins"] = listed
        write_whole(self.file, tomlkit.dumps(document))
        return replace(self, plugins=plugins)


def holds_password(url: str) -> bool:
    """Whether somebody's password stands in the URL."""
    return _PASSWORD.search(url) is not None


def load_workspace(folder: Path | None, environment: Mapping[str, str]) -> Workspace:
    """Read and check kaohe.toml; KAOHE_DATABASE_URL, where set, takes the place of the file's database."""
    if folder is None or not (folder / FILE).is_file():
        raise _missing(folder)
    path = folder / FILE
    data, places = _read(path)
    problems = list(_mistakes(data, places))
    refuse_if_any(problems, Exit.ENVIRONMENT)
    return Workspace(
        folder=folder,
        name=data.get("name", folder.name),
        locale="en" if data["locale"] == "en" else "zh_CN",
        timezone=ZoneInfo(data["timezone"]),
        database_url=environment.get("KAOHE_DATABASE_URL") or data["database"]["url"],
        engine=data.get("engine", ENGINES[0]),
        calendar=data.get("calendar"),
        roles=read_roles(data.get("roles", {})),
        database=read_database(data["database"]),
        sources={name: source["url"] for name, source in data.get("sources", {}).items()},
        values_limit=read_limit(data.get("values", {})),
        spark=read_spark(data.get("spark", {})),
        duckdb=read_duckdb(data.get("duckdb", {})),
        plugins=tuple(
            AllowedPlugin(name=plugin["name"], sha256=plugin["sha256"], file=plugin.get("file"))
            for plugin in data.get("plugins", [])
        ),
    )


def _read(path: Path) -> tuple[dict[str, Any], Any]:
    from kaohe.toml import load_toml

    try:
        content = path.read_bytes()
    except OSError as error:
        raise fail(
            Problem(
                "workspace.unreadable", msg("this file cannot be read"), Place(str(path)), found=said_by_system(error)
            ),
            Exit.ENVIRONMENT,
        ) from error
    try:
        document = load_toml(content.decode("utf-8"), str(path))
    except UnicodeDecodeError as error:
        place = Place(str(path), content[: error.start].count(b"\n") + 1)
        what, fix = msg("this file is not UTF-8"), msg("save it as UTF-8 in the editor")
        raise fail(Problem("workspace.encoding", what, place, fix=fix), Exit.ENVIRONMENT) from error
    except KaoheError as error:
        raise KaoheError(error.problems, Exit.ENVIRONMENT) from None
    return document.data, document


def _mistakes(data: dict[str, Any], document: Any) -> list[Problem]:
    problems: list[Problem] = []

    def report(
        path: tuple[str | int, ...],
        what: Message,
        found: Any = None,
        expected: str | Message | None = None,
        fix: Message | None = None,
    ) -> None:
        text = None if found is None else str(found)
        problems.append(Problem("workspace.setting", what, document.place(path), text, expected, fix))

    for key, value in data.items():
        if key not in _KEYS:
            near = get_close_matches(key, _KEYS, n=1)
            fix = msg("did you mean {name}?", name=near[0]) if near else None
            report((key,), msg("unknown setting {key}", key=key), expected=", ".join(_KEYS), fix=fix)
        elif not isinstance(value, _KEYS[key]):
            # A database written as a plain URL may hold a password.
            report((key,), msg("{key} has the wrong type", key=key), None if key == "database" else value)
    if data.get("format") != 1:
        report(("format",), msg("the format of this file is not known"), data.get("format"), "1")
    if data.get("locale") not in ("zh_CN", "en"):
        report(("locale",), msg("unknown locale"), data.get("locale"), "zh_CN, en")
    if data.get("engine", ENGINES[0]) not in ENGINES:
        report(("engine",), msg("unknown engine"), data.get("engine"), ", ".join(ENGINES))
    try:
        ZoneInfo(str(data.get("timezone")))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        report(("timezone",), msg("unknown timezone"), data.get("timezone"), "Asia/Shanghai, Europe/Berlin, …")
    for inside, what, found, expected in mistakes_in_database(data.get("database")):
        report(("database", *inside), what, found, expected)
    for table, mistakes_in in (
        ("duckdb", mistakes_in_duckdb),
        ("roles", mistakes_in_roles),
        ("sources", mistakes_in_sources),
        ("values", mistakes_in_values),
    ):
        content = data.get(table, {})
        for key, what, found, expected in mistakes_in(content if isinstance(content, dict) else {}):
            report((table, key), what, found, expected)
    spark = data.get("spark", {})
    if isinstance(spark, dict):
        for inside, what, found, wanted in mistakes_in_spark(spark, asked=data.get("engine") == "spark"):
            report(("spark", *inside) if "spark" in data else ("engine",), what, found, wanted)
    plugins = data.get("plugins", [])
    for index, plugin in enumerate(plugins if isinstance(plugins, list) else []):
        well_formed = (
            isinstance(plugin, dict)
            and {"name", "sha256"} <= set(plugin) <= _PLUGIN_KEYS
            and all(isinstance(value, str) for value in plugin.values())
        )
        strange = sorted(set(plugin) - _PLUGIN_KEYS) if isinstance(plugin, dict) else []
        for key in strange:  # often a setting that was meant for the whole file and was written below its last table
            what = msg("unknown setting {key}, which stands below [[plugins]]", key=key)
            report(("plugins", index, key), what, expected=", ".join(sorted(_PLUGIN_KEYS)))
        if not well_formed and not strange:
            report(("plugins", index), msg("an allowed plugin has a name, its sha256 and, for a wheel, its file"))
    return problems


def _missing(folder: Path | None) -> KaoheError:
    return fail(
        Problem(
            "workspace.missing",
            msg("there is no workspace here"),
            Place(str(folder)) if folder else Place(),
            expected=msg("a folder with a file kaohe.toml, here or above"),
            fix=msg("make one with: kaohe init DIR; or name one with --workspace DIR"),
        ),
        Exit.ENVIRONMENT,
    )
