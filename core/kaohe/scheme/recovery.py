"""The table ``[recovery]`` as it is written → checked: how what was paid too much is taken back; in words."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from kaohe.exact import format_fen, to_fen
from kaohe.scheme.draft import Draft, Path, show
from kaohe.scheme.model import Recovery, Scheme
from kaohe.scheme.words import number
from kaohe.text import Message, msg

TABLE = "recovery"
_PATH: Path = (TABLE,)


def read_recovery(draft: Draft) -> Recovery | None:
    """How recoveries go; None where the scheme has no such table, or none that is sound."""
    table = draft.data.get(TABLE)
    if table is None:
        return None
    before = len(draft.problems)
    if "bonus" not in draft.data:
        what = msg("the scheme pays no bonus from which anything could be recovered")
        fix = msg("leave out {key}", key=f"[{TABLE}]")
        draft.report(_PATH, "no-effect", what, fix=fix, severity="warning", at_key=True)
    cap = draft.get(table, _PATH, "cap", "100%")
    share = _share(cap)
    if share is not None and share > 1:
        what = msg("{key} is out of range", key=f"{TABLE}.cap")
        expected = msg("at most {limit}", limit='"100%"')
        draft.report((*_PATH, "cap"), "out-of-range", what, found=show(cap), expected=expected)
    recovery = Recovery(
        cap=None if share is not None else _fen(draft, "cap", cap),
        cap_share=Decimal(1) if share is None else share,
        minimum=_fen(draft, "minimum", draft.get(table, _PATH, "minimum", 0)),
        after_leaving=draft.get(table, _PATH, "after_leaving", "carry"),
    )
    return None if any(each.severity == "error" for each in draft.problems[before:]) else recovery


def _share(written: Any) -> Decimal | None:
    """``"30%"`` as a share from 0 to 1; None of anything else."""
    return Decimal(written.rstrip("%").strip()) / 100 if isinstance(written, str) else None


def _fen(draft: Draft, key: str, amount: Any) -> int:
    fen = to_fen(Decimal(amount))
    if Decimal(fen) != Decimal(amount) * 100:
        draft.report((*_PATH, key), "amount-decimals", msg("an amount has at most two decimals"), found=show(amount))
    elif key == "cap" and 0 < Decimal(amount) < 1:
        what = msg("an amount of {amount}; this looks like a share", amount=format_fen(fen))
        fix = msg("a share of the bonus is written {share}", share=f'"{number(Decimal(amount), "share")}"')
        draft.report((*_PATH, key), "suspect-share", what, found=show(amount), fix=fix, severity="warning")
    return fen


def recovery_lines(scheme: Scheme) -> Iterator[Message]:
    """How what was paid too much is taken back, as sentences; nothing where the scheme does not say."""
    by = scheme.recovery
    if by is None:
        return
    if by.cap is not None:
        yield msg("In one period at most {amount} are recovered from a person.", amount=format_fen(by.cap))
    elif by.cap_share < 1:
        share = number(by.cap_share, "share")
        yield msg("In one period at most {share} of a person's bonus is recovered.", share=share)
    else:
        yield msg("In one period as much is recovered as the person's bonus allows.")
    if by.minimum:
        yield msg("At least {amount} of the bonus are paid.", amount=format_fen(by.minimum))
    yield msg("What is left is carried to the next period.")
    yield {
        "carry": msg("Of those who have left it is carried on."),
        "write_off": msg("Of those who have left it is given up."),
        "report": msg("Of those who have left it is reported, to be claimed outside, and carried no further."),
    }[by.after_leaving]
