"""A PostgreSQL server of one's own, from the distribution's binaries, on a free port of the loopback address."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path


def missing() -> str | None:
    """Why there can be no server here; None where there can."""
    if binaries() is None:
        return "its server (initdb, pg_ctl) is not installed"
    if os.geteuid() == 0 and user() is None:
        return "it does not run as root, and there is no other user"
    return None if find_spec("psycopg") else "the driver psycopg is not installed"


@contextmanager
def server(beside: Path) -> Iterator[str]:
    """A URL without a database name. Settings are the server's own, but for where it listens."""
    folder = Path(tempfile.mkdtemp(prefix="kaohe-postgresql-", dir=None if os.geteuid() == 0 else beside))
    found, owner = binaries() or Path(), user()
    if owner is not None:
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    data, port = folder / "data", free_port()
    control = [found / "pg_ctl", "-D", data, "-l", folder / "log", "-w"]
    try:
        do(found / "initdb", "-D", data, "-U", "kaohe", "-E", "UTF8", "--locale=C.UTF-8", "-A", "trust")
        do(*control, "-o", f"-c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c port={port}", "start")
        try:
            yield f"postgresql://kaohe@127.0.0.1:{port}"
        finally:
            do(*control, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


def binaries() -> Path | None:
    """The folder of the newest server that the distribution installed, or that is on the path."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    found = str(installed[-1]) if installed else shutil.which("initdb")
    return Path(found).parent if found else None


def user() -> pwd.struct_passwd | None:
    """Whom it runs as where we are root."""
    if os.geteuid():
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return None


def do(*command: str | Path) -> None:
    owner = user()
    other = {} if owner is None else {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
    # A server that inherits a pipe would keep it open.
    with tempfile.TemporaryFile() as output:
        subprocess.run(command, stdout=output, stderr=output, cwd="/", check=True, **other)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
