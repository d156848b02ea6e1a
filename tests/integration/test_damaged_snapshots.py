"""Files of a snapshot that are gone, cut short or not what was written: an evaluation takes what it needs from the
database again, whatever rests on the former files says so, and nobody computes with them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.scenarios.desk import Desk
from tests.unit.cli.period_kit import WHOSE, take

EVALUATE = ("evaluate", "tiny", "--period", "2026-Q1", "--format", "json")
NAMES = ("张三", "李四", "P1", "P2")


def gone(path: Path) -> None:
    path.unlink()


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def altered(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


DAMAGES = (gone, cut, emptied, altered)


def victims(desk: Desk) -> list[Path]:
    """A month of tickets, and the people."""
    folder = desk.workspace / ".kaohe/snapshots"
    return [next(folder.glob(f"{table}/*.parquet")) for table in ("record_ticket", "people")]


def test_an_evaluation_takes_a_new_snapshot_from_the_database(tiny: Desk) -> None:
    before = json.loads(tiny.do(*EVALUATE).out)["digest"]
    for number, damage in enumerate(DAMAGES):
        damage(victims(tiny)[number % 2])
        assert json.loads(tiny.do(*EVALUATE).out)["digest"] == before, damage.__name__
    tiny.do("run", "verify", "--all")
    assert not list((tiny.workspace / ".kaohe").rglob(".*.parquet*"))


def test_what_was_frozen_is_not_computed_from_damaged_files(tiny: Desk) -> None:
    take(tiny, "open", "chen")
    take(tiny, "freeze", "chen")
    path = victims(tiny)[0]
    sound = path.read_bytes()
    for damage in DAMAGES:
        damage(path)
        answer = tiny.try_("period", "calculate", *WHOSE, "--as", "chen")
        assert (answer.code, answer.out, "Traceback" in answer.err) == (3, "", False), answer.err
        assert path.name in answer.err
        assert not any(name in answer.err for name in NAMES)
        path.write_bytes(sound)
    take(tiny, "calculate", "chen")
    tiny.do("run", "verify", "--all")


@pytest.mark.parametrize("damage", [gone, altered], ids=lambda damage: damage.__name__)
def test_a_stored_run_says_that_its_files_are_not_sound(damage: Callable[[Path], None], tiny: Desk) -> None:
    tiny.do(*EVALUATE)
    path = victims(tiny)[0]
    damage(path)
    verified = tiny.try_("run", "verify", "1")
    assert (verified.code, path.name in verified.out + verified.err) == (1, True)
    explained = tiny.do("explain", "1", "P1")
    assert path.name in explained.err, "explained from the run alone, which is said"
