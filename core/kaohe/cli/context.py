"""What a command gets: language, workspace, plugins, database, clock; each opened when first used."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kaohe.cli import clock
from kaohe.errors import Place, Problem
from kaohe.text import Language, Message, msg, render, visible

if TYPE_CHECKING:
    from kaohe.cli.calendar_folder import CalendarFolder
    from kaohe.cli.roles import Role
    from kaohe.cli.workspace import Workspace
    from kaohe.engine import Engine
    from kaohe.plugin import RecordType
    from kaohe.plugin.registry import Registry
    from kaohe.records import Store
    from kaohe.records.audit import Actor
    from kaohe.worktime import Calendars


class App:
    """The edge of the system, handed to every command."""

    def __init__(
        self, language: Language, folder: Path | None, environment: Mapping[str, str], acting: str | None = None
    ) -> None:
        self.language = language
        self.folder = folder
        self.environment = environment
        self.acting = acting
        self.making = False
        """The workspace is only just being made."""

    @cached_property
    def workspace(self) -> Workspace:
        from kaohe.cli.workspace import load_workspace

        return load_workspace(self.folder, self.environment)

    @cached_property
    def registry(self) -> Registry:
        """The plugins of the workspace, or the base pack alone outside one. Refused plugins are reported once."""
        from kaohe.plugin.registry import open_registry

        if self.folder is None:
            return open_registry((), None)
        registry = open_registry(self.workspace.plugins, self.workspace.wheels)
        self.problems(registry.problems)
        return registry

    @cached_property
    def store(self) -> Store:
        return self._opened(self.registry.record_types)

    @cached_property
    def bare_store(self) -> Store:
        """The database without the record types of plugins: what does not ask for records works whatever they are."""
        return self._opened({})

    def _opened(self, record_types: Mapping[str, RecordType]) -> Store:
        """The database; where its file is not there, a new one is made, and that is said: it may be somewhere else."""
        from kaohe.records import open_store
        from kaohe.records.connecting import Pool, file_of

        workspace, settings = self.workspace, self.workspace.database
        file = file_of(workspace.database_url, workspace.folder)
        is_new = file is not None and not file.exists()
        store = open_store(
            workspace.database_url,
            record_types,
            folder=workspace.folder,
            patience=settings.patience,
            pool=Pool(settings.size, settings.recycle),
            actor=self.actor,
            settings=workspace.noted_settings(),
            at=self.now(),
            tell=self.say if sys.stderr.isatty() else None,
        )
        if is_new and not self.making:
            self.problems([_made_anew(str(file))])
        return store

    def close(self) -> None:
        """Close what was opened of the database."""
        for name in ("store", "bare_store"):
            if name in self.__dict__:
                self.__dict__.pop(name).close()

    @cached_property
    def measuring(self) -> Engine:
        """What measures, as kaohe.toml says, and measures everything: for whatever is to prove something."""
        from kaohe.cli.engines import engine_of
        from kaohe.cli.files import make_private

        make_private(self.workspace.kept)
        return engine_of(self.workspace)

    @cached_property
    def snapshots(self) -> Path:
        """The folder of snapshots, for whoever takes one: until the command ends nobody removes files from it."""
        import click

        from kaohe.cli.files import make_private
        from kaohe.records.in_use import in_use

        folder = self.workspace.snapshots
        make_private(self.workspace.kept)
        if (context := click.get_current_context(silent=True)) is not None:
            context.find_root().with_resource(in_use(folder))
        return folder

    @cached_property
    def engine(self) -> Engine:
        """Likewise, but what was measured before is not measured again."""
        from kaohe.cli.kept_values import remembering

        workspace = self.workspace
        return remembering(self.measuring, workspace.values, workspace.values_limit, self.problems)

    @cached_property
    def actor(self) -> Actor:
        """Who is at work: the name given with --as or in KAOHE_ACTOR, else the login. Raises KaoheError for a name that
        is not one, and for any name but the login's where the workspace knows people by their login alone."""
        from kaohe.cli.login import login
        from kaohe.cli.roles import acting
        from kaohe.records.audit import Actor

        account = login()
        name = self.acting if self.acting is not None else self.environment.get("KAOHE_ACTOR") or None
        return Actor(acting(name, account, by_login=self.workspace.roles.by_login), account)

    def require(self, role: Role) -> None:
        """Raises KaoheError where the workspace gives the role to others."""
        self.workspace.roles.require(role, self.actor.name, str(self.workspace.file))

    @cached_property
    def calendar_folder(self) -> CalendarFolder:
        """The workspace's calendars, each read when it is asked for."""
        from kaohe.cli.calendar_folder import CalendarFolder

        return CalendarFolder(self.workspace.calendars, self.workspace.timezone)

    @cached_property
    def calendars(self) -> Calendars:
        """What expressions may ask; outside a workspace any name stands for a calendar, for checking only."""
        from kaohe.worktime import ANY_CALENDAR, Calendars

        return ANY_CALENDAR if self.folder is None else Calendars(self.calendar_folder, self.workspace.calendar)

    def now(self) -> datetime:
        return clock.now()

    def moment(self, at: datetime) -> str:
        """A moment on the workspace's wall clock, as people read it; JSON has moments in UTC, by ``isoformat``."""
        return f"{at.astimezone(self.workspace.timezone):%Y-%m-%d %H:%M}"

    def say(self, text: Message | str) -> None:
        """A message for a person, on stderr; where nobody reads it any more, the command goes on all the same."""
        with suppress(BrokenPipeError):
            sys.stderr.write(f"{visible(render(text, self.language))}\n")

    def problems(self, problems: Iterable[Problem]) -> None:
        """Problems in the user's language, on stderr."""
        for problem in problems:
            self.say(problem.render(self.language))

    def table(
        self,
        headers: Sequence[str],
        rows: Iterable[Sequence[Any]],
        *,
        right: Iterable[int] = (),
        title: str | None = None,
    ) -> None:
        """An aligned table on stdout."""
        from kaohe.cli.output import print_table

        print_table(headers, rows, right=right, title=title)

    def json(self, data: Any) -> None:
        """JSON on stdout."""
        from kaohe.cli.output import print_json

        print_json(data)


def _made_anew(file: str) -> Problem:
    what = msg("the database was not there: a new one was made, in which there is nothing")
    fix = msg("if there should be one, correct the URL in kaohe.toml, or bring the file back from a backup")
    return Problem("database.new", what, Place(file=file), fix=fix, severity="warning")
