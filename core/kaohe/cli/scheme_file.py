"""Finding and reading a scheme file, by path or by its name in the workspace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from kaohe.cli.context import App
from kaohe.errors import Exit, Place, Problem, fail
from kaohe.system import said_by_system
from kaohe.text import msg

if TYPE_CHECKING:
    from kaohe.language import Type
    from kaohe.plugin.state import Registry
    from kaohe.scheme import Checked

_LONGEST = 1_000_000  # bytes; the loader refuses more


def load_file(
    app: App, name: str, attributes: Mapping[str, Type] | None = None, *, called: str | None = None
) -> tuple[Path, Checked]:
    """The file and what its check found. ``attributes``: what the organisation records of its people; None: unknown.
    ``called``: the name that places within the scheme carry for the file; those of problems name the file itself.

    Raises KaoheError where there is no such file or it cannot be read; mistakes in it are in the answer.
    """
    from kaohe.scheme import load_scheme

    path = find_scheme(app, name)
    registry = app.registry
    text, types = read_text(path), registry.record_types
    checked = load_scheme(text, called or str(path), types, registry.indicators, attributes, app.calendars)
    problems = tuple(_at(path, called, _with_its_plugin(problem, registry)) for problem in checked.problems)
    return path, replace(checked, problems=problems)


def _at(path: Path, called: str | None, problem: Problem) -> Problem:
    where = problem.where
    return problem if called is None or where.file != called else problem.at(replace(where, file=str(path)))


def _with_its_plugin(problem: Problem, registry: Registry) -> Problem:
    """An indicator that is unknown because its plugin does not run here gets that as its fix."""
    if problem.code == "scheme.unknown-indicator":
        wanted = str(problem.what.arguments.get("id", ""))
    elif problem.code in ("expression.unknown-id", "expression.unknown-name") and "." in str(problem.found or ""):
        wanted = str(problem.found)
    else:
        return problem
    owner = wanted.partition(".")[0]
    if not any(state.name == owner and state.state == "available" for state in registry.plugins):
        return problem
    what = msg("{problem}: its plugin {name} is installed and not allowed here", problem=problem.what, name=owner)
    return replace(problem, what=what, expected=None, fix=msg("allow it with: kaohe plugin add {name}", name=owner))


def find_scheme(app: App, name: str) -> Path:
    """The file: the path itself, else ``schemes/NAME`` or ``schemes/NAME.toml`` of the workspace."""
    folder = None if app.folder is None else app.workspace.schemes
    candidates = [Path(name)] if folder is None else [Path(name), folder / name, folder / f"{name}.toml"]
    for path in candidates:
        if path.is_file():
            return path
    known = [] if folder is None else sorted(entry.stem for entry in folder.glob("*.toml"))
    raise fail(
        Problem(
            "scheme.no-file",
            msg("there is no scheme file {name}", name=name),
            expected=", ".join(known) or None,
            fix=msg("name a file, or a scheme of the workspace's folder schemes"),
        )
    )


def read_text(path: Path) -> str:
    """The text of a scheme file, of which a byte more than the loader takes is enough to be refused."""
    try:
        with path.open("rb") as file:
            content = file.read(_LONGEST + 1)
    except OSError as error:
        problem = Problem(
            "scheme.unreadable", msg("this file cannot be read"), Place(str(path)), found=said_by_system(error)
        )
        raise fail(problem, Exit.ENVIRONMENT) from error
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        what, fix = msg("this file is not UTF-8"), msg("save it as UTF-8 in the editor")
        raise fail(Problem("scheme.encoding", what, Place(str(path), line), fix=fix)) from error
