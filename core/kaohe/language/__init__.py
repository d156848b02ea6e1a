"""The expression language of indicators, filters, rules and bonus formulas. Pure: text and rows in, meaning out."""

from kaohe.language.check import compile_expression
from kaohe.language.tree import Aggregate, Expression, Shift, Window, aggregates, field_names, keyed_ids
from kaohe.language.types import Bounds, Keyed, Kind, Scope, Type

__all__ = [
    "Aggregate",
    "Bounds",
    "Expression",
    "Keyed",
    "Kind",
    "Scope",
    "Shift",
    "Type",
    "Window",
    "aggregates",
    "compile_expression",
    "field_names",
    "keyed_ids",
]
