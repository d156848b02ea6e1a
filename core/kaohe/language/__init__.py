"""The expression language of indicators, filters, rules and bonus formulas. Pure: text and rows in, meaning out."""

from kaohe.language.aggregation import percentile_of
from kaohe.language.check import compile_expression
from kaohe.language.columns import evaluate_columns
from kaohe.language.dialects import render, summed_wide
from kaohe.language.functions import FUNCTIONS, PERIOD_BOUNDS
from kaohe.language.interpret import gather, interpret, interpret_records, interpreter
from kaohe.language.signature import Argument, Function
from kaohe.language.sql import ANY_SIZE, Largest, aggregate_sql, row_sql
from kaohe.language.tree import (
    Aggregate,
    Expression,
    Shift,
    Window,
    aggregates,
    field_names,
    keyed_ids,
    sees_all_records,
)
from kaohe.language.types import DAY, HOUR, MINUTE, SECOND, Bounds, Dated, Keyed, Kind, Scope, Setting, Spell, Type

__all__ = [
    "ANY_SIZE",
    "DAY",
    "FUNCTIONS",
    "HOUR",
    "MINUTE",
    "PERIOD_BOUNDS",
    "SECOND",
    "Aggregate",
    "Argument",
    "Bounds",
    "Dated",
    "Expression",
    "Function",
    "Keyed",
    "Kind",
    "Largest",
    "Scope",
    "Setting",
    "Shift",
    "Spell",
    "Type",
    "Window",
    "aggregate_sql",
    "aggregates",
    "compile_expression",
    "evaluate_columns",
    "field_names",
    "gather",
    "interpret",
    "interpret_records",
    "interpreter",
    "keyed_ids",
    "percentile_of",
    "render",
    "row_sql",
    "sees_all_records",
    "summed_wide",
]
