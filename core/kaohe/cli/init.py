"""``kaohe init``: a new workspace, whole or not at all."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from kaohe.cli.context import App
from kaohe.cli.files import make_private, write_whole
from kaohe.cli.words import _
from kaohe.cli.workspace_folder import FILE
from kaohe.errors import Exit, Place, Problem, fail
from kaohe.system import said_by_system
from kaohe.text import Language, msg

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kaohe.plugin.registry import AllowedPlugin


CALENDAR = "office"
_CHINESE = ("Asia/Shanghai", "Asia/Chongqing", "Asia/Harbin", "Asia/Urumqi", "PRC")
_YEARS = 3


@click.command(help=_("Make a workspace in DIR: settings, an empty database, schemes and mappings."))
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--industry", metavar="NAME", help=_("Allow the installed plugin NAME and take over its schemes."))
@click.option("--timezone", default="Asia/Shanghai", show_default=True, help=_("The zone of times without one."))
@click.option("--database", metavar="URL", default="sqlite:///kaohe.db", show_default=True, help=_("Database URL."))
@click.pass_obj
def init(app: App, folder: Path, industry: str | None, timezone: str, database: str) -> None:
    made = make_workspace(app, folder, industries=[industry] if industry else [], timezone=timezone, database=database)
    app.say(msg("workspace made: {folder}", folder=made.folder))
    app.say(msg("next: kaohe people import FILE, then kaohe records types"))


def make_workspace(app: App, folder: Path, *, industries: Sequence[str], timezone: str, database: str) -> App:
    """Make the workspace and return an App that stands in it."""
    from kaohe.cli.workspace import holds_password
    from kaohe.plugin.registry import open_registry

    folder = folder.absolute()
    _check(folder, timezone)
    allowed = [_installed(name) for name in industries]
    registry = open_registry(allowed, None)
    refused = [problem for problem in registry.problems if problem.severity == "error"]
    if refused:
        raise fail(refused[0], Exit.ENVIRONMENT)
    own = [registry.schemes[scheme] for name in industries for scheme in registry.plugin(name).brings.schemes]
    with _whole_or_not_at_all(folder):
        for name in ("schemes", "imports", "plugins", "calendars"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        for template in own:
            _write_new(folder / "schemes" / f"{template.name}.toml", template.text)
        if own:
            from kaohe.scheme import schema_text

            _write_new(folder / "schemes" / "scheme.schema.json", schema_text())
        _write_new(folder / "calendars" / f"{CALENDAR}.toml", _calendar(timezone))
        (folder / FILE).touch(0o600 if holds_password(database) else 0o666)
        write_whole(folder / FILE, settings(folder.name, app.language, timezone, database, allowed))
        made = App(app.language, folder, app.environment, app.acting)
        made.making = True
        make_private(made.workspace.kept)
        made.store.close()
    return App(app.language, folder, app.environment, app.acting)


def settings(name: str, language: Language, timezone: str, database: str, allowed: Sequence[AllowedPlugin]) -> str:
    """The text of kaohe.toml, each setting explained in both languages."""
    import tomlkit

    document = tomlkit.document()
    document.add("format", tomlkit.item(1))
    document.add("name", tomlkit.item(name))
    for key, value, comment in (
        ("locale", language, "zh_CN or en 界面语言"),
        ("timezone", timezone, "times without a zone are in this one 未注明时区的时间按此时区"),
        ("calendar", CALENDAR, "calendars/, the one meant where none is named 未指明时采用的工作日历"),
        ("engine", "duckdb", "计算引擎"),
    ):
        item = tomlkit.item(value)
        item.comment(comment)
        document.add(key, item)
    table = tomlkit.table()
    url = tomlkit.item(database)
    url.comment("or postgresql://user@host/name; KAOHE_DATABASE_URL overrides 也可用 PostgreSQL")
    table.add("url", url)
    document.add("database", table)
    if allowed:
        plugins = tomlkit.aot()
        for plugin in allowed:
            entry = tomlkit.table()
            entry.add("name", plugin.name)
            entry.add("sha256", plugin.sha256)
            plugins.append(entry)
        document.add("plugins", plugins)
    return tomlkit.dumps(document)


@contextmanager
def _whole_or_not_at_all(folder: Path) -> Iterator[None]:
    """Take a new folder away again that could not be filled; from an older one, only what makes it a workspace."""
    new = not folder.exists()
    try:
        yield
    except BaseException as error:
        if new:
            shutil.rmtree(folder, ignore_errors=True)
        else:
            (folder / FILE).unlink(missing_ok=True)
        if not isinstance(error, OSError):
            raise
        what, found = msg("this folder cannot be made or written"), said_by_system(error)
        raise fail(Problem("workspace.unwritable", what, Place(str(folder)), found), Exit.ENVIRONMENT) from error


def _calendar(timezone: str) -> str:
    """Office hours; where the country's statutory holidays are known, with those of its latest years."""
    from kaohe.cli.calendar_file import new_calendar
    from kaohe.cli.statutory import known_years, statutory

    years = known_years()[-_YEARS:] if timezone in _CHINESE else ()
    return new_calendar(timezone, ((year, statutory("CN", year)) for year in years))


def _check(folder: Path, timezone: str) -> None:
    if (folder / FILE).exists():
        raise fail(
            Problem(
                "workspace.exists",
                msg("there is a workspace here already; nothing was changed"),
                Place(str(folder / FILE)),
                fix=msg("choose another folder, or work in this one"),
            ),
            Exit.ENVIRONMENT,
        )
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise fail(
            Problem(
                "workspace.setting", msg("unknown timezone"), found=timezone, expected="Asia/Shanghai, Europe/Berlin, …"
            )
        ) from error


def _installed(name: str) -> AllowedPlugin:
    from kaohe.plugin.discover import installed_plugins
    from kaohe.plugin.registry import AllowedPlugin, digest_of_installed

    names = {plugin.name: plugin.distribution for plugin in installed_plugins()}
    if name not in names:
        raise fail(
            Problem(
                "init.industry",
                msg("no plugin of this name is installed beside kaohe"),
                Place(key="--industry"),
                found=name,
                expected=", ".join(f"{each} ({distribution})" for each, distribution in names.items()) or None,
                fix=msg("take one of these, or install its distribution first"),
            )
        )
    return AllowedPlugin(name=name, sha256=digest_of_installed(name), file=None)


def _write_new(path: Path, text: str) -> None:
    """Write a file that is not there yet; one that is there stays as it is."""
    if not path.exists():
        write_whole(path, text)
