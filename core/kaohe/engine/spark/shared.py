"""The snapshot's files at a place that all workers see: what is missing there is copied, once."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import fs

from kaohe.errors import Exit, KaoheError, Place, Problem, fail
from kaohe.records import Partition
from kaohe.system import said_by_system
from kaohe.text import msg

_AT_ONCE = 8
_PIECE = 4 * 2**20


class Shared:
    """A place by its URL (``file:///…``, ``s3a://…``, ``hdfs://…``)."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")

    def files(self, folder: Path, partitions: Sequence[Partition], *, anew: bool = False) -> list[str]:
        """Where Spark finds these partitions of a snapshot in ``folder``. What is not there, or there in another size,
        is copied, or all of it ``anew``; a file appears whole or not at all."""
        names = [partition.path.relative_to(folder).as_posix() for partition in partitions]
        with self._explained():
            file_system, root = self._place
            paths = [f"{root}/{name}" for name in names]
            with ThreadPoolExecutor(_AT_ONCE) as several:
                [*several.map(partial(self._settle, anew=anew), partitions, paths, file_system.get_file_info(paths))]
        return [f"{self._url}/{name}" for name in names]

    @cached_property
    def _place(self) -> tuple[Any, str]:
        """The file system and the folder on it."""
        if self._url.startswith("file://"):
            return fs.LocalFileSystem(), self._url.removeprefix("file://")
        # Hadoop's name for what everybody else calls s3.
        file_system, path = fs.FileSystem.from_uri(self._url.replace("s3a://", "s3://", 1))
        return file_system, path.rstrip("/")

    def _settle(self, partition: Partition, path: str, info: Any, *, anew: bool) -> None:
        """See to it that the partition is there."""
        file_system, _root = self._place
        if info.type == fs.FileType.File:
            if not anew and info.size == partition.path.stat().st_size:
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


def _damaged(path: Path) -> KaoheError:
    what, fix = msg("a file of the snapshot is damaged"), msg("evaluate again to take a new snapshot from the database")
    return fail(Problem("snapshot.damaged", what, Place(str(path)), fix=fix), Exit.ENVIRONMENT)
