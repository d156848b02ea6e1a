"""Files that people handed in as evidence, handed out again: each is an export, and noted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kaohe.cli.files import write_whole
from kaohe.errors import Place, Problem, fail
from kaohe.text import Message, msg

if TYPE_CHECKING:
    from kaohe.cli.context import App


def attached_words(app: App, digests: Sequence[str]) -> list[Message]:
    """Each file as a line: its name, size and the beginning of its SHA-256. Raises KaoheError where one is damaged."""
    from kaohe.records.attachments import read_attachment

    found = [(digest, read_attachment(app.store, digest)) for digest in digests]
    return [
        msg("attachment {name}, {size} bytes, {digest}", name=each.name, size=len(each.content), digest=digest[:16])
        for digest, each in found
    ]


def save_attached(app: App, digests: Sequence[str], folder: Path, subject: str) -> list[Path]:
    """Write the files into a folder, which is made where it is missing; nothing that is there is replaced."""
    from kaohe.cli.exported import note_export
    from kaohe.records.attachments import read_attachment

    files = {}
    for digest in digests:
        kept = read_attachment(app.store, digest)
        name = Path(kept.name).name or digest[:16]
        files[folder / (name if folder / name not in files else f"{digest[:8]}-{name}")] = kept.content
    for path in files:
        if path.exists():
            what = msg("this file is there already; nothing was changed")
            raise fail(Problem("file.exists", what, Place(str(path)), fix=msg("name another folder")))
    folder.mkdir(parents=True, exist_ok=True)
    for path, content in files.items():
        note_export(app, "attachment", subject, content, file=path.name)
        write_whole(path, content)
    return list(files)
