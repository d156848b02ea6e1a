"""What one stored run carries forward, the run of the next period brings forward."""

from __future__ import annotations

import json

import pytest
from tests.reference import run_data as plainly
from tests.scenarios.desk import Desk
from tests.tiny import PEOPLE, SCHEME, evaluated, write

from kaohe.exact import format_fen
from kaohe.report.data import run_data
from kaohe.report.tree import tree_lines
from kaohe.run import Run
from kaohe.run.explanation import explain

# P1's ratings come to 27 in the first quarter and to 1 in the second; P2's to 7 and to nothing.
STARS = """\
[[indicators]]
id         = "stars"
name       = { zh = "评分合计", en = "Stars" }
records    = "ticket"
value      = "sum(satisfaction)"
unit       = "count"
min_sample = 0

[bonus]
kind            = "formula"
formula         = 'value("stars") * 10'
minimum_payment = 100
"""


def use(desk: Desk, bonus: str) -> None:
    """The tiny scheme without tiers and with this bonus."""
    head, rest = SCHEME.replace('"renormalise", min_coverage = 0.5', '"zero"').split("[tiers]")
    write(desk, "schemes/tiny.toml", head + bonus + "\n[[outcomes]]" + rest.split("[[outcomes]]")[1])


def settled(run: Run) -> dict[str, tuple[str, str, str]]:
    """Brought forward, paid and carried forward of P1 and P2."""
    money = run.appraisal.money
    assert money is not None
    assert money.brought is not None
    assert money.carried is not None
    columns = (money.brought, run.appraisal.bonus, money.carried)
    return {code: tuple(format_fen(int(each[row])) for each in columns) for row, code in enumerate(("P1", "P2"))}


def test_too_little_waits_for_the_next_period(tiny: Desk) -> None:
    use(tiny, STARS)
    first, number = evaluated(tiny, period="2026-Q1")
    assert settled(first) == {"P1": ("0.00", "270.00", "0.00"), "P2": ("0.00", "0.00", "70.00")}
    assert [each.code for each in first.notes] == ["evaluate.no-balances"]
    assert "tiny for 2025-Q4" in first.notes[0].render("en")
    use(tiny, STARS.replace("* 10", "* 10 + 30"))
    second, _number = evaluated(tiny, period="2026-Q2")
    assert settled(second) == {"P1": ("0.00", "0.00", "40.00"), "P2": ("70.00", "100.00", "0.00")}
    (told,) = [each for each in second.notes if each.code == "evaluate.balances"]
    assert f"from run {number} of 2026-Q1" in told.render("en")
    assert told.severity == "note"


def test_the_newest_run_of_the_period_before_counts(tiny: Desk) -> None:
    use(tiny, STARS)
    evaluated(tiny, period="2026-Q1")
    use(tiny, STARS.replace("* 10", "* 8"))
    _run, newest = evaluated(tiny, period="2026-Q1")
    second, _number = evaluated(tiny, period="2026-Q2")
    assert settled(second)["P2"][0] == "56.00"
    assert any(f"run {newest} " in each.render("en") for each in second.notes)


def test_the_run_that_stands_for_the_period_before_counts_although_a_newer_one_is_stored(tiny: Desk) -> None:
    use(tiny, STARS)
    for step in ("open", "freeze", "calculate"):
        tiny.do("period", step, "tiny", "2026-Q1")
    use(tiny, STARS.replace("* 10", "* 8"))
    _run, newest = evaluated(tiny, period="2026-Q1")
    second, _number = evaluated(tiny, period="2026-Q2")
    assert (newest, settled(second)["P2"][0]) == (2, "70.00")
    assert any("run 1 of 2026-Q1" in each.render("en") for each in second.notes)
    tiny.do("period", "reopen", "tiny", "2026-Q1", "--reason", "anew")
    assert settled(evaluated(tiny, period="2026-Q2")[0])["P2"][0] == "56.00", "no run stands for it: the newest counts"


def test_a_run_without_balances_brings_nothing_forward(tiny: Desk) -> None:
    use(tiny, STARS.replace("minimum_payment = 100\n", ""))
    evaluated(tiny, period="2026-Q1")
    use(tiny, STARS)
    assert settled(evaluated(tiny, period="2026-Q2")[0])["P2"] == ("0.00", "0.00", "0.00")


def test_balances_take_part_in_the_digest_where_there_are_any(tiny: Desk) -> None:
    use(tiny, STARS)
    alone = evaluated(tiny, period="2026-Q2")[0].digest
    evaluated(tiny, period="2026-Q1")
    assert evaluated(tiny, period="2026-Q2")[0].digest != alone


def test_what_if_brings_no_balance_forward_where_the_run_found_none(tiny: Desk) -> None:
    use(tiny, STARS)
    evaluated(tiny, period="2026-Q2")
    evaluated(tiny, period="2026-Q1")
    path = tiny.workspace / "schemes/tiny.toml"
    path.write_text(path.read_text("utf-8").replace("hours(24)", "hours(2)"), "utf-8")
    said = json.loads(tiny.do("what-if", "tiny", "--against", "1", "--format", "json").out)
    assert said["differences"]["bonus"]["before"] == said["differences"]["bonus"]["after"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_settled_bonus_is_explained_and_written_out(tiny: Desk, language: str) -> None:
    use(tiny, STARS)
    evaluated(tiny, period="2026-Q1")
    use(tiny, STARS.replace("* 10", "* 10 + 30"))
    run, _number = evaluated(tiny, period="2026-Q2")
    text = "\n".join(tree_lines(explain(run, 1), language))  # type: ignore[arg-type]
    assert "30.00 + " in text
    assert "70.00 = 100.00" in text
    assert "{" not in text
    people = {each["code"]: each for each in run_data(run, "en")["people"]}
    assert [*people.values()] == plainly.run_data(run, "en")["people"]
    assert (people["P2"]["brought_forward"], people["P2"]["carried_forward"]) == ("70.00", "0.00")
    assert (people["P1"]["brought_forward"], people["P1"]["carried_forward"]) == ("0.00", "40.00")


def test_a_draw_is_recovered_by_the_next_run(tiny: Desk) -> None:
    use(tiny, STARS.replace("minimum_payment = 100", "draw = 100"))
    first, _number = evaluated(tiny, period="2026-Q1")
    assert settled(first)["P2"] == ("0.00", "100.00", "-30.00")
    use(tiny, STARS.replace("minimum_payment = 100", "draw = 100").replace("* 10", "* 10 + 200"))
    second, _number = evaluated(tiny, period="2026-Q2")
    assert settled(second)["P2"] == ("-30.00", "170.00", "0.00")


def test_a_balance_that_nobody_is_left_to_have_is_told(tiny: Desk) -> None:
    use(tiny, STARS)
    evaluated(tiny, period="2026-Q1")
    left = PEOPLE.replace(
        "P2,李四,北一队,agent,华东,6000,2025-01-01,", "P2,李四,北一队,agent,华东,6000,2025-01-01,2026-03-31"
    )
    tiny.do("people", "import", write(tiny, "people.csv", left), "--update")
    run, _number = evaluated(tiny, period="2026-Q2")
    (told,) = [each for each in run.notes if each.code == "evaluate.balances-left"]
    assert told.found == "P2 (70.00)"


def test_a_scheme_that_settles_at_once_has_no_balances(tiny: Desk) -> None:
    run, _number = evaluated(tiny)
    assert run.appraisal.money is not None
    assert run.appraisal.money.carried is None
    assert "brought_forward" not in json.dumps(run_data(run, "en"))
