"""The tutorial never lies: every command in it shows what it says."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.docs.tutorial import DOCS, TUTORIALS, Step, blocks, perform, refreshed


@pytest.mark.parametrize("name", TUTORIALS)
def test_every_command_of_the_tutorial_shows_what_the_tutorial_says(name: str, tmp_path: Path) -> None:
    steps = [*perform(name, tmp_path)]
    assert len(steps) >= 15
    false = [f"$ {step.command}\n" + "\n".join(step.appeared) for step in steps if not step.true]
    assert not false, f"{name} shows something else; python -m tests.docs.tutorial mends it\n" + "\n".join(false)


@pytest.mark.parametrize("name", [name for name in TUTORIALS if "zh-CN" not in name])
def test_a_page_takes_the_same_steps_in_both_languages(name: str) -> None:
    english, chinese = (
        [(block.kind, block.about) for block in blocks((DOCS / page).read_text("utf-8"))]
        for page in (name, name.replace(".md", ".zh-CN.md"))
    )
    assert english == chinese


@pytest.mark.parametrize(
    ("shown", "appeared", "true"),
    [
        (["1 added", "…", "end"], ["2 added", "more", "end"], False),
        (["1 … kept", "…", "end"], ["1 row kept", "more", "and more", "end"], True),
        (["a  b", ""], ["a   b"], True),
        (["a"], ["a", "b"], False),
        (["a"], [], False),
    ],
)
def test_a_wrong_output_is_noticed(shown: list[str], appeared: list[str], true: bool) -> None:
    assert Step("kaohe", shown, 0, appeared).true is true


def test_refreshing_keeps_what_is_true_and_leaves_out_what_was_left_out(tmp_path: Path) -> None:
    step = Step("kaohe", ["one …", "…", "last 1"], 0, ["one two", f"in {tmp_path}/care/x", "new", "last 2"])
    assert refreshed(step, tmp_path) == ["one …", "…"]
    assert refreshed(Step("kaohe", ["old"], 0, [f"in {tmp_path}/care/x"]), tmp_path) == ["in …/x"]
