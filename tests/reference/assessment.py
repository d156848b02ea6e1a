"""An assessment once more, for one person, with fractions, from bare tuples: as slow and as obvious as possible.

Calibration is left to the published cases; everything else is worked out here without the product's functions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

Record = tuple[str, str | None, str, str, Fraction, Fraction]
"""(subject, rater or None, relation, item, score, full score)"""


def mean(numbers: Sequence[Fraction]) -> Fraction:
    return sum(numbers, Fraction(0)) / len(numbers)


def assessed(
    records: Sequence[Record], subject: str, weights: Mapping[str, Fraction], trim: int = 0
) -> tuple[Fraction | None, int]:
    """The value on a scale from 0 to 100, and the number of ratings of relations that carry weight."""
    own = [record for record in records if record[0] == subject]
    weighted, whole, count = Fraction(0), Fraction(0), 0
    for relation, weight in weights.items():
        of_relation = [record for record in own if record[2] == relation]
        named = sorted({record[1] for record in of_relation if record[1] is not None})
        voices = []
        for rater in named:
            of_rater = [record for record in of_relation if record[1] == rater]
            by_item = [
                mean([100 * score / full for _s, _r, _rel, each, score, full in of_rater if each == item])
                for item in sorted({record[3] for record in of_rater})
            ]
            voices.append(mean(by_item))
        voices += [100 * record[4] / record[5] for record in of_relation if record[1] is None]
        if not voices or not weight:
            continue
        count += len(of_relation)
        voices.sort()
        for _turn in range(trim):
            if len(voices) > 2:
                voices = voices[1:-1]
        weighted += weight * mean(voices)
        whole += weight
    return (weighted / whole if whole else None), count
