"""That workers read the bytes which were written: each file is proven once, by a fingerprint that the cluster makes.

A place may be another one for workers than for kaohe, its name the same: another store, another disk, an old copy. So
they themselves are asked. Bytes are compared by the pieces between line feeds, which Spark reads as lines, several at
once and none of them whole: how many there are, and the sum of their CRC-32.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from kaohe.records import Partition
from kaohe.records.canonical import canonical
from kaohe.records.partition import write_whole

if TYPE_CHECKING:
    from kaohe.engine.spark.session import Session, Told

_PIECE = 4 * 2**20
_Noted = tuple[int, int, str]  # size and time of change, as workers see them, and the SHA-256 that was written


def fingerprint(path: Path) -> tuple[int, int, int]:
    """The size of a file, how many pieces there are between its line feeds, and the sum of their CRC-32."""
    size = pieces = total = 0
    rest = b""
    with path.open("rb") as file:
        while block := file.read(_PIECE):
            size += len(block)
            *whole, rest = (rest + block).split(b"\n")
            pieces += len(whole)
            total += sum(map(zlib.crc32, whole))
    return size, pieces + bool(rest), total + zlib.crc32(rest)


class Proof:
    """``notes``: a file of this machine's own, of what was proven before, so that it is not read again; None: none."""

    def __init__(self, notes: Path | None = None) -> None:
        self._notes = notes
        self._proven: dict[str, str] = {}

    def others(self, session: Session, files: Mapping[str, Partition]) -> list[Partition]:
        """The partitions of which workers see other bytes where they find them, at these URLs."""
        new = {url: each for url, each in files.items() if self._proven.get(url) != each.sha256}
        noted = self._noted() if new else {}
        known = [url for url, each in new.items() if url in noted and noted[url][2] == each.sha256]
        seen = dict(_by_url(known, session.stamps(known))) if known else {}
        sound = {url: noted[url] for url in known if url in seen and noted[url][:2] == tuple(seen[url])}
        unread = [url for url in new if url not in sound]
        if unread:
            for url, (size, changed, *found) in _by_url(unread, session.fingerprints(unread)):
                if (size, *found) == fingerprint(new[url].path):
                    sound[url] = (size, changed, new[url].sha256)
            self._note(noted | sound)
        self._proven |= {url: sha for url, (_size, _changed, sha) in sound.items()}
        return [each for url, each in new.items() if url not in sound]

    def _noted(self) -> dict[str, _Noted]:
        try:
            noted = json.loads(self._notes.read_text("utf-8")) if self._notes is not None else {}
            return {url: (int(size), int(changed), str(sha)) for url, (size, changed, sha) in noted.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            return {}

    def _note(self, noted: Mapping[str, _Noted]) -> None:
        if self._notes is not None:
            text = canonical({url: [*each] for url, each in noted.items()})
            self._notes.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self._notes, lambda beside: beside.write_text(text, "utf-8"))


def _by_url(urls: Sequence[str], answers: Iterable[Told]) -> Iterator[tuple[str, Told]]:
    """What is said of each; Spark writes URLs in ways of its own, but for a table and the name of a file in it."""
    named = {tuple(url.rsplit("/", 2)[1:]): url for url in urls}
    for path, *said in answers:
        url = named.get(tuple(unquote(path).rsplit("/", 2)[1:]))
        if url is not None:
            yield url, (*said,)
