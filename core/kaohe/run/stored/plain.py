"""Values of the house as plain JSON data, and the same values back: equal ones give equal data.

Texts, whole numbers, booleans and None stand for themselves and a list is a tuple; everything else is an object that
says what it is. Only the classes listed in ``KNOWN`` are read, so that stored data can never make anything else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cache
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from kaohe.appraise.coded import Coded
from kaohe.appraise.data_weights import DataWeights
from kaohe.appraise.manual import Computed, ManualChange, QuotaCheck
from kaohe.appraise.model import Appraisal, Decision, Money, People, Pool, Records, Span, Values
from kaohe.appraise.teams import Teams
from kaohe.errors import Place, Problem
from kaohe.language import Type
from kaohe.period import Period
from kaohe.plugin import types as plugin
from kaohe.run.assessment.model import Agreement, Assessed, PersonAssessment, RelationPart
from kaohe.run.model import Balances, Counts, LeftOut, PluginStamp
from kaohe.text import Message, Text
from kaohe.worktime.calendar import Calendar, Interval, SpecialDay

KNOWN: Mapping[str, type] = MappingProxyType(
    {
        kind.__name__: kind
        for kind in (
            *(Text, Message, Place, Problem, Period, Type),
            *(plugin.Field, plugin.RecordType, plugin.Parameter, plugin.AssessmentRule, plugin.Share, plugin.Indicator),
            *(Interval, SpecialDay, Calendar),
            *(Decision, Span, Records, People, Values, Pool, Money, DataWeights, Teams, Appraisal),
            *(ManualChange, QuotaCheck, Computed),
            *(RelationPart, PersonAssessment, Agreement, Assessed),
            *(Balances, Counts, LeftOut, PluginStamp),
        )
    }
)
"""What may be stored, by name."""
ARRAYS = frozenset({"integers", "booleans", "large"})
"""How columns of numbers are written where they stand in JSON data."""
_IS = "is"
_READ: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {
        "decimal": Decimal,
        "fraction": Fraction,
        "day": date.fromisoformat,
        "moment": datetime.fromisoformat,
        "zone": ZoneInfo,
        "map": lambda pairs: {from_data(key): from_data(each) for key, each in pairs},
        "list": lambda items: [from_data(each) for each in items],
        "integers": lambda numbers: np.array(numbers, np.int64),
        "booleans": lambda flags: np.array(flags, np.bool_),
        "large": lambda numbers: np.array(numbers, object),
    }
)


def data(value: Any) -> Any:
    """The value as JSON data. TypeError for what cannot be stored, floats above all."""
    match value:
        case None | bool() | str():
            return value
        case int() | np.integer():
            return int(value)
        case Coded():
            return [*value.map(data)]
        case tuple():
            return [data(each) for each in value]
        case Mapping():
            return {"map": [[data(key), data(each)] for key, each in value.items()]}
        case list():
            return {"list": [data(each) for each in value]}
        case Decimal():
            return {"decimal": str(value)}
        case Fraction():
            return {"fraction": str(value)}
        case datetime():
            return {"moment": value.isoformat()}
        case date():
            return {"day": value.isoformat()}
        case ZoneInfo():
            return {"zone": value.key}
        case np.bool_():
            return bool(value)
        case np.ndarray():
            return array_data(value)
    kind = type(value).__name__
    if KNOWN.get(kind) is not type(value):
        raise TypeError(f"{kind} cannot be stored")
    return {_IS: kind, **{name: data(each) for name, each in said(value)}}


def said(value: Any) -> list[tuple[str, Any]]:
    """The fields of a dataclass by name, without those that hold their default."""
    usual = _defaults(type(value).__name__)
    held = ((name, getattr(value, name)) for name in usual)
    return [(name, each) for name, each in held if not _same(each, usual[name])]


def from_data(plain: Any) -> Any:
    """The value that ``data`` turned into this. ValueError, KeyError or TypeError for what it never made."""
    match plain:
        case list():
            return tuple(from_data(each) for each in plain)
        case {"is": str() as kind}:
            made = {name: from_data(each) for name, each in plain.items() if name != _IS}
            return KNOWN[kind](**made)
        case dict():
            ((kind, inner),) = plain.items()
            return _READ[kind](inner)
    return plain


def array_data(column: np.ndarray[Any, Any]) -> dict[str, Any]:
    """A column of integers or booleans."""
    if column.dtype == np.bool_:
        return {"booleans": column.tolist()}
    if column.dtype == np.int64:
        return {"integers": column.tolist()}
    if column.dtype == object and all(isinstance(each, int) for each in column.tolist()):
        return {"large": column.tolist()}
    raise TypeError(f"a column of {column.dtype} cannot be stored")


@cache
def _defaults(kind: str) -> Mapping[str, Any]:
    """What each field holds where nothing is said; MISSING where something must be said."""
    return {
        each.name: each.default if each.default_factory is MISSING else each.default_factory()
        for each in fields(KNOWN[kind])
    }


def _same(held: Any, usual: Any) -> bool:
    if usual is MISSING or isinstance(held, np.ndarray) or type(held) is not type(usual):
        return False
    return bool(held == usual)
