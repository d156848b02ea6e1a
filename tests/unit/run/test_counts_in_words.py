"""What lies behind a figure, in words: nothing is not "between 0 and 0", and an extreme is not a stored integer."""

from __future__ import annotations

import numpy as np
import pytest

from kaohe.language import Type
from kaohe.run.figures import counts_in_words
from kaohe.run.model import Counts

HOURS, MONEY = Type("duration"), Type("number", 2)


def words(function: str, kind: Type, **parts: int) -> str:
    counted = Counts(function, "period", kind, {name: np.array([value]) for name, value in parts.items()})
    return str(counts_in_words(counted, 0))


@pytest.mark.parametrize("function", ["median", "percentile"])
def test_a_median_of_nothing_lies_between_nothing(function: str) -> None:
    assert words(function, HOURS, low=0, high=0, n=0) == "0 records"
    assert (
        words(function, HOURS, low=3_600_000_000, high=7_200_000_000, n=4)
        == "between 1.00 h and 2.00 h among 4 records"
    )


@pytest.mark.parametrize("function", ["minimum", "maximum", "first", "last"])
def test_an_extreme_is_said_in_its_unit(function: str) -> None:
    assert words(function, MONEY, value=123_450, n=7) == "1,234.50 of 7 records"
    assert words(function, HOURS, value=5_400_000_000, n=2) == "1.50 h of 2 records"
    assert words(function, MONEY, value=0, n=0) == "0 records"
