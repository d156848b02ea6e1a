"""What holds for all money: every bonus recomputes, pools sum."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import assume, given, settings
from tests.properties.test_appraise import bonuses, payable, schemes, staffs

from kaohe.appraise import appraise
from kaohe.appraise.reckon import reckon
from kaohe.exact import divide, to_fen


@settings(max_examples=300, deadline=None)
@given(schemes(), staffs(), bonuses())
def test_every_bonus_recomputes_from_the_columns_that_the_run_keeps(made, people_and_values, bonus):
    staff, values = people_and_values
    made = replace(made, bonus=bonus)
    assume(payable(made, staff, values))
    result = appraise(made, staff, values)
    money = result.money
    for row, steps in enumerate(reckon(bonus, result, range(len(staff)))):
        kept = (int(result.bonus[row]), int(money.base[row]), int(money.claim[row]), int(money.pool[row]))
        if steps is None:
            assert kept == (0, 0, 0, -1)
            continue
        claim = divide(steps.claim.numerator, steps.claim.denominator)
        assert kept[:3] == (steps.bonus, to_fen(steps.base), claim)
        said = [decision.about for decision in result.decisions[row] if decision.kind == "bonus"]
        assert said == ([] if steps.limit is None else [steps.limit])
    for number, pool in enumerate(money.pools):
        members = money.pool == number
        assert int(result.bonus[members].sum()) == (pool.fen if members.any() else 0)
        assert not np.any(result.bonus[~members])
