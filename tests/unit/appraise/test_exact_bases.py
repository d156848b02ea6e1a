"""A base per day that no number of decimals holds: multiples of it are exact to the last fen."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from kaohe.appraise.facts import Facts, evaluate
from kaohe.appraise.model import People
from kaohe.language import Scope, Type, compile_expression

MEAN = Fraction(12_100, 3)
"""6,000 yuan for 31 days and 3,000 for 59 come to 4,033.33… for each of the 90."""
SCOPE = Scope(fields={"bonus_base": Type("number", 2), "days_in_period": Type("number")})


def worked_out(text: str, base: object) -> Any:
    people = People(
        code=("P1",), attributes={"bonus_base": (base,), "days_in_period": (90,)}, worked=np.array([90]), period_days=90
    )
    return evaluate(compile_expression(text, SCOPE), Facts(people, {}), np.array([0]))[0]


@pytest.mark.parametrize(
    ("text", "exact"),
    [
        ("bonus_base", MEAN),
        ("bonus_base * 1.5", Fraction(6050)),
        ("-bonus_base", -MEAN),
        ("2 * (bonus_base + 100) - days_in_period", 2 * (MEAN + 100) - 90),
    ],
)
def test_a_multiple_of_a_base_with_endless_decimals_is_exact(text: str, exact: Fraction) -> None:
    assert worked_out(text, MEAN) == exact


def test_twice_the_base_of_a_day_is_a_fen_more_than_twice_the_rounded_one() -> None:
    assert round(worked_out("2 * bonus_base", MEAN), 2) == Fraction(806_667, 100)


def test_other_arithmetic_reads_it_to_the_fen() -> None:
    assert worked_out("max(bonus_base, 1)", MEAN) == Decimal("4033.33")
    assert worked_out("bonus_base / 3", MEAN) == Decimal("1344.443333")


def test_a_base_in_whole_fen_and_an_unknown_one_are_what_they_were() -> None:
    assert worked_out("bonus_base * 1.5", Decimal("4000.55")) == Decimal("6000.825")
    assert worked_out("bonus_base * 1.5", Fraction(3)) == Decimal("4.5")
    assert worked_out("bonus_base * 1.5", None) is None
