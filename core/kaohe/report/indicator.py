"""An indicator described: what it measures, of which records, with which settings and which default curve."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from kaohe.exact import shorten
from kaohe.language import field_names, keyed_ids
from kaohe.plugin import Indicator, Parameter, RecordType
from kaohe.run.assessment.model import rule_data
from kaohe.scheme.assessment_words import assessment_words
from kaohe.scheme.model import Credit, Scheme, UsedIndicator
from kaohe.scheme.words import chain, curve_words, series
from kaohe.text import Language, Message, Text, msg

Words = Message | Text | str

UNITS: Mapping[str, Message] = {
    "share": msg("share"),
    "count": msg("count"),
    "points": msg("points"),
    "money": msg("yuan"),
    "number": msg("number"),
    "seconds": msg("seconds"),
    "minutes": msg("minutes"),
    "hours": msg("hours"),
    "days": msg("days"),
    "kilowatt_hours": msg("kWh"),
}
DIRECTIONS: Mapping[str, Message] = {
    "higher": msg("more is better"),
    "lower": msg("less is better"),
    "target": msg("the nearer to the target, the better"),
}
_TYPES = {
    "number": msg("a number"),
    "integer": msg("a whole number"),
    "string": msg("text"),
    "boolean": msg("true or false"),
}
_LIMITS = {
    "minimum": msg("at least {limit}"),
    "exclusiveMinimum": msg("more than {limit}"),
    "maximum": msg("at most {limit}"),
    "exclusiveMaximum": msg("less than {limit}"),
}


def fields_used(used: UsedIndicator) -> tuple[str, ...]:
    """The fields of the record type that the value rests on, in alphabetical order."""
    found = set(field_names(used.value)) if used.value is not None else set()
    found |= field_names(used.where) if used.where is not None else set()
    found |= {name for part in _shares(used) for name in field_names(part.share)}
    return tuple(sorted(found))


def ids_used(used: UsedIndicator) -> tuple[str, ...]:
    """The other indicators that a derived one rests on."""
    return () if used.value is None else tuple(sorted({identifier for _function, identifier in keyed_ids(used.value)}))


def facts(scheme: Scheme, record_types: Mapping[str, RecordType], plugin: str) -> list[tuple[Message, Words]]:
    """Everything about the one indicator of a sketched scheme, as label and value; empty values are left out."""
    (used,) = scheme.weighted
    indicator = used.indicator
    record_type = record_types.get(indicator.records)
    listed: list[tuple[Message, Words]] = [
        (msg("Id"), indicator.id),
        (msg("Name"), msg("{zh} · {en}", zh=indicator.name.zh, en=indicator.name.en)),
        (msg("Description"), indicator.description),
        (msg("Unit"), UNITS[indicator.unit]),
        (msg("Direction"), DIRECTIONS[indicator.direction]),
        (msg("Least records"), str(indicator.min_sample)),
        *((msg("Parameter {name}", name=name), parameter_words(one)) for name, one in indicator.parameters.items()),
        (msg("Default curve"), curve_words(used.curve, indicator) if indicator.curve else ""),
    ]
    if record_type is not None:
        labels = [_field(record_type, name) for name in fields_used(used)]
        listed += [
            (msg("Records"), msg("{label} ({name})", label=record_type.label, name=record_type.name)),
            (msg("Fields used"), series(labels) if labels else ""),
            (msg("Dated by"), _field(record_type, indicator.when or record_type.when)),
            (msg("Credited to"), _credited(record_type, used)),
        ]
    listed += [
        (msg("Rests on"), ", ".join(ids_used(used))),
        (msg("Value"), indicator.value),
        *((msg("Assessment"), words) for words in _assessment(used)),
        (msg("Condition"), indicator.where or ""),
        (msg("Source"), indicator.source),
        (msg("Plugin"), plugin),
    ]
    return [(label, value) for label, value in listed if value != ""]


def parameter_words(parameter: Parameter) -> Message:
    """What a parameter is, which values it takes, its default."""
    schema = parameter.schema
    allowed: Words
    if "enum" in schema:
        allowed = ", ".join(map(_plain, schema["enum"]))
    else:
        limits = [Message(_LIMITS[key].template, {"limit": _plain(schema[key])}) for key in _LIMITS if key in schema]
        allowed = series([_TYPES[schema["type"]], *limits])
    default = _plain(parameter.default)
    parts = [
        msg("{name}: {value}", name=parameter.label, value=allowed),
        msg("default {value}", value=default) if default else msg("empty by default"),
    ]
    return chain(parts)


def indicator_data(scheme: Scheme, record_types: Mapping[str, RecordType], plugin: str) -> dict[str, Any]:
    """The same as JSON, in both languages."""
    (used,) = scheme.weighted
    indicator = used.indicator
    record_type = record_types.get(indicator.records)
    return {
        **brief_data(indicator, plugin),
        "description": _both(indicator.description),
        "min_sample": indicator.min_sample,
        "parameters": {
            name: {
                "label": _both(one.label),
                "schema": {key: _json(value) for key, value in one.schema.items()},
                "default": _json(one.default),
                "value": _json(used.parameters[name]),
            }
            for name, one in indicator.parameters.items()
        },
        "curve": _both(curve_words(used.curve, indicator)) if indicator.curve else None,
        "fields": list(fields_used(used)),
        "rests_on": list(ids_used(used)),
        "when": None if record_type is None else indicator.when or record_type.when,
        "who": None if record_type is None else indicator.who or next(iter(record_type.who), None),
        **({} if record_type is None or record_type.team is None else {"team": record_type.team}),
        "credit": [{"who": each.who, "share": each.share.text} for each in _shares(used)],
        "value": indicator.value,
        **({} if used.assessment is None else {"assessment": rule_data(used.assessment)}),
        "where": indicator.where,
        "source": indicator.source,
    }


def brief_data(indicator: Indicator, plugin: str) -> dict[str, Any]:
    """What a list says of an indicator, as JSON."""
    return {
        "id": indicator.id,
        "name": _both(indicator.name),
        "unit": indicator.unit,
        "direction": indicator.direction,
        "records": indicator.records or None,
        "plugin": plugin,
    }


def _credited(record_type: RecordType, used: UsedIndicator) -> Words:
    """The person credited, or everybody with their share."""
    if used.credit is None:
        person, team = used.indicator.who or next(iter(record_type.who), None), record_type.team
        if person is None:
            return msg("the team, {field}", field=_field(record_type, team or ""))
        return _field(record_type, person)
    return series([f"{each.who} × ({each.share.text})" for each in _shares(used)])


def _shares(used: UsedIndicator) -> tuple[Credit, ...]:
    return () if used.credit is None else used.credit.parts


def _field(record_type: RecordType, name: str) -> Words:
    known = {field.name: field.label for field in record_type.fields}
    return msg("{label} ({name})", label=known[name], name=name) if name in known else name


def _both(words: Text | Message) -> dict[str, str]:
    languages: dict[str, Language] = {"zh": "zh_CN", "en": "en"}
    return {key: words.in_(language) for key, language in languages.items()}


def _assessment(used: UsedIndicator) -> Iterator[Message]:
    return iter(()) if used.assessment is None else assessment_words(used.indicator.name, used.assessment)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{shorten(value):f}" if isinstance(value, Decimal) else str(value)


def _json(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return [_json(each) for each in value] if isinstance(value, list | tuple) else value
