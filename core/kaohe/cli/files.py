"""Files that are written whole or not at all."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from kaohe.errors import Exit, Place, Problem, fail
from kaohe.text import msg


def write_whole(path: Path, content: str | bytes) -> None:
    """Write beside the file, then put it in its place; a full disk leaves what was there before."""
    beside = path.with_name(f".{path.name}.new")
    data = content.encode("utf-8") if isinstance(content, str) else content
    try:
        with beside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        raise fail(
            Problem(
                "file.unwritable",
                msg("this file cannot be written"),
                Place(str(path)),
                found=error.strerror or str(error),
            ),
            Exit.ENVIRONMENT,
        ) from error
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
