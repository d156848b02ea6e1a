"""The machine: versions, terminal, clock, room on its disks, what pages are printed with."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from kaohe.cli.checks.finding import Finding
from kaohe.text import msg

_FIRST_YEAR, _LAST_YEAR = 2025, 2099
_MEGABYTE = 1024 * 1024
_TOO_LITTLE, _LITTLE = 100 * _MEGABYTE, 1024 * _MEGABYTE
_NAME, _LEAST = re.compile(r"[A-Za-z0-9._-]+"), re.compile(r">=\s*([0-9.]+)")
_SAMPLE = "考核 → ✓"


def versions(kaohe: str, python: str, required: Iterable[str], installed: Mapping[str, str]) -> Finding:
    """``required``: as the distribution says it, ``duckdb<3,>=1.5``; ``installed``: versions by name."""
    missing, old = [], []
    for name, least in map(_requirement, required):
        if name not in installed:
            missing.append(name)
        elif least and _parts(installed[name]) < _parts(least):
            old.append(f"{name} {installed[name]} < {least}")
    if missing or old:
        return Finding(
            "versions",
            "error",
            msg("libraries are missing or too old: {names}", names=", ".join([*missing, *old])),
            msg("install kaohe anew with its dependencies"),
        )
    main = ", ".join(f"{name} {installed[name]}" for name in ("duckdb", "pyarrow", "sqlalchemy") if name in installed)
    return Finding("versions", "well", f"kaohe {kaohe}, Python {python}, {main}")


def terminal(encoding: str | None) -> Finding:
    """``encoding``: of what stands on the screen."""
    name = encoding or "ascii"
    try:
        _SAMPLE.encode(name)
    except (UnicodeEncodeError, LookupError):
        return Finding(
            "terminal",
            "warning",
            msg("the terminal's encoding {name} cannot show every letter: ? stands in the place of others", name=name),
            msg("set a UTF-8 locale (LANG=zh_CN.UTF-8), or PYTHONUTF8=1"),
        )
    return Finding("terminal", "well", name)


def clock(now: datetime) -> Finding:
    """``now``: on the workspace's wall clock."""
    shown = f"{now:%Y-%m-%d %H:%M %Z}"
    if not _FIRST_YEAR <= now.year <= _LAST_YEAR:
        return Finding(
            "clock", "error", msg("the clock is wrong: {now}", now=shown), msg("set it, and keep it by NTP (chrony)")
        )
    return Finding("clock", "well", shown)


@dataclass(frozen=True)
class Disk:
    """Where something is kept, and the bytes that are free there; None: they could not be told."""

    what: str
    path: str
    free: int | None


def disk(found: Disk) -> Finding:
    name = f"disk.{found.what}"
    if found.free is None:
        return Finding(
            name,
            "error",
            msg("{path} cannot be read", path=found.path),
            msg("make the folder, or give this user the right to it"),
        )
    said = msg("{free} MB free in {path}", free=f"{found.free // _MEGABYTE:,}", path=found.path)
    if found.free < _LITTLE:
        return Finding(name, "error" if found.free < _TOO_LITTLE else "warning", said, msg("make room on this disk"))
    return Finding(name, "well", said)


def printing(browser: str | None, chinese_fonts: bool | None) -> Finding:
    """``chinese_fonts``: whether there is one; None where nobody can be asked."""
    if browser is None:
        return Finding(
            "printing",
            "note",
            msg("no Chromium or Chrome: pages are written as HTML, not as PDF"),
            msg("install chromium where PDF is wanted"),
        )
    if chinese_fonts is False:
        return Finding(
            "printing",
            "warning",
            msg("no font with Chinese letters: PDF would show boxes"),
            msg("install a font such as fonts-noto-cjk"),
        )
    return Finding("printing", "well", browser)


def _requirement(text: str) -> tuple[str, str]:
    name, least = _NAME.match(text), _LEAST.search(text)
    return (name[0] if name else text).lower().replace("_", "-"), least[1] if least else ""


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version.partition("+")[0])[:3])
