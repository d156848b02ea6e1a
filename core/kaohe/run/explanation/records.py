"""The records behind an indicator: those that counted and those that did not, held against the run's own counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from kaohe.appraise.model import Values
from kaohe.language import Aggregate, Bounds, aggregates, evaluate_columns
from kaohe.language.writing import written
from kaohe.records.rejections import Rejected
from kaohe.records.rounds.model import RECORDS as ASSESSMENTS
from kaohe.run.explanation.common import Common
from kaohe.run.explanation.evidence import Evidence
from kaohe.run.explanation.verdicts import Judged, Verdict, judge
from kaohe.run.figures import counts_node, in_window, records_in_words
from kaohe.run.measuring.measure import divisor_of
from kaohe.run.model import Counts, Run
from kaohe.run.node import Node, agree, agree_in_words
from kaohe.scheme.model import Measured, Subject, UsedIndicator
from kaohe.text import Message, msg

CONFIDENTIAL = msg("single ratings are given in confidence and are not listed")


def counted_nodes(
    common: Common, used: UsedIndicator | Measured, counts: Sequence[Counts], at: int, whose: str, level: Subject
) -> tuple[Node, ...]:
    """A node for each aggregate of an indicator, with the integers of the person or team at position ``at``; below it,
    where they are asked for, the records."""
    nodes = tuple(counts_node(each, at) for each in counts)
    if common.evidence is None or not common.listed or not counts:
        return nodes
    if confidential(common.run, used.indicator.records):
        return (*nodes, Node(CONFIDENTIAL, kind="confidential"))
    judged = judged_by(common, used, whose, level)
    listed = tuple(
        replace(node, children=(*node.children, records_node(used, found, said)))
        for node, found, said in zip(nodes, judged, () if used.value is None else aggregates(used.value), strict=True)
    )
    return (*listed, *_quarantined(common.evidence, used, judged, whose)) if level == "person" else listed


def _quarantined(
    evidence: Evidence, used: UsedIndicator | Measured, judged: Sequence[Judged], whose: str
) -> tuple[Node, ...]:
    """Rows of imports that did not pass and would be looked at, by their date, or might be where that is unknown."""
    windows = [evidence.windows[each.aggregate.shift] for each in judged]
    always = any(each.aggregate.everything for each in judged)
    rows = [
        each
        for each in evidence.rejected(whose).get(used.indicator.records, ())
        if always or each.day is None or any(window.start <= each.day < window.end for window in windows)
    ]
    if not rows:
        return ()
    nodes = tuple(_rejected(each) for each in rows)
    remark = msg("as the database has them today; they count in a new run once they are mended and imported")
    return (
        Node(msg("rows of imports that did not pass"), records_in_words(len(rows)), (remark,), nodes, "quarantined"),
    )


def _rejected(row: Rejected) -> Node:
    where = msg("{file}, {place}", file=row.file, place=row.place)
    label = where if row.key is None else msg("{key} · {day}", key=row.key, day=where)
    reasons = tuple(
        msg("{field}: {reason}", field=column, reason=reason) if column else msg("{reason}", reason=reason)
        for column, reason in row.reasons
    )
    facts = {"status": "quarantined", "file": row.file, "place": row.place, "key": row.key or ""}
    facts |= {} if row.day is None else {"date": str(row.day)}
    return Node(label, None if row.day is None else str(row.day), reasons, (), "record", row.key or "", facts)


def judged_by(common: Common, used: UsedIndicator | Measured, whose: str, level: Subject) -> tuple[Judged, ...]:
    """The verdicts on the records behind an indicator; those of the last one asked for are at hand."""
    asked = (used.key, whose, level)
    if common.evidence is None:
        return ()
    if asked not in common.judged:
        common.judged.clear()
        common.judged[asked] = judge(common.evidence, used, whose, level)
    return common.judged[asked]


def value_agrees(
    common: Common, used: UsedIndicator | Measured, values: Values, at: int, whose: str, level: Subject
) -> None:
    """Refuse counts or a value of the run that do not come out of single records once more."""
    run, evidence = common.run, common.evidence
    counts = (run.counts if level == run.scheme.subject else run.team_counts).get(used.key, ())
    if evidence is None or not counts:
        return
    judged = judged_by(common, used, whose, level)
    for stored, found in zip(counts, judged, strict=True):
        _compare(run, used, stored, found, at)
    (asked, *_others) = evidence.requests(used.key, level)
    again = None
    if not any(_dayless(evidence.windows[each.shift]) for each in aggregates(asked.value)):
        parts = {
            each.aggregate: {name: np.array([_sum(each, name)], np.int64) for name in each.parts[0]} for each in judged
        }
        divisor = divisor_of(asked.value, used.indicator.unit)
        micros, known, _sample = evaluate_columns(asked.value, parts, divisor=divisor)
        again = int(micros[0]) if known[0] else None
    stored_value = int(values.micros[at]) if values.known[at] else None
    agree_in_words(run, f"{used.key} {whose}", str(stored_value), str(again))


def _dayless(window: Bounds) -> bool:
    """Whether there is no day in it, as before the first period of a year."""
    return window.start == window.end


def confidential(run: Run, records: str) -> bool:
    """Whether records of the type are ratings of people by people: who sees one of them knows what its rater thinks."""
    rated = {each.indicator.records for each in run.scheme.indicators if each.assessment is not None}
    return records in rated or records == ASSESSMENTS


def records_node(used: UsedIndicator | Measured, judged: Judged, said: Aggregate) -> Node:
    """The lists of one aggregate, as it is ``said`` in the indicator."""
    counted = [each for each in judged.verdicts if each.status == "counted"]
    # What lies outside the window comes last: there may be years of it.
    others = sorted(
        (each for each in judged.verdicts if each.status != "counted"), key=lambda each: each.status == "out_of_period"
    )
    label = in_window(judged.aggregate.shift, msg("records of {figure}", figure=written(replace(said, shift="period"))))
    children = (
        _list(msg("counted"), "counted", counted),
        _list(msg("not counted"), "not_counted", others),
    )
    return Node(label, records_in_words(len(judged.verdicts)), (), children, kind="records", id=used.key)


def _list(label: Message, kind: str, verdicts: Sequence[Verdict]) -> Node:
    return Node(label, records_in_words(len(verdicts)), (), tuple(map(_record, verdicts)), kind=kind)


def _record(verdict: Verdict) -> Node:
    label = verdict.key if verdict.day is None else msg("{key} · {day}", key=verdict.key, day=verdict.day)
    remarks = [] if verdict.about is None else [verdict.about]
    if verdict.share is not None and verdict.status == "counted":
        remarks.insert(0, msg("counts with {share} as {who}", share=verdict.share, who=verdict.who))
    facts = {"key": verdict.key, "status": verdict.status}
    facts |= {} if verdict.day is None else {"date": str(verdict.day)}
    facts |= {} if verdict.share is None else {"share": str(verdict.share), "who": str(verdict.who)}
    figure = verdict.amount if verdict.reason is None else verdict.reason
    return Node(label, figure, tuple(remarks), kind="record", id=verdict.key, facts=facts)


def _sum(judged: Judged, name: str) -> int:
    return sum(each[name] for each in judged.parts)


def _compare(run: Run, used: UsedIndicator | Measured, stored: Counts, judged: Judged, at: int) -> None:
    for name, column in stored.parts.items():
        agree(run, f"{used.key} {stored.function} {name}", int(column[at]), _sum(judged, name))
    for (who, parts), found in zip(stored.shares, judged.parts, strict=bool(stored.shares)):
        for name, column in parts.items():
            agree(run, f"{used.key} {stored.function} {name} {who}", int(column[at]), found[name])
    counting = len(judged.counted)
    if stored.function in ("count", "sum", "mean", "share", "median", "percentile", "nps") and used.credit is None:
        agree(run, f"{used.key} {stored.function} n", int(stored.parts["n"][at]), counting)
