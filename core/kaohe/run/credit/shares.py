"""Records that are credited to several people: one request for each of them, their parts added up, the shares checked.

Shares are multiplied into what is summed, as scaled integers: the parts of a record make exactly the whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from kaohe.engine import Join, Measure, OnDay, Request
from kaohe.engine.plan import measures
from kaohe.errors import Place, Problem, fail
from kaohe.exact import Ints
from kaohe.language import Aggregate, Expression, Shift, Type, aggregates
from kaohe.language.tree import Call, Node, credited
from kaohe.plugin.credit import column_of, field_of, team_column
from kaohe.run.figures import in_window
from kaohe.scheme.model import Credits, Scheme
from kaohe.text import msg

EVERYBODY = "everybody"
"""The relation of everybody's main assignments, by day."""

Found = Mapping[tuple[str, str], Mapping[Measure, Mapping[str, Ints]]]
"""What the scans of a record type by the person credited gave."""

_BOOLEAN = Type("boolean")


def split(request: Request, credit: Credits) -> list[Request]:
    """The request once for each person credited, with their share."""
    return [
        replace(
            request,
            value=replace(request.value, tree=credited(request.value.tree, part.share.tree)),
            who=column_of(part.who),
            joins=(*request.joins, *_above(part.who, request.when)),
        )
        for part in credit.parts
    ]


def of_its_team(request: Request) -> Request:
    """The request by team: the record's own where it names one, else that in which the credited person was on its date;
    records that are seen whenever they are dated count as of the day of the window next to their date."""
    column, field = team_column(request.who), request.records.team
    if request.who == field:
        return request
    team = OnDay(EVERYBODY, request.who, request.when, (("_team", column),), nearest=True)
    return replace(request, who=column, joins=(*request.joins, team), rather=field)


def looks_above(scheme: Scheme) -> bool:
    """Whether any indicator credits who stands above somebody."""
    splits = [each.credit for each in scheme.indicators if each.credit is not None]
    return any(field_of(part.who)[0] is not None for credit in splits for part in credit.parts)


def _above(who: str, when: str) -> tuple[Join, ...]:
    """What a record is joined to, so that who stands above somebody on its day can be credited."""
    relation, field = field_of(who)
    return () if relation is None else (OnDay(EVERYBODY, field, when, ((f"_{relation}", column_of(who)),)),)


def added_up(requests: Sequence[Request], found: Found) -> dict[Aggregate, Mapping[str, Ints]]:
    """The parts of one indicator's aggregates, of the first request's tree, over all its requests."""
    columns = [_columns(request, found) for request in requests]
    return {
        measure.aggregate: {name: _sum([each[name] for each in same]) for name in same[0]}
        for measure, *same in zip(measures(requests[0]), *columns, strict=True)
    }


def by_share(
    scheme: Scheme, requests: Sequence[Request], found: Found
) -> dict[Aggregate, tuple[tuple[str, Mapping[str, Ints]], ...]]:
    """The same apart for each of those credited, by how the scheme writes them; nothing where there is no split."""
    credit = next(each.credit for each in scheme.indicators if each.key == requests[0].key)
    if credit is None:
        return {}
    columns = [_columns(request, found) for request in requests]
    names = [part.who for part in credit.parts]
    return {
        measure.aggregate: tuple(zip(names, same, strict=True))
        for measure, *same in zip(measures(requests[0]), *columns, strict=True)
    }


def _columns(request: Request, found: Found) -> list[Mapping[str, Ints]]:
    return [found[request.records.name, request.who][measure] for measure in measures(request)]


@dataclass(frozen=True)
class WholeCheck:
    """A count of the records of one window whose shares do not make a whole, by the person credited as ``who``."""

    request: Request
    who: str
    shift: Shift


def whole_checks(scheme: Scheme, asked: Sequence[Request]) -> list[WholeCheck]:
    """For each person credited and each window that the indicator looks at, a count of the records that it looks at
    there and whose shares do not make a whole."""
    splits = {each.key: each.credit for each in scheme.indicators if each.credit is not None}
    checks = []
    for request in asked:
        credit = splits.get(request.key)
        if credit is None or credit.whole is None:
            continue
        above = dict.fromkeys(join for part in credit.parts for join in _above(part.who, request.when))
        joins = (*above, *(join for join in request.joins if join not in above))
        who = next(part.who for part in credit.parts if request.who in _columns_of(part.who))
        for each in _not_whole(credit.whole, aggregates(request.value)):
            value = Expression(f"count(where=not ({credit.whole.text}))", each, each.type)
            checks.append(WholeCheck(replace(request, value=value, joins=joins), who, each.shift))
    return checks


def _columns_of(who: str) -> tuple[str, str]:
    return column_of(who), team_column(column_of(who))


def _not_whole(whole: Expression, looked_at: Sequence[Aggregate]) -> Iterator[Aggregate]:
    """For each window, a count of the records that any of the aggregates looks at and that are not whole."""
    windows: dict[tuple[Shift, bool], list[Node | None]] = {}
    for each in looked_at:
        windows.setdefault((each.shift, each.everything), []).append(each.condition)
    others = Call("not", (whole.tree,), _BOOLEAN)
    for (shift, everything), found in windows.items():
        conditions = [each for each in dict.fromkeys(found) if each is not None]
        condition: Node = others
        if len(conditions) == 1 and None not in found:
            condition = Call("and", (conditions[0], others), _BOOLEAN)
        elif None not in found:
            condition = Call("and", (Call("or", tuple(conditions), _BOOLEAN), others), _BOOLEAN)
        yield Aggregate("count", None, condition, Type("number"), shift=shift, everything=everything)


def not_whole(checks: Sequence[WholeCheck], found: Found) -> Iterator[Problem]:
    """An error for each indicator, person credited and window with records whose shares do not make a whole."""
    for check in checks:
        request = check.request
        count = int(_columns(request, found)[0]["n"].sum())
        if count:
            words = {"count": count, "records": request.records.name, "who": check.who}
            yield Problem(
                "evaluate.credit-shares",
                msg("the shares of those credited do not add up to 1, or one is negative"),
                Place(key=request.key),
                found=in_window(check.shift, msg("{count} records of {records}, by {who}", **words)),
                expected=msg("shares that add up to 1 over the people whom a record names"),
                fix=msg("mend the records, or write overlay = true where the shares are meant to be credited besides"),
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
