"""Amounts of money and shares of something, as scheme files write them: 500, 500.50, "30%"."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from kaohe.exact import format_fen, to_fen
from kaohe.scheme.draft import Draft, Path, show
from kaohe.scheme.words import number
from kaohe.text import Message, msg


def share_of(written: Any) -> Decimal | None:
    """``"10%"`` as a share from 0 to 1; None of anything else."""
    return Decimal(written.rstrip("%").strip()) / 100 if isinstance(written, str) else None


def fen_of(draft: Draft, path: Path, amount: Any) -> int:
    """An amount in yuan as fen; one that has more than two decimals is reported."""
    fen = to_fen(Decimal(amount))
    if Decimal(fen) != Decimal(amount) * 100:
        draft.report(path, "amount-decimals", msg("an amount has at most two decimals"), found=show(amount))
    return fen


def suspect_share(draft: Draft, path: Path, amount: Any, meant: Message) -> None:
    """Warn of an amount of less than a yuan where a share may be meant; ``meant`` says how one is written."""
    if 0 < Decimal(amount) < 1:
        fen = format_fen(to_fen(Decimal(amount)))
        what = msg("an amount of {amount}; this looks like a share", amount=fen)
        fix = Message(meant.template, {"share": f'"{number(Decimal(amount), "share")}"'})
        draft.report(path, "suspect-share", what, found=show(amount), fix=fix, severity="warning")
