"""A page printed to PDF by the Chromium that is installed, where one is; nothing of it is part of this."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from kaohe.errors import Exit, Place, Problem, fail
from kaohe.text import msg

if TYPE_CHECKING:
    from kaohe.cli.context import App

SETTING = "KAOHE_CHROMIUM"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
_PATIENCE = 120  # seconds; a page takes one or two


def printed(app: App, page: str) -> bytes:
    """The page as PDF. Raises KaoheError where no browser is found, or where it does not print."""
    browser = find_browser(app.environment)
    with TemporaryDirectory(prefix="kaohe-") as name:
        folder = Path(name)
        source, target = folder / "page.html", folder / "page.pdf"
        source.write_text(page, "utf-8")
        said = _run(_command(browser, source, target, folder), folder)
        if not target.is_file() or not target.read_bytes().startswith(b"%PDF"):
            what, fix = msg("the browser printed nothing"), msg("write HTML and print it from a browser")
            raise fail(Problem("pdf.failed", what, Place(file=browser), found=said, fix=fix), Exit.ENVIRONMENT)
        return target.read_bytes()


def find_browser(environment: Mapping[str, str]) -> str:
    """The program that KAOHE_CHROMIUM names, or the first that is installed under a usual name."""
    named = environment.get(SETTING)
    for name in (named,) if named else NAMES:
        if (found := shutil.which(name, path=environment.get("PATH"))) is not None:
            return found
    what = msg("PDF needs Chromium or Chrome, and none was found")
    fix = msg("install it, or name it in {setting}; or write HTML and print it from a browser", setting=SETTING)
    raise fail(Problem("pdf.no-browser", what, found=named, expected=", ".join(NAMES), fix=fix), Exit.ENVIRONMENT)


def _command(browser: str, source: Path, target: Path, folder: Path) -> list[str]:
    quiet = ["--headless", "--disable-gpu", "--no-first-run", "--disable-extensions", "--disable-background-networking"]
    # A browser that root starts refuses its sandbox; the page is our own, without scripts.
    rootless = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    where = [f"--user-data-dir={folder / 'profile'}", f"--print-to-pdf={target}", "--no-pdf-header-footer"]
    return [browser, *quiet, *rootless, *where, source.as_uri()]


def _run(command: Sequence[str], folder: Path) -> str:
    """What it said last; its whole process group goes where it takes too long."""
    with (folder / "said").open("w+b") as said:
        running = subprocess.Popen(  # noqa: S603 - the command is made above, and no shell reads it
            command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True
        )
        try:
            running.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGKILL)
            running.wait()
        said.seek(0)
        lines = said.read().decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else ""
