"""What manual changes did to each person, said with the number, the reason and the figures before and after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kaohe.appraise.manual import Asked, ManualChange
from kaohe.appraise.model import Decision, Note
from kaohe.exact import Ints, format_micros, round_micros, signed_fen, signed_micros
from kaohe.text import Message, msg


def changed_totals(asked: Asked, total: Ints, decimals: int) -> Ints:
    """Totals with the points that were given by hand, brought back to the scheme's decimals once."""
    changed = total.copy()
    for row in asked.points.nonzero()[0].tolist():
        changed[row] = round_micros(int(total[row]) + int(asked.points[row]), decimals)
    return changed


def points_notes(asked: Asked, codes: Sequence[str], before: Ints, after: Ints, decimals: int) -> Iterator[Note]:
    """Changes of points; the last one to a person says what the total came to."""
    rows = {code: row for row, code in enumerate(codes)}
    last = {each.person: each for each in asked.changes if each.kind == "points"}
    for change in asked.changes:
        if change.kind != "points" or not isinstance(change.value, int):
            continue
        row = rows[change.person]
        words = _words(change, points=signed_micros(change.value))
        what = msg("manual change {number}: {points} points ({reason})", **words)
        if change is last[change.person]:
            words |= {
                "before": format_micros(int(before[row]), decimals),
                "after": format_micros(int(after[row]), decimals),
            }
            what = msg("manual change {number}: {points} points ({reason}), total {before} → {after}", **words)
        yield row, _decision(change, what)


def tier_notes(asked: Asked, codes: Sequence[str], tiers: Sequence[str], before: Ints, after: Ints) -> Iterator[Note]:
    """Changes of tiers: the newest of a person holds, the others say so."""
    rows = {code: row for row, code in enumerate(codes)}
    last = {each.person: each for each in asked.changes if each.kind == "tier"}
    for change in asked.changes:
        if change.kind != "tier":
            continue
        row, holds = rows[change.person], last[change.person]
        if change is not holds:
            what = msg("manual change {number}: superseded by {newer}", number=change.number, newer=holds.number)
        else:
            words = _words(change, old=tiers[int(before[row])], new=tiers[int(after[row])])
            what = msg("manual change {number}: tier {old} → {new} ({reason})", **words)
        yield row, _decision(change, what)


def bonus_notes(asked: Asked, codes: Sequence[str]) -> Iterator[Note]:
    """Changes of bonuses."""
    rows = {code: row for row, code in enumerate(codes)}
    for change in asked.changes:
        if change.kind == "bonus" and isinstance(change.value, int):
            words = _words(change, amount=signed_fen(change.value))
            what = msg("manual change {number}: bonus {amount} ({reason})", **words)
            yield rows[change.person], _decision(change, what)


def _words(change: ManualChange, **more: str) -> dict[str, str | int]:
    return {"number": change.number, "reason": change.reason, **more}


def _decision(change: ManualChange, what: Message) -> Decision:
    return Decision("manual", str(change.number), what)
