"""The table ``[recovery]`` as it is written → checked: how what was paid too much is taken back; in words."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from kaohe.exact import format_fen
from kaohe.scheme.amounts import fen_of, share_of, suspect_share
from kaohe.scheme.draft import Draft, Path, show
from kaohe.scheme.model import Recovery, Scheme
from kaohe.scheme.words import number
from kaohe.text import Message, msg

TABLE = "recovery"
_PATH: Path = (TABLE,)
_AS_SHARE = msg("a share of the bonus is written {share}")


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
    share = share_of(cap)
    if share is not None and share > 1:
        what = msg("{key} is out of range", key=f"{TABLE}.cap")
        expected = msg("at most {limit}", limit='"100%"')
        draft.report((*_PATH, "cap"), "out-of-range", what, found=show(cap), expected=expected)
    if share is None:
        suspect_share(draft, (*_PATH, "cap"), cap, _AS_SHARE)
    recovery = Recovery(
        cap=None if share is not None else fen_of(draft, (*_PATH, "cap"), cap),
        cap_share=Decimal(1) if share is None else share,
        minimum=fen_of(draft, (*_PATH, "minimum"), draft.get(table, _PATH, "minimum", 0)),
        after_leaving=draft.get(table, _PATH, "after_leaving", "carry"),
    )
    return None if any(each.severity == "error" for each in draft.problems[before:]) else recovery


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
