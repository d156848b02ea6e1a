"""What is paid of what was earned, and what is recovered of what was paid too much: worked out by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kaohe.run.paying.model import Line, settle, settle_everybody
from kaohe.scheme.model import Recovery

A_THIRD_OR_SO = Recovery(cap_share=Decimal("0.3"))


@pytest.mark.parametrize(
    ("earned", "due", "by", "settled", "carried"),
    [
        # Nothing is due, or something was paid too little: all of it at once, whatever the cap.
        (5000_00, 0, None, 0, 0),
        (5000_00, 1234_56, A_THIRD_OR_SO, 1234_56, 0),
        (0, 1234_56, A_THIRD_OR_SO, 1234_56, 0),
        # Paid too much by 2,000: without a rule all of it from 5,000; from 1,500 no more than 1,500.
        (5000_00, -2000_00, None, -2000_00, 0),
        (1500_00, -2000_00, None, -1500_00, -500_00),
        (0, -2000_00, None, 0, -2000_00),
        # 30 % of 5,000 is 1,500. Of 333.33 it is 99.999, and no more than that may be taken: 99.99.
        (5000_00, -2000_00, A_THIRD_OR_SO, -1500_00, -500_00),
        (5000_00, -1500_00, A_THIRD_OR_SO, -1500_00, 0),
        (333_33, -2000_00, A_THIRD_OR_SO, -99_99, -1900_01),
        # An amount, and never more than the bonus.
        (5000_00, -2000_00, Recovery(cap=800_00), -800_00, -1200_00),
        (500_00, -2000_00, Recovery(cap=800_00), -500_00, -1500_00),
        (5000_00, -2000_00, Recovery(cap=0), 0, -2000_00),
        # At least 4,000 are paid; of a bonus below that nothing is taken.
        (5000_00, -2000_00, Recovery(minimum=4000_00), -1000_00, -1000_00),
        (3000_00, -2000_00, Recovery(minimum=4000_00), 0, -2000_00),
        # What the run itself takes away is not made more by a recovery.
        (-100_00, -2000_00, None, 0, -2000_00),
    ],
)
def test_what_is_due_is_settled(earned: int, due: int, by: Recovery | None, settled: int, carried: int) -> None:
    line = settle("P1", earned, due, by)
    assert line == Line("P1", earned, due, settled, carried)
    assert (line.paid, line.dropped) == (earned + settled, 0)


@pytest.mark.parametrize(
    ("rule", "carried", "dropped"), [("carry", -700_00, 0), ("write_off", 0, -700_00), ("report", 0, -700_00)]
)
def test_of_those_who_have_left_the_scheme_says_what_becomes_of_it(rule: str, carried: int, dropped: int) -> None:
    by = Recovery(after_leaving=rule)  # type: ignore[arg-type]  # the parameters are the three of them
    line = settle("P9", 0, -700_00, by, left=True)
    assert (line.paid, line.carried, line.dropped) == (0, carried, dropped)
    assert settle("P9", 0, -700_00, by).carried == -700_00  # still there, without a bonus this time


def test_who_has_left_is_paid_what_was_too_little() -> None:
    assert settle("P9", 0, 700_00, Recovery(after_leaving="write_off"), left=True).paid == 700_00


def test_everybody_has_a_line_by_code_and_others_only_where_something_is_due() -> None:
    lines = settle_everybody({"P2": 100_00, "P1": 0}, {"P9": -5_00, "P8": 0, "P2": -1_00}, None, {"P9"})
    assert lines == (Line("P1", 0, 0, 0, 0), Line("P2", 100_00, -1_00, -1_00, 0), Line("P9", 0, -5_00, 0, -5_00))
