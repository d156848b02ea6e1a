"""Records that are credited to several people: one request for each of them, their parts added up, the shares checked.

Shares are multiplied into what is summed, as scaled integers: the parts of a record make exactly the whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from kaohe.engine import Parts, Request
from kaohe.engine.plan import measures
from kaohe.errors import Place, Problem, fail
from kaohe.exact import Ints
from kaohe.language import Aggregate, Expression, Type
from kaohe.language.tree import Call, credited
from kaohe.scheme.model import Credits, Scheme
from kaohe.text import msg


def split(request: Request, credit: Credits) -> list[Request]:
    """The request once for each person credited, with their share."""
    return [
        replace(
            request,
            value=replace(request.value, tree=credited(request.value.tree, part.share.tree)),
            who=part.who,
        )
        for part in credit.parts
    ]


def added_up(
    requests: Sequence[Request], scans: Mapping[tuple[str, str], Parts]
) -> dict[Aggregate, Mapping[str, Ints]]:
    """The parts of one indicator's aggregates, of the first request's tree, over all its requests."""
    columns = [
        [scans[request.records.name, request.who][measure] for measure in measures(request)] for request in requests
    ]
    return {
        measure.aggregate: {name: _sum([each[name] for each in same]) for name in same[0]}
        for measure, *same in zip(measures(requests[0]), *columns, strict=True)
    }


def whole_checks(scheme: Scheme, asked: Sequence[Request]) -> list[Request]:
    """For each person credited, a count of the records whose shares do not make a whole."""
    wholes = {each.key: each.credit.whole for each in scheme.indicators if each.credit is not None}
    return [
        replace(request, value=_count_of_others(whole))
        for request in asked
        if (whole := wholes.get(request.key)) is not None
    ]


def not_whole(checks: Sequence[Request], scans: Mapping[tuple[str, str], Parts]) -> Iterator[Problem]:
    """An error for each indicator and person field with records whose shares do not make a whole."""
    for request in checks:
        (measure,) = measures(request)
        count = int(scans[request.records.name, request.who][measure]["n"].sum())
        if count:
            yield Problem(
                "evaluate.credit-shares",
                msg("the shares of those credited do not add up to 1, or one is negative"),
                Place(key=request.key),
                found=msg(
                    "{count} records of {records}, by {who}", count=count, records=request.records.name, who=request.who
                ),
                expected=msg("shares that add up to 1 over the people whom a record names"),
                fix=msg("mend the records, or write overlay = true where the shares are meant to be credited besides"),
            )


def _count_of_others(whole: Expression) -> Expression:
    others = Call("not", (whole.tree,), Type("boolean"))
    return Expression(
        f"count(where=not ({whole.text}))", Aggregate("count", None, others, Type("number")), Type("number")
    )


def _sum(columns: Sequence[Ints]) -> Ints:
    """Exact; KaoheError where 64 bits do not hold the sum."""
    total = columns[0].astype(object)
    for column in columns[1:]:
        total = total + column
    if len(columns) > 1 and total.size and max(abs(each) for each in total) >= 2**63:
        raise fail(
            Problem(
                "engine.overflow",
                msg("a sum over these records is larger than 9,223,372,036,854,775,807"),
                fix=msg("look for an amount in the records that cannot be right"),
            )
        )
    return columns[0] if len(columns) == 1 else total.astype(np.int64)
