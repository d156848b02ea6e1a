"""The group's appraisal by hand, for this one scheme: from counts to points, totals, ranks, tiers and bonuses in NumPy.

What every competitor goes on with after counting, in whole numbers, so that its figures can be compared with kaohe's to
the last digit: as little code as somebody who knows the scheme by heart would write, and no explanations.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

Figures = dict[str, Any]
MICRO = 1_000_000
NEVER = -(2**63)
DIMENSIONS = (
    (30, ("crm.response_within", 25), ("response_within_4", 15), ("crm.resolution_within", 20),
     ("crm.first_response_time", 15), ("crm.resolution_time", 15), ("team_resolution", 10)),
    (25, ("crm.first_contact_resolution", 30), ("crm.reopen_rate", 20), ("crm.complaint_resolution_rate", 30),
     ("crm.complaint_satisfaction", 20)),
    (15, ("crm.call_answer_rate", 30), ("crm.call_wait", 30), ("settled_by_phone", 20), ("calls_taken", 20)),
    (15, ("crm.csat_index", 40), ("crm.csat_share", 30), ("crm.nps", 30)),
    (15, ("signed", 40), ("crm.sales_growth", 30), ("crm.renewal_rate", 30)),
)  # fmt: skip
LEAST = {"crm.call_answer_rate": 20, "crm.call_wait": 20, "settled_by_phone": 20, "calls_taken": 0, "signed": 0,
         "crm.complaint_resolution_rate": 3, "crm.complaint_satisfaction": 3, "crm.nps": 3, "crm.sales_growth": 1,
         "crm.renewal_rate": 3}  # fmt: skip
"""The fewest records; 5 of the others."""
LINES = {
    "crm.response_within": ((0.6, 0), (0.95, 100), (1, 110)),
    "crm.resolution_within": ((0.5, 0), (0.9, 100), (1, 110)),
    "team_resolution": ((0.5, 0), (0.9, 100), (1, 110)),
    "crm.first_response_time": ((1, 110), (4, 100), (24, 60), (48, 0)),
    "crm.resolution_time": ((12, 110), (24, 100), (72, 60), (168, 0)),
    "crm.first_contact_resolution": ((0.5, 0), (0.85, 100), (0.95, 110)),
    "crm.reopen_rate": ((0.02, 110), (0.05, 100), (0.2, 0)),
    "crm.complaint_resolution_rate": ((0.7, 0), (0.98, 100), (1, 110)),
    "crm.call_answer_rate": ((0.7, 0), (0.95, 100), (1, 110)),
    "crm.call_wait": ((15, 110), (30, 100), (60, 60), (120, 0)),
    "settled_by_phone": ((0.3, 0), (0.7, 100), (0.9, 115)),
    "crm.csat_index": ((60, 0), (80, 80), (90, 100), (95, 110)),
    "crm.nps": ((-50, 0), (0, 60), (50, 100), (80, 120)),
    "crm.sales_growth": ((-0.3, 0), (0, 70), (0.15, 100), (0.3, 120)),
    "crm.renewal_rate": ((0.5, 0), (0.85, 100), (1, 120)),
}
RATIOS = {"calls_taken": (30, 120), "crm.csat_share": (0.8, 120), "signed": (400_000, 150)}
TIERS = ((10, 16), (20, 13), (50, 10), (20, 6))
"""Per cent of the people, and tenths of the base, from the best on."""
POOL = 600_000_000_00


@dataclass(frozen=True)
class People:
    """Everybody by ascending code, the base in fen; regions and teams as numbers."""

    code: pa.Array
    base: Any
    region: Any
    team: Any

    def positions(self, owners: pa.Array) -> tuple[Any, Any]:
        """Where owners stand among everybody, and which of them do."""
        there = pc.index_in(owners, value_set=self.code)
        return there.drop_null().to_numpy(), there.is_valid().to_numpy(zero_copy_only=False)

    def spread(self, where: Any, known: Any, column: Any) -> Any:
        """A column over owners as one over everybody."""
        whole = np.zeros(len(self.code), column.dtype)
        whole[where] = column[known]
        return whole


def read_people(folder: str) -> People:
    """As the snapshot holds them: here everybody has one assignment, all the time."""
    table = pq.read_table(f"{folder}/snapshots/assignments", columns=["person", "team", "bonus_base", "attributes"])
    table = table.sort_by("person").combine_chunks()
    numbers = [table.column(name).dictionary_encode().combine_chunks().indices for name in ("attributes", "team")]
    region, team = (each.to_numpy() for each in numbers)
    return People(table.column("person").combine_chunks(), table.column("bonus_base").to_numpy(), region, team)


def scored(people: People, counts: Figures) -> Figures:
    """Everything from the counts, and the counts themselves. ``percentile``: the ninth tenth in microseconds."""
    counts = {
        **counts,
        "calls_taken 0 n": counts["crm.call_answer_rate 0 hits"],
        "crm.sales_growth 0 total": counts["signed 0 total"],
        "crm.sales_growth 0 n": counts["signed 0 n"],
    }
    values, samples = _values(people, counts)
    points, data = {}, {}
    for key, (value, known) in values.items():
        data[key] = known & (samples[key] >= LEAST.get(key, 5))
        points[key] = np.where(data[key], _points(key, value), 0)
    total, graded = _totals(points, data)
    breaker = np.where(data["crm.response_within"], values["crm.response_within"][0], NEVER)
    rank, tier = _places(people, total, graded, breaker)
    found = {name: column for name, column in counts.items() if name != "percentile"}
    return {
        **found,
        **{f"value {key}": np.where(known, value, 0) for key, (value, known) in values.items()},
        **{f"points {key}": column for key, column in points.items()},
        "total": total,
        "graded": graded,
        "rank": rank,
        "tier": tier,
        "bonus": _bonuses(people, tier),
    }


def _half_up(number: Any, by: Any) -> Any:
    return (2 * number + by) // (2 * by)


def _over(top: Any, bottom: Any) -> tuple[Any, Any]:
    known = bottom > 0
    return _half_up(np.where(known, top, 0), np.where(known, bottom, 1)), known


def _values(people: People, counts: Figures) -> tuple[dict[str, tuple[Any, Any]], Figures]:
    """In millionths, and where they are known; the records that each rests on."""
    values, samples = {}, {}
    for name in counts:
        if name.endswith(" hits"):
            key = name.split()[0]
            samples[key] = counts[f"{key} 0 n"]
            values[key] = _over(counts[name] * MICRO, samples[key])
    hits, asked = (_by_team(people, counts[f"team_resolution 0 {part}"]) for part in ("hits", "n"))
    values["team_resolution"] = tuple(each[people.team] for each in _over(hits * MICRO, asked))
    samples["team_resolution"] = asked[people.team]
    for key, top, per in (
        ("crm.resolution_time", 1, 3600),
        ("crm.complaint_satisfaction", 100_000, 1),
        ("crm.call_wait", MICRO, 1),
        ("crm.csat_index", 100, 1),
    ):
        samples[key] = counts[f"{key} 0 n"]
        values[key] = _over(counts[f"{key} 0 total"] * top, samples[key] * per)
    key = "crm.first_response_time"
    samples[key] = counts[f"{key} 0 n"]
    # A tenth of whole seconds: what floating point makes of it is at most a hair beside that.
    tenths = np.rint(np.nan_to_num(np.asarray(counts["percentile"], np.float64)) / 100_000).astype(np.int64)
    values[key] = _half_up(tenths * 100_000, 3600), samples[key] > 0
    key = "crm.nps"
    samples[key] = counts[f"{key} 0 n"]
    lead = counts[f"{key} 0 promoters"] - counts[f"{key} 0 detractors"]
    size, known = _over(np.abs(lead) * 100 * MICRO, samples[key])
    values[key] = np.sign(lead) * size, known
    taken = counts["calls_taken 0 n"]
    values["calls_taken"], samples["calls_taken"] = (taken * MICRO, np.ones(len(taken), np.bool_)), taken
    now, before = counts["signed 0 total"], counts["crm.sales_growth 1 total"]
    values["signed"], samples["signed"] = (now * 10_000, np.ones(len(now), np.bool_)), counts["signed 0 n"]
    key = "crm.sales_growth"
    samples[key] = np.maximum(counts["signed 0 n"], counts[f"{key} 1 n"])
    size, known = _over(np.abs(now - before) * MICRO, before)
    values[key] = np.sign(now - before) * size, known
    return values, samples


def _by_team(people: People, column: Any) -> Any:
    return np.bincount(people.team, weights=column).astype(np.int64)


def _points(key: str, value: Any) -> Any:
    if key in RATIOS:
        target, cap = RATIOS[key]
        return np.clip(_half_up(value * 1000, round(target * 10)), 0, cap * MICRO)
    if key == "response_within_4":
        return np.array([40, 80, 110])[np.searchsorted([200_000, 400_000], value, side="right")] * MICRO
    if key == "crm.complaint_satisfaction":
        return np.clip(60 * MICRO + (value - 5 * MICRO) * 10, 20 * MICRO, 100 * MICRO)
    at, points = (np.rint(np.array(column) * MICRO).astype(np.int64) for column in zip(*LINES[key], strict=True))
    value = np.clip(value, at[0], at[-1])
    piece = np.searchsorted(at[1:-1], value, side="right")
    runs, rises = np.diff(at), np.diff(points)
    return _half_up(points[piece] * runs[piece] + (value - at[piece]) * rises[piece], runs[piece])


def _totals(points: Figures, data: Figures) -> tuple[Any, Any]:
    covered, total, weight = 0, 0, 0
    for outer, *used in DIMENSIONS:
        top = sum(points[key] * own for key, own in used)
        there = sum(data[key] * own for key, own in used)
        mean, known = _over(top, there)
        covered, total, weight = covered + there * outer, total + mean * outer * known, weight + known * outer
    total, known = _over(total, weight * 10_000)
    graded = known & (covered >= 3_000)
    return np.where(graded, total * 10_000, 0), graded


def _places(people: People, total: Any, graded: Any, breaker: Any) -> tuple[Any, Any]:
    """Ranks and tiers within regions: equal totals are told apart by the tie-breaker, then by code."""
    rows = np.flatnonzero(graded)
    rows = rows[np.lexsort((~breaker[rows], -total[rows], people.region[rows]))]
    region, keys = people.region[rows], np.stack([total[rows], breaker[rows]])
    place = np.arange(len(rows))
    begins = np.append(True, region[1:] != region[:-1])
    begin = np.maximum.accumulate(np.where(begins, place, 0))
    new = begins | np.append(True, (keys[:, 1:] != keys[:, :-1]).any(axis=0))
    rank, tier = np.zeros(len(total), np.int64), np.full(len(total), -1)
    rank[rows] = np.maximum.accumulate(np.where(new, place, 0)) - begin + 1
    for first, end in zip(np.flatnonzero(begins), np.append(np.flatnonzero(begins)[1:], len(rows)), strict=True):
        tier[rows[first:end]] = np.repeat(np.arange(len(TIERS)), _seats(end - first))
    return rank, tier


def _seats(people: int) -> Any:
    whole, rest = np.divmod(np.array([share for share, _ in TIERS]) * people, 100)
    whole[np.argsort(-rest, kind="stable")[: people - whole.sum()]] += 1
    return whole


def _bonuses(people: People, tier: Any) -> Any:
    """The pool by claims, to the fen, what is left by largest remainder."""
    claim = np.where(tier >= 0, people.base * np.array([factor for _, factor in TIERS])[tier], 0)
    claim //= np.gcd.reduce(claim)
    fen, rest = np.divmod(claim * POOL, claim.sum())
    fen[np.argsort(-rest, kind="stable")[: POOL - fen.sum()]] += 1
    return fen
