"""However a scheme file is broken, the answer is problems inside the file, never a traceback."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from kaohe.plugin import Indicator, RecordType
from kaohe.plugin.pack import read_pack
from kaohe.scheme import load_scheme

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "schemes" / "energy_storage.toml").read_text("utf-8")
PACKS = [
    ROOT / "core" / "kaohe" / "packs" / "crm" / "pack.toml",
    *(ROOT / "plugins" / "energy_storage").rglob("pack.toml"),
]
_READ = [read_pack(path.read_text("utf-8"), path.name) for path in PACKS]
RECORD_TYPES: dict[str, RecordType] = {found.name: found for pack in _READ for found in pack.record_types}
INDICATORS: dict[str, Indicator] = {found.id: found for pack in _READ for found in pack.indicators}

TOKENS = re.findall(r"[\w.]+|\S", TEXT)
ODD = [
    "",
    "-1",
    "0",
    "1e400",
    "nan",
    "true",
    '"x"',
    "[]",
    "{}",
    "[[",
    "'''",
    "“",
    "，",
    "中",
    "\\",
    "1979-05-27",
    "\t",
    "=",
    "\n",
]
token = st.one_of(st.sampled_from(TOKENS), st.sampled_from(ODD), st.text(max_size=3))
spot = st.integers(0, len(TOKENS) - 1)
change = st.tuples(st.sampled_from(["replace", "insert", "delete", "cut", "double"]), spot, token)


def mutate(text: str, kind: str, index: int, new: str) -> str:
    matches = list(re.finditer(r"[\w.]+|\S", text))
    if not matches:
        return new
    found = matches[index % len(matches)]
    line_end = text.find("\n", found.end()) + 1 or len(text)
    line_start = text.rfind("\n", 0, found.start()) + 1
    match kind:
        case "replace":
            return text[: found.start()] + new + text[found.end() :]
        case "insert":
            return text[: found.start()] + new + text[found.start() :]
        case "delete":
            return text[: found.start()] + text[found.end() :]
        case "double":
            return text[:line_end] + text[line_start:line_end] + text[line_end:]
        case _:
            return text[:line_start] + text[line_end:]


def test_the_scheme_that_is_broken_here_is_sound() -> None:
    assert load_scheme(TEXT, "s.toml", RECORD_TYPES, INDICATORS).scheme is not None


@settings(max_examples=150, deadline=None)
@given(st.lists(change, min_size=1, max_size=4))
def test_a_broken_scheme_gives_problems_inside_the_file(changes: list[tuple[str, int, str]]) -> None:
    text = TEXT
    for kind, index, new in changes:
        text = mutate(text, kind, index, new)
    checked = load_scheme(text, "s.toml", RECORD_TYPES, INDICATORS)
    lines = text.replace("\r\n", "\n").split("\n")
    assert (checked.scheme is None) == any(problem.severity == "error" for problem in checked.problems)
    for problem in checked.problems:
        assert problem.render("en")
        line, column = problem.where.line, problem.where.column
        assert problem.where.file == "s.toml"
        assert line is not None
        assert column is not None
        assert 1 <= line <= len(lines)
        assert 1 <= column <= len(lines[line - 1]) + 1
