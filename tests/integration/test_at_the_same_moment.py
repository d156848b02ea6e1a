"""Commands of several processes at the same moment, on both databases: each succeeds or says why not, nothing is lost,
counted twice or half there, and the audit log has one end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.scenarios.desk import Answer, Desk
from tests.tiny import PEOPLE, TICKETS, make_desk, write
from tests.unit.cli.period_kit import WHOSE, take

from kaohe.cli.context import App
from kaohe.errors import KaoheError
from kaohe.records.batches import Source
from kaohe.records.rounds.model import Pair, Round
from kaohe.records.rounds.store import correct_pairs, open_round, pairs_of
from kaohe.records.targets import Target
from kaohe.records.targets_store import by_key, keep_targets

HEADER = TICKETS.splitlines()[0]
# Reads one line of arguments at a time and answers with one: what a command came to.
_CLERK = """
import contextlib, io, json, sys
from kaohe.cli.main import run
import kaohe.records, kaohe.run.evaluate, kaohe.cli.evaluate, kaohe.cli.records
for line in sys.stdin:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run(json.loads(line), {})
    print(json.dumps([int(code), out.getvalue(), err.getvalue()]), flush=True)
"""


class Clerk:
    """Somebody with a process of his own."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", _CLERK],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        )

    def begin(self, desk: Desk, words: Sequence[str]) -> None:
        assert self.process.stdin is not None
        print(json.dumps(["--lang", "en", "--workspace", str(desk.workspace), *words]), file=self.process.stdin)
        self.process.stdin.flush()

    def answer(self) -> Answer:
        assert self.process.stdout is not None
        return Answer(*json.loads(self.process.stdout.readline()))


@pytest.fixture(scope="module")
def clerks() -> Iterator[list[Clerk]]:
    hired = [Clerk() for _ in range(4)]
    yield hired
    for clerk in hired:
        clerk.process.communicate()


@pytest.fixture(params=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Desk:
    url = None if request.param == "sqlite" else request.getfixturevalue("postgresql_url")
    return make_desk(tmp_path / "desk", **({} if url is None else {"database": url}))


def together(desk: Desk, clerks: list[Clerk], *commands: Sequence[Any]) -> list[Answer]:
    """Each command by somebody else at the same moment."""
    for clerk, words in zip(clerks, commands, strict=False):
        clerk.begin(desk, [*map(str, words)])
    return [clerk.answer() for clerk, _words in zip(clerks, commands, strict=False)]


def tickets(desk: Desk, name: str, numbers: range, satisfaction: int = 5) -> Path:
    times = "2026-01-10 09:00,2026-01-10 10:00"
    rows = (f"N{number:05d},repair,P{number % 5 + 1},{times},{satisfaction}" for number in numbers)
    return write(desk, name, "\n".join([HEADER, *rows]) + "\n")


def codes(answers: Sequence[Answer]) -> list[int]:
    for answer in answers:
        assert "Traceback" not in answer.err, answer.err
    return [answer.code for answer in answers]


def sound(desk: Desk) -> None:
    assert desk.try_("audit", "verify").out.count("nothing was changed outside kaohe") == 1


def test_imports_and_evaluations_side_by_side(desk: Desk, clerks: list[Clerk]) -> None:
    people = write(desk, "more.csv", PEOPLE + "P8,郑十,北一队,agent,华东,1,2025-01-01,\n")
    same, first, other = (
        tickets(desk, name, range(begin, begin + 400)) for name, begin in (("a", 0), ("b", 200), ("c", 1000))
    )
    imports = [("records", "import", "ticket", file) for file in (same, first, other)]
    answers = together(desk, clerks, *imports, ("people", "import", people))
    assert codes(answers) == [0] * 4
    assert len(desk.stored("ticket")) == 1 + 1000, "200 rows came in two files"
    assert sum(batch["added"] for batch in desk.batches() if batch["type"] == "ticket") == 1000
    evaluate = ("evaluate", "tiny", "--period", "2026-Q1", "--format", "json")
    more = ("records", "import", "ticket", tickets(desk, "d", range(2000, 2400)))
    answers = together(desk, clerks, evaluate, evaluate, more, ("period", "open", *WHOSE))
    assert codes(answers) == [0] * 4
    counted = {json.loads(answer.out)["digest"] for answer in answers[:2]}
    later = json.loads(desk.do(*evaluate).out)["digest"]
    assert len(counted | {later}) <= 2, "an evaluation sees an import whole or not at all"
    runs = json.loads(desk.do("run", "list", "--format", "json").out)
    assert len(runs) == len(counted | {later}), "the same evaluation is stored once"
    sound(desk)


def test_what_contradicts_itself_is_decided_once(desk: Desk, clerks: list[Clerk]) -> None:
    """Undone twice, replaced by two files at once, frozen while records come in."""
    desk.do("records", "import", "ticket", tickets(desk, "a", range(200)))
    replacing = [
        ("records", "import", "ticket", tickets(desk, f"r{score}", range(200), score), "--update") for score in (1, 2)
    ]
    assert codes(together(desk, clerks, *replacing)) == [0, 0]
    assert len({line.rsplit(",", 1)[1] for line in desk.stored("ticket")[1:]}) == 1, "one of the files, whole"
    newest = str(desk.batches()[0]["batch"])
    undo = ("records", "undo", newest)
    assert sorted(codes(together(desk, clerks, undo, undo))) == [0, 1]
    take(desk, "open", "chen")
    freeze, more = ("period", "freeze", *WHOSE), ("records", "import", "ticket", tickets(desk, "m", range(300, 500)))
    assert sorted(codes(together(desk, clerks, freeze, freeze, more))) in ([0, 0, 1], [0, 0, 0])
    steps = json.loads(desk.do("period", "show", *WHOSE, "--format", "json").out)["steps"]
    assert [step["step"] for step in steps] == ["open", "freeze"]
    sound(desk)


def test_people_go_while_records_that_name_them_come(desk: Desk, clerks: list[Clerk]) -> None:
    desk.do("people", "import", write(desk, "p9.csv", "code,name,from\nP9,冯九,2025-01-01\n"))
    batch = str(desk.batches()[0]["batch"])
    theirs = write(desk, "t9", f"{HEADER}\nZ1,repair,P9,2026-01-10 09:00,2026-01-10 10:00,5\n")
    gone, come = together(desk, clerks, ("records", "undo", batch), ("records", "import", "ticket", theirs))
    assert "Traceback" not in gone.err + come.err
    is_there = len(desk.stored("ticket")) == 2
    assert gone.code == (1 if is_there else 0), "a record names somebody who is there, or is not there itself"
    sound(desk)


@pytest.mark.parametrize(
    "naming",
    [
        ("targets", "set", "crm.sales_amount", "5", "--period", "2026-Q1", "--person", "P9"),
        ("assessment", "open", "round", "--period", "2026-Q1", "--items", "overall", "--relations", "self"),
    ],
    ids=["target", "round"],
)
def test_people_go_while_somebody_sets_them_a_target_or_has_them_rated(
    desk: Desk, clerks: list[Clerk], naming: tuple[str, ...]
) -> None:
    desk.do("people", "import", write(desk, "p9.csv", "code,name,from\nP9,冯九,2025-01-01\n"))
    batch = str(desk.batches()[0]["batch"])
    gone, named = together(desk, clerks, ("records", "undo", batch), naming)
    codes([gone, named])
    listed = json.loads(desk.do("people", "list", "--format", "json").out)
    is_there = any(each["code"] == "P9" for each in listed)
    assert gone.code == (1 if is_there else 0)
    if naming[0] == "targets":
        assert named.code == (0 if is_there else 1), named.err
    if not is_there:
        said = desk.do("targets", "list").out + desk.try_("assessment", "assignments", "round").out
        assert "P9" not in said, "nobody who is gone is named"
    sound(desk)


def test_people_who_went_while_somebody_waited_for_his_turn_are_noticed_in_it(desk: Desk) -> None:
    """Looked up before, taken out meanwhile: what the look-up said does not count any more."""
    app = App("en", desk.workspace, {})
    target = Target("person", "P99", "crm.sales_amount", "2026-Q1", 5_000_000)
    asked = Round("round", "2026-Q1", date(2026, 3, 31), ("overall",), 1, 10, None, frozenset(), "", app.now())
    source = Source("targets", "ab" * 32)
    for step in (
        lambda: keep_targets(app.store, by_key([target]), source, handed_in=app.now()),
        lambda: open_round(app.store, asked, [Pair("P1", "peer", "P99", False)]),
        lambda: open_round(app.store, asked, [Pair("P99", "customer", "P98", True)]),
    ):
        with pytest.raises(KaoheError) as caught:
            step()
        assert [(each.code, each.found) for each in caught.value.problems] == [("people.changed", "P99")]
    opened = open_round(app.store, asked, [Pair("P1", "customer", "P98", True)])
    with pytest.raises(KaoheError, match="P99"):
        correct_pairs(app.store, opened.name, [Pair("P99", "self", "P99", False)], app.now())
    assert pairs_of(app.store, opened.name) == [Pair("P1", "customer", "P98", True)]
    app.close()
