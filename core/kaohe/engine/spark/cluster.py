"""Which cluster measures, and the settings under which it gives what any other engine gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

CONNECT_PORT = 15002
_OPTIONS = "spark.driver.extraJavaOptions"

OWN_SETTINGS: Mapping[str, str] = MappingProxyType(
    {
        # What overflows is an error, never another figure.
        "spark.sql.ansi.enabled": "true",
        "spark.sql.session.timeZone": "UTC",
        # Names of fields may differ in case alone.
        "spark.sql.caseSensitive": "true",
        "spark.sql.adaptive.enabled": "true",
        # A file that cannot be read is an error, never left out.
        "spark.sql.files.ignoreCorruptFiles": "false",
        "spark.sql.files.ignoreMissingFiles": "false",
        # Texts in a condition are as they are written.
        "spark.sql.variable.substitute": "false",
        "spark.sql.ansi.doubleQuotedIdentifiers": "false",
    }
)
"""What figures depend on: kaohe says it for its own sessions, whatever the cluster's defaults are."""
DEFAULTS: Mapping[str, str] = MappingProxyType(
    {
        "spark.app.name": "kaohe",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
)
"""What ``conf`` may say otherwise."""


@dataclass(frozen=True)
class Cluster:
    """A master (``spark://…``, ``local[2]`` …) or a server of Spark Connect (``sc://…``), and settings of Spark.

    ``wait``: so many seconds it may take until the cluster gives a worker. ``log``: the file that what Spark says is
    written to; it is kept where something failed.
    """

    address: str
    conf: tuple[tuple[str, str], ...] = ()
    wait: int = 120
    log: Path | None = None

    @property
    def connects(self) -> bool:
        """By Spark Connect: what computes is started by others."""
        return self.address.startswith("sc://")

    @property
    def shares_workers(self) -> bool:
        """Workers are given by a cluster manager, and may be long in coming."""
        return not self.connects and not self.address.startswith("local")

    def settings(self) -> dict[str, str]:
        """All settings of a session that kaohe starts."""
        settings = {**DEFAULTS, **dict(self.conf), **OWN_SETTINGS, "spark.master": self.address}
        # Without memory Spark's process would neither answer nor end.
        options = settings.get(_OPTIONS, "")
        return settings | {_OPTIONS: f"{options} -XX:+ExitOnOutOfMemoryError".strip()}

    def session_settings(self) -> dict[str, str]:
        """Those of a session on a server that others started."""
        return {**dict(self.conf), **OWN_SETTINGS}

    def hosts(self) -> Iterator[tuple[str, int]]:
        """Where it answers, as far as the address says."""
        if self.connects:
            named = self.address.removeprefix("sc://").partition("/")[0]
            yield _host(named, CONNECT_PORT)
        elif self.address.startswith("spark://"):
            for named in self.address.removeprefix("spark://").split(","):
                yield _host(named, 7077)


def _host(named: str, usual: int) -> tuple[str, int]:
    host, colon, port = named.rpartition(":")
    return (host.strip("[]"), int(port)) if colon and port.isdigit() else (named.strip("[]"), usual)
