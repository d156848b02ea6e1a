"""A run over a tiny workspace, every figure worked out by hand; what is warned of, and what is refused."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from tests.scenarios.desk import Desk
from tests.tiny import SCHEME, evaluated, ranking, write

from kaohe.exact import from_micros
from kaohe.run import Run


def column(run: Run, name: str) -> list[Decimal | None]:
    """An indicator's values; None where there is no data."""
    values = run.appraisal.values[name]
    return [from_micros(micros) if known else None for micros, known in zip(values.micros, values.known, strict=True)]


def test_values_points_totals_tiers_and_money(tiny: Desk) -> None:
    run, number = evaluated(tiny)
    appraisal = run.appraisal
    assert number == 1
    assert appraisal.people.code == ("P1", "P2", "P3", "P4")
    assert run.names == ("张三", "李四", "王五", "赵六")
    assert column(run, "in_time") == [Decimal("0.75"), Decimal(1), None, Decimal("0.333333")]
    assert column(run, "rating") == [Decimal(9), Decimal(7), None, Decimal("7.5")]
    # Repairs of the quarter, less all tickets of the one before.
    assert column(run, "growth") == [Decimal(2), Decimal(1), Decimal(1), Decimal(2)]
    assert appraisal.values["in_time"].sample.tolist() == [4, 2, 0, 3]
    # 0.6 × 75 + 0.4 × 90 + 1; 0.6 × 100 + 0.4 × 70 + 0.5; 0.6 × 33.3333 + 0.4 × 75 + 1.
    assert [from_micros(total) for total in appraisal.total] == [82, Decimal("88.5"), 0, 51]
    assert appraisal.graded.tolist() == [True, True, False, True]
    assert appraisal.rank.tolist() == [2, 1, 0, 3]
    assert appraisal.tier == ("B", "A", None, "C")
    assert appraisal.bonus.tolist() == [500_000, 900_000, 0, 275_000]
    assert appraisal.outcomes == ((), (), (), (0,))


def test_the_integers_behind_the_figures_are_kept(tiny: Desk) -> None:
    run, _number = evaluated(tiny)
    (share,) = run.counts["in_time"]
    assert {name: column.tolist() for name, column in share.parts.items()} == {"hits": [3, 2, 0, 1], "n": [4, 2, 0, 3]}
    here, before = run.counts["growth"]
    assert (here.shift, here.parts["n"].tolist()) == ("period", [3, 1, 1, 2])
    assert (before.shift, before.parts["n"].tolist()) == ("previous", [1, 0, 0, 0])


def test_who_is_left_out_and_why(tiny: Desk) -> None:
    run, _number = evaluated(tiny)
    assert [(each.code, each.kind, str(each.reason)) for each in run.left_out] == [
        ("P5", "population", "the scheme does not cover this person"),
        ("P6", "assignment", "no assignment in 2026-Q1"),
        ("P7", "unknown", "it is unknown whether the scheme covers this person: data are missing"),
    ]


def test_days_in_the_assignment_prorate_the_bonus(tiny: Desk) -> None:
    lines = [
        "no,kind,owner,opened_at,resolved_at,satisfaction",
        "T90,repair,P3,2026-02-11 09:00,2026-02-11 10:00,10",
    ]
    tiny.do("records", "import", "ticket", write(tiny, "more.csv", "\n".join(lines) + "\n"))
    run, _number = evaluated(tiny)
    row = run.appraisal.people.code.index("P3")
    assert run.appraisal.people.worked[row] == 59
    # 5000 × 1.5 × 59 / 90, to the fen.
    assert run.appraisal.bonus[row] == 491_667


def test_the_csv_says_the_same(tiny: Desk) -> None:
    told = [(row["rank"], row["name"], row["total"], row["tier"], row["bonus CNY"]) for row in ranking(tiny)]
    assert told == [
        ("1", "李四", "88.50", "A", "9000.00"),
        ("2", "张三", "82.00", "B", "5000.00"),
        ("3", "赵六", "51.00", "C", "2750.00"),
        ("", "王五", "", "", ""),
    ]
    assert ranking(tiny)[-1]["flags"].startswith("not graded: data for 0.00 %")


def test_a_record_type_without_records_in_the_period_is_said_aloud(tiny: Desk) -> None:
    own = '[[indicators]]\nid = "calls"\nname = "电话"\nrecords = "call"\nvalue = "count()"\nunit = "count"\n'
    text = SCHEME.replace("[[adjustments]]", f"{own}min_sample = 0\n[[adjustments]]", 1)
    write(tiny, "schemes/tiny.toml", text.replace('value("growth") * 0.5', 'value("calls") * 0.5'))
    answer = tiny.do("evaluate", "tiny", "--period", "2026-Q1")
    assert "call: warning [evaluate.no-records]: no Call in 2026-Q1" in answer.err
    assert "kaohe records import call FILE" in answer.err


def test_only_the_former_period_without_records_is_no_news(tiny: Desk) -> None:
    tiny.do("evaluate", "tiny", "--period", "2026-Q1")
    answer = tiny.do("evaluate", "tiny", "--period", "2026-Q2")
    assert "no-records" not in answer.err


def test_groups_by_an_attribute_that_nobody_has_are_said_aloud(tiny: Desk) -> None:
    assert "[ranking]" not in SCHEME
    write(tiny, "schemes/tiny.toml", f'{SCHEME}\n[ranking]\nwithin = ["manager"]\n')
    answer = tiny.do("evaluate", "tiny", "--period", "2026-Q1")
    assert "tiny: warning [evaluate.no-attribute]: nobody has the attribute manager" in answer.err


@pytest.mark.parametrize("period", ["2025-Q4", "2025-12-31..2026-03-30", "2027-Q1"])
def test_a_scheme_that_is_not_in_force_all_of_the_period_is_refused(period: str, tiny: Desk) -> None:
    answer = tiny.try_("evaluate", "tiny", "--period", period)
    assert (answer.code, answer.out) == (1, "")
    assert "error [evaluate.not-in-force]" in answer.err
    assert "expected: 2026-01-01 … 2026-12-31" in answer.err


def test_another_cycle_is_evaluated_with_a_warning(tiny: Desk) -> None:
    answer = tiny.do("evaluate", "tiny", "--period", "2026-01")
    assert "tiny: warning [evaluate.cycle]: the scheme is written for another cycle than 2026-01" in answer.err
    assert "found: a month\n    expected: a quarter\n" in answer.err
    run, _number = evaluated(tiny, period="2026-01")
    assert [note.code for note in run.notes] == ["evaluate.cycle"]
    assert run.appraisal.values["in_time"].sample.tolist() == [2, 2, 3]


def test_the_periods_first_and_last_day_count_by_the_workspaces_clock(tiny: Desk) -> None:
    run, _number = evaluated(tiny, period="2026-01-01..2026-01-01")
    assert run.appraisal.values["in_time"].sample.tolist() == [1, 0, 0]
    run, _number = evaluated(tiny, period="2026-03-31..2026-03-31")
    assert run.appraisal.values["in_time"].sample.tolist() == [1, 0, 0, 0]


def test_a_period_in_which_nobody_can_be_graded_is_said_aloud(tiny: Desk) -> None:
    strict = SCHEME.replace('  use    = "in_time"\n', '  use    = "in_time"\n  min_sample = 1000\n')
    write(tiny, "schemes/tiny.toml", re.sub(r"missing\s*=\s*\{.*\}", 'missing = { policy = "not_graded" }', strict))
    answer = tiny.do("evaluate", "tiny", "--period", "2026-Q1")
    assert "tiny: warning [evaluate.nobody-graded]: nobody can be graded in 2026-Q1" in answer.err


def test_a_scheme_that_covers_nobody_shows_its_condition(tiny: Desk) -> None:
    nobody = re.sub(r"population\s*=.*", "population = 'role == \"pilot\"'", SCHEME)
    write(tiny, "schemes/tiny.toml", nobody)
    answer = tiny.try_("evaluate", "tiny", "--period", "2026-Q1")
    assert answer.code == 4
    assert 'found: role == "pilot"' in answer.err
