"""The workspace's folder: who may read it, what killed processes left there, whether snapshots can be read."""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kaohe.cli.checks.finding import Finding
from kaohe.text import msg

_SHOWN = 3
_SNAPSHOT_FIX = msg(
    "kaohe snapshot verify names them, and says of each whether evaluating writes it anew or a backup is needed"
)
_WITH_PASSWORD = re.compile(r"://[^:/@\s\"']*:[^@\s\"']+@|[?&]password=")
# .NAME.parquet.3.4711 (that process writes NAME), .NAME.new (some command does)
_LEFT = re.compile(r"^\..+?\.(?:parquet|json|values)(?:\.\d+)*\.(?P<process>\d+)$|^\..+\.new$")


@dataclass(frozen=True)
class Entry:
    """A file or folder and its rights; ``path``: in the workspace."""

    path: str
    mode: int


def rights(entries: Iterable[Entry], around: Iterable[int]) -> Finding:
    """What holds people's data is nobody else's to read or write. ``around``: the rights of the workspace's folder and
    of those above it; where others may not enter one of them, they get no further."""
    open_ones = [entry.path for entry in entries if entry.mode & (stat.S_IROTH | stat.S_IWOTH)]
    if open_ones and all(mode & stat.S_IXOTH for mode in around):
        return Finding(
            "rights",
            "warning",
            msg("everybody on this machine may read or write: {paths}", paths=_some(open_ones)),
            msg("chmod o-rwx DIR, the folder of the workspace; and umask 027 for the account under which kaohe runs"),
        )
    return Finding("rights", "well", msg("nobody else may read or write what is kept"))


def writing(closed: Sequence[str]) -> Finding:
    """``closed``: folders in which this account may make no file, though evaluations and imports do."""
    if not closed:
        return Finding("writing", "well", msg("this account may write wherever kaohe does"))
    return Finding(
        "writing",
        "warning",
        msg("this account may not write in: {paths}", paths=_some(closed)),
        msg("chown them to the account under which kaohe evaluates and imports, or let its group write there"),
    )


def password(settings: str, mode: int) -> Finding:
    """A password in kaohe.toml is read by whoever may read the file."""
    if not _WITH_PASSWORD.search(settings):
        return Finding("password", "well", msg("kaohe.toml holds no password"))
    return Finding(
        "password",
        "warning" if mode & (stat.S_IROTH | stat.S_IWOTH) else "note",
        msg("kaohe.toml holds a database's password"),
        msg("keep it in ~/.pgpass, KAOHE_DATABASE_URL or, of a source, KAOHE_SOURCE_…_URL, and not in the file"),
    )


def leftovers(names: Iterable[str], alive: Iterable[int], abandoned: Iterable[str] = ()) -> Finding:
    """``names``: files of the workspace by their path in it; ``alive``: processes that run; ``abandoned``: folders that
    an import made for itself and that nobody uses."""
    running = set(alive)
    dead = list(abandoned)
    for path in names:
        found = _LEFT.match(path.rpartition("/")[2])
        if found and (found["process"] is None or int(found["process"]) not in running):
            dead.append(path)
    if dead:
        return Finding(
            "leftovers",
            "note",
            msg("files that an interrupted step left: {paths}", paths=_some(dead)),
            msg("delete them while no command runs; nothing refers to them"),
        )
    return Finding("leftovers", "well", msg("nothing was left by interrupted steps"))


def snapshots(manifests: Mapping[str, str], files: Mapping[str, tuple[bytes, bytes]]) -> Iterator[Finding]:
    """``manifests``: their texts by name; ``files``: how each Parquet file below the folder begins and ends, by its
    path in it. That is looked at, and no more: ``kaohe snapshot verify`` reads every byte."""
    broken = [name for name, text in manifests.items() if _files_of(text) is None]
    cut = [name for name, (first, last) in files.items() if first != b"PAR1" or last != b"PAR1"]
    named = {name: paths for name, text in manifests.items() if (paths := _files_of(text)) is not None}
    missing = sorted({path for paths in named.values() for path in paths} - files.keys())
    if broken or cut or missing:
        yield Finding(
            "snapshots",
            "error",
            msg("damaged or missing files of snapshots: {paths}", paths=_some([*broken, *cut, *missing])),
            _SNAPSHOT_FIX,
        )
    else:
        count = {"snapshots": f"{len(manifests):,}", "files": f"{len(files):,}"}
        yield Finding("snapshots", "well", msg("{snapshots} snapshots, {files} files", **count))


def needed(count: int, missing: Sequence[str]) -> Finding:
    """``count``: how many files of snapshots stored runs and frozen periods rest on; those of them that are missing."""
    if not missing:
        return Finding("snapshots.runs", "well", msg("files that stored runs need: {count}", count=f"{count:,}"))
    return Finding(
        "snapshots.runs",
        "error",
        msg(
            "of {count} files that stored runs need {missing} are missing: {paths}",
            count=f"{count:,}",
            missing=f"{len(missing):,}",
            paths=_some(missing),
        ),
        _SNAPSHOT_FIX,
    )


def _files_of(text: str) -> list[str] | None:
    """The paths that a manifest names; None where it is none."""
    try:
        return [str(path) for path, _sha256 in json.loads(text)["files"].values()]
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _some(names: Iterable[str]) -> str:
    listed = list(names)
    more = f" … (+{len(listed) - _SHOWN})" if len(listed) > _SHOWN else ""
    return ", ".join(listed[:_SHOWN]) + more
