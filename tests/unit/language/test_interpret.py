"""One row by hand: what goes in, what comes out."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from kaohe.errors import KaoheError
from kaohe.language import (
    HOUR,
    Bounds,
    Keyed,
    Scope,
    Type,
    aggregates,
    compile_expression,
    gather,
    interpret,
    interpret_records,
    interpreter,
    row_sql,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
FIELDS = {
    "n": Type("number"),
    "amount": Type("number", 2),
    "spent": Type("duration"),
    "opened_at": Type("datetime"),
    "began_on": Type("date"),
    "kind": Type("text"),
    "done": Type("boolean"),
}
SCOPE = Scope(FIELDS, period=True, keyed={"value": Keyed(Type("number", 6), frozenset({"crm.nps"}))})
RECORDS = Scope(FIELDS, aggregates=True, period=True)
QUARTER = Bounds(date(2026, 1, 1), date(2026, 4, 1), SHANGHAI)


def value(text, row, **options):
    return interpret(compile_expression(text, SCOPE), row, **options)


@pytest.mark.parametrize("amount", [Decimal("12.5"), Fraction(25, 2), Decimal("12.50")])
def test_numbers_may_be_decimals_or_fractions(amount):
    result = value("amount * 2", {"amount": amount})
    assert result == 25
    assert isinstance(result, Decimal)


def test_whole_numbers_come_back_as_int():
    result = value("n + 1", {"n": np.int64(2)})
    assert (result, type(result)) == (3, int)


def test_a_number_finer_than_its_type_is_rounded_half_up():
    assert value("amount", {"amount": Decimal("0.125")}) == Decimal("0.13")


def test_large_numbers_keep_every_digit():
    result = value("amount * amount", {"amount": Decimal("90071992547409930.01")})
    assert Fraction(result) == Fraction(9007199254740993001, 100) ** 2


def test_floats_are_no_numbers():
    with pytest.raises(TypeError, match="float"):
        value("amount", {"amount": 0.1})


def test_durations_go_in_as_timedelta_or_microseconds_and_come_out_as_microseconds():
    assert value("spent + hours(1)", {"spent": timedelta(hours=1)}) == 2 * HOUR
    assert value("spent", {"spent": HOUR}) == HOUR


def test_a_missing_name_is_unknown_like_none():
    assert value("n > 1", {}) is None
    assert value("n > 1", {"n": None}) is None


def test_keyed_values_are_looked_up_by_function_and_id():
    assert value("crm.nps > 50", {("value", "crm.nps"): Decimal("50.5")}) is True


def test_the_wall_clock_is_the_zone_given():
    moment = datetime(2026, 1, 31, 16, tzinfo=UTC)
    assert value("date_of(opened_at)", {"opened_at": moment}) == date(2026, 1, 31)
    assert value("date_of(opened_at)", {"opened_at": moment}, zone=SHANGHAI) == date(2026, 2, 1)
    assert value("date_of(opened_at)", {"opened_at": moment}, bounds=QUARTER) == date(2026, 2, 1)


def test_moments_come_back_aware_in_the_zone():
    moment = value("opened_at + hours(1)", {"opened_at": datetime(2026, 1, 1, tzinfo=UTC)}, zone=SHANGHAI)
    assert moment.isoformat() == "2026-01-01T09:00:00+08:00"


def test_a_date_beyond_the_calendar_is_a_mistake():
    with pytest.raises(KaoheError, match="out-of-range"):
        value("began_on + days(n)", {"began_on": date(2026, 1, 1), "n": 10**9})


def test_the_period_needs_bounds():
    with pytest.raises(ValueError, match="bounds"):
        value("began_on < period_end", {"began_on": date(2026, 1, 1)})


def test_a_prepared_expression_serves_many_rows():
    run = interpreter(compile_expression("if_(n > 2, amount / n, 0)", SCOPE))
    assert [run({"n": n, "amount": Decimal(10)}) for n in range(2, 5)] == [0, Decimal("3.333333"), Decimal("2.5")]


def test_records_are_taken_as_given_without_a_window():
    expression = compile_expression("sum(n) / count()", RECORDS)
    assert interpret_records(expression, [{"n": 1}, {"n": 1}, {}], QUARTER) == Fraction(2, 3)


def test_records_fall_into_windows_by_their_local_day():
    expression = compile_expression("count() - previous(count())", RECORDS)
    before = Bounds(date(2025, 10, 1), date(2026, 1, 1), SHANGHAI)
    rows = [
        {"opened_at": datetime(2025, 12, 31, 16, tzinfo=UTC)},
        {"opened_at": datetime(2025, 12, 31, 15, tzinfo=UTC)},
        {"opened_at": datetime(2026, 2, 1, tzinfo=UTC)},
        {},
    ]
    assert interpret_records(expression, rows, QUARTER, when="opened_at", others={"previous": before}) == 1


def test_an_unknown_figure_is_none_and_a_condition_one_or_zero():
    assert interpret_records(compile_expression("mean(n)", RECORDS), [], QUARTER) is None
    assert interpret_records(compile_expression("count() == 0", RECORDS), [], QUARTER) == 1


def test_the_parts_by_hand_bear_the_names_of_the_sql():
    (aggregate,) = aggregates(compile_expression("share(n > 1, where=done)", RECORDS))
    rows = [{"n": 2, "done": True}, {"n": 1, "done": True}, {"n": 9, "done": False}, {"done": True}]
    assert gather(aggregate, rows, QUARTER) == {"hits": 1, "n": 2}


def test_what_is_no_column_cannot_be_lowered():
    with pytest.raises(ValueError, match="not a column"):
        row_sql(compile_expression("crm.nps > 1", SCOPE), QUARTER)
