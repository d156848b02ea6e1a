"""An assessment in words: relation by relation what counted, as far as the person assessed may see it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from kaohe.exact import from_micros, shorten, to_micros
from kaohe.plugin import AssessmentRule
from kaohe.run.assessment.assessing import score_of
from kaohe.run.assessment.model import Agreement, RelationPart
from kaohe.run.explanation.common import Common
from kaohe.run.model import Run
from kaohe.run.node import Node, agree, agree_in_words
from kaohe.scheme.model import Measured, UsedIndicator
from kaohe.text import Message, msg


def assessment_nodes(common: Common, row: int, used: UsedIndicator | Measured) -> tuple[Node, ...]:
    """One node for each relation that has ratings, below one that says what is put together.

    Raises KaoheError where the value does not recompute to the run's from the relations.
    """
    run = common.run
    rule, person = used.assessment, run.assessments[used.key].people[row]
    if rule is None:
        return ()
    if common.evidence is not None:
        again = common.evidence.assessed[used.key].people[row]
        agree_in_words(run, used.key, "" if again == person else "ratings", "")
    score, values = score_of(person), run.appraisal.values[used.key]
    agree(run, used.key, int(values.micros[row]), 0 if score is None else to_micros(score))
    return (_meaning(used, rule), *(_relation(part, rule) for part in person.parts))


def formula(run: Run, row: int, used: UsedIndicator | Measured) -> tuple[Message, ...]:
    """The weighted mean that gives the value, where every mean in it may be seen."""
    counting = [part for part in run.assessments[used.key].people[row].parts if part.weight]
    if len(counting) < 2 or not all(part.shown for part in counting):
        return ()
    terms = " + ".join(f"{shorten(part.weight)} × {_mean(part)}" for part in counting)
    return (
        msg("({terms}) / {weight}", terms=terms, weight=shorten(sum((part.weight for part in counting), Decimal(0)))),
    )


def agreement_words(run: Run) -> Iterator[Message]:
    """A sentence for each assessment of the run: how far its raters agree."""
    names = {each.key: each.indicator.name for each in run.scheme.indicators}
    for key, assessed in sorted(run.assessments.items()):
        yield msg(
            "agreement of raters, {indicator}: {icc}; {alpha}",
            indicator=names[key],
            icc=_icc(assessed.agreement),
            alpha=_alpha(assessed.agreement),
        )


def _icc(figures: Agreement) -> Message:
    words = {"people": figures.people, "scores": figures.scores}
    if figures.icc is None or figures.icc_mean is None:
        return msg("ICC(1) too little data ({scores} scores of {people} people)", **words)
    return msg(
        "ICC(1) {icc}, of the mean of {each} raters {mean} ({scores} scores of {people} people)",
        icc=figures.icc,
        mean=figures.icc_mean,
        each=figures.each,
        **words,
    )


def _alpha(figures: Agreement) -> Message:
    words = {"items": figures.items, "sheets": figures.sheets}
    if figures.items < 2:
        return msg("Cronbach's alpha: one item only")
    if figures.alpha is None:
        return msg("Cronbach's alpha too little data ({items} items, {sheets} whole sheets)", **words)
    return msg("Cronbach's alpha {alpha} ({items} items, {sheets} whole sheets)", alpha=figures.alpha, **words)


def _relation(part: RelationPart, rule: AssessmentRule) -> Node:
    label = (
        msg("{relation} (weight {weight})", relation=part.relation, weight=shorten(part.weight))
        if part.weight
        else msg("{relation} (does not count)", relation=part.relation)
    )
    if not part.shown:
        return Node(label, msg("withheld"), kind="relation", id=part.relation)
    raters = msg("1 rater") if part.raters == 1 else msg("{count} raters", count=part.raters)
    ratings = msg("1 rating") if part.ratings == 1 else msg("{count} ratings", count=part.ratings)
    remarks = [msg("{raters}, {ratings}", raters=raters, ratings=ratings)]
    if part.calibrated:
        remarks.append(msg("{count} raters calibrated to the mean and spread of the relation", count=part.calibrated))
    if part.trimmed:
        remarks.append(msg("the {count} highest and the {count} lowest scores left out", count=part.trimmed // 2))
    return Node(label, msg("mean {mean}", mean=_mean(part)), tuple(remarks), (), "relation", part.relation)


def _mean(part: RelationPart) -> Decimal:
    return from_micros(to_micros(part.mean))


def _meaning(used: UsedIndicator | Measured, rule: AssessmentRule) -> Node:
    weights = ", ".join(f"{relation} {shorten(weight)}" for relation, weight in rule.relations.items())
    words = {"id": used.indicator.id, "weights": weights, "records": used.indicator.records}
    where = () if used.where is None else (msg("where {condition}", condition=used.where.text),)
    items = (msg("items: {items}", items=", ".join(rule.items)),) if rule.items else ()
    scale = msg("every scale mapped to {low}–{high}", low=shorten(rule.range[0]), high=shorten(rule.range[1]))
    return Node(msg("{id} = ratings of {records} by relation: {weights}", **words), None, (scale, *items, *where))
