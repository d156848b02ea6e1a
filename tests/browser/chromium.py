"""Chromium without a window, spoken to over a pipe in its DevTools protocol: no driver, no port, no network."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome")
PATIENCE = 60  # seconds
_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)


def find() -> str | None:
    return next((found for name in NAMES if (found := shutil.which(name))), None)


@dataclass
class Chromium:
    """A running browser; commands go to it and answers and events come back, each ended by a zero byte."""

    to_it: int
    from_it: int
    number: int = 0
    waiting: bytes = b""
    events: list[dict[str, Any]] = field(default_factory=list)

    def call(self, method: str, session: str | None = None, **parameters: Any) -> dict[str, Any]:
        self.number += 1
        command = {"id": self.number, "method": method, "params": parameters}
        os.write(self.to_it, json.dumps(command | ({"sessionId": session} if session else {})).encode() + b"\0")
        while True:
            message = self.read()
            if message.get("id") == self.number:
                assert "error" not in message, f"{method}: {message['error']}"
                answer: dict[str, Any] = message["result"]
                return answer
            self.events.append(message)

    def read(self) -> dict[str, Any]:
        while b"\0" not in self.waiting:
            ready, _, _ = select.select([self.from_it], [], [], PATIENCE)
            assert ready, "the browser says nothing"
            more = os.read(self.from_it, 1 << 20)
            assert more, "the browser is gone"
            self.waiting += more
        message, _, self.waiting = self.waiting.partition(b"\0")
        read: dict[str, Any] = json.loads(message)
        return read

    def wait_for(self, session: str, method: str) -> None:
        def heard(event: dict[str, Any]) -> bool:
            return event.get("sessionId") == session and event.get("method") == method

        while not any(map(heard, self.events)):
            self.events.append(self.read())

    @contextmanager
    def page(self, path: Path, width: int, *, dark: bool = False) -> Iterator[Page]:
        """The file, shown as wide as that."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session: str = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for room in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{room}.enable", session)
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        self.call("Emulation.setDeviceMetricsOverride", session, **size)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", session, features=[scheme])
        self.call("Page.navigate", session, url=path.as_uri())
        self.wait_for(session, "Page.loadEventFired")
        try:
            yield Page(self, session)
        finally:
            self.call("Target.closeTarget", targetId=target)
            self.events.clear()


@dataclass(frozen=True)
class Page:
    """One page that is shown."""

    browser: Chromium
    session: str

    def ask(self, expression: str) -> Any:
        """What an expression in JavaScript comes to."""
        answer = self.browser.call(
            "Runtime.evaluate", self.session, expression=expression, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def said(self) -> list[dict[str, Any]]:
        """Everything on the console: messages, faults, refusals of the page's own policy."""
        spoken = ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded")
        return [event for event in self.browser.events if event.get("method") in spoken]

    def fetched(self) -> list[str]:
        """Everything that the page asked for."""
        asked = (event for event in self.browser.events if event.get("method") == "Network.requestWillBeSent")
        return [event["params"]["request"]["url"] for event in asked]

    def pdf(self) -> bytes:
        """Printed as the page's own style wants it."""
        answer = self.browser.call("Page.printToPDF", self.session, preferCSSPageSize=True, printBackground=True)
        return base64.b64decode(answer["data"])

    def picture(self) -> bytes:
        """The whole page as PNG."""
        answer = self.browser.call("Page.captureScreenshot", self.session, captureBeyondViewport=True)
        return base64.b64decode(answer["data"])


@contextmanager
def running(program: str) -> Iterator[Chromium]:
    """Chromium with an empty profile, ended with everything that it started."""
    to_read, to_it = os.pipe()
    from_it, to_write = os.pipe()
    # The protocol is spoken over the descriptors 3 and 4; a launcher lays the pipes there, from above them.
    lower, upper = (fcntl.fcntl(each, fcntl.F_DUPFD, 10) for each in (to_read, to_write))
    with tempfile.TemporaryDirectory(prefix="kaohe-chromium-", ignore_cleanup_errors=True) as profile:
        launch = f"import os, sys; os.dup2({lower}, 3); os.dup2({upper}, 4); os.execv(sys.argv[1], sys.argv[1:])"
        process = subprocess.Popen(
            [sys.executable, "-c", launch, program, *_FLAGS, f"--user-data-dir={profile}", "about:blank"],
            pass_fds=(lower, upper),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for each in (to_read, to_write, lower, upper):
            os.close(each)
        browser = Chromium(to_it, from_it)
        try:
            yield browser
            browser.call("Browser.close")
            process.wait(PATIENCE)
        finally:
            process.kill()
            process.wait()
            os.close(to_it)
            os.close(from_it)
