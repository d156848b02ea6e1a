"""Plugins made on the spot: wheels written by hand, and distributions laid into a folder of the search path."""

from __future__ import annotations

import hashlib
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kaohe.plugin.discover import digest_of_installed
from kaohe.plugin.registry import AllowedPlugin, PluginState, Registry, open_registry

PACK = """\
format = 1
name = "{name}"
label = {{ zh = "示例", en = "Sample" }}

[[record_types]]
name = "{name}_visit"
label = {{ zh = "拜访", en = "Visit" }}
key = ["number"]
when = "day"
fields = [
  {{ name = "number", kind = "text", label = {{ zh = "编号", en = "Number" }} }},
  {{ name = "day", kind = "date", label = {{ zh = "日期", en = "Day" }} }},
]

[[indicators]]
id = "{name}.visits"
name = {{ zh = "拜访", en = "Visits" }}
description = {{ zh = "拜访次数", en = "Visits paid" }}
records = "{name}_visit"
value = "count()"
unit = "count"
"""
PACK_PYTHON = "from kaohe.plugin import Pack\nplugin = Pack(__name__)\n"
# Imported, it leaves a trace: tests see by it whether any code ran.
TRACE = "import sys\nsys.kaohe_test_trace = [*getattr(sys, 'kaohe_test_trace', []), __name__]\n"


class Workshop:
    """Makes plugins for a test and opens registries of them. ``folder`` is the workspace's folder for wheels."""

    def __init__(self, folder: Path, site: Path) -> None:
        self.folder, self.site = folder, site
        folder.mkdir(mode=0o755)
        site.mkdir(mode=0o755)

    def pack(self, name: str, **replaced: str) -> dict[str, str]:
        """The files of a sound pack, with pieces of its text replaced."""
        text = PACK.format(name=name)
        for old, new in replaced.items():
            text = text.replace(old, new)
        return {"__init__.py": TRACE + PACK_PYTHON, "pack.toml": text}

    def python(self, code: str, *, api: str = "kaohe_api = 1") -> dict[str, str]:
        """The files of a plugin in Python."""
        head = "from kaohe.plugin import *\nfrom dataclasses import replace\n"
        return {"__init__.py": f"{TRACE}{head}{api}\n{code}"}

    def wheel(
        self,
        name: str,
        files: dict[str, str],
        *,
        package: str | None = None,
        distribution: str | None = None,
        folder: Path | None = None,
        target: str | None = None,
    ) -> Path:
        """Write a wheel; by default into the folder of the workspace."""
        package = package or f"kt_{name}"
        distribution = distribution or package
        path = (folder or self.folder) / f"{distribution}-1.0-py3-none-any.whl"
        attribute = ":plugin" if "pack.toml" in files else ""
        info = f"{distribution}-1.0.dist-info"
        with zipfile.ZipFile(path, "w") as archive:
            for file, text in files.items():
                archive.writestr(f"{package}/{file}", text)
            archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n")
            archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            entry = f"[kaohe.plugins]\n{name} = {target or package + attribute}\n"
            archive.writestr(f"{info}/entry_points.txt", entry)
        path.chmod(0o644)
        return path

    def install(
        self, name: str, files: dict[str, str], *, package: str | None = None, distribution: str | None = None
    ) -> Path:
        """Lay a distribution into the search path, as an installer does; its package's folder."""
        package = package or f"kt_{name}"
        distribution = distribution or package
        folder, info = self.site / package, self.site / f"{distribution}-1.0.dist-info"
        for path in (folder, info):
            path.mkdir(mode=0o755)
        for file, text in files.items():
            (folder / file).write_text(text, "utf-8")
            (folder / file).chmod(0o644)
        attribute = ":plugin" if "pack.toml" in files else ""
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[kaohe.plugins]\n{name} = {package}{attribute}\n")
        (info / "RECORD").write_text("".join(f"{package}/{file},,\n" for file in files))
        return folder

    def entry(self, name: str, path: Path) -> AllowedPlugin:
        """The entry that allows a wheel as it is now."""
        return AllowedPlugin(name, hashlib.sha256(path.read_bytes()).hexdigest(), path.name)

    def installed_entry(self, name: str) -> AllowedPlugin:
        return AllowedPlugin(name, digest_of_installed(name))

    def allow(self, name: str, files: dict[str, str], **how: str) -> AllowedPlugin:
        """Write a wheel and allow it."""
        return self.entry(name, self.wheel(name, files, **how))  # type: ignore[arg-type]

    def open(self, *allowed: AllowedPlugin) -> Registry:
        return open_registry(allowed, self.folder)

    def refused(self, entry: AllowedPlugin) -> PluginState:
        """The state of a plugin that must be refused while the base pack and a good neighbour run."""
        good = self.allow("good", self.pack("good"))
        registry = self.open(entry, good)
        assert registry.plugin("good").state == "running"
        assert registry.plugin("crm").state == "running"
        assert "good.visits" in registry.indicators
        state = registry.plugin(entry.name)
        assert state.state == "refused"
        assert not any(name.startswith(f"{entry.name}.") for name in registry.indicators)
        assert all(problem in registry.problems for problem in state.problems)
        return state

    @property
    def trace(self) -> list[str]:
        """The modules of plugins that were run so far."""
        return getattr(sys, "kaohe_test_trace", [])


@pytest.fixture
def workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workshop]:
    monkeypatch.setattr(sys, "kaohe_test_trace", [], raising=False)
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    yield Workshop(tmp_path / "plugins", tmp_path / "site")
    for name in [name for name in sys.modules if name.startswith("kt_")]:
        del sys.modules[name]


@pytest.fixture
def said() -> Callable[[PluginState], str]:
    """Every reason of a refused plugin, as a person reads it in English."""
    return lambda state: "\n".join(problem.render("en") for problem in state.problems)
