"""Every export is in the audit log: what left, whose, whether names were masked, and the SHA-256 of the bytes.

An export is noted before it is handed out: one that cannot be noted is not made.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from kaohe.cli.files import whole

if TYPE_CHECKING:
    from kaohe.cli.context import App

Writer = Callable[[Any], None]
"""What writes itself into a file of bytes."""


def note_export(
    app: App, what: str, subject: str, content: str | bytes | Path, *, masked: bool = False, **detail: Any
) -> int:
    """Append the event ``export``; its number.

    ``what`` leaves: a short stable word, such as ``run`` or ``statement``. ``subject``: whose it is, such as a scheme
    and a period. ``content``: the very bytes (a text as UTF-8), or the file that holds them; only their digest and
    their number go into the log. ``detail``: what else names it, such as ``run=3, form="csv", file="bonus.csv"``.
    """
    if isinstance(content, Path):
        with content.open("rb") as file:
            digest, size = hashlib.file_digest(file, "sha256").hexdigest(), content.stat().st_size
    else:
        data = content.encode() if isinstance(content, str) else content
        digest, size = hashlib.sha256(data).hexdigest(), len(data)
    return _append(app, subject, {"what": what, "masked": masked, "sha256": digest, "bytes": size, **detail})


def hand_out(
    app: App,
    content: str | bytes | Writer,
    output: Path | None,
    what: str,
    subject: str,
    *,
    masked: bool = False,
    **detail: Any,
) -> None:
    """Note an export, then write it to the file, whole or not at all, or else to stdout. What writes itself is noted
    when it is written, and before it can be seen."""
    from kaohe.cli.evaluate import write

    named = {"file": output.name} if output is not None else {}
    if callable(content):
        known = {"what": what, "masked": masked, **named, **detail}
        write_itself(content, output, lambda sha, size: _append(app, subject, {**known, "sha256": sha, "bytes": size}))
    else:
        note_export(app, what, subject, as_written(content, output), masked=masked, **named, **detail)
        write(content, output)


def write_itself(
    content: Writer, output: Path | None, note: Callable[[str, int], object] = lambda _sha256, _size: None
) -> None:
    """What is too long to be held, to the file, whole or not at all, or else to stdout; ``note`` is told of what bytes
    it is before anybody has it."""
    if output is not None:
        with whole(output) as beside, beside.open("wb") as file:
            note(*_counted(content, file))
        return
    with tempfile.TemporaryFile() as file:
        note(*_counted(content, file))
        file.seek(0)
        with TextIOWrapper(file, "utf-8", newline="") as text:
            shutil.copyfileobj(text, sys.stdout, 2**20)


def _counted(content: Writer, file: IO[bytes]) -> tuple[str, int]:
    """Write it; the SHA-256 and how many bytes it is."""
    counting = _Counting(file)
    content(counting)
    file.flush()
    return counting.state.hexdigest(), counting.size


def as_written(content: str | bytes, output: Path | None) -> bytes:
    """The bytes that ``write`` makes of it: a CSV file begins with a byte order mark."""
    mark = "\ufeff" if output is not None and output.suffix.lower() == ".csv" else ""
    return (mark + content).encode() if isinstance(content, str) else content


@contextmanager
def streaming(app: App, stream: IO[str], what: str, subject: str, **detail: Any) -> Iterator[IO[str]]:
    """The stream for an export too long to be held; what went through it is noted when it ends, however it ends."""
    counting, whole = _Counting(stream), False
    try:
        yield counting  # type: ignore[misc]  # writing is all that writers of records do with it
        whole = True
    finally:
        known = {"what": what, "masked": False, "sha256": counting.state.hexdigest(), "bytes": counting.size}
        _append(app, subject, {**known, "whole": whole, **detail})


class _Counting:
    """Passes text or bytes on and keeps the digest and the length of the UTF-8."""

    def __init__(self, stream: IO[Any]) -> None:
        self.stream, self.state, self.size = stream, hashlib.sha256(), 0

    def write(self, data: Any) -> int:
        known = data.encode() if isinstance(data, str) else data
        self.state.update(known)
        self.size += len(known)
        return self.stream.write(data)


def _append(app: App, subject: str, detail: dict[str, Any]) -> int:
    from kaohe.records.audit import append

    with app.bare_store.writing() as connection:
        return append(connection, app.now(), "export", subject, detail)
