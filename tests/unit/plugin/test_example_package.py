"""The smallest plugin, as its author would ship it: built, installed, type-checked, allowed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kaohe.plugin.administer import add_installed, add_wheel
from kaohe.plugin.registry import open_registry

SOURCE = Path(__file__).parents[2] / "packages" / "kaohe_example"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """The example, built by its own build system."""
    folder = tmp_path_factory.mktemp("example")
    source = folder / "source"
    shutil.copytree(SOURCE, source, ignore=shutil.ignore_patterns("dist", "__pycache__"))
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=source, check=True, capture_output=True)
    [path] = folder.glob("*.whl")
    return path


@pytest.fixture
def forget_it():
    yield
    sys.modules.pop("kaohe_example", None)


@pytest.mark.usefixtures("forget_it")
def test_the_built_wheel_runs_once_it_is_allowed(wheel, tmp_path):
    entry = add_wheel(wheel, (), tmp_path / "plugins")
    registry = open_registry([entry], tmp_path / "plugins")
    assert entry.name == "example"
    assert registry.plugin("example").brings.record_types == ("example_visit",)
    assert registry.indicators["example.visits"].value == "count()"


@pytest.mark.usefixtures("forget_it")
def test_the_installed_wheel_runs_once_it_is_allowed(wheel, tmp_path, monkeypatch):
    site = tmp_path / "site"
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--target", str(site)]
    subprocess.run([*command, str(wheel)], check=True, capture_output=True, umask=0o022)
    monkeypatch.syspath_prepend(str(site))
    assert open_registry((), None).plugin("example").state == "available"
    entry = add_installed("example", (), tmp_path / "plugins")
    state = open_registry([entry], None).plugin("example")
    assert (state.state, state.origin, state.version) == ("running", "installed", "1.0")


def test_a_type_checker_accepts_it(tmp_path):
    """mypy, strict: what a plugin imports is annotated as it is used."""
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path), "--config-file", os.devnull]
    environment = {name: value for name, value in os.environ.items() if name != "MYPYPATH"}
    done = subprocess.run(
        [*command, "--follow-imports=silent", str(SOURCE / "src" / "kaohe_example")],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.startswith("Success"), done.stdout + done.stderr
