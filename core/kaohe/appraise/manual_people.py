"""How many people may be changed by hand: of all together, or within each ranking group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import floor

import numpy as np

from kaohe.appraise.model import EVERYBODY
from kaohe.appraise.rules import Ruled
from kaohe.appraise.standing import Groups
from kaohe.errors import Place, Problem
from kaohe.exact import Ints, shorten
from kaohe.scheme.model import ManualLimits, Scheme
from kaohe.text import Message, msg


@dataclass(frozen=True)
class Before:
    """What came out without manual changes: rules, ranking groups, the position of everybody's tier, bonuses in fen."""

    ruled: Ruled
    divided: Groups
    level: Ints
    bonus: Ints


def too_many_people(scheme: Scheme, limits: ManualLimits, rows: Sequence[int], before: Before) -> Iterator[Problem]:
    """The groups in which more people are changed, by their ``rows``, than the scheme lets be."""
    if limits.people is None and limits.people_share is None:
        return
    everybody = np.flatnonzero(before.ruled.graded)
    name = _group_names(limits, before)
    graded, changed = Counter(name[row] for row in everybody.tolist()), Counter(name[row] for row in rows)
    for group in sorted(changed):
        count = graded[group]
        expected: Message
        if limits.people_share is None:
            most = limits.people or 0
            expected = msg("at most {limit} people", limit=most)
        else:
            exact = limits.people_share * count
            most = floor(exact)
            words = {"share": percent(limits.people_share), "count": count, "exact": shorten(exact), "limit": most}
            expected = msg("at most {share} of {count} graded people = {exact}, rounded down {limit}", **words)
        if changed[group] > most:
            what = msg("more people are changed by hand than allowed")
            where = Place(key=scheme.id if group == EVERYBODY else group)
            yield Problem("manual.people", what, where, msg("{count} people", count=changed[group]), expected)


def _group_names(limits: ManualLimits, before: Before) -> Mapping[int, str]:
    """The group that each row is counted in."""
    divided = before.divided
    if limits.within == "all":
        return dict.fromkeys(range(len(divided.number)), EVERYBODY)
    merged = divided.merged.tolist()
    return {
        row: EVERYBODY if merged[row] else divided.names[number] for row, number in enumerate(divided.number.tolist())
    }


def percent(share: Decimal) -> str:
    """A share in percent: 12.5 %."""
    return f"{shorten(share * 100):f} %"
