"""What is paid for a period: the bonus earned in it, and what earlier periods, computed anew, left to be settled. Pure.

All in fen. What was paid too little is made good at once. What was paid too much is recovered from the bonus, as far as
the scheme's ``[recovery]`` lets; the rest is carried to the next period. For everybody ``earned + due`` is ``paid +
carried``, but for what is dropped of people who have left.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from kaohe.scheme.model import Recovery

USUAL = Recovery()
"""Where the scheme does not say: as far as the bonus allows."""


@dataclass(frozen=True)
class Line:
    """One person's payment: the bonus ``earned``, what was ``due`` from before (below 0: to be recovered), how much of
    that is ``settled`` now, and what is ``carried`` to the next period."""

    person: str
    earned: int
    due: int
    settled: int
    carried: int

    @property
    def paid(self) -> int:
        return self.earned + self.settled

    @property
    def dropped(self) -> int:
        """What is carried no further although it was not settled: given up, or to be claimed outside."""
        return self.due - self.settled - self.carried


def settle(person: str, earned: int, due: int, by: Recovery | None = None, *, left: bool = False) -> Line:
    """One person's line. ``left``: the person has left, and the scheme says what becomes of the rest."""
    rule = by or USUAL
    settled = due if due >= 0 else -min(-due, most_recovered(earned, rule))
    rest = due - settled
    return Line(person, earned, due, settled, rest if not left or rule.after_leaving == "carry" else 0)


def most_recovered(earned: int, by: Recovery) -> int:
    """How much may be recovered from a bonus at most, in fen: the cap, a share of the bonus rounded down, and never so
    much that less than nothing, or less than the scheme's ``minimum``, is paid."""
    bonus = max(earned, 0)
    cap = int(bonus * by.cap_share) if by.cap is None else by.cap
    return max(min(cap, bonus - by.minimum), 0)


def settle_everybody(
    earned: Mapping[str, int], due: Mapping[str, int], by: Recovery | None, left: Collection[str] = ()
) -> tuple[Line, ...]:
    """Everybody's line by ascending code: who earned something or nothing, and whoever else has something due."""
    gone = frozenset(left)
    codes = sorted(earned.keys() | {code for code, fen in due.items() if fen})
    return tuple(settle(code, earned.get(code, 0), due.get(code, 0), by, left=code in gone) for code in codes)
