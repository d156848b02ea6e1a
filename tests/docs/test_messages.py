"""Everything a person reads exists in Chinese and English."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_message_is_translated_and_the_catalogue_is_built() -> None:
    command = [sys.executable, str(ROOT / ".ci" / "messages.py"), "check"]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr


def test_a_sentence_without_chinese_is_found(tmp_path: Path) -> None:
    """The check itself can fail: a copy of the tree with one new sentence."""
    for name in ("core", ".ci"):
        subprocess.run(["cp", "-r", str(ROOT / name), str(tmp_path / name)], check=True)
    source = tmp_path / "core" / "kaohe" / "period.py"
    source.write_text(source.read_text("utf-8") + '\nEXTRA = msg("nobody translated this")\n', "utf-8")
    command = [sys.executable, str(tmp_path / ".ci" / "messages.py"), "check"]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 1
    assert "nobody translated this" in done.stderr
