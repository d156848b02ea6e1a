"""Reading a wheel without running anything of it: is it whole, pure Python, safe to open, and one plugin?"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

from kaohe.errors import KaoheError, Place, Problem, fail
from kaohe.plugin.archive import MAX_BYTES, too_large, unsafe
from kaohe.plugin.hooks import ENTRY_POINT_GROUP
from kaohe.text import Message, msg

_NAME = re.compile(r"[\w.]+-[\w.!+]+(-\d\w*)?-py3-none-any\.whl")
# What zipfile and importlib.metadata raise for archives and metadata that are not what they should be.
_BROKEN = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    NotImplementedError,
    EOFError,
    OSError,
    ValueError,
    TypeError,
    AttributeError,
    KeyError,
)
_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)")


@dataclass(frozen=True)
class Wheel:
    """A sound wheel of one plugin. ``target`` is the entry point's object (``package.module:attribute``).

    ``python`` names its Python files; ``pack`` is the text of its ``pack.toml`` if it has one; ``content`` are the
    bytes that all of this was read from, and whose SHA-256 is ``digest``.
    """

    path: Path
    digest: str
    name: str
    version: str
    distribution: str
    target: str
    package: str
    python: tuple[str, ...]
    pack: str | None
    content: bytes = field(repr=False)


def digest_of_wheel(path: Path) -> str:
    """SHA-256 of the file's bytes, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def check_wheel(path: Path) -> tuple[Problem, ...]:
    """Everything that keeps the wheel from being added; nothing of it is run."""
    try:
        read_wheel(path)
    except KaoheError as error:
        return error.problems
    return ()


def read_wheel(path: Path) -> Wheel:
    """The plugin in a wheel. Raises KaoheError with every reason why it is none; nothing of it is run."""
    where = Place(path.name)
    if not path.is_file():
        raise fail(Problem("wheel.missing", msg("there is no such file"), Place(str(path))))
    if not _NAME.fullmatch(path.name):
        what = msg("this is not the name of a pure-Python wheel")
        raise fail(Problem("wheel.name", what, where, path.name, "NAME-VERSION-py3-none-any.whl"))
    if (size := path.stat().st_size) > MAX_BYTES:
        raise fail(too_large(path.name, f"{size:,}", f"{MAX_BYTES:,}"))
    content = path.read_bytes()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if problems := tuple(unsafe(archive, path.name)):
                raise KaoheError(problems)
            if broken := archive.testzip():
                raise zipfile.BadZipFile(broken)
            return _read(path, content, archive)
    except _BROKEN as error:
        raise fail(Problem("wheel.broken", msg("the file is not a whole wheel"), where, str(error))) from None


def _read(path: Path, content: bytes, archive: zipfile.ZipFile) -> Wheel:
    names = [entry.filename for entry in archive.infolist() if not entry.is_dir()]
    tops = sorted({name.split("/")[0] for name in names})
    infos = [top for top in tops if top.endswith(".dist-info")]
    packages = [top for top in tops if top not in infos]
    if len(infos) != 1:
        raise ValueError(f".dist-info: {len(infos)}")
    info = metadata.PathDistribution(zipfile.Path(archive, f"{infos[0]}/"))
    if not info.metadata["Name"] or not info.metadata["Version"]:
        raise ValueError("METADATA")
    points = [point for point in info.entry_points if point.group == ENTRY_POINT_GROUP]
    if problems := tuple(_mistakes(info, points, packages, names, path.name)):
        raise KaoheError(problems)
    pack = f"{packages[0]}/pack.toml"
    return Wheel(
        path=path,
        digest=hashlib.sha256(content).hexdigest(),
        name=points[0].name,
        version=info.version,
        distribution=info.metadata["Name"],
        target=points[0].value,
        package=packages[0],
        python=tuple(name for name in names if name.endswith(".py")),
        pack=archive.read(pack).decode(errors="replace") if pack in names else None,
        content=content,
    )


def _mistakes(
    info: metadata.PathDistribution,
    points: list[metadata.EntryPoint],
    packages: list[str],
    names: list[str],
    file: str,
) -> Iterator[Problem]:
    def problem(code: str, what: Message, found: str | None = None, expected: str | Message | None = None) -> Problem:
        return Problem(code, what, Place(file), found, expected)

    if "root-is-purelib: true" not in (info.read_text("WHEEL") or "").lower():
        yield problem("wheel.not-pure", msg("the wheel does not say that it is pure Python"))
    if len(packages) != 1 or f"{packages[0]}/__init__.py" not in names:
        expected = msg("exactly one package, with a file __init__.py")
        yield problem("wheel.packages", msg("the wheel holds something else"), ", ".join(packages), expected)
    if len(points) != 1:
        expected = msg("exactly one entry point of the group {group}", group=ENTRY_POINT_GROUP)
        found = ", ".join(point.name for point in points)
        yield problem("wheel.entry-point", msg("the wheel does not name its plugin"), found, expected)
    elif points[0].module.split(".")[0] not in packages:
        foreign = msg("the entry point leads out of the wheel's package")
        yield problem("wheel.entry-point", foreign, points[0].value, ", ".join(packages))
    for name in _not_installed(info):
        yield problem("wheel.requires", msg("the plugin needs {name}, which is not installed", name=name))


def _not_installed(info: metadata.PathDistribution) -> Iterator[str]:
    for requirement in info.requires or ():
        match = _REQUIREMENT.match(requirement)
        name = match[1] if match else requirement
        if "extra ==" in requirement or name.lower() == "kaohe":
            continue
        try:
            metadata.distribution(name)
        except metadata.PackageNotFoundError:
            yield name
