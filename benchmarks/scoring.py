"""A million people × 20 indicators scored, ranked, put into quota tiers and paid out of a pool: kaohe beside NumPy
float64 doing the bare arithmetic, OpenFisca adding up weighted points, and zen-engine looking up tiers.

``python -m benchmarks.scoring 10000`` runs it with so many people.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import Generic, TypeVar

import numpy as np

from benchmarks.scoring_matrix import DIMENSIONS, FLOORS, TIERS, WEIGHTS, bases, matrix, people_of, scheme, values_of
from benchmarks.scoring_numpy import Result, by_numpy
from benchmarks.timing import installed
from kaohe.appraise import Appraisal, appraise
from kaohe.appraise.columns import weighted_mean
from kaohe.appraise.tiers import by_score
from kaohe.exact import Flags, Ints
from kaohe.scheme.model import Level, Tiers
from kaohe.text import Text

PEOPLE, ROUNDS = 1_000_000, 5
SHORT = 15
"""Rounds of what takes few milliseconds."""
T = TypeVar("T")


@dataclass(frozen=True)
class Timed(Generic[T]):
    """What a computation gave, and the processor time of each round in seconds: nothing here uses threads, and what
    else the machine does counts less than on the wall."""

    result: T
    rounds: tuple[float, ...]

    @property
    def seconds(self) -> float:
        return median(self.rounds)


def scoring(people: int = PEOPLE) -> None:
    if not installed("openfisca_core", "zen"):
        return
    # The peers are imported here, so that the other benchmarks run without them.
    from benchmarks.scoring_peers import (
        simulation_of,
        tier_engine,
        tiers_by_zen,
        totals_by_openfisca,
        weighing_system,
    )

    micros = matrix(people)
    rules, everybody, values = scheme(people), people_of(people), values_of(micros)
    shares, base = micros / 1e6, bases(people).astype(np.float64)
    whole = timed(lambda: appraise(rules, everybody, values))
    bare = timed(lambda: by_numpy(shares, base))

    appraisal = whole.result
    points, present = list(appraisal.points.values()), np.ones(people, np.bool_)
    singles = (np.array(points) / 1e6).astype(np.float32)
    system = weighing_system()
    sums = timed(lambda: weigh(points, present), SHORT)
    simulation = simulation_of(system, singles)
    openfisca = timed(lambda: totals_by_openfisca(simulation), SHORT)
    with_inputs = timed(lambda: totals_by_openfisca(simulation_of(system, singles)))

    engine, table, totals = tier_engine(), tier_table(), (appraisal.total / 1e6).tolist()
    tiers = timed(lambda: by_score(table, appraisal.total), SHORT)
    zen = timed(lambda: tiers_by_zen(engine, totals), rounds=1)

    print(f"\n{people:,} people, {len(micros)} indicators; processor time")
    print("\n| | kaohe s | peer s | kaohe / peer |\n|---|---:|---:|---:|")
    print_row("whole appraisal beside NumPy float64, bare arithmetic", whole, bare)
    print_row("weighted sums beside OpenFisca, its simulation built and inputs set", sums, with_inputs)
    print_row("weighted sums beside OpenFisca, float32, the sums alone", sums, openfisca)
    print_row("whole appraisal beside zen-engine, the tier table alone", whole, zen)
    print_row("tier table beside zen-engine", tiers, zen)
    report(appraisal, bare.result)
    unequal = int((np.abs(openfisca.result - sums.result / 1e6) > 5e-7).sum())
    names = [name for name, _, _ in TIERS]
    differing = sum(names[number] != name for number, name in zip(tiers.result.tolist(), zen.result, strict=True))
    print(f"people whose weighted sum OpenFisca gets wrong at six decimals: {unequal:,}")
    print(f"people whose tier differs from zen-engine's: {differing:,}")


def timed(compute: Callable[[], T], rounds: int = ROUNDS) -> Timed[T]:
    """Run it so many times, with no garbage of others about; the last result is kept."""
    seconds = []
    for _ in range(rounds):
        result = None
        gc.collect()
        start = time.process_time()
        result = compute()
        seconds.append(time.process_time() - start)
    return Timed(result, tuple(seconds))


def weigh(points: list[Ints], present: Flags) -> Ints:
    """The weighted means of the dimensions, and that of the whole, as the appraisal takes them."""
    rows, per = len(present), len(WEIGHTS)
    weights = [Decimal(weight) for weight in WEIGHTS]
    dimensions = [
        weighted_mean(points[first : first + per], weights, [present] * per, rows)[0]
        for first in range(0, len(points), per)
    ]
    outer = [Decimal(weight) for weight in DIMENSIONS]
    return weighted_mean(dimensions, outer, [present] * len(outer), rows)[0]


def tier_table() -> Tiers:
    floors = (*(Decimal(floor) for floor in FLOORS), None)
    levels = [
        Level(name, Text(name, name), Decimal(str(factor)), None, floor)
        for (name, _, factor), floor in zip(TIERS, floors, strict=True)
    ]
    return Tiers("score", tuple(levels))


def print_row(what: str, ours: Timed[object], peer: Timed[object]) -> None:
    print(f"| {what} | {ours.seconds:.3f} | {peer.seconds:.3f} | {ours.seconds / peer.seconds:.3f} |")


def report(appraisal: Appraisal, bare: Result) -> None:
    """Where floating point came to something else."""
    names = [name for name, _, _ in TIERS]
    tiers = [names[number] for number in bare.tier.tolist()]
    pairs = {
        "total": np.rint(bare.total * 1e6).astype(np.int64) != appraisal.total,
        "rank": bare.rank != appraisal.rank,
        "tier": np.array([ours != theirs for ours, theirs in zip(appraisal.tier, tiers, strict=True)]),
        "bonus": bare.fen != appraisal.bonus,
    }
    print("\npeople for whom NumPy float64 comes to another figure: ", end="")
    print(", ".join(f"{name} {int(differing.sum()):,}" for name, differing in pairs.items()))


if __name__ == "__main__":
    scoring(*(int(people) for people in sys.argv[1:2]))
