"""The explanation of a bonus of every kind, in both languages, recomputed for everybody."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.scenarios.desk import Desk
from tests.tiny import evaluated
from tests.unit.appraise.builder import expression, pool_bonus
from tests.unit.appraise.test_pools import together

from kaohe.appraise import appraise
from kaohe.appraise.rates import rate_table
from kaohe.errors import KaoheError
from kaohe.report.tree import tree_lines
from kaohe.run import Run
from kaohe.run.explanation.bonus import bonus_node
from kaohe.scheme.model import Accelerator, Bonus
from kaohe.text import LANGUAGES

FASTER = Accelerator("score", expression("total"), rate_table([(None, 1), (80, "1.5")], "whole", "factor"))
MARGINAL = rate_table([(0, 10), (50, 20)])
FACTORS = rate_table([(None, 0), (60, "0.5", 1), (100, 1)], "interpolated", "factor")
WHOLE = rate_table([(None, "0.5"), (80, "0.6")], "whole")
BONUSES = [
    Bonus("table", None, "days", over=expression("total"), table=MARGINAL, accelerators=(FASTER,)),
    Bonus("table", expression("bonus_base"), "none", over=expression("total"), table=FACTORS),
    Bonus("table", None, "none", over=expression("total"), table=WHOLE, cap=4000),
    Bonus("formula", expression("bonus_base"), "days", formula=expression("base * coefficient / 3 + 1")),
    replace(pool_bonus(0), pool=together("mean(total) * 100 + 0.01"), pool_within=("region",)),
    replace(pool_bonus(10_000), prorate="days", cap=5_500),
]


def paying(run: Run, bonus: Bonus) -> Run:
    """The run with another bonus."""
    scheme = replace(run.scheme, bonus=bonus)
    return replace(run, scheme=scheme, appraisal=appraise(scheme, run.appraisal.people, run.appraisal.values))


@pytest.mark.parametrize("bonus", BONUSES, ids=range(len(BONUSES)))
def test_every_kind_of_bonus_is_explained_for_everybody(bonus: Bonus, tiny: Desk) -> None:
    run = paying(evaluated(tiny)[0], bonus)
    assert run.appraisal.bonus.any()
    for row in range(len(run.names)):
        for language in LANGUAGES:
            lines = [*tree_lines(bonus_node(run, row, bonus), language)]
            assert not any("{" in line for line in lines)
            assert len(lines) >= 2


def test_a_marginal_table_shows_its_bands_and_what_the_accelerator_makes_of_them(tiny: Desk) -> None:
    run = paying(evaluated(tiny)[0], BONUSES[0])
    text = "\n".join(tree_lines(bonus_node(run, 0, BONUSES[0]), "en"))
    assert "50 × 10 + 32 × 20 = 1,140" in text  # a total of 82
    assert "accelerator score: × 1.5" in text


def test_a_pool_whose_amount_does_not_recompute_is_refused(tiny: Desk) -> None:
    run = paying(evaluated(tiny)[0], BONUSES[4])
    money = run.appraisal.money
    assert money is not None
    wrong = replace(money, pools=tuple(replace(pool, fen=pool.fen + 1) for pool in money.pools))
    with pytest.raises(KaoheError, match=r"explain\.disagrees"):
        bonus_node(replace(run, appraisal=replace(run.appraisal, money=wrong)), 0, BONUSES[4])
