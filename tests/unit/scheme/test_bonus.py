"""Bonuses by table and by formula, and accelerators, as they are written: read, checked, read aloud."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from kaohe.language import aggregates, keyed_ids
from kaohe.scheme import Checked
from kaohe.scheme.describe import describe
from kaohe.scheme.model import Bonus, Eligibility, RateBand, Settlement
from kaohe.text import LANGUAGES

Check = Callable[..., Checked]

TABLE = """\
[bonus]
kind = "table"

[bonus.table]
over  = 'value("crm.violations") * 1000'
mode  = "marginal"
bands = [
  { to = 3000, rate = 0.06 },
  { from = 3000, to = 8000, rate = 0.08 },
  { rate = 0.10, retroactive = true },
]

[[bonus.accelerators]]
id    = "attainment"
over  = "total / 100"
mode  = "interpolated"
bands = [{ to = 0.8, factor = 0 }, { to = 1, factor = [0.4, 1] }, { factor = 1 }]
"""
FORMULA = """\
[bonus]
kind    = "formula"
base    = "person.bonus_base"
formula = "max(base * coefficient * total / 100, 500)"
"""


def with_bonus(valid: str, bonus: str) -> str:
    """The sound scheme with another bonus."""
    before, rest = valid.split("[bonus]\n")
    return before + bonus + "\n[[outcomes]]" + rest.split("[[outcomes]]", 1)[1]


def read(check: Check, valid: str, bonus: str) -> Bonus:
    checked = check(with_bonus(valid, bonus), {})
    assert [str(problem.what) for problem in checked.problems] == []
    found = checked.require().bonus
    assert found is not None
    return found


def test_a_rate_table_is_read_with_its_ends_joined(check: Check, valid: str) -> None:
    bonus = read(check, valid, TABLE)
    assert bonus.table is not None
    rates = (Decimal("0.06"), Decimal("0.08"), Decimal("0.10"))
    assert [band.value for band in bonus.table.bands] == [*rates]
    assert [band.lower for band in bonus.table.bands] == [None, 3000, 8000]
    assert [band.retroactive for band in bonus.table.bands] == [False, False, True]
    assert (bonus.kind, bonus.table.mode, bonus.table.gives, bonus.base) == ("table", "marginal", "rate", None)
    assert bonus.prorate == "none"
    (faster,) = bonus.accelerators
    assert faster.table.bands == (
        RateBand(None, Decimal(0), Decimal(0)),
        RateBand(Decimal("0.8"), Decimal("0.4"), Decimal(1)),
        RateBand(Decimal(1), Decimal(1), Decimal(1)),
    )


def test_an_indicator_that_only_the_bonus_asks_for_is_measured(check: Check, valid: str) -> None:
    scheme = check(with_bonus(valid, TABLE), {}).require()
    assert "crm.violations" in [each.key for each in scheme.measured]


def test_a_formula_is_read(check: Check, valid: str) -> None:
    bonus = read(check, valid, FORMULA)
    assert bonus.formula is not None
    assert (bonus.kind, bonus.prorate, bonus.formula.text) == (
        "formula",
        "none",
        "max(base * coefficient * total / 100, 500)",
    )


POOL = """\
[bonus]
kind        = "pool"
base        = "person.bonus_base"
pool        = 'sum(value("crm.violations")) * 100 * mean(total)'
pool_within = ["region"]
"""


def test_a_pool_by_expression_is_read_and_read_aloud(check: Check, valid: str) -> None:
    bonus = read(check, valid, POOL)
    assert bonus.pool_within == ("region",)
    assert not isinstance(bonus.pool, int | None)
    sections = describe(check(with_bonus(valid, POOL), {}).require())
    (lines,) = [section.lines for section in sections if str(section.title) == "Bonus"]
    assert str(lines[1]) == (
        'Those of the same region share a pool of sum(value("crm.violations")) * 100 * mean(total).'
    )


def test_an_amount_for_each_of_several_pools_is_said_aloud(check: Check, valid: str) -> None:
    text = POOL.replace("'sum(value(\"crm.violations\")) * 100 * mean(total)'", "5000")
    (problem,) = check(with_bonus(valid, text), {}).problems
    assert (problem.code, problem.severity, problem.found) == ("scheme.pool-of-each", "warning", "5000")


def test_who_is_eligible_is_read_and_read_aloud(check: Check, valid: str) -> None:
    text = POOL + "eligible = { min_days = 30, at_end = true }\n"
    assert read(check, valid, text).eligible == Eligibility(30, at_end=True)
    sections = describe(check(with_bonus(valid, text), {}).require())
    (lines,) = [section.lines for section in sections if str(section.title) == "Bonus"]
    assert [str(line) for line in lines[:2]] == [
        "Whoever has fewer than 30 days in service has no bonus.",
        "Whoever is not on the payroll at the period's end has no bonus.",
    ]


@pytest.mark.parametrize(
    ("key", "settlement", "words"),
    [
        (
            "minimum_payment = 100",
            Settlement(minimum=10_000),
            "Less than 100.00 is not paid but carried forward, and so are debts.",
        ),
        (
            "draw = 3000",
            Settlement(draw=300_000),
            "A draw of 3,000.00 is paid in any case; what is not earned of it is recovered later.",
        ),
    ],
)
def test_what_is_carried_forward_is_read_and_read_aloud(
    check: Check, valid: str, key: str, settlement: Settlement, words: str
) -> None:
    text = FORMULA + key + "\n"
    assert read(check, valid, text).settlement == settlement
    sections = describe(check(with_bonus(valid, text), {}).require())
    (lines,) = [section.lines for section in sections if str(section.title) == "Bonus"]
    assert str(lines[-1]) == words


YEAR = TABLE.replace('mode  = "marginal"', 'mode  = "marginal"\naccumulate  = "year_to_date"\nyear_starts = 4')


def test_a_table_over_the_year_measures_its_indicators_twice_besides(check: Check, valid: str) -> None:
    scheme = check(with_bonus(valid, YEAR), {}).require()
    assert scheme.bonus is not None
    assert scheme.bonus.year is not None
    assert scheme.bonus.year.starts == 4
    keys = {each.key: each for each in scheme.measured}
    to_date, before = keys["crm.violations@year_to_date"], keys["crm.violations@year_before"]
    assert {each.shift for each in aggregates(to_date.value)} == {"year_to_date"}
    assert {each.shift for each in aggregates(before.value)} == {"year_before"}
    assert keyed_ids(scheme.bonus.year.to_date) == {("value", to_date.key)}
    assert keyed_ids(scheme.bonus.year.before) == {("value", before.key)}
    assert (to_date.indicator.name.zh, before.indicator.name.en) == (
        "违规次数（本年累计）",
        "Violations, year before this period",
    )


def test_a_table_over_the_year_is_read_aloud(check: Check, valid: str) -> None:
    sections = describe(check(with_bonus(valid, YEAR), {}).require())
    (lines,) = [section.lines for section in sections if str(section.title) == "Bonus"]
    assert "It is read for the year so far, less for the year before; years begin in month 4." in map(str, lines)


def test_thresholds_by_days_and_amounts_for_reaching_a_band_are_read_aloud(check: Check, valid: str) -> None:
    text = TABLE.replace("rate = 0.08 }", "rate = 0.08, amount = 200 }").replace(
        "mode ", "prorate_bands = true\nmode ", 1
    )
    bonus = read(check, valid, text)
    assert bonus.prorate_bands
    assert bonus.table is not None
    assert [band.lump for band in bonus.table.bands] == [0, 200, 0]
    sections = describe(check(with_bonus(valid, text), {}).require())
    (lines,) = [section.lines for section in sections if str(section.title) == "Bonus"]
    assert "from 3000 to below 8000: 8%, and 200 for reaching it" in str(lines[2])
    assert str(lines[3]) == "Its thresholds are in proportion to the days in service."


def test_an_indicator_that_compares_periods_does_not_add_up_over_the_year(check: Check, valid: str) -> None:
    text = with_bonus(valid, YEAR.replace("crm.violations", "weekend_repairs"))
    counted = 'count(where=kind == "repair" and is_weekend(opened_at))'
    growing = text.replace(counted, "count() - previous(count())")
    checked = check(growing, {})
    (problem,) = checked.problems
    assert problem.code == "scheme.no-year-to-date"
    assert str(problem.what) == "Weekend call-outs is measured in one period alone: it does not add up over the year"


EACH = TABLE.replace('value("crm.violations") * 1000', 'value("weekend_repairs")').replace(
    'mode  = "marginal"', 'mode  = "marginal"\naccumulate = "record"'
)


def summing(valid: str, value: str = "sum(score, where=is_weekend(opened_at))") -> str:
    """The scheme whose own indicator is a sum."""
    return valid.replace('count(where=kind == "repair" and is_weekend(opened_at))', value)


def test_a_table_for_each_record_is_read_and_read_aloud(check: Check, valid: str) -> None:
    scheme = check(with_bonus(summing(valid), EACH), {}).require()
    assert scheme.bonus is not None
    assert scheme.bonus.per_record == "weekend_repairs"
    (lines,) = [section.lines for section in describe(scheme) if str(section.title) == "Bonus"]
    assert "It is read for each record by itself." in map(str, lines)


@pytest.mark.parametrize(
    ("value", "bonus"),
    [
        ("count()", EACH),
        ("sum(score) * 2", EACH),
        ("previous(sum(score))", EACH),
        ("sum(score)", EACH.replace('value("weekend_repairs")', 'value("weekend_repairs") * 2')),
    ],
)
def test_what_is_no_sum_has_no_records(check: Check, valid: str, value: str, bonus: str) -> None:
    checked = check(with_bonus(summing(valid, value), bonus), {})
    assert [problem.code for problem in checked.problems] == ["scheme.no-records"]


def test_a_record_has_no_days(check: Check, valid: str) -> None:
    text = EACH.replace("mode ", "prorate_bands = true\nmode ", 1)
    assert "scheme.conflict" in [each.code for each in check(with_bonus(summing(valid), text), {}).problems]


NAMED = TABLE.replace('kind = "table"', 'kind = "formula"\nformula = "table * coefficient + 5"')


def test_a_formula_names_its_table(check: Check, valid: str) -> None:
    bonus = read(check, valid, NAMED)
    assert bonus.table is not None
    assert bonus.over is not None
    sections = describe(check(with_bonus(valid, NAMED), {}).require())
    (lines,) = [section.lines for section in sections if str(section.title) == "Bonus"]
    assert str(lines[0]) == "Bonus = table * coefficient + 5."
    assert len(lines) == 6


def test_days_that_count_twice_are_suspected(check: Check, valid: str) -> None:
    text = TABLE.replace('kind = "table"', 'kind = "table"\nprorate = "days"').replace(
        "mode ", "prorate_bands = true\nmode ", 1
    )
    checked = check(with_bonus(valid, text), {})
    assert [problem.code for problem in checked.problems] == ["scheme.prorated-twice"]
    assert checked.scheme is not None


MISTAKES = [
    (POOL, '["region"]', '["region"]\nminimum_payment = 5', "scheme.conflict"),
    (POOL, '["region"]', '["region"]\ndraw = 5', "scheme.conflict"),
    (FORMULA, 'kind    = "formula"', 'kind = "formula"\ndraw = 5\nminimum_payment = 5', "scheme.conflict"),
    (FORMULA, 'kind    = "formula"', 'kind = "formula"\ndraw = -5', "scheme.out-of-range"),
    (FORMULA, 'kind    = "formula"', 'kind = "formula"\nminimum_payment = 0.001', "scheme.amount-decimals"),
    (YEAR, "* 1000'", "* total'", "scheme.no-year-to-date"),
    (YEAR, "* 1000'", '* points("crm.csat")\'', "scheme.no-year-to-date"),
    (YEAR, "* 1000'", "/ person.days_in_period'", "scheme.no-year-to-date"),
    (YEAR, "year_starts = 4", "year_starts = 2", "scheme.year-starts"),
    (YEAR, "year_starts = 4", "year_starts = 13", "scheme.out-of-range"),
    (YEAR, "year_starts = 4", "prorate_bands = true", "scheme.conflict"),
    (YEAR, "rate = 0.06", "rate = 0.06, amount = 5", "scheme.year-to-date-start"),
    (YEAR, '"year_to_date"', '"period"', "scheme.no-effect"),
    (TABLE, "rate = 0.08", "rate = 0.08, amount = [1, 2]", "scheme.band-gives"),
    (NAMED, "table * coefficient", "coefficient", "scheme.no-effect"),
    (FORMULA, "base * coefficient", "table * coefficient", "scheme.missing-key"),
    (POOL, "sum(value", "(value", "expression.mixed-levels"),
    (POOL, "sum(", "summ(", "expression.unknown-function"),
    (POOL, '["region"]', '["regoin"]', "scheme.unknown-attribute"),
    (POOL, 'kind        = "pool"', 'kind = "coefficient"', "scheme.no-effect"),
    (TABLE, "from = 3000, to = 8000", "from = 3500, to = 8000", "scheme.band-gap"),
    (TABLE, "from = 3000, to = 8000", "from = 2500, to = 8000", "scheme.band-overlap"),
    (TABLE, "from = 3000, to = 8000", "from = 9000, to = 8000", "scheme.band-unreachable"),
    (TABLE, "from = 3000, to = 8000", "to = 2000", "scheme.band-unreachable"),
    (TABLE, "from = 3000, to = 8000, rate = 0.08 },\n  {", "rate = 0.08 },\n  { from = 2000,", "scheme.band-overlap"),
    (TABLE, "{ to = 3000", "{ from = 100, to = 3000", "scheme.bands-not-open"),
    (TABLE, "{ rate = 0.10", "{ to = 9000, rate = 0.10", "scheme.bands-not-open"),
    (TABLE, "rate = 0.08", "amount = 80", "scheme.band-gives"),
    (TABLE, "rate = 0.08", "rate = [0.08, 0.1]", "scheme.band-ends"),
    (TABLE, 'mode  = "marginal"\n', "", "scheme.missing-key"),
    (TABLE, '"marginal"', '"step"', "scheme.wrong-value"),
    (TABLE, "factor = 0 ", "rate = 0 ", "scheme.band-gives"),
    (TABLE, 'value("crm.violations")', "sales", "expression.unknown-name"),
    (TABLE, 'kind = "table"', 'kind = "coefficient"', "scheme.missing-key"),
    (TABLE, 'kind = "table"', 'kind = "table"\npool = 5', "scheme.no-effect"),
    (FORMULA, 'base    = "person.bonus_base"\n', "", "scheme.missing-key"),
    (FORMULA, 'formula = "', 'base2 = "', "scheme.unknown-key"),
    (FORMULA, "base * coefficient", "base * coeficient", "expression.unknown-name"),
]


@pytest.mark.parametrize(("bonus", "old", "new", "code"), MISTAKES, ids=[f"{m[2]} {m[3]}" for m in MISTAKES])
def test_a_mistake_is_found_in_its_place(check: Check, valid: str, bonus: str, old: str, new: str, code: str) -> None:
    assert bonus.count(old) == 1
    text = with_bonus(valid, bonus.replace(old, new))
    checked = check(text, {})
    assert checked.scheme is None
    first = text[: text.index("[bonus]")].count("\n") + 1
    found = [problem for problem in checked.problems if problem.code == code]
    assert found
    assert all(first <= (problem.where.line or 0) <= first + bonus.count("\n") for problem in found)


def test_a_formula_without_the_coefficient_is_suspected(check: Check, valid: str) -> None:
    checked = check(with_bonus(valid, FORMULA.replace(" * coefficient", "")), {})
    assert [problem.code for problem in checked.problems] == ["scheme.no-coefficient"]
    assert checked.scheme is not None


def test_a_table_is_read_aloud(check: Check, valid: str) -> None:
    sections = describe(check(with_bonus(valid, TABLE), {}).require())
    (lines,) = [section.lines for section in sections if str(section.title) == "Bonus"]
    assert [str(line) for line in lines] == [
        "Bonus = the table below × the tier's coefficient.",
        'Of value("crm.violations") * 1000, each band\'s rate counts inside the band.',
        "below 3000: 6%; from 3000 to below 8000: 8%; 8000 and more: 10%, for everything below too",
        "Accelerator attainment multiplies the bonus.",
        "For total / 100, straight lines lead from band to band.",
        "below 0.8: 0; from 0.8 to below 1: from 0.4 to 1; 1 and more: 1",
    ]
    for language in LANGUAGES:
        assert not any("{" in line.in_(language) for line in lines)
    assert lines[2].in_("zh_CN") == "不足 3000：6%；3000 至不足 8000：8%；8000 及以上：10%（其下全部按此计）"


def test_a_table_says_to_which_band_a_figure_on_a_boundary_belongs(check: Check, valid: str) -> None:
    text = TABLE.replace("mode ", 'boundary = "lower"\nmode ', 1)
    sections = describe(check(with_bonus(valid, text), {}).require())
    (lines,) = [section.lines for section in sections if str(section.title) == "Bonus"]
    assert str(lines[2]).startswith("3000 and less: 6%; above 3000 to 8000: 8%; above 8000: 10%")
