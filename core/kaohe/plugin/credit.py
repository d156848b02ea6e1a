"""Who is credited with a record: a person field, or who stood above that person on the record's day."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from kaohe.language import Expression, Scope, Type, aggregates
from kaohe.plugin.mistake import Mistake
from kaohe.plugin.types import RecordType
from kaohe.text import msg

_ABOVE = re.compile(r"(manager)\(\s*(\w+)\s*\)")
_ADDED_UP = ("sum", "count")


def field_of(who: str) -> tuple[str | None, str]:
    """Of ``manager(owner)`` the relation and the person field; of a plain field no relation."""
    found = _ABOVE.fullmatch(who.strip())
    return (found[1], found[2]) if found else (None, who)


def column_of(who: str) -> str:
    """What the one credited is called in an expression and a query: no field of a record has a dot in its name."""
    relation, field = field_of(who)
    return field if relation is None else f"{relation}.{field}"


def team_column(column: str) -> str:
    """What the team of the one credited as ``column`` is called, likewise."""
    return f"team.{column}"


def with_people_above(scope: Scope, credited: Sequence[str]) -> Scope:
    """The scope in which those credited can be named by their columns."""
    above = {column_of(who): Type("text") for who in credited if field_of(who)[0] is not None}
    return replace(scope, fields={**scope.fields, **above})


def credit_mistakes(
    credited: Sequence[str | None], records: RecordType, value: Expression | None, who: str | None
) -> Iterator[Mistake]:
    """What is wrong with splits among these people, shares apart; None: unfit, and reported as such.

    ``value`` is the indicator's where it compiles, ``who`` its own credited person. Keys count from the indicator.
    """
    people = tuple(field.name for field in records.fields if field.kind == "person")
    seen: set[str] = set()
    for index, each in enumerate(credited):
        if each is None:
            continue
        keys, column = ("credit", index, "who"), column_of(each)
        if field_of(each)[1] not in people:
            what = msg("{name} is no field of {records} that names a person", name=each, records=records.name)
            yield Mistake(keys, "unknown-field", what, each, people)
        elif column in seen:
            yield Mistake(keys, "duplicate-credit", msg("{name} is credited twice", name=each), each)
        seen.add(column)
    if len(credited) == 1 and credited[0] in people:
        what = msg("credit of one person alone splits nothing: write who instead")
        yield Mistake(("credit",), "credit-of-one", what, credited[0])
    if who is not None:
        yield Mistake(("who",), "no-effect", msg("credit says already who is credited"), who)
    for each_aggregate in aggregates(value) if value is not None else ():
        if each_aggregate.function not in _ADDED_UP:
            function = each_aggregate.function
            what = msg("{function} cannot be split among people: only sums and counts can", function=function)
            yield Mistake(("value",), "credit-not-additive", what, function)
