"""Integer parts that were measured before, as files of a folder: named by a key, checked when read, bounded in size.

Nothing here is evidence. A file that is not what was written is written anew, one that is gone is measured again.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa

from kaohe.exact import Ints

_HEAD = b"kaohe values 1\n"
_DIGEST = 32  # bytes of a SHA-256
_ENDING = ".values"
_KEY = b"key"


@dataclass
class KeptValues:
    """The folder's files, of ``limit`` bytes in all at the most: those not used for the longest time go first.

    ``failure`` is what the system last said of a file that could not be written.
    """

    folder: Path
    limit: int
    failure: OSError | None = field(default=None, init=False)

    def read(self, key: str, names: tuple[str, ...], length: int) -> dict[str, Ints] | None:
        """What was kept under the key: columns of these names and this length; None where nothing sound was."""
        path = self._path(key)
        try:
            content = path.read_bytes()
        except OSError:
            return None
        start = len(_HEAD) + _DIGEST
        body = memoryview(content)[start:]
        if content[:start] != _HEAD + hashlib.sha256(body).digest():
            return None
        try:
            table = pa.ipc.open_stream(pa.py_buffer(body)).read_all()
        except (pa.ArrowException, OSError):  # Arrow's own words for what it cannot read are of both kinds
            return None  # what another version wrote
        fits = table.schema.metadata == {_KEY: key.encode()} and tuple(table.column_names) == names
        whole = all(column.type == pa.int64() and not column.null_count for column in table.columns)
        if not fits or table.num_rows != length or not whole:
            return None
        with suppress(OSError):
            os.utime(path)  # used now, and so the last to go
        # A copy that may be written to, as what an engine gives.
        return {name: np.array(table.column(name).combine_chunks().to_numpy()) for name in names}

    def keep(self, key: str, parts: Mapping[str, Ints]) -> None:
        """Keep columns of one length under the key. What cannot be written is left out, and ``failure`` says why."""
        table = pa.table({name: pa.array(column) for name, column in parts.items()}).replace_schema_metadata(
            {_KEY: key.encode()}
        )
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
            writer.write_table(table)
        body = sink.getvalue()
        if len(body) > self.limit:
            return
        path = self._path(key)
        beside = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            # Not brought to the disk at once, as evidence is: what a loss of power tears is told by its hash.
            with beside.open("wb") as file:
                file.write(_HEAD + hashlib.sha256(body).digest())
                file.write(body)
            beside.replace(path)
        except OSError as error:
            self.failure = error
            with suppress(OSError):
                beside.unlink(missing_ok=True)

    def trim(self) -> None:
        """Delete what goes beyond the limit, what was used longest ago first; also what an interruption left."""
        found = []
        with suppress(OSError), os.scandir(self.folder) as entries:
            for entry in entries:
                if _is_ours(entry.name):
                    with suppress(OSError):  # another process was quicker
                        found.append((entry.stat().st_mtime_ns, entry.stat().st_size, Path(entry.path)))
        beyond = sum(size for _used, size, _path in found) - self.limit
        for _used, size, path in sorted(found):
            if beyond <= 0:
                return
            with suppress(OSError):
                path.unlink()
            beyond -= size

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}{_ENDING}"


def clear_values(folder: Path) -> tuple[int, int]:
    """Delete all values kept in the folder: how many files, and how many bytes they were. Whatever else lies there
    stays. OSError where one cannot be deleted."""
    files = [each for each in folder.iterdir() if _is_ours(each.name)] if folder.is_dir() else []
    count = size = 0
    for path in files:
        with suppress(FileNotFoundError):
            held = path.stat().st_size
            path.unlink()
            count, size = count + 1, size + held
    return count, size


def _is_ours(name: str) -> bool:
    """Whether the file is one of kept values, or one that was not finished."""
    return name.endswith(_ENDING) or (name.startswith(".") and _ENDING + "." in name)
