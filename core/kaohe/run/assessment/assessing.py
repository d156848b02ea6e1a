"""Indicators whose value is an assessment: ratings → raters → relations → one value for each person.

The order is: every score on the common scale → the mean of a rater's scores of one item (whoever rates twice has one
voice) → the mean of the rater's items → where asked for, raters calibrated within their relation → the mean of the
relation, trimmed → relations by weight, divided by the weights present. Rounded half up once, at the end.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np

from kaohe.appraise.agreement import cronbach_alpha, one_way
from kaohe.appraise.calibration import calibrate_raters
from kaohe.appraise.feedback import SELF, THRESHOLDS, by_relation, disclose, relation_means
from kaohe.appraise.model import Values
from kaohe.engine import Engine, Relations, Rows
from kaohe.engine.source import NO_RELATIONS
from kaohe.errors import Place, Problem
from kaohe.exact import to_micros
from kaohe.language import Bounds
from kaohe.plugin import AssessmentRule, RecordType
from kaohe.precise import added
from kaohe.records import Snapshot
from kaohe.run.assessment.model import Agreement, Assessed, PersonAssessment, RelationPart
from kaohe.run.assessment.ratings import Rating, read_ratings, wanted
from kaohe.run.credit.attribution import at_its_date
from kaohe.run.measuring.describing import describing
from kaohe.scheme.model import Scheme
from kaohe.text import msg


@dataclass(frozen=True)
class Sheet:
    """What one rater says of one person in one relation: ``answers`` by item, and their mean. ``rater``: by name, or a
    number where nobody is named: then every rating is a sheet of its own."""

    person: int
    relation: str
    rater: str | int
    answers: Mapping[str | None, Fraction]
    score: Fraction
    ratings: int


def assess_everybody(
    scheme: Scheme,
    record_types: Mapping[str, RecordType],
    snapshot: Snapshot,
    engine: Engine,
    window: Bounds,
    people: Sequence[str],
    relations: Relations = NO_RELATIONS,
) -> dict[str, Assessed]:
    """Every assessment of the scheme, by key. Raises KaoheError for ratings that cannot be meant.

    ``relations``: those of ``attribution.relations``.
    """
    over = Counter(each.indicator.records for each in scheme.indicators)
    assessed = {}
    for each in scheme.indicators:
        if each.assessment is None:
            continue
        records = record_types[each.indicator.records]
        who, when = each.indicator.who or records.who[0], each.indicator.when or records.when
        columns, joins = wanted(each.assessment, records), at_its_date(scheme, who, when)
        told = describing(records, record_types)
        request = Rows(records, who, when, each.where, columns, joins, told)
        found = engine.rows(request, snapshot, window, people, relations)
        ratings = read_ratings(each.assessment, records, found, people, each.key)
        sheets = sheets_of(ratings.listed)
        persons = persons_of(each.assessment, sheets, len(people), strict=over[records.name] > 1)
        assessed[each.key] = Assessed(
            _values(persons),
            tuple(persons),
            agreement_of(each.assessment, sheets),
            tuple(_notes(each.key, each.assessment, sheets, ratings.incomplete)),
        )
    return assessed


def sheets_of(ratings: Iterable[Rating]) -> list[Sheet]:
    """The ratings by person, relation and rater; a rater's scores of one item are their mean."""
    gathered: dict[tuple[int, str, str | int], dict[str | None, list[Fraction]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for number, rating in enumerate(ratings):
        rater: str | int = number if rating.rater is None else rating.rater
        gathered[rating.person, rating.relation, rater][rating.item].append(rating.score)
    sheets = []
    for who, items in gathered.items():
        answers = {item: _mean(scores) for item, scores in items.items()}
        sheets.append(Sheet(*who, answers, _mean([*answers.values()]), sum(map(len, items.values()))))
    return sheets


def _mean(scores: Sequence[Fraction]) -> Fraction:
    return scores[0] if len(scores) == 1 else added(scores) / len(scores)


def agreement_of(rule: AssessmentRule, sheets: Sequence[Sheet]) -> Agreement:
    """ICC(1) of the raters' scores, and alpha over the items of the sheets that hold all of them."""
    counting = [sheet for sheet in sheets if rule.relations.get(sheet.relation)]
    scores: dict[int, list[Fraction]] = defaultdict(list)
    for sheet in counting:
        scores[sheet.person].append(sheet.score)
    items = sorted({item for sheet in counting for item in sheet.answers if item is not None})
    whole = [sheet for sheet in counting if isinstance(sheet.rater, str) and len(sheet.answers) == len(items)]
    alpha, icc, icc_mean, each = None, None, None, None
    if len(scores) > 1 and len(counting) > len(scores):
        figures = one_way(list(scores.values()))
        icc, icc_mean, each = figures.icc1, figures.icc1k, figures.each
    if len(items) > 1 and len(whole) > 1:
        alpha = cronbach_alpha(tuple(tuple(sheet.answers[item] for item in items) for sheet in whole)).alpha
    return Agreement(icc, icc_mean, each, len(scores), len(counting), alpha, len(items), len(whole))


def persons_of(rule: AssessmentRule, sheets: Sequence[Sheet], people: int, *, strict: bool) -> list[PersonAssessment]:
    """Every person's relations. ``strict``: the scheme looks at these records otherwise too, so that what a relation
    comes to might be subtracted; then nothing is shown in which a withheld relation counts."""
    scores = _calibrated(rule, sheets) if rule.calibrate else {}
    gathered: list[dict[str, list[Sheet]]] = [defaultdict(list) for _person in range(people)]
    for sheet in sheets:
        gathered[sheet.person][sheet.relation].append(sheet)
    return [_person(rule, each, scores, strict=strict) for each in gathered]


def score_of(person: PersonAssessment) -> Fraction | None:
    """What a person's relations come to; None where none with weight has ratings."""
    means = {part.relation: part.mean for part in person.parts}
    return by_relation(means, {part.relation: Fraction(part.weight) for part in person.parts})


def _person(
    rule: AssessmentRule, gathered: Mapping[str, Sequence[Sheet]], scores: Mapping[int, Fraction], *, strict: bool
) -> PersonAssessment:
    weights = {relation: Fraction(weight) for relation, weight in rule.relations.items()}
    own = {relation: [scores.get(id(sheet), sheet.score) for sheet in sheets] for relation, sheets in gathered.items()}
    means = relation_means(own, trim=rule.trim)
    raters = {relation: _heads(sheets) for relation, sheets in gathered.items()}
    seen = disclose(raters, weights, {**THRESHOLDS, **rule.thresholds}, rule.others)
    order = {relation: place for place, relation in enumerate(rule.relations)}
    parts = tuple(
        RelationPart(
            relation=relation,
            raters=raters[relation],
            ratings=sum(sheet.ratings for sheet in gathered[relation]),
            trimmed=2 * min(rule.trim, (len(own[relation]) - 1) // 2),
            calibrated=sum(id(sheet) in scores for sheet in gathered[relation]),
            mean=means[relation],
            weight=rule.relations.get(relation, Decimal(0)),
            shown=seen.parts and relation not in seen.withheld,
        )
        for relation in sorted(gathered, key=lambda name: (order.get(name, len(order)), name))
    )
    hidden = any(part.weight and part.relation in seen.withheld for part in parts)
    return PersonAssessment(parts, seen.total and not (strict and hidden), bool(seen.withheld))


def _heads(sheets: Sequence[Sheet]) -> int:
    """How many people there are at least: the named ones, and of the unnamed as many as rated one item."""
    unnamed = Counter(item for sheet in sheets if isinstance(sheet.rater, int) for item in sheet.answers)
    return sum(isinstance(sheet.rater, str) for sheet in sheets) + max(unnamed.values(), default=0)


def _calibrated(rule: AssessmentRule, sheets: Sequence[Sheet]) -> dict[int, Fraction]:
    """The calibrated scores, by the identity of the sheet: those of raters who rated two
    people or more in a relation."""
    within: dict[str, list[Sheet]] = defaultdict(list)
    for sheet in sheets:
        within[sheet.relation].append(sheet)
    low, high = (Fraction(end) for end in rule.range)
    scores = {}
    for same in within.values():
        by_rater: dict[str, dict[str, Fraction]] = defaultdict(dict)
        for sheet in same:
            by_rater[_voice(sheet)][str(sheet.person)] = sheet.score
        calibrated = calibrate_raters(by_rater, clamp=(low, high))
        for sheet in same:
            if len(by_rater[_voice(sheet)]) > 1:
                scores[id(sheet)] = Fraction(calibrated[_voice(sheet)][str(sheet.person)])
    return scores


def _voice(sheet: Sheet) -> str:
    return f"{type(sheet.rater).__name__} {sheet.rater}"


def _values(persons: Sequence[PersonAssessment]) -> Values:
    scores = [score_of(person) for person in persons]
    return Values(
        np.array([0 if score is None else to_micros(score) for score in scores], np.int64),
        np.array([score is not None for score in scores], np.bool_),
        np.array([sum(part.ratings for part in person.parts if part.weight) for person in persons], np.int64),
    )


def _notes(key: str, rule: AssessmentRule, sheets: Sequence[Sheet], incomplete: int) -> Iterator[Problem]:
    """What does not count although somebody may have thought so."""
    place = Place(key=key)
    named = {*rule.relations, SELF}
    others = Counter(sheet.relation for sheet in sheets if sheet.relation not in named)
    if others:
        yield Problem(
            "evaluate.relation-without-weight",
            msg("ratings of relations that have no weight do not count"),
            place,
            found=", ".join(f"{relation} {count}" for relation, count in sorted(others.items())),
            expected=", ".join(rule.relations),
            fix=msg("mend the relation, or write it with weight 0 where that is meant"),
            severity="warning",
        )
    if incomplete:
        yield Problem(
            "evaluate.incomplete-ratings",
            msg("{count} ratings lack relation, full score or item and do not count", count=incomplete),
            place,
            severity="warning",
        )
