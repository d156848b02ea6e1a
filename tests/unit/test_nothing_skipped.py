"""--nothing-skipped: a run in which something was skipped has failed, unless public data are absent."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOUND = """\
import pytest

def test_sound(): pass

@pytest.mark.xfail
def test_known(): assert False

def test_absent(): pytest.skip("the collection is not beside the repository")
"""
SKIPPED = """\
import pytest
pytest.skip("no module", allow_module_level=True)
"""


def session(folder: Path) -> tuple[int, str]:
    options = ["-q", "-p", "tests.conftest", "-p", "no:cacheprovider", "-p", "no:xdist", f"--rootdir={folder}"]
    command = [sys.executable, "-m", "pytest", *options, "--nothing-skipped", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def test_a_skipped_test_or_module_fails_the_session_and_absent_public_data_do_not(tmp_path: Path) -> None:
    (tmp_path / "test_sound.py").write_text(SOUND, "utf-8")
    assert session(tmp_path)[0] == 0
    (tmp_path / "test_skipped.py").write_text(SKIPPED, "utf-8")
    (tmp_path / "test_more.py").write_text(f"{SOUND}\ndef test_it(): pytest.skip('no server')\n", "utf-8")
    code, said = session(tmp_path)
    assert code == 1
    assert "test_skipped.py: Skipped: no module" in said
    assert "test_more.py::test_it: Skipped: no server" in said
    assert "beside the repository" not in said
