"""What a query reads from: the records of a type, and small relations of the run's own that are joined to them.

A join never makes two rows of one record. Names of a relation's columns begin with an underscore, and what a join
gives to the query holds a dot: no field of a record is called so, and fields need no qualification.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from sqlglot import exp

from kaohe.engine.dated import dated_by, day_unit, window_on
from kaohe.language import Bounds, Shift
from kaohe.plugin import RecordType

if TYPE_CHECKING:
    import pyarrow as pa

RECORDS = "records"

Relations = Mapping[str, "pa.Table"]
"""The tables that joins name."""
NO_RELATIONS: Relations = MappingProxyType({})


class Joined(Protocol):
    """A relation joined to the records."""

    def onto(self, query: exp.Select, records: RecordType, windows: Mapping[str, Bounds]) -> exp.Select:
        """The query with the relation joined."""
        ...


class Join(Joined, Protocol):
    """A relation joined to say whose a record is. Hashable: what is joined alike is read in one scan.

    ``given``: the names of the columns that it adds. ``required``: records that meet no row are left out.
    """

    @property
    def given(self) -> tuple[str, ...]: ...

    @property
    def required(self) -> bool: ...

    def free(self) -> Join:
        """The same, leaving no record out."""
        ...

    def met(self) -> exp.Expression:
        """Whether a record, so joined, met a row."""
        ...

    def seen(self, shift: Shift | None) -> Join:
        """The join for records that are seen whenever they are dated, in the window ``shift``; None: for those dated
        in the window they are seen in."""
        ...


@dataclass(frozen=True)
class OnDay:
    """Meets each record with the row of ``relation`` that covers its day for a person: columns ``_person``, and days
    since 1970 ``_first`` to, not including, ``_end``. Rows of one person do not overlap.

    ``person`` is a field of the record or what a join before it gave; ``when`` the field that dates the record.
    ``gives``: columns of the relation, and what they are called in the query. ``required``: a record that meets no
    row is left out. ``drawn_to``: a record dated outside that window counts as of its day next to the date; so do all
    that are seen whenever they are dated, where a row is ``required`` or the ``nearest`` one is meant.
    """

    relation: str
    person: str
    when: str
    gives: tuple[tuple[str, str], ...] = ()
    required: bool = False
    drawn_to: Shift | None = None
    nearest: bool = False

    @property
    def given(self) -> tuple[str, ...]:
        return tuple(name for _column, name in self.gives)

    def free(self) -> OnDay:
        return replace(self, required=False) if self.required else self

    def met(self) -> exp.Expression:
        return exp.column("_person", table=self._alias, quoted=True).is_(exp.null()).not_()

    @property
    def _alias(self) -> str:
        """Of different joins different ones."""
        edge = "" if self.drawn_to is None else f" in {self.drawn_to}"
        given = "".join(f" for {name}" for name in self.given)
        return f"{self.relation} of {self.person} on {self.when}{edge}{given}"

    def seen(self, shift: Shift | None) -> OnDay:
        return replace(self, drawn_to=shift) if self.required or self.nearest else self

    def onto(self, query: exp.Select, records: RecordType, windows: Mapping[str, Bounds]) -> exp.Select:
        unit = day_unit(records, self.when)
        day = self._day(records, windows)
        given = [exp.column(column, quoted=True).as_(name, quoted=True) for column, name in self.gives]
        keys = [exp.column(name, quoted=True) for name in ("_person", "_first", "_end")]
        rows = exp.select(*keys, *given).from_(exp.to_identifier(self.relation, quoted=True))
        alias = self._alias
        person, first, end = (exp.column(name, table=alias, quoted=True) for name in ("_person", "_first", "_end"))
        covers = exp.and_(
            person.eq(exp.column(self.person, quoted=True)), day >= _times(first, unit), day.copy() < _times(end, unit)
        )
        return query.join(
            rows.subquery(exp.to_identifier(alias, quoted=True)),
            on=covers,
            join_type="inner" if self.required else "left",
        )

    def _day(self, records: RecordType, windows: Mapping[str, Bounds]) -> exp.Expression:
        """The moment that counts, in the units of the column; unknown where the record has no date."""
        if self.drawn_to is None:
            return exp.column(dated_by(records, self.when), quoted=True)
        name, first, end = window_on(records, self.when, windows[self.drawn_to])
        column = exp.column(name, quoted=True)
        least, most = exp.Literal.number(first), exp.Literal.number(end - 1)
        return exp.Case().when(column < least, least).when(column > most, most).else_(column)


def source(
    query: exp.Select, records: RecordType, joins: Sequence[Joined], windows: Mapping[str, Bounds]
) -> exp.Select:
    """The query reading from the relation ``records`` and what is joined to it, in that order."""
    query = query.from_(RECORDS)
    for join in joins:
        query = join.onto(query, records, windows)
    return query


def _times(column: exp.Expression, unit: int) -> exp.Expression:
    return column if unit == 1 else column * exp.Literal.number(unit)
