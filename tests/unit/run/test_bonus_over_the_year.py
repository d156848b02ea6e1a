"""A bonus table that adds up over the year, from records to money: Q1 and Q2 of the tiny workspace, by hand.

P1's ratings are 1 on 31 December, 27 in the first quarter and 1 on 1 April; the table gives 10 yuan for each up to 20
and 20 yuan beyond.
"""

from __future__ import annotations

import pytest
from tests.scenarios.desk import Desk
from tests.tiny import SCHEME, evaluated, write

from kaohe.errors import KaoheError
from kaohe.exact import format_fen
from kaohe.report.tree import tree_lines
from kaohe.run import Run
from kaohe.run.cases import run_cases
from kaohe.run.explanation import explain

STARS = """\
[[indicators]]
id         = "stars"
name       = { zh = "评分合计", en = "Stars" }
records    = "ticket"
value      = "sum(satisfaction)"
unit       = "count"
min_sample = 0

[bonus]
kind = "table"

[bonus.table]
over       = 'value("stars")'
mode       = "marginal"
accumulate = "year_to_date"
bands      = [{ to = 20, rate = 10 }, { rate = 20 }]
"""


def paid(desk: Desk, period: str, table: str = STARS) -> tuple[str, Run]:
    """What P1 is paid, and the run."""
    head, rest = SCHEME.split("[tiers]")
    outcomes = "[[outcomes]]" + rest.split("[[outcomes]]")[1]
    write(desk, "schemes/tiny.toml", head.replace("from = 2026-01-01, to", "from = 2025-01-01, to") + table + outcomes)
    run, _number = evaluated(desk, period=period)
    return format_fen(int(run.appraisal.bonus[0])), run


def test_a_later_period_pays_at_the_rate_that_the_year_has_reached(tiny: Desk) -> None:
    assert paid(tiny, "2026-Q1")[0] == "340.00"  # 200 + 7 × 20, as if the period stood alone
    assert paid(tiny, "2026-Q2")[0] == "20.00"  # 28 so far: 360, less 340
    assert paid(tiny, "2026-Q2", STARS.replace("year_to_date", "period"))[0] == "10.00"


def test_a_year_may_begin_in_another_month(tiny: Desk) -> None:
    fiscal = STARS.replace("mode ", "year_starts = 4\nmode ")
    assert paid(tiny, "2026-Q1", fiscal)[0] == "350.00"  # 28 since April: 360, less 10 for the one of December
    assert paid(tiny, "2026-Q2", fiscal)[0] == "10.00"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_both_readings_of_the_table_are_explained(tiny: Desk, language: str) -> None:
    _paid, run = paid(tiny, "2026-Q2")
    text = "\n".join(tree_lines(explain(run, 0), language))  # type: ignore[arg-type]
    assert "20 × 10 + 8 × 20 = 360" in text
    assert "20 × 10 + 7 × 20 = 340" in text
    assert "360 − 340 = 20" in text
    assert "{" not in text


def test_each_record_by_itself(tiny: Desk) -> None:
    each = STARS.replace('"year_to_date"', '"record"').replace("to = 20, rate = 10", "to = 8, rate = 10")
    amount, run = paid(tiny, "2026-Q1", each)
    assert amount == "300.00"  # 8 → 80; 9 → 80 + 20; 10 → 80 + 40
    text = "\n".join(tree_lines(explain(run, 0), "en"))
    assert "a record of 9: 8 × 10 + 1 × 20 = 100" in text
    assert "3 records, each by itself: 300" in text
    large = each.replace("sum(satisfaction)", "sum(satisfaction, where=satisfaction > 8)")
    assert paid(tiny, "2026-Q1", large)[0] == "220.00"


def test_the_first_period_of_a_year_has_nothing_before_it(tiny: Desk) -> None:
    _paid, run = paid(tiny, "2026-Q1")
    assert not run.appraisal.values["stars@year_before"].known.any()
    assert "the year before this period: nothing was counted" in "\n".join(tree_lines(explain(run, 0), "en"))


def test_a_period_in_two_years_is_refused(tiny: Desk) -> None:
    with pytest.raises(KaoheError, match=r"evaluate\.two-years"):
        paid(tiny, "2025-12-01..2026-01-31")


def test_to_a_case_of_the_scheme_its_period_is_the_first_of_a_year(tiny: Desk) -> None:
    case = """
[[cases]]
name   = "27 stars"
given  = { in_time = 1, rating = 9, stars = 27 }
expect = { bonus = 340 }
"""
    _paid, run = paid(tiny, "2026-Q1", STARS.replace("[bonus]", case + "\n[bonus]", 1))
    (result,) = run_cases(run.scheme)
    assert result.passed
