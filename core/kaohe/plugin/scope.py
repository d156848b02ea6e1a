"""What an expression over records of one type may name."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from types import MappingProxyType

from kaohe.language import Keyed, Kind, Scope, Setting, Type
from kaohe.plugin.types import Field, Indicator, RecordType
from kaohe.worktime import ANY_CALENDAR, Calendars

DESCRIBED = ("customer",)
"""The kinds of fields whose values another record type may describe."""
_KINDS: dict[str, Kind] = {"date": "date", "datetime": "datetime", "boolean": "boolean"}
_TIME_UNITS = {"seconds", "minutes", "hours", "days"}
MICROS = Type("number", 6)
Parameters = Mapping[str, Setting]
_NONE: Mapping[str, RecordType] = MappingProxyType({})


def field_type(field: Field) -> Type:
    """The language's type of a record's field: numbers with the decimals they are stored with, the rest text."""
    match field.kind:
        case "integer":
            return Type("number", 0)
        case "decimal":
            return Type("number", field.scale)
        case "money":
            return Type("number", 2)
        case "choice":
            return Type("text", choices=tuple(field.choices))
        case kind:
            return Type(_KINDS.get(kind, "text"))


def record_scope(
    record_type: RecordType,
    parameters: Parameters,
    *,
    when: str | None = None,
    aggregates: bool = True,
    calendars: Calendars = ANY_CALENDAR,
    record_types: Mapping[str, RecordType] = _NONE,
) -> Scope:
    """The scope of a value (``aggregates``) or of a condition on one record, with the parameters filled in.

    ``when`` takes the place of the record type's own date, as an indicator may. ``calendars``: the workspace's; left
    out, every name is taken for one, which is for checking only. ``record_types``: all there are; fields that one of
    them describes can be read through, as in ``customer.segment``.
    """
    fields = {field.name: field_type(field) for field in record_type.fields}
    for name, other in described(record_type, record_types):
        fields |= {f"{name}.{field.name}": field_type(field) for field in other.fields}
    return Scope(
        fields=fields,
        parameters=parameters,
        aggregates=aggregates,
        period=True,
        span=(when or record_type.when, record_type.until) if record_type.until is not None else None,
        calendars=calendars,
    )


def described(record_type: RecordType, record_types: Mapping[str, RecordType]) -> tuple[tuple[str, RecordType], ...]:
    """The fields of the record type whose values another type describes, each with that type."""
    by_kind = {each.describes: each for each in record_types.values() if each.describes is not None}
    return tuple((field.name, by_kind[field.kind]) for field in record_type.fields if field.kind in by_kind)


def values_and_targets(ids: AbstractSet[str], own: str | None = None) -> dict[str, Keyed]:
    """What can be asked about indicators of these ids, for the person or for somebody else: value, target, attainment.

    ``own``: whose target is meant where none is named. A name without a dot may be that of a target alone.
    """
    known = frozenset(ids)
    return {
        "value": Keyed(MICROS, known, whose=("team",)),
        "target": Keyed(MICROS, known, own=own, whose=("team", "company"), words=True),
        "attainment": Keyed(MICROS, known, own=own, whose=("team",)),
    }


def derived_scope(parameters: Parameters, ids: AbstractSet[str]) -> Scope:
    """The scope of a derived indicator: values and targets of these indicators, with the parameters filled in."""
    return Scope({}, parameters=parameters, keyed=values_and_targets(ids))


def default_parameters(indicator: Indicator) -> Parameters:
    """The indicator's parameters as they are where a scheme gives none."""
    return {name: parameter.default for name, parameter in indicator.parameters.items()}


def value_kinds(indicator: Indicator) -> tuple[Kind, ...]:
    """What the indicator's value may be: a number, or a duration where its unit is one of time."""
    return ("number", "duration") if indicator.unit in _TIME_UNITS else ("number",)
