"""What several rooms' tests share: a real PostgreSQL server, workspaces, and a count of what was skipped."""

from __future__ import annotations

import contextlib
import fcntl
import gc
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from tests.scenarios.desk import Desk
from tests.tiny import add_tickets, make_desk, ticket_lines

_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    # A server that lives for one session has nothing to lose in a power cut.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}
_numbers = count(1)
# Public data whose licences do not allow shipping them lie beside the repository, or nowhere.
_MAY_BE_ABSENT = ("its licence does not allow shipping it", "is not beside the repository")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--nothing-skipped",
        action="store_true",
        help="fail the session where a test was skipped, unless only public data beside the repository are absent",
    )
    parser.addoption("--every-kill", action="store_true", help="kill commands at every point drawn, not at a sixth")


def pytest_configure(config: pytest.Config) -> None:
    gc.set_threshold(100_000, 20, 50)  # what a long session holds is not looked through for cycles every few tests
    if config.getoption("nothing_skipped") and not hasattr(config, "workerinput"):
        config.pluginmanager.register(NothingSkipped(), "nothing-skipped")


class NothingSkipped:
    """Collects skipped tests and modules, and turns a session that would have passed into a failed one."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._note(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self._note(report)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.found and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.found:
            terminalreporter.section("skipped, although nothing may be (--nothing-skipped)", red=True)
            for line in self.found:
                terminalreporter.line(line)

    def _note(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        if not report.skipped or hasattr(report, "wasxfail"):
            return
        reason = str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)
        if not any(words in reason for words in _MAY_BE_ABSENT):
            self.found.append(f"{report.nodeid}: {reason}")


@pytest.fixture(scope="session")
def demo_workspace(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace that ``kaohe demo`` makes, with fewer people; made once for all workers, to be read only."""
    shared = tmp_path_factory.getbasetemp()
    if hasattr(request.config, "workerinput"):
        shared = shared.parent
    folder = shared / "demo"
    with (shared / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            command = [sys.executable, "-m", "kaohe", "demo", folder, "--people", "80", "--lang", "en"]
            try:
                _run(command, None)
            except BaseException:
                with contextlib.suppress(FileNotFoundError):
                    shutil.rmtree(folder)
                raise
    return folder


@pytest.fixture(scope="session")
def tiny_original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny workspace of tests/tiny.py with people, scheme and tickets, to be read only."""
    desk = make_desk(tmp_path_factory.mktemp("tiny"))
    add_tickets(desk, ticket_lines())
    return desk.workspace


@pytest.fixture
def tiny(tiny_original: Path, tmp_path: Path) -> Desk:
    """The tiny workspace as this test's own."""
    return Desk(shutil.copytree(tiny_original, tmp_path / "tiny"))


@pytest.fixture
def demo_copy(demo_workspace: Path, tmp_path: Path) -> Path:
    """The demo's workspace as this test's own."""
    return shutil.copytree(demo_workspace, tmp_path / "demo")


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """A URL without a database name. The server is PostgreSQL's own, on a free loopback port."""
    binaries = _binaries()
    if binaries is None:
        pytest.skip("PostgreSQL's server (initdb, pg_ctl) is not installed")
    pytest.importorskip("psycopg", reason="the driver psycopg is not installed")
    user = _unprivileged_user()
    # Not below pytest's own folder: nobody but its owner may enter that one.
    folder = Path(tempfile.mkdtemp(prefix="kaohe-postgresql-"))
    data, password = folder / "data", folder / "password"
    password.write_text("se?cret")
    if user is not None:
        for path in (folder, password):
            os.chown(path, user.pw_uid, user.pw_gid)
    try:
        initialise = [
            binaries / "initdb",
            "-D",
            data,
            "-U",
            "kaohe",
            "-E",
            "UTF8",
            f"--pwfile={password}",
            "-A",
            "scram-sha-256",
        ]
        _run([*initialise, *_sorting(binaries)], user)
        port = _free_port()
        settings = " ".join(f"-c {name}='{value}'" for name, value in {**_SETTINGS, "port": port}.items())
        control = [binaries / "pg_ctl", "-D", data, "-l", folder / "log", "-w"]
        _run([*control, "-o", settings, "start"], user)
        try:
            yield f"postgresql://kaohe:se%3Fcret@127.0.0.1:{port}"
        finally:
            _run([*control, "-m", "immediate", "stop"], user)
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def postgresql_url(postgresql_server: str) -> Iterator[str]:
    """The URL of an empty database that is this test's own."""
    import psycopg

    name = f"kaohe_{next(_numbers)}"
    with psycopg.connect(f"{postgresql_server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield f"{postgresql_server}/{name}"
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _binaries() -> Path | None:
    """The folder of the newest server that Debian installed, or that is on the path."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    found = str(installed[-1]) if installed else shutil.which("initdb")
    return Path(found).parent if found else None


def _unprivileged_user() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root: then its own user, or nobody, takes over."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    pytest.skip("PostgreSQL does not run as root, and there is no other user")


def _sorting(binaries: Path) -> list[str]:
    """A dictionary's order of words where the server has one: results must not depend on it."""
    helped = subprocess.run([binaries / "initdb", "--help"], capture_output=True, text=True, check=True).stdout
    return ["--locale=C.UTF-8", *(["--locale-provider=icu", "--icu-locale=en"] if "--icu-locale" in helped else [])]


def _run(command: list[str | Path], user: pwd.struct_passwd | None) -> None:
    as_user = {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    # Output goes to a file: a server that inherits a pipe would keep it open.
    with tempfile.TemporaryFile("w+") as output:
        done = subprocess.run(command, stdout=output, stderr=output, cwd="/", check=False, **as_user)
        output.seek(0)
        assert done.returncode == 0, output.read()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
