"""Importing a package from the bytes of a wheel that were verified: the file may change meanwhile, they do not.

Only what ``zipfile`` shows is there, as in every look at the wheel before it was allowed, and only sources are run.
"""

from __future__ import annotations

import io
import sys
import zipfile
from collections.abc import Sequence
from importlib.abc import ExecutionLoader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.resources.abc import Traversable, TraversableResources
from importlib.util import decode_source, spec_from_loader
from pathlib import Path
from types import ModuleType


class WheelImporter(MetaPathFinder, ExecutionLoader):
    """Finds and loads the modules of one package, from an archive in memory."""

    def __init__(self, path: Path, content: bytes, package: str) -> None:
        self.path, self.package = path, package
        self._archive = zipfile.ZipFile(io.BytesIO(content))
        self._names = frozenset(self._archive.namelist())

    def install(self) -> None:
        """Stand before every other finder, for this package alone."""
        forget_importer(self.package)
        sys.meta_path.insert(0, self)

    def find_spec(
        self, fullname: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname.partition(".")[0] != self.package or self._file(fullname) is None:
            return None
        spec = spec_from_loader(
            fullname, self, origin=self.get_filename(fullname), is_package=self.is_package(fullname)
        )
        if spec is not None:
            # No search path: what is not in the archive is not looked for beside it.
            spec.has_location = True
        return spec

    def is_package(self, fullname: str) -> bool:
        return (self._file(fullname) or "").endswith("/__init__.py")

    def get_filename(self, fullname: str) -> str:
        return f"{self.path}/{self._file(fullname)}"

    def get_source(self, fullname: str) -> str:
        return decode_source(self._archive.read(self._file(fullname) or ""))

    def get_data(self, path: str) -> bytes:
        """The file that a module's ``__file__`` or its neighbours name; OSError where there is none."""
        name = Path(path).relative_to(self.path).as_posix()
        if name not in self._names:
            raise FileNotFoundError(path)
        return self._archive.read(name)

    def get_resource_reader(self, fullname: str) -> TraversableResources:
        return _Resources(zipfile.Path(self._archive, f"{fullname.replace('.', '/')}/"))

    def _file(self, fullname: str) -> str | None:
        base = fullname.replace(".", "/")
        return next((name for name in (f"{base}/__init__.py", f"{base}.py") if name in self._names), None)


def forget_importer(package: str) -> None:
    """Take away the importer of a package, if there is one."""
    sys.meta_path[:] = [
        finder for finder in sys.meta_path if not (isinstance(finder, WheelImporter) and finder.package == package)
    ]


class _Resources(TraversableResources):
    def __init__(self, root: zipfile.Path) -> None:
        self._root = root

    def files(self) -> Traversable:
        return self._root
