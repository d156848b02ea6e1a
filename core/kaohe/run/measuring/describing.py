"""What other record types tell of the records that a scheme measures: which of them it reads, and as what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from kaohe.engine import Description
from kaohe.errors import Place, Problem
from kaohe.language import Expression, field_names
from kaohe.plugin import RecordType
from kaohe.plugin.scope import described
from kaohe.scheme.model import Scheme, expressions_over_records
from kaohe.text import msg

if TYPE_CHECKING:
    from kaohe.records import Snapshot


def describing(records: RecordType, record_types: Mapping[str, RecordType]) -> tuple[Description, ...]:
    """What can be read through the fields of these records."""
    return tuple(Description(field, other) for field, other in described(records, record_types))


def record_types_of(scheme: Scheme, record_types: Mapping[str, RecordType]) -> tuple[str, ...]:
    """The names of the record types that the scheme needs, ascending: those measured, and those read through them."""
    names = {each.indicator.records for each in scheme.indicators if each.indicator.derived is None}
    return tuple(sorted(names | read_through(scheme, record_types)))


def read_through(scheme: Scheme, record_types: Mapping[str, RecordType]) -> set[str]:
    """The record types of which the scheme reads what they tell of other records."""
    return {
        name
        for each in scheme.indicators
        if each.indicator.records in record_types
        for name in told_by(record_types[each.indicator.records], record_types, expressions_over_records(each))
    }


def told_by(records: RecordType, record_types: Mapping[str, RecordType], expressions: Iterable[Expression]) -> set[str]:
    """The record types of which expressions over these records read what they tell of them."""
    names = {name for expression in expressions for name in field_names(expression)}
    told = describing(records, record_types)
    return {each.records.name for each in told if any(each.names(name) is not None for name in names)}


def without_records(scheme: Scheme, record_types: Mapping[str, RecordType], snapshot: Snapshot) -> Iterator[Problem]:
    """A warning for each record type that the scheme reads through and that has no record: all is then unknown."""
    for name in sorted(read_through(scheme, record_types)):
        if not snapshot.partitions(name):
            what = msg("no {records}: what the scheme reads of them is unknown", records=record_types[name].label)
            fix = msg("if they were forgotten, import them: kaohe records import {name} FILE", name=name)
            yield Problem("evaluate.no-records", what, Place(key=name), fix=fix, severity="warning")
