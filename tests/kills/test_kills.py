"""A process killed at any point of an import, a freeze, a calculation, an approval, a payment or a restatement leaves
what was there before or what was to come, and nothing between: no record lost or doubled, no half of a run, no broken
chain. The command given once more then does what it was to do.

The points are drawn from a fixed seed: calls of a function, calls that write (before and after them), moments in time.
A sixth of them is tried each time; ``pytest tests/kills --every-kill`` tries all.
"""

from __future__ import annotations

import json
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from tests.scenarios.desk import Desk
from tests.scenarios.four_quarters import story

from kaohe.cli.context import App

PERIOD = ("desk", "2026-Q1")
_numbers = count(1)


@dataclass(frozen=True)
class Step:
    """A command, who gives it, and how many times it is killed; the steps before it have been taken."""

    name: str
    words: tuple[str, ...]
    who: str
    kills: int
    on_postgresql: int = 4


STEPS = (
    Step("import", ("records", "import", "ticket", "q1.csv"), "陈", 32, 8),
    Step("open", ("period", "open", *PERIOD), "陈", 6, 0),
    Step("freeze", ("period", "freeze", *PERIOD), "陈", 32),
    Step("calculate", ("period", "calculate", *PERIOD), "陈", 32),
    Step("submit", ("period", "submit", *PERIOD), "陈", 6, 0),
    Step("approve", ("period", "approve", *PERIOD), "王", 10, 0),
    Step("approve once more", ("period", "approve", *PERIOD), "李", 20, 6),
    Step("pay", ("period", "pay", *PERIOD), "赵", 20),
    Step("close", ("period", "close", *PERIOD), "赵", 6, 0),
    Step("late", ("records", "import", "ticket", "late.csv"), "陈", 6, 0),
    Step("restate", ("period", "restate", *PERIOD, "--reason", "late tickets"), "陈", 32),
    Step("approve the restatement", ("period", "restate", "--approve", "1"), "王", 10, 0),
    Step("approve the restatement once more", ("period", "restate", "--approve", "1"), "李", 24, 6),
)
assert sum(step.kills for step in STEPS) >= 200


class Victims:
    """Children of a process of its own: see victims.py."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, Path(__file__).with_name("victims.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, desk: Desk, step: Step, kill: tuple[str, float]) -> dict[str, Any]:
        files = [str(desk.workspace / word) if word.endswith(".csv") else word for word in step.words]
        arguments = ["--lang", "en", "--workspace", str(desk.workspace), "--as", step.who, *files]
        asked = {"arguments": arguments, "environment": {}, "kill": kill}
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer

    def close(self) -> None:
        self.process.communicate()


@pytest.fixture(scope="module")
def victims() -> Iterator[Victims]:
    found = Victims()
    yield found
    found.close()


@pytest.fixture(scope="module")
def share(request: pytest.FixtureRequest) -> int:
    """One of how many points is tried."""
    return 1 if request.config.getoption("every_kill") else 6


Copy = Callable[[], Desk]


@pytest.fixture(scope="module")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Step], Copy]:
    """Before each step: a workspace that can be copied as often as it is needed."""
    folder = tmp_path_factory.mktemp("kills")
    desk = _beginning(Desk(folder / "desk"))
    before = {}
    for step in STEPS:
        before[step] = Path(shutil.copytree(desk.workspace, folder / f"before {step.name}"))
        _take(desk, step)

    def copies(step: Step) -> Copy:
        def copy() -> Desk:
            return Desk(Path(shutil.copytree(before[step], folder / f"copy {next(_numbers)}")))

        return copy

    return copies


@pytest.fixture(scope="module")
def on_postgresql(postgresql_server: str, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Step], Copy]:
    """Likewise, each copy with a database of its own."""
    import psycopg

    folder = tmp_path_factory.mktemp("kills")

    def administer(command: str) -> None:
        with psycopg.connect(f"{postgresql_server}/postgres", autocommit=True) as connection:
            connection.execute(command)

    administer("CREATE DATABASE kills")
    desk = _beginning(Desk(folder / "desk"), "--database", f"{postgresql_server}/kills")
    before = {}
    for number, step in enumerate(STEPS):
        administer(f"CREATE DATABASE kills_before_{number} TEMPLATE kills")
        before[step] = (number, Path(shutil.copytree(desk.workspace, folder / f"before {step.name}")))
        _take(desk, step)

    def copies(step: Step) -> Copy:
        number, workspace = before[step]

        def copy() -> Desk:
            mine = f"kills_copy_{next(_numbers)}"
            administer(f"CREATE DATABASE {mine} TEMPLATE kills_before_{number}")
            made = Desk(Path(shutil.copytree(workspace, folder / mine)))
            settings = made.workspace / "kaohe.toml"
            settings.write_text(settings.read_text("utf-8").replace("/kills", f"/{mine}"), "utf-8")
            return made

        return copy

    return copies


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_a_killed_command_leaves_all_or_nothing(
    step: Step, victims: Victims, on_sqlite: Callable[[Step], Copy], share: int
) -> None:
    _kill_again_and_again(step, -(-step.kills // share), victims, on_sqlite(step))


@pytest.mark.parametrize("step", [step for step in STEPS if step.on_postgresql], ids=lambda step: step.name)
def test_likewise_on_postgresql(
    step: Step, victims: Victims, on_postgresql: Callable[[Step], Copy], share: int
) -> None:
    _kill_again_and_again(step, -(-step.on_postgresql // share), victims, on_postgresql(step))


def _kill_again_and_again(step: Step, kills: int, victims: Victims, copy: Copy) -> None:
    whole = copy()
    before = _facts(whole)
    undisturbed = victims.ask(whole, step, ("never", 0))
    assert undisturbed["code"] == 0
    after = _facts(whole)
    assert before != after
    _sound(whole)
    shutil.rmtree(whole.workspace)
    draw = random.Random(step.name)  # noqa: S311 - points to be killed at, the same each time
    for number in range(kills):
        point = _point(draw, undisturbed)
        desk = copy()
        answer = victims.ask(desk, step, point)
        told = f"{step.name}, kill {number} at {point}"
        assert answer["code"] in (0, -9), told
        found = _facts(desk)
        assert found in (before, after), told
        assert found == after or answer["code"] == -9, told
        _sound(desk)
        if found == before:
            _take(desk, step)
            assert _facts(desk) == after, told
            if number % 5 == 0:
                _sound(desk)
        shutil.rmtree(desk.workspace)


def _point(draw: random.Random, undisturbed: dict[str, Any]) -> tuple[str, float]:
    """Where to kill: half of the time at a write."""
    match draw.randrange(4):
        case 0:
            return "call", draw.randint(1, undisturbed["calls"])
        case 1:
            return "time", draw.random() * undisturbed["seconds"]
        case 2:
            return "write", draw.randint(1, undisturbed["writes"])
        case _:
            return "write", -draw.randint(1, undisturbed["writes"])


def _beginning(desk: Desk, *options: str) -> Desk:
    """The desk of the four quarters on the day before its first import."""
    desk.do("init", desk.workspace, *options)
    for name, lines in (("q1.csv", story.ON_TIME["Q1"]), ("late.csv", story.LATE_OF_Q1)):
        (desk.workspace / name).write_text("\n".join([story.HEADER, *lines]) + "\n", "utf-8")
    (desk.workspace / "people.csv").write_text(story.PEOPLE, "utf-8")
    (desk.workspace / "schemes/desk.toml").write_text(story.SCHEME, "utf-8")
    desk.do("people", "import", desk.workspace / "people.csv")
    return desk


def _take(desk: Desk, step: Step) -> None:
    words = [desk.workspace / word if word.endswith(".csv") else word for word in step.words]
    desk.do(*words, "--as", step.who)


_NUMBER = "dense_rank() OVER (ORDER BY {0})"
FACTS = {
    "records": "SELECT * FROM record_ticket ORDER BY no",
    "imports": f"SELECT {_NUMBER.format('id')}, record_type, added, unchanged FROM import_batches ORDER BY id",
    "steps": f"SELECT step, state, {_NUMBER.format('run')}, actor FROM period_steps ORDER BY id",
    "runs": f"SELECT {_NUMBER.format('id')}, digest, replaces IS NULL FROM runs ORDER BY id",
    "results": f"SELECT {_NUMBER.format('run')}, person, total, rank, tier, bonus FROM run_results ORDER BY 1, person",
    "payments": "SELECT person, earned, due, settled, carried, paid FROM payments ORDER BY person",
    "restatements": f"SELECT {_NUMBER.format('id')}, {_NUMBER.format('to_run')}, state FROM restatements ORDER BY id",
    "postings": "SELECT person, posted_to, fen FROM postings ORDER BY restatement, person",
    "events": "SELECT seq, actor, action, subject FROM audit_log ORDER BY seq",
}
"""What is there, but for the times at which it came to be, and for the numbers that a database counts up: those of a
transaction that came to nothing are left out on PostgreSQL."""


def _facts(desk: Desk) -> dict[str, list[tuple[str, ...]]]:
    store = App("en", desk.workspace, {}).store
    with store.reading() as connection:
        found = {
            name: [tuple(map(str, row)) for row in connection.execute(text(asked))] for name, asked in FACTS.items()
        }
    store.close()
    found["records"] = [row[:-1] for row in found["records"]]  # the last column is the number of the import
    found["events"] = [(*row[:-1], re.sub(r"\b\d+$", "…", row[-1])) for row in found["events"]]
    return found


def _sound(desk: Desk) -> None:
    """The chain, every row of evidence, and every run with its files."""
    desk.do("audit", "verify")
    if _facts(desk)["runs"]:
        desk.do("run", "verify", "--all")
