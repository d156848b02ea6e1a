"""Records of the period that do not count, because on their day the person was in no assignment covered, are said.

Otherwise a first day that was entered wrongly would look like somebody who did nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from kaohe.engine import Request
from kaohe.engine.plan import measures
from kaohe.errors import Place, Problem
from kaohe.language import Scope, compile_expression
from kaohe.period import Period
from kaohe.plugin import RecordType
from kaohe.run.credit.attribution import at_its_date
from kaohe.run.measuring.asking import Answer, Question
from kaohe.run.measuring.measure import requests
from kaohe.scheme.model import Scheme
from kaohe.text import msg

_COUNT = compile_expression("count()", Scope({}, aggregates=True))


def outside_question(scheme: Scheme, record_types: Mapping[str, RecordType], people: Sequence[str]) -> Question:
    """What is counted for the notes: for each record type all records, and those that count."""
    counted = _counted(scheme, record_types)
    return Question(tuple(each for one in counted for each in (_free(one), one)), people)


def outside_assignments(
    scheme: Scheme, record_types: Mapping[str, RecordType], answer: Answer, people: Sequence[str], period: Period
) -> Iterator[Problem]:
    """A note for each record type of which some records are dated outside their people's assignments, from the answer
    to that question; none where the scheme counts all of a person's records."""
    for request in _counted(scheme, record_types):
        columns = answer[request.records.name, request.who]
        (all_of_them,), (those_inside,) = (measures(one) for one in (_free(request), request))
        left = columns[all_of_them]["n"] - columns[those_inside]["n"]
        count, persons = int(left.sum()), int((left > 0).sum())
        if count:
            yield Problem(
                "evaluate.outside-assignments",
                msg(
                    "{count} records ({records}) dated in {period} do not count, of {people} people: on the record's"
                    " day the person was in no assignment that the scheme covers",
                    count=f"{count:,}",
                    records=request.records.label,
                    period=period.name,
                    people=f"{persons:,}",
                ),
                Place(key=request.records.name),
                found=", ".join(people[index] for index in left.nonzero()[0][:3]) + (" …" if persons > 3 else ""),
                fix=msg("that is meant where people have moved; otherwise correct their first and last days"),
                severity="note",
            )


def _counted(scheme: Scheme, record_types: Mapping[str, RecordType]) -> list[Request]:
    """One count for each record type whose records the scheme counts by their date and credits to a field of theirs."""
    if scheme.attribution != "event_date":
        return []
    found: dict[str, Request] = {}
    for each in scheme.indicators:
        if each.indicator.assessment is not None:
            records = record_types[each.indicator.records]
            who, when = each.indicator.who or records.who[0], each.indicator.when or records.when
            found.setdefault(records.name, _count(scheme, records, who, when))
    for one in requests(scheme, record_types):
        if one.joins == at_its_date(scheme, one.who, one.when) and not any(each.everything for each in measures(one)):
            found.setdefault(one.records.name, _count(scheme, one.records, one.who, one.when))
    return [found[name] for name in sorted(found)]


def _free(request: Request) -> Request:
    return replace(request, joins=())


def _count(scheme: Scheme, records: RecordType, who: str, when: str) -> Request:
    return Request("outside", records, _COUNT, None, when, who, at_its_date(scheme, who, when))
