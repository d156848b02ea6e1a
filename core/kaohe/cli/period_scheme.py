"""Which scheme and which period a person names: by a scheme's id or its file, by any way to write a period."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from kaohe.cli.context import App
from kaohe.cli.scheme_file import find_scheme
from kaohe.errors import KaoheError, Place, Problem, fail
from kaohe.period import parse_period, usual
from kaohe.text import msg

if TYPE_CHECKING:
    from kaohe.run.life import Life


def period_name(text: str) -> str:
    """The one name under which a period lives: 2026-01-01..2026-03-31 is 2026-Q1. KaoheError for what is none."""
    return usual(parse_period(text)).name


def scheme_id(app: App, name: str) -> str:
    """The id of the scheme of that id, or of the file of that name. The file may be gone where periods of it are known.

    Raises KaoheError where there is no such scheme.
    """
    from kaohe.run.life import lives

    if any(life.scheme_id == name for life in lives(app.store, name)):
        return name
    return id_in(scheme_file(app, name)) or name


def scheme_file(app: App, name: str) -> Path:
    """The file of that name, or the one file in the workspace's folder whose scheme has that id."""
    of_the_id = [path for path in sorted(app.workspace.schemes.glob("*.toml")) if id_in(path) == name]
    if len(of_the_id) > 1 and not Path(name).is_file():
        raise fail(
            Problem(
                "period.scheme-twice",
                msg("several files hold a scheme of the id {name}", name=name),
                Place(key=name),
                found=", ".join(path.name for path in of_the_id),
                fix=msg("name the file that counts"),
            )
        )
    try:
        return find_scheme(app, name)
    except KaoheError:
        if of_the_id:
            return of_the_id[0]
        raise


def life_named(app: App, scheme: str, period: str) -> Life:
    """The life of the period that a person named, which may not have begun."""
    from kaohe.run.life import state_of

    named = period_name(period)  # before the database: a period that is none is told first
    return state_of(app.store, scheme_id(app, scheme), named)


def id_in(path: Path) -> str | None:
    """The id that the scheme's file gives; None where the file cannot be read, which its check tells better."""
    try:
        found = tomllib.loads(path.read_text("utf-8")).get("scheme", {}).get("id")
    except (OSError, ValueError, AttributeError):
        return None
    return found if isinstance(found, str) else None
