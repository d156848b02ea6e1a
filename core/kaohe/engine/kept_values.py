"""Figures that were counted before, as files of a folder: named by what they are, checked when read, bounded in size.

Nothing here is evidence. A file that is not what was written is written anew, one that is gone is counted again.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from kaohe.engine.definitions import Definition, Months
from kaohe.engine.sums import Sums
from kaohe.exact import Ints

_HEAD = b"kaohe values 2\n"
_DIGEST = 32  # bytes of a SHA-256
_ENDING = ".values"
_SMALLEST = (np.int8, np.int16, np.int32, np.int64)
AT_MOST = 16
"""Files of one definition: a definition is counted over other months each month, and whoever looks for those that are
of use reads what all of them say of themselves."""
_Unreadable = (OSError, ValueError, KeyError, TypeError, pa.ArrowException)


@dataclass
class KeptValues:
    """The folder's files, of ``limit`` bytes in all at the most: those not used for the longest time go first.

    ``failure`` is what the system last said of a file that could not be written.
    """

    folder: Path
    limit: int
    failure: OSError | None = field(default=None, init=False)
    _codes: dict[str, pa.Array] = field(default_factory=dict, init=False)
    """By the digest of their file: lists of codes are kept once for all figures that share them."""
    _listed: dict[str, list[Path]] | None = field(default=None, init=False)

    def months(self, definition: Definition) -> list[Months]:
        """Over which months figures of this definition are kept, as their files say."""
        if self._listed is None:
            self._listed = defaultdict(list)
            for _used, _size, path in self._found():
                self._listed[_of(path)].append(path)
        found = []
        for path in self._listed.get(definition.digest, ()):
            with suppress(*_Unreadable), path.open("rb") as file:
                file.seek(len(_HEAD) + _DIGEST)
                found.append(frozenset(map(str, json.loads(file.readline())["months"])))
        return found

    def read(self, definition: Definition, months: Months) -> Sums | None:
        """What was kept of the definition over these months; None where nothing sound was."""
        with suppress(*_Unreadable):  # what another version wrote
            said, table = self._sound(self._path(definition, months))
            if said == {**_said(definition, months), "codes": said["codes"]}:
                return _sums(self._codes_of(said["codes"]), table, definition.parts)
        return None

    def keep(self, definition: Definition, months: Months, sums: Sums) -> None:
        """Keep figures over these months. What cannot be written is left out, and ``failure`` says why."""
        body = _stream(pa.table({name: _small(column) for name, column in sums.parts.items()}))
        codes = self._keep_codes(sums.codes)
        said = {**_said(definition, months), "codes": codes}
        self._write(self._path(definition, months), json.dumps(said).encode() + b"\n" + body)
        _use(self._codes_path(codes))

    def trim(self) -> None:
        """Delete what goes beyond the limits, what was used longest ago first; also what an interruption left."""
        self._codes.clear()
        self._listed = None
        found = sorted(self._found())
        superfluous = set(_superfluous([path for _used, _size, path in found]))
        beyond = sum(size for _used, size, _path in found) - self.limit
        for _used, size, path in sorted(found, key=lambda each: each[2] not in superfluous):
            if beyond <= 0 and path not in superfluous:
                return
            with suppress(OSError):
                path.unlink()
            beyond -= size

    def _found(self) -> Iterator[tuple[int, int, Path]]:
        """The files of the folder: when each was last used, how large it is, and where."""
        with suppress(OSError), os.scandir(self.folder) as entries:
            for entry in entries:
                if _is_ours(entry.name):
                    with suppress(OSError):  # another process was quicker
                        yield entry.stat().st_mtime_ns, entry.stat().st_size, Path(entry.path)

    def _sound(self, path: Path, digest: str | None = None) -> tuple[Any, pa.Table]:
        """What a file says of itself, and its columns. ``digest``: it must be that one."""
        content = path.read_bytes()
        start = len(_HEAD) + _DIGEST
        found = hashlib.sha256(memoryview(content)[start:])
        if content[:start] != _HEAD + found.digest() or digest not in (None, found.hexdigest()):
            raise ValueError(path)
        line = content.index(b"\n", start) + 1
        table = pa.ipc.open_stream(pa.py_buffer(content[line:])).read_all()
        _use(path)
        return json.loads(content[start:line]), table

    def _codes_of(self, digest: str) -> pa.Array:
        if digest not in self._codes:
            _said, table = self._sound(self._codes_path(digest), digest)
            self._codes[digest] = table.column("code").cast(pa.string()).combine_chunks()
        _use(self._codes_path(digest))  # after what refers to it
        return self._codes[digest]

    def _keep_codes(self, codes: pa.Array) -> str:
        for digest, known in self._codes.items():
            if known is codes:
                return digest
        body = b"{}\n" + _stream(pa.table({"code": codes}))
        digest = hashlib.sha256(body).hexdigest()
        self._write(self._codes_path(digest), body)
        self._codes[digest] = codes
        return digest

    def _write(self, path: Path, body: bytes) -> None:
        if len(body) > self.limit:
            return
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

    def _path(self, definition: Definition, months: Months) -> Path:
        of = hashlib.sha256("\n".join(sorted(months)).encode()).hexdigest()
        return self.folder / f"{definition.digest}-{of[:32]}{_ENDING}"

    def _codes_path(self, digest: str) -> Path:
        return self.folder / f"{digest}{_ENDING}"


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


def _use(path: Path) -> None:
    """It is used now, and so the last to go."""
    with suppress(OSError):
        os.utime(path)


def _is_ours(name: str) -> bool:
    """Whether the file is one of kept values, or one that was not finished."""
    return name.endswith(_ENDING) or (name.startswith(".") and _ENDING + "." in name)


def _superfluous(paths: Sequence[Path]) -> Iterator[Path]:
    """Of each definition the files beyond so many that are used since; ``paths`` in the order of their use."""
    seen: dict[str, int] = defaultdict(int)
    for path in reversed(paths):
        seen[_of(path)] += 1
        if seen[_of(path)] > AT_MOST:
            yield path


def _of(path: Path) -> str:
    """The definition of the figures in the file; of any other file its name."""
    return path.name.partition("-")[0]


def _said(definition: Definition, months: Months) -> dict[str, Any]:
    return {"definition": definition.digest, "months": sorted(months)}


def _sums(codes: pa.Array, table: pa.Table, names: tuple[str, ...]) -> Sums:
    """ValueError where the columns are not these, whole numbers that are all there, as many as there are codes."""
    whole = all(pa.types.is_integer(column.type) and not column.null_count for column in table.columns)
    if tuple(table.column_names) != names or table.num_rows != len(codes) or not whole:
        raise ValueError(names)
    return Sums(codes, {name: table.column(name).cast(pa.int64()).to_numpy() for name in names})


def _small(column: Ints) -> pa.Array:
    """The column as the smallest integers that hold it."""
    least, most = (int(column.min()), int(column.max())) if len(column) else (0, 0)
    kind = next(each for each in _SMALLEST if np.iinfo(each).min <= least and most <= np.iinfo(each).max)
    return pa.array(column.astype(kind))


def _stream(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())
