"""The edge of the checks: what is read of the machine, the folder and the network for them to look at."""

from __future__ import annotations

import os
import platform
import shutil
import socket
import stat
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from importlib import metadata
from itertools import islice
from pathlib import Path

from kaohe.cli.checks.folders import Entry
from kaohe.cli.checks.host import Disk

_MOST_FILES = 20_000
_PATIENCE = 3  # seconds for a socket and for each program that is asked


def required() -> list[str]:
    """What kaohe needs to run, as its distribution says it; nothing where it runs from its sources."""
    try:
        return [line for line in metadata.requires("kaohe") or [] if "extra ==" not in line]
    except metadata.PackageNotFoundError:
        return []


def installed() -> dict[str, str]:
    """The version of every library, by its name in lower case."""
    found = ((each.metadata["Name"], each.version) for each in metadata.distributions())
    return {name.lower().replace("_", "-"): version for name, version in found if name}


def python() -> str:
    return platform.python_version()


def disk_of(what: str, folder: Path) -> Disk:
    """The room on the disk of the folder, or of the nearest one above it that is there."""
    there = next((each for each in (folder, *folder.parents) if each.is_dir()), folder)
    try:
        return Disk(what, str(folder), shutil.disk_usage(there).free)
    except OSError:
        return Disk(what, str(folder), None)


def temporary() -> Path:
    return Path(tempfile.gettempdir())


def entries(folder: Path, paths: Iterable[Path]) -> list[Entry]:
    """Those that are there, with their rights; none where rights are not those of POSIX, and nothing of what lies in a
    folder of the workspace that others may not enter."""
    found = []
    for path in paths if os.name == "posix" else ():
        inside = path.relative_to(folder)
        with suppress(OSError):
            if all((folder / each).stat().st_mode & stat.S_IXOTH for each in list(inside.parents)[:-1]):
                found.append(Entry(inside.as_posix(), path.stat().st_mode))
    return found


def closed(folders: Iterable[Path]) -> list[str]:
    """Those in which this account may make no file: they, or where they are not there yet, the nearest above them."""
    there = [next((each for each in (folder, *folder.parents) if each.is_dir()), folder) for folder in folders]
    return [str(each) for each in dict.fromkeys(there) if not os.access(each, os.W_OK | os.X_OK)]


def around(folder: Path) -> list[int]:
    """The rights of the folder and of those above it."""
    return [path.stat().st_mode for path in (folder, *folder.parents)]


def hidden_files(folder: Path) -> list[str]:
    """Files whose names begin with a dot, anywhere in the workspace."""
    found = (path for path in folder.rglob(".*") if path.is_file())
    return [path.relative_to(folder).as_posix() for path in islice(found, _MOST_FILES)]


def abandoned(folder: Path) -> list[str]:
    """Folders beside the database in which imports keep rows apart: those that no process holds any more."""
    try:
        import fcntl
    except ImportError:
        return []
    found = []
    for path in folder.glob(".*-import-*"):
        with suppress(OSError):  # somebody holds it
            number = os.open(path, os.O_RDONLY)
            try:
                fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
                found.append(path.name)
            finally:
                os.close(number)
    return found


def processes() -> list[int]:
    """The processes that run; where that cannot be told, this one alone."""
    with suppress(OSError):
        return [int(name) for name in os.listdir("/proc") if name.isdigit()]  # noqa: PTH208 - names alone
    return [os.getpid()]


def manifests(folder: Path) -> dict[str, str]:
    """The texts of the snapshots' manifests by the files' names."""
    found = {}
    for path in islice(sorted(folder.glob("manifest-*.json")), _MOST_FILES):
        try:
            found[path.name] = path.read_text("utf-8")
        except (OSError, ValueError):
            found[path.name] = ""
    return found


def parquet_ends(folder: Path) -> dict[str, tuple[bytes, bytes]]:
    """The first and the last four bytes of each Parquet file by its path in the folder."""
    found = {}
    for path in folder.glob("*/*.parquet"):
        first = last = b""
        with suppress(OSError), path.open("rb") as file:
            first = file.read(4)
            file.seek(-4, os.SEEK_END)
            last = file.read(4)
        found[path.relative_to(folder).as_posix()] = (first, last)
    return found


def file_system(path: Path) -> str | None:
    """The kind of disk that a file lies on, as Linux knows it."""
    try:
        lines = Path("/proc/self/mountinfo").read_text("utf-8", "replace").splitlines()
    except OSError:
        return None
    return kind_of_disk(path, lines)


def kind_of_disk(path: Path, mounts: list[str]) -> str | None:
    """By lines of /proc/self/mountinfo: ``36 35 98:0 / /data rw - nfs4 server:/x rw``. The longest place holds."""
    best: tuple[int, str | None] = (-1, None)
    for line in mounts:
        before, _dash, after = line.partition(" - ")
        words = before.split(" ")
        if len(words) < 5 or not after:
            continue
        place = Path(words[4].replace("\\040", " "))
        if (path == place or place in path.parents) and len(place.parts) >= best[0]:
            best = (len(place.parts), after.split(" ")[0])
    return best[1]


def memory() -> int | None:
    """Bytes that this process may use: the machine's, or the container's where that is less."""
    amounts = []
    with suppress(OSError, ValueError, IndexError):
        line = next(each for each in Path("/proc/meminfo").read_text("ascii").splitlines() if each[:9] == "MemTotal:")
        amounts.append(int(line.split()[1]) * 1024)
    for place in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        with suppress(OSError, ValueError):
            amounts.append(int(Path(place).read_text("ascii")))
    return min(amounts, default=None)


def said_by(command: list[str], environment: Mapping[str, str]) -> str | None:
    """What a program says; None where it is not there or does not answer."""
    found = shutil.which(command[0], path=environment.get("PATH"))
    if found is None:
        return None
    with suppress(OSError, subprocess.SubprocessError):
        done = subprocess.run(  # noqa: S603 - the words are ours
            [found, *command[1:]], capture_output=True, text=True, errors="replace", timeout=_PATIENCE, check=False
        )
        return done.stdout + done.stderr
    return None


def java(environment: Mapping[str, str]) -> str | None:
    home = environment.get("JAVA_HOME")
    return said_by([str(Path(home) / "bin" / "java") if home else "java", "-version"], environment)


def answers(host: str, port: int) -> bool:
    """Whether somebody listens there."""
    try:
        with socket.create_connection((host, port), timeout=_PATIENCE):
            return True
    except OSError:
        return False
