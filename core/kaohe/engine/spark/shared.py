"""The snapshot's files at a place that all workers see: what is missing there is copied, once."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import fs

from kaohe.errors import Exit, KaoheError, Place, Problem, fail
from kaohe.records import Partition
from kaohe.records.canonical import canonical
from kaohe.records.partition import write_whole
from kaohe.system import said_by_system
from kaohe.text import msg

_AT_ONCE = 8
_PIECE = 4 * 2**20
_Seen = tuple[int, int, str]  # size, time of change, SHA-256


class Shared:
    """A place by its URL (``file:///…``, ``s3a://…``, ``hdfs://…``), and a file of this machine's own in which it is
    noted what was seen to be whole there, so that it is not read again each time."""

    def __init__(self, url: str, notes: Path) -> None:
        self._url = url.rstrip("/")
        self._notes = notes

    def files(self, folder: Path, partitions: Sequence[Partition]) -> list[str]:
        """Where Spark finds these partitions of a snapshot in ``folder``. What is not there, or is there with other
        bytes, is copied; a file appears whole or not at all."""
        names = [partition.path.relative_to(folder).as_posix() for partition in partitions]
        noted = self._noted()
        with self._explained():
            _file_system, root = self._place
            paths = [f"{root}/{name}" for name in names]
            there = self._look(paths)
            wanted = [
                (partition, path, info)
                for partition, path, info in zip(partitions, paths, there, strict=True)
                if noted.get(path) != _seen(info, partition.sha256)
            ]
            with ThreadPoolExecutor(_AT_ONCE) as several:
                [*several.map(lambda each: self._settle(*each), wanted)]
            if wanted:
                settled = self._look([path for _partition, path, _info in wanted])
                noted |= {
                    path: _seen(info, partition.sha256)
                    for (partition, path, _info), info in zip(wanted, settled, strict=True)
                }
                self._note(noted)
        return [f"{self._url}/{name}" for name in names]

    @cached_property
    def _place(self) -> tuple[Any, str]:
        """The file system and the folder on it."""
        if self._url.startswith("file://"):
            return fs.LocalFileSystem(), self._url.removeprefix("file://")
        # Hadoop's name for what everybody else calls s3.
        file_system, path = fs.FileSystem.from_uri(self._url.replace("s3a://", "s3://", 1))
        return file_system, path.rstrip("/")

    def _look(self, paths: Sequence[str]) -> list[Any]:
        found: list[Any] = self._place[0].get_file_info(paths)
        return found

    def _settle(self, partition: Partition, path: str, info: Any) -> None:
        """See to it that the partition's bytes are there."""
        file_system, _root = self._place
        if info.type == fs.FileType.File:
            if info.size == partition.path.stat().st_size and self._sha256(path) == partition.sha256:
                return
            file_system.delete_file(path)
        folder, _slash, name = path.rpartition("/")
        file_system.create_dir(folder, recursive=True)
        beside = f"{folder}/.{name}.{os.getpid()}"
        try:
            if self._copy(partition.path, beside) != partition.sha256:
                raise _damaged(partition.path)
            file_system.move(beside, path)
        except BaseException:
            if file_system.get_file_info(beside).type == fs.FileType.File:
                file_system.delete_file(beside)
            raise

    def _copy(self, local: Path, path: str) -> str:
        """The SHA-256 of what was copied."""
        sha = hashlib.sha256()
        with local.open("rb") as file, self._place[0].open_output_stream(path) as output:
            while piece := file.read(_PIECE):
                sha.update(piece)
                output.write(piece)
        return sha.hexdigest()

    def _sha256(self, path: str) -> str:
        sha = hashlib.sha256()
        with self._place[0].open_input_stream(path) as stream:
            while piece := stream.read(_PIECE):
                sha.update(piece)
        return sha.hexdigest()

    def _noted(self) -> dict[str, _Seen]:
        try:
            noted = json.loads(self._notes.read_text("utf-8"))
            return {path: (int(size), int(at), str(sha)) for path, (size, at, sha) in noted[self._url].items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return {}

    def _note(self, noted: Mapping[str, _Seen]) -> None:
        text = canonical({self._url: {path: list(seen) for path, seen in noted.items()}})
        self._notes.parent.mkdir(parents=True, exist_ok=True)
        write_whole(self._notes, lambda beside: beside.write_text(text, "utf-8"))

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (OSError, pa.ArrowException) as error:
            raise self._unusable(error) from error

    def _unusable(self, error: Exception) -> KaoheError:
        # An answer of a store may run over many lines; its first says what it is about.
        said = said_by_system(error) if isinstance(error, OSError) else str(error)
        found = said.splitlines()[0] if isinstance(said, str) and said else said
        return fail(
            Problem(
                "spark.data",
                msg("the snapshot's files cannot be brought to the place that workers read from"),
                Place(self._url),
                found=found,
                fix=msg("check [spark] data in kaohe.toml, the room there, and who may write to it; then try again"),
            ),
            Exit.ENVIRONMENT,
        )


def _seen(info: Any, sha256: str) -> _Seen:
    return (int(info.size or 0), int(info.mtime_ns or 0), sha256)


def _damaged(path: Path) -> KaoheError:
    what, fix = msg("a file of the snapshot is damaged"), msg("evaluate again to take a new snapshot from the database")
    return fail(Problem("snapshot.damaged", what, Place(str(path)), fix=fix), Exit.ENVIRONMENT)
