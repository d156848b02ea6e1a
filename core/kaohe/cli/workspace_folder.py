"""Where the workspace is: found before anything else is loaded, so kept free of imports."""

from __future__ import annotations

import tomllib
from pathlib import Path

FILE = "kaohe.toml"


def find_folder(start: Path, option: str | None) -> Path | None:
    """The folder named by ``--workspace``, else the nearest one from ``start`` upwards that holds kaohe.toml."""
    if option is not None:
        return Path(option).absolute()
    for folder in (start, *start.parents):
        if (folder / FILE).is_file():
            return folder
    return None


def peek_locale(folder: Path | None) -> str | None:
    """The workspace's locale if it can be read at all; a broken file is reported when it is really needed."""
    try:
        locale = tomllib.loads((folder / FILE).read_text("utf-8")).get("locale") if folder else None
    except (OSError, ValueError, RecursionError):
        return None
    return locale if isinstance(locale, str) else None
