"""What a restatement changes in money: the difference of two runs of one period, person by person and pool by pool."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kaohe.run.model import Run


@dataclass(frozen=True)
class PoolEffect:
    """A pool in both runs, in fen, and what the differences of its people come to."""

    group: str
    before: int
    after: int
    moved: int


def differences(before: Run, after: Run, codes: Sequence[str] | None = None) -> dict[str, int]:
    """What each person, or each of these, is entitled to more (below 0: less) by the later run, in fen, without those
    at zero."""
    one, other = _entitled(before), _entitled(after)
    asked = sorted(one.keys() | other.keys()) if codes is None else codes
    found = {code: other.get(code, 0) - one.get(code, 0) for code in asked}
    return {code: fen for code, fen in found.items() if fen}


def _entitled(run: Run) -> dict[str, int]:
    if run.scheme.bonus is None:
        return {}
    appraisal, money = run.appraisal, run.appraisal.money
    fen = appraisal.bonus if money is None or money.carried is None else appraisal.bonus + money.carried
    return dict(zip(appraisal.people.code, fen.tolist(), strict=True))


def carried(run: Run, row: int) -> int:
    """What the run itself carries forward for the person of that row, in fen."""
    money = run.appraisal.money
    return 0 if money is None or money.carried is None else int(money.carried[row])


def pool_effects(before: Run, after: Run) -> tuple[PoolEffect, ...]:
    """The pools of both runs, by group."""
    sizes = [
        {pool.group: pool.fen for pool in run.appraisal.money.pools} if run.appraisal.money else {}
        for run in (before, after)
    ]
    paid = [_paid_of_pools(run) for run in (before, after)]
    groups = sorted(sizes[0].keys() | sizes[1].keys())
    return tuple(
        PoolEffect(each, sizes[0].get(each, 0), sizes[1].get(each, 0), paid[1].get(each, 0) - paid[0].get(each, 0))
        for each in groups
    )


def _paid_of_pools(run: Run) -> dict[str, int]:
    """What the people of each pool are paid out of it; what was changed by hand stands outside."""
    money, out_of_pools, paid = run.appraisal.money, run.appraisal.bonus_by_scheme, dict[str, int]()
    for row, pool in enumerate(() if money is None else money.pool.tolist()):
        if pool >= 0 and money is not None:
            group = money.pools[pool].group
            paid[group] = paid.get(group, 0) + int(out_of_pools[row])
    return paid
