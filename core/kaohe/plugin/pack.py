"""A plugin that is data: ``pack.toml`` in a package whose only line of Python is ``plugin = Pack(__name__)``.

The format is described by ``pack.schema.json`` beside this module and in docs/plugins.md. A module ``sample.py`` in the
same package may define ``generate_sample(people, seed)``; it is imported when samples are asked for, not before.
"""

from __future__ import annotations

import pkgutil
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from kaohe.errors import KaoheError, Place, Problem, fail
from kaohe.plugin.build import build, misfits
from kaohe.plugin.hooks import API_VERSION, hookimpl
from kaohe.plugin.types import Indicator, RecordType, SampleFile, SchemeTemplate
from kaohe.text import Text, msg

if TYPE_CHECKING:
    from kaohe.toml import Document, Path

FILE = "pack.toml"
# As in pack.schema.json: a scheme's file lies in the package, in folders with plain names.
# What lies beyond is refused, with its place, by kaohe.toml, which is not loaded for a pack that is sound.
_MAX_CHARACTERS, _MAX_EXPONENT = 1_000_000, 15
_SCHEME_FILE = re.compile(r"([A-Za-z0-9_-]+/)*[A-Za-z0-9_-]+\.toml")


@dataclass(frozen=True)
class SchemeFile:
    """A scheme template as a pack names it: the text stands in a file of the package."""

    name: str
    label: Text
    file: str


@dataclass(frozen=True)
class PackFile:
    """What ``pack.toml`` says; the attributes are the file's keys."""

    format: int
    name: str
    label: Text
    description: Text | None = None
    record_types: tuple[RecordType, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    schemes: tuple[SchemeFile, ...] = ()


def read_pack(text: str, file: str) -> PackFile:
    """The declarations of a pack's text.

    Raises KaoheError with every mistake of structure at once, each with file, line and column. What the structure
    cannot say (a key that names no field, an expression that does not compile) is checked where all plugins are known.
    """
    try:
        pack = build(PackFile, tomllib.loads(_short_enough(text), parse_float=_ordinary))
        if pack.format == API_VERSION and next(misfits(PackFile, pack), None) is None and _stays_inside(pack):
            return pack
    except (ValueError, TypeError, RecursionError):
        pass  # told with places below: only a pack that is known to be wrong pays for them and for the validator
    from kaohe.plugin.pack_mistakes import refuse_pack  # noqa: PLC0415 - only a wrong pack needs the validator

    raise refuse_pack(text, file)


def _short_enough(text: str) -> str:
    """The text; ValueError for one that is refused below."""
    if len(text) > _MAX_CHARACTERS:
        raise ValueError(len(text))
    return text


def _ordinary(number: str) -> Decimal:
    """The number; ValueError for one of so many digits that computing with it would never end."""
    value = Decimal(number)
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or abs(exponent) > _MAX_EXPONENT:
        raise ValueError(number)
    return value


def _stays_inside(pack: PackFile) -> bool:
    return all(_SCHEME_FILE.fullmatch(scheme.file) for scheme in pack.schemes)


@dataclass(frozen=True)
class PackText:
    """The text of a ``pack.toml`` and the name by which messages call it; read when first asked."""

    text: str
    file: str

    @cached_property
    def content(self) -> PackFile:
        """The checked file; KaoheError with every mistake."""
        return read_pack(self.text, self.file)

    def place(self, path: Path) -> Place:
        """Where a key stands."""
        return self._document.place(path)

    def inside(self, path: Path, line: int, column: int) -> Place:
        """Where a character of a string stands, by its line and column in the string."""
        return self._document.inside(path, line, column)

    @cached_property
    def _document(self) -> Document:
        from kaohe.toml import load_toml  # noqa: PLC0415 - only mistakes have places

        return load_toml(self.text, self.file)


class Pack:
    """The plugin object of a pack. ``package`` is the name of the package that holds ``pack.toml``."""

    def __init__(self, package: str) -> None:
        self.package = package
        if find_spec(f"{package}.sample") is not None:
            self.generate_sample = _sample_hook(package)

    @cached_property
    def source(self) -> PackText:
        """The package's ``pack.toml``; KaoheError where there is none."""
        return PackText(self._read(FILE), f"{self.package.replace('.', '/')}/{FILE}")

    @property
    def content(self) -> PackFile:
        """What the pack declares; KaoheError with every mistake."""
        return self.source.content

    @property
    def kaohe_api(self) -> int:
        """A pack's format is the interface it was written for."""
        return self.content.format

    @hookimpl
    def provide_record_types(self) -> Iterable[RecordType]:
        return self.content.record_types

    @hookimpl
    def provide_indicators(self) -> Iterable[Indicator]:
        return self.content.indicators

    @hookimpl
    def provide_schemes(self) -> Iterable[SchemeTemplate]:
        return [
            SchemeTemplate(scheme.name, scheme.label, self._scheme(index, scheme.file))
            for index, scheme in enumerate(self.content.schemes)
        ]

    def _scheme(self, index: int, file: str) -> str:
        try:
            return self._read(file)
        except KaoheError as error:
            where = self.source.place(("schemes", index, "file"))
            raise KaoheError(tuple(problem.at(where) for problem in error.problems)) from None

    def _read(self, name: str) -> str:
        try:
            data = pkgutil.get_data(self.package, name)
        except OSError:
            data = None
        if data is None:
            missing = msg("the package {package} holds no file {file}", package=self.package, file=name)
            raise fail(Problem("pack.file-missing", missing))
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            garbled = msg("the file {file} is not UTF-8", file=name)
            raise fail(Problem("pack.encoding", garbled, found=repr(data[error.start : error.end]))) from None


def _sample_hook(package: str) -> Any:
    @hookimpl
    def generate_sample(people: int, seed: int) -> Iterable[SampleFile]:
        files: Iterable[SampleFile] = import_module(f"{package}.sample").generate_sample(people, seed)
        return files

    return generate_sample
