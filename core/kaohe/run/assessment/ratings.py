"""Records of ratings → scores on the common scale, person by person; ratings that cannot be meant are refused."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from kaohe.appraise.feedback import SELF, rescaled
from kaohe.engine import Found, Numbers
from kaohe.errors import Place, Problem, refuse_if_any
from kaohe.plugin import AssessmentRule, RecordType
from kaohe.text import Message, msg

_NAMED = 5  # how many records a message names

_MISTAKES: Mapping[str, tuple[Message, Message]] = {
    "self": (
        msg("somebody rates themself as something else"),
        msg('give these records the relation "self", or name the rater who is meant'),
    ),
    "other": (
        msg("somebody rates another person as that person's self"),
        msg("give these records another relation, or name the rater who is meant"),
    ),
    "width": (msg("a scale has no width: its full score is not above the lowest"), msg("mend the full score")),
    "outside": (msg("a score lies outside its scale"), msg("mend the score or the full score")),
}


@dataclass(frozen=True)
class Rating:
    """One score on the common scale. ``rater``: None where nobody is named."""

    person: int
    relation: str
    rater: str | None
    item: str | None
    score: Fraction


@dataclass(frozen=True)
class Ratings:
    """The ratings that can be counted, and how many records lack what is needed though they hold a score."""

    listed: tuple[Rating, ...]
    incomplete: int


def wanted(rule: AssessmentRule, records: RecordType) -> tuple[str, ...]:
    """The fields that ``read_ratings`` reads, in its order."""
    fields = (rule.rater, rule.relation, rule.score, rule.scale, rule.item or rule.relation)
    return (*fields, *records.key)


def read_ratings(rule: AssessmentRule, records: RecordType, found: Found, people: Sequence[str], key: str) -> Ratings:
    """The ratings of the items that count. A record without a score is none; one without relation, full score or, where
    items are told apart, item is incomplete.

    Raises KaoheError, once for each kind of mistake: somebody rated as themself by another, or themself as something
    else; a scale without width; a score outside its scale.
    """
    raters, relations, items = found.texts(0), found.texts(1), found.texts(4)
    scores, scales = (
        _exact(found.numbers(at), records.field(name).scale) for at, name in ((2, rule.score), (3, rule.scale))
    )
    named = records.field(rule.rater).kind == "person"
    lowest, (low, high) = Fraction(rule.lowest), (Fraction(end) for end in rule.range)
    mapped: dict[tuple[Fraction, Fraction], Fraction] = {}
    wrong: dict[str, list[int]] = defaultdict(list)
    listed: list[Rating] = []
    incomplete = 0
    for row, person in enumerate(found.person.tolist()):
        score, full, relation, rater = scores[row], scales[row], relations[row], raters[row]
        item = items[row] if rule.item is not None else None
        if score is None or (rule.items and item is not None and item not in rule.items):
            continue
        if relation is None or full is None or (rule.item is not None and item is None):
            incomplete += 1
        elif named and rater == people[person] and relation != SELF:
            wrong["self"].append(row)
        elif named and rater is not None and rater != people[person] and relation == SELF:
            wrong["other"].append(row)
        elif full <= lowest:
            wrong["width"].append(row)
        elif not lowest <= score <= full:
            wrong["outside"].append(row)
        else:
            if (score, full) not in mapped:
                mapped[score, full] = rescaled(score, (lowest, full), (low, high))
            listed.append(Rating(person, relation, rater, item, mapped[score, full]))
    refuse_if_any(_mistake(kind, wrong[kind], records, found, key) for kind in _MISTAKES if kind in wrong)
    return Ratings(tuple(listed), incomplete)


def _exact(column: Numbers, scale: int) -> list[Fraction | None]:
    unit = 10**scale
    return [
        Fraction(value, unit) if known else None
        for value, known in zip(column.values.tolist(), column.known.tolist(), strict=True)
    ]


def _mistake(kind: str, rows: Sequence[int], records: RecordType, found: Found, key: str) -> Problem:
    what, fix = _MISTAKES[kind]
    names = ", ".join(_record(found, row, len(records.key)) for row in rows[:_NAMED])
    return Problem(
        "evaluate.ratings",
        what,
        Place(key=key),
        found=msg(
            "{count} records of {records}: {names}",
            count=len(rows),
            records=records.name,
            names=names + (", …" if len(rows) > _NAMED else ""),
        ),
        fix=fix,
    )


def _record(found: Found, row: int, keys: int) -> str:
    """The key of a record as a person may search for it."""
    columns = found.columns[-keys:]
    return " ".join(str(each.values[row]) for each in columns)
