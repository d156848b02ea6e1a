"""From what was earned to what is paid now, and what is carried forward to the next period: all in fen.

What is too little to be paid out waits; a debt waits until it is earned; a draw is paid in advance and recovered. Paid
and carried forward are always what was earned and brought forward, to the fen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from kaohe.appraise.columns import narrow
from kaohe.appraise.model import Decision, Note
from kaohe.exact import Flags, Ints, format_fen
from kaohe.scheme.model import Settlement
from kaohe.text import msg


@dataclass(frozen=True)
class Settled:
    """What is paid now, and what is carried forward, in fen."""

    paid: int
    carried: int


def settle(earned: int, carried: int, minimum: int = 0, draw: int | None = None) -> Settled:
    """Pay what was earned and carried before, or carry it forward while it is less than the minimum; all in fen.

    A debt is never paid out: it is carried forward until it has been earned. With a ``draw`` at least so much is paid,
    and what has not been earned of it is a debt.
    """
    due = earned + carried
    if draw is not None:
        return Settled(max(due, draw), min(due - draw, 0))
    return Settled(due, 0) if due >= max(minimum, 0) else Settled(0, due)


def settle_all(by: Settlement, earned: Ints, brought: Ints, entitled: Flags) -> tuple[Ints, Ints]:
    """Paid and carried forward of everybody; whoever is not ``entitled`` to a bonus now keeps what was brought.

    OverflowError where a sum does not fit into 64 bits.
    """
    due = narrow(earned.astype(object) + brought)
    if by.draw is not None:
        paid = np.where(entitled, np.maximum(due, by.draw), 0)
    else:
        paid = np.where(entitled & (due >= max(by.minimum or 0, 0)), due, 0)
    return paid, narrow(due.astype(object) - paid)


def settlement_notes(by: Settlement, paid: Ints, carried: Ints, entitled: Flags) -> Iterator[Note]:
    """Why somebody is paid something else than was earned."""
    for row in np.flatnonzero(carried).tolist():
        left = format_fen(abs(int(carried[row])))
        if not entitled[row]:
            what = msg("no bonus now: a balance of {amount} is carried forward", amount=format_fen(int(carried[row])))
        elif by.draw is not None:
            what = msg(
                "a draw of {draw} is paid: {amount} of it are to be recovered", draw=format_fen(by.draw), amount=left
            )
        elif carried[row] < 0:
            what = msg("a debt of {amount} is carried forward until it has been earned", amount=left)
        else:
            least = format_fen(by.minimum or 0)
            what = msg(
                "{amount} are less than the minimum payment of {least}: carried forward", amount=left, least=least
            )
        yield row, Decision("bonus", "settlement", what)
