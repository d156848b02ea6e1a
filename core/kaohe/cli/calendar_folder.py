"""The calendars of a workspace: one file each in its folder ``calendars``, read when it is first asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

from kaohe.errors import Exit, Place, Problem, fail
from kaohe.system import said_by_system
from kaohe.text import msg
from kaohe.worktime import Calendar, Checked, check_calendar

NAME = re.compile(r"[a-z][a-z0-9_-]{0,59}")


class CalendarFolder(Mapping[str, Calendar]):
    """Calendars by name, which is the file's without its ending. Asking for one that is not sound raises KaoheError
    with its mistakes; the others are not looked at."""

    def __init__(self, folder: Path, zone: ZoneInfo) -> None:
        self.folder, self.zone = folder, zone
        self._checked: dict[str, Checked] = {}

    def path(self, name: str) -> Path:
        return self.folder / f"{name}.toml"

    def checked(self, name: str) -> Checked:
        """What the check of the file found; KeyError where there is no such file."""
        if name not in self._checked:
            if NAME.fullmatch(name) is None or not self.path(name).is_file():
                raise KeyError(name)
            path = self.path(name)
            self._checked[name] = check_calendar(_text(path), str(path), name, self.zone)
        return self._checked[name]

    def misnamed(self) -> list[Problem]:
        """A problem for each file whose name cannot be a calendar's."""
        what = msg("this cannot be the name of a calendar")
        expected = msg("small letters, digits, - and _, beginning with a letter")
        return [
            Problem("calendar.name", what, Place(str(path)), path.stem, expected)
            for path in sorted(self._files())
            if NAME.fullmatch(path.stem) is None
        ]

    def _files(self) -> Iterator[Path]:
        return (path for path in self.folder.glob("*.toml") if path.is_file())

    def __getitem__(self, name: str) -> Calendar:
        return self.checked(name).require()

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and NAME.fullmatch(name) is not None and self.path(name).is_file()

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(path.stem for path in self._files() if NAME.fullmatch(path.stem)))

    def __len__(self) -> int:
        return len(list(iter(self)))


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        problem = Problem(
            "calendar.unreadable", msg("this file cannot be read"), Place(str(path)), said_by_system(error)
        )
        raise fail(problem, Exit.ENVIRONMENT) from error
    try:
        return content.decode("utf-8-sig")  # editors on Windows begin a file with a mark
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        what, fix = msg("this file is not UTF-8"), msg("save it as UTF-8 in the editor")
        raise fail(Problem("calendar.encoding", what, Place(str(path), line), fix=fix)) from error
