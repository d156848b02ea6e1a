"""What was measured is kept beside the snapshots: evaluations look there, proofs do not."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pyarrow as pa
import pytest
from tests.scenarios.desk import Desk
from tests.tiny import SCHEME, add_tickets, write
from tests.unit.cli.period_kit import add_settings, take
from tests.unit.engine.remembered_kit import Noted
from tests.unit.run.what_if_kit import APPRAISED, MEASURED, changed

from kaohe.cli.context import App
from kaohe.cli.evaluation import evaluated, gather
from kaohe.cli.workspace import load_workspace
from kaohe.errors import Exit, KaoheError

QUARTER = ("tiny", "--period", "2026-Q1")


def asked(desk: Desk, text: str = SCHEME) -> int:
    """How many measures the engine is asked for when the scheme of that text is evaluated."""
    write(desk, "schemes/tiny.toml", text)
    app = App("en", desk.workspace, {})
    app.__dict__["measuring"] = behind = Noted()
    evaluated(app, gather(app, "tiny", "2026-Q1"))
    return behind.forget()


def poison(desk: Desk) -> int:
    """Exchange all figures that are kept for wrong ones, soundly written; how many there are."""
    files = [*(desk.workspace / ".kaohe" / "values").glob("*-*.values")]
    for path in files:
        title, content = path.read_bytes().split(b"\n", 1)
        said, columns = content[32:].split(b"\n", 1)
        table, sink = pa.ipc.open_stream(columns).read_all(), pa.BufferOutputStream()
        ones = pa.table({name: pa.array([1] * table.num_rows, pa.int8()) for name in table.column_names})
        with pa.ipc.new_stream(sink, ones.schema) as writer:
            writer.write_table(ones)
        wrong = said + b"\n" + bytes(sink.getvalue())
        path.write_bytes(title + b"\n" + hashlib.sha256(wrong).digest() + wrong)
    return len(files)


@pytest.mark.parametrize("change", APPRAISED)
def test_a_change_of_weights_curves_tiers_or_bonus_asks_nothing(change: str, kept: Desk) -> None:
    assert asked(kept, changed(APPRAISED[change])) == 0


@pytest.fixture(scope="module")
def kept(tiny_original: Path, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The tiny workspace after an evaluation."""
    desk = Desk(shutil.copytree(tiny_original, tmp_path_factory.mktemp("kept") / "tiny"))
    assert asked(desk) == 4
    return desk


def test_another_parameter_asks_for_its_measure_alone(kept: Desk) -> None:
    assert asked(kept, changed(MEASURED["parameter"])) == 1


def test_a_record_of_another_month_asks_nothing_and_one_of_this_quarter_asks_again(tiny: Desk) -> None:
    assert asked(tiny) == 4
    add_tickets(tiny, ["T50,repair,P1,2026-06-01 00:00,2026-06-01 12:00,8"], "later.csv")
    assert asked(tiny) == 0
    add_tickets(tiny, ["T51,repair,P1,2026-02-01 00:00,2026-02-01 12:00,8"], "late.csv")
    assert asked(tiny) == 2 * 3, "all but the count of the period before; the other months apart from this one"
    add_tickets(tiny, ["T52,repair,P1,2026-02-02 00:00,2026-02-02 12:00,8"], "later still.csv")
    assert asked(tiny) == 3, "of the month alone"


def test_proofs_measure_everything_again(tiny: Desk) -> None:
    tiny.do("evaluate", *QUARTER)
    assert poison(tiny) == 4
    assert "identical" in tiny.do("run", "verify", "1").out
    tiny.do("evaluate", *QUARTER)
    verdict = tiny.try_("run", "verify", "2")
    assert (verdict.code, "differs" in verdict.out) == (Exit.MISTAKE, True)


def test_a_period_is_not_approved_by_figures_that_were_kept_wrongly(tiny: Desk) -> None:
    tiny.do("evaluate", *QUARTER)
    poison(tiny)
    for step in ("open", "freeze", "calculate", "submit"):
        take(tiny, step, "chen")
    answer = tiny.try_("period", "approve", "tiny", "2026-Q1", "--as", "wang")
    assert answer.code != Exit.OK
    assert json.loads(tiny.do("period", "show", "tiny", "2026-Q1", "--format", "json").out)["state"] == "in_review"


def test_where_nothing_may_be_kept_nothing_is(tiny: Desk) -> None:
    add_settings(tiny, "[values]\nlimit = 0")
    assert (asked(tiny), asked(tiny)) == (4, 4)
    assert not (tiny.workspace / ".kaohe" / "values").exists()


@pytest.mark.parametrize(("said", "limit"), [('"500MB"', 500_000_000), ('"2 GB"', 2_000_000_000), ("0", 0)])
def test_the_limit_is_read(said: str, limit: int, tiny: Desk) -> None:
    add_settings(tiny, f"[values]\nlimit = {said}")
    assert load_workspace(tiny.workspace, {}).values_limit == limit


def test_left_out_it_is_a_gigabyte(tiny: Desk) -> None:
    assert load_workspace(tiny.workspace, {}).values_limit == 10**9


@pytest.mark.parametrize("said", ["limit = 5", 'limit = "much"', "limit = true", 'limit = "-1GB"', 'limits = "1GB"'])
def test_what_is_no_limit_is_told(said: str, tiny: Desk) -> None:
    add_settings(tiny, f"[values]\n{said}")
    with pytest.raises(KaoheError) as caught:
        load_workspace(tiny.workspace, {})
    (problem,) = caught.value.problems
    assert (problem.code, caught.value.exit_code) == ("workspace.setting", Exit.ENVIRONMENT)


def test_where_values_cannot_be_kept_the_evaluation_says_so_once_and_succeeds(tiny: Desk) -> None:
    blocked = tiny.workspace / ".kaohe"
    blocked.mkdir(exist_ok=True)
    (blocked / "values").write_text("no folder")
    said = tiny.do("evaluate", *QUARTER).err
    assert said.count("cannot be kept") == 1
