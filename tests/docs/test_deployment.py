"""docs/deployment.md, its Chinese twin and the files beside them: every check and setting is there, every command
exists, and the files are what their programs take."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.docs.command_help import DOCS, PAGES, shown

import kaohe.cli
from kaohe.cli.database_settings import DatabaseSettings, mistakes_in_database, read_database
from kaohe.toml import load_toml

FILES = DOCS / "deployment"
BOTH = ("deployment.md", "deployment.zh-CN.md")
CHECKS = Path(kaohe.cli.__file__).parent


def page(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


def indented(text: str) -> list[str]:
    return [line[4:] for line in text.splitlines() if line.startswith("    ")]


@pytest.mark.parametrize("name", BOTH)
def test_every_check_of_doctor_is_explained(name: str) -> None:
    sources = [CHECKS / "doctor.py", *(CHECKS / "checks").glob("*.py")]
    found = {each for path in sources for each in re.findall(r'Finding\(\s*"([a-z.]+)"', path.read_text("utf-8"))}
    found |= set(re.findall(r'_told\("([a-z]+)"', (CHECKS / "doctor.py").read_text("utf-8")))
    found |= {f"disk.{what}" for what in ("workspace", "snapshots", "temporary", "spill")}
    rows = [line.split("|")[1] for line in page(name).splitlines() if re.match(r"\| `(versions|[a-z]+)", line)]
    told = {each for row in rows for each in re.findall(r"`([a-z.]+)`", row)}
    assert len(found) > 20
    assert found <= told
    others = {"database.locked", "database.full"}
    assert {each for each in told - found if not re.match(r"(database|file|snapshot)\.", each)} == set()
    assert others <= told


@pytest.mark.parametrize("name", BOTH)
def test_the_settings_shown_are_those_that_hold_anyway(name: str) -> None:
    (block,) = re.findall(r"```toml\n(.*?)```", page(name), re.DOTALL)
    data = load_toml(block, "kaohe.toml").data["database"]
    assert list(mistakes_in_database(data)) == []
    assert read_database(data) == read_database({"url": data["url"]}) == DatabaseSettings()


def test_both_pages_give_the_same_commands_and_name_every_file() -> None:
    words = [[re.split(r"\s{2,}", line)[0] for line in indented(page(name))] for name in BOTH]
    assert words[0] == words[1]
    headings = [[line.count("#") for line in page(name).splitlines() if line.startswith("#")] for name in BOTH]
    assert headings[0] == headings[1]
    for path in FILES.iterdir():
        if path.name != "Dockerfile.dockerignore":  # Docker finds it by its name
            assert all(f"deployment/{path.name}" in page(name) for name in BOTH), path.name


@pytest.mark.parametrize("name", BOTH)
def test_the_commands_exist(name: str) -> None:
    known = shown(next(iter(PAGES)))
    for line in [*indented(page(name)), *(FILES / "nightly.sh").read_text().splitlines()]:
        for words in re.findall(r"(?<![\w/-])kaohe ((?:[a-z]+ ?)+)", line):
            first = words.split()[0]
            assert first in {"kaohe"} or f"kaohe {first}" in known or "install" in line or "create" in line, line


def test_the_compose_file_is_yaml_with_a_healthy_database_and_a_kaohe_without_rights() -> None:
    compose = read_yaml((FILES / "compose.yaml").read_text("utf-8"))
    database, ours = compose["services"]["database"], compose["services"]["kaohe"]
    assert database["healthcheck"]["test"][0] == "CMD-SHELL"
    assert ours["depends_on"]["database"]["condition"] == "service_healthy"
    assert ours["cap_drop"] == ["ALL"]
    assert ours["read_only"] == compose["networks"]["inside"]["internal"] == "true"
    assert {*database["secrets"], *ours["secrets"]} == set(compose["secrets"])
    assert {volume.split(":")[0] for each in (database, ours) for volume in each["volumes"]} >= set(compose["volumes"])
    for image in (database["image"], *re.findall(r"^FROM (\S+)", (FILES / "Dockerfile").read_text(), re.MULTILINE)):
        assert "/" not in image, "an image's name leads to no registry of ours"
    lines = (FILES / "Dockerfile").read_text().splitlines()
    assert "USER kaohe" in lines
    assert any("--require-hashes" in line for line in lines)
    assert "NOSUPERUSER" in (FILES / "make-role.sh").read_text()


def read_yaml(text: str) -> Any:
    """The little of YAML that a compose file takes: mappings, lists and scalars by their indentation."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    assert not any("\t" in line for line in lines)
    return block([(len(line) - len(line.lstrip()), line.strip()) for line in lines])


def block(lines: list[tuple[int, str]]) -> Any:
    depth = lines[0][0]
    if lines[0][1].startswith("- "):
        assert all(indent == depth and text.startswith("- ") for indent, text in lines), lines
        return [scalar(text[2:]) for _indent, text in lines]
    starts = [number for number, (indent, _text) in enumerate(lines) if indent == depth]
    assert all(indent >= depth for indent, _text in lines), lines
    found = {}
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        key, colon, value = lines[start][1].partition(":")
        assert colon, lines[start]
        assert key not in found, key
        inner = lines[start + 1 : end]
        assert not (value.strip() and inner), lines[start]
        found[key] = block(inner) if inner else scalar(value)
    return found


def scalar(text: str) -> Any:
    stripped = text.strip()
    if stripped.startswith("["):
        return re.findall(r'"([^"]*)"', stripped)
    return stripped.strip('"') or None


def test_the_units_say_what_they_may_do() -> None:
    service, timer = configparser.RawConfigParser(strict=False), configparser.RawConfigParser()
    for parser, name in ((service, "service"), (timer, "timer")):
        parser.optionxform = str  # type: ignore[assignment,method-assign]  # systemd's names have capitals
        parser.read(FILES / f"kaohe-nightly.{name}", "utf-8")
    unit = service["Service"]
    assert (unit["User"], unit["UMask"], unit["NoNewPrivileges"], unit["ProtectSystem"]) == (
        "kaohe",
        "0027",
        "yes",
        "strict",
    )
    assert timer["Timer"]["Unit"] == "kaohe-nightly.service"
    variables = {
        line.split("=")[0] for line in (FILES / "kaohe.env.example").read_text().splitlines() if line[:1].isalpha()
    }
    used = set(re.findall(r"\$\{?([A-Z_]+)", (FILES / "nightly.sh").read_text()))
    assert used <= variables


def test_systemd_takes_the_units() -> None:
    if shutil.which("systemd-analyze") is None:
        return  # read above; where systemd is, it has the last word
    units = [FILES / f"kaohe-nightly.{name}" for name in ("service", "timer")]
    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
    assert "kaohe-nightly" not in done.stderr


def test_the_night_moves_what_is_kept_and_leaves_what_could_not_be_tried(tmp_path: Path) -> None:
    """With a command in kaohe's place that answers by the file's name."""
    (tmp_path / "bin").mkdir()
    stand_in = tmp_path / "bin" / "kaohe"
    stand_in.write_text(
        '#!/bin/sh\necho "$@" >> "$SAID"\ncase "$*" in *bad*) exit 1;; *down*) exit 3;; *) exit 0;; esac\n'
    )
    stand_in.chmod(0o755)
    drop = tmp_path / "drop"
    for name in ("people/a.csv", "ticket/good 1.csv", "ticket/bad.csv", "ticket/down.csv"):
        (drop / name).parent.mkdir(parents=True, exist_ok=True)
        (drop / name).write_text("x")
    environment = {
        "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}",
        "SAID": str(tmp_path / "said"),
        "KAOHE_WORKSPACE": str(tmp_path),
        "DROP": str(drop),
        "SCHEMES": "desk",
    }
    done = subprocess.run(["sh", FILES / "nightly.sh"], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (3, "")
    left = sorted(re.sub(r"\d{8}T\d{6}-", "", path.relative_to(drop).as_posix()) for path in drop.rglob("*.csv"))
    assert left == ["done/people/a.csv", "done/ticket/good 1.csv", "failed/ticket/bad.csv", "ticket/down.csv"]
    said = (tmp_path / "said").read_text().splitlines()
    assert said[0].startswith("people import")
    assert said[-1] == "audit verify"
    assert re.match(r"evaluate desk --period \d{4}-\d{2}$", said[-2])
