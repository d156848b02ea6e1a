"""A small disk of the test's own."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

_AS_ROOT = [] if os.geteuid() == 0 else ["sudo", "-n"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of four megabytes in memory; only root can mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if _AS_ROOT and shutil.which("sudo") is None:
        pytest.skip("only root may mount a small disk")
    mounted = mount("-t", "tmpfs", "-o", "size=4m,mode=0777", "tmpfs", folder)
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run([*_AS_ROOT, "umount", "--lazy", folder], check=True)


def mount(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*_AS_ROOT, "mount", *words], capture_output=True, text=True, check=False)
