"""How complete assessment rounds are, against the numbers of raters that a mean may be shown from. No score is read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from kaohe.appraise.feedback import OTHERS, SELF, THRESHOLDS, disclose
from kaohe.errors import Place, Problem
from kaohe.period import Period
from kaohe.records.rounds.model import Pair, Rater, Round, by_rater
from kaohe.records.rounds.pairs_file import Service
from kaohe.text import msg

State = Literal["complete", "partly", "missing", "left"]
"""Of one pair: every item has a score; some have; none has; not all have, and the rater has left since."""


@dataclass(frozen=True)
class RelationProgress:
    """One relation to one person: raters asked, how many scored all items, and how many any (the heads that a
    threshold counts), the least number to be shown, and whether the mean would be withheld as things stand."""

    relation: str
    asked: int
    complete: int
    scored: int
    least: int
    withheld: bool


@dataclass(frozen=True)
class SubjectProgress:
    """``total``, ``parts``: whether the person could be shown the total, and the relations beside it, if all relations
    but their own counted; no total where nobody else has said anything. ``left``: their last day in service, if that is
    over."""

    person: str
    relations: tuple[RelationProgress, ...]
    total: bool
    parts: bool
    left: date | None


@dataclass(frozen=True)
class MissingRater:
    """Somebody whose form is not complete: ``to_rate`` of ``asked`` pairs lack scores. ``left`` as for a subject."""

    rater: Rater
    to_rate: int
    asked: int
    left: date | None


@dataclass(frozen=True)
class Status:
    """Of a whole round. ``counts``: pairs by state, of everything and by relation."""

    counts: Mapping[State, int]
    relations: Mapping[str, Mapping[State, int]]
    subjects: tuple[SubjectProgress, ...]
    missing: tuple[MissingRater, ...]

    @property
    def pairs(self) -> int:
        return sum(self.counts.values())

    @property
    def waiting(self) -> int:
        """Pairs that are still to be completed by somebody who is there."""
        return self.counts["missing"] + self.counts["partly"]


def status_of(
    asked: Round, pairs: Sequence[Pair], answers: Mapping[str, bool], service: Service, today: date
) -> Status:
    """``answers``: the round's records by key, whether they hold a score."""
    scored = {pair: sum(answers.get(asked.key(pair, item), False) for item in asked.items) for pair in pairs}
    states = {pair: _state(pair, scored[pair], asked, service, today) for pair in pairs}
    relations: dict[str, dict[State, int]] = {}
    for pair, state in states.items():
        relations.setdefault(pair.relation, _nothing())[state] += 1
    totals = _nothing()
    for counts in relations.values():
        for state, count in counts.items():
            totals[state] += count
    missing = tuple(
        MissingRater(rater, len(open_), len(own), None if rater[1] else service.left_by(rater[0], today))
        for rater, own in by_rater(pairs).items()
        if (open_ := [pair for pair in own if states[pair] != "complete"])
    )
    return Status(totals, relations, tuple(_subjects(pairs, scored, states, service, today)), missing)


def _nothing() -> dict[State, int]:
    return {"complete": 0, "partly": 0, "missing": 0, "left": 0}


def _state(pair: Pair, scored: int, asked: Round, service: Service, today: date) -> State:
    if scored == len(asked.items):
        return "complete"
    if not pair.outside and service.left_by(pair.rater, today) is not None:
        return "left"
    return "partly" if scored else "missing"


def _subjects(
    pairs: Sequence[Pair], scored: Mapping[Pair, int], states: Mapping[Pair, State], service: Service, today: date
) -> Iterator[SubjectProgress]:
    gathered: dict[str, dict[str, list[Pair]]] = defaultdict(lambda: defaultdict(list))
    for pair in pairs:
        gathered[pair.subject][pair.relation].append(pair)
    for person, relations in sorted(gathered.items()):
        heads = {relation: sum(scored[pair] > 0 for pair in own) for relation, own in relations.items()}
        weights = {relation: Fraction(relation != SELF) for relation in relations}
        seen = disclose(heads, weights)
        progress = tuple(
            RelationProgress(
                relation,
                asked=len(own),
                complete=sum(states[pair] == "complete" for pair in own),
                scored=heads[relation],
                least=THRESHOLDS.get(relation, OTHERS),
                withheld=relation in seen.withheld,
            )
            for relation, own in relations.items()
        )
        total = seen.total and any(count for relation, count in heads.items() if relation != SELF)
        yield SubjectProgress(person, progress, total, seen.parts, service.left_by(person, today))


def incomplete_rounds(rounds: Iterable[tuple[Round, Status]], period: Period) -> Iterator[Problem]:
    """A warning for each round whose ratings fall into the period and that is open or waits for somebody."""
    for asked, status in rounds:
        if not period.start <= asked.day < period.end or (asked.closed_at is not None and not status.waiting):
            continue
        what = (
            msg("the assessment round {round} is open", round=asked.name)
            if asked.closed_at is None
            else msg("the assessment round {round} was closed before it was complete", round=asked.name)
        )
        yield Problem(
            "evaluate.assessment-open" if asked.closed_at is None else "evaluate.assessment-incomplete",
            what,
            Place(key=asked.name),
            found=msg(
                "{complete} of {pairs} assessments are complete; {partly} have some scores, {missing} none, "
                "{left} were left by raters who are gone",
                pairs=status.pairs,
                **{str(state): count for state, count in status.counts.items()},
            ),
            fix=msg("see who is missing: kaohe assessment status {round} --missing", round=asked.word),
            severity="warning",
        )
