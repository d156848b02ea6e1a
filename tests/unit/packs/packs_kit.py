"""All packs as one catalogue, and indicators computed by hand from records written as a small text table."""

from __future__ import annotations

import importlib
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tests.reference import assessment as reference
from tests.unit.worktime.calendars import calendar

from kaohe.language import Bounds, Expression, compile_expression, interpret, interpret_records
from kaohe.language.tree import Call, walk
from kaohe.period import parse_period
from kaohe.plugin import Field, Indicator, Pack, RecordType
from kaohe.plugin.scope import record_scope, value_kinds
from kaohe.worktime import WEEKDAYS, Calendars, check_calendar

ROOT = Path(__file__).parents[3]
INDUSTRIES = ("floor_heating", "investment", "energy_storage", "enterprise_transfer", "customer_department")
PLUGINS = {"enterprise_transfer": "transfer"}  # the plugin's name, where it is not that of the folder
ZONE = ZoneInfo("Asia/Shanghai")
SHOP = "format = 1\n" + "".join(f'hours.{day} = ["08:00-20:00"]\n' for day in WEEKDAYS)
CALENDARS = Calendars(
    {"office": calendar(), "shop": check_calendar(SHOP, "shop.toml", "shop", ZONE).require()}, "office"
)
_ABOUT_PERIOD = {"at_start", "at_end", "in_period"}
_UNITS = {"seconds": 10**6, "minutes": 60 * 10**6, "hours": 3600 * 10**6, "days": 86_400 * 10**6}


@dataclass(frozen=True)
class Packs:
    """Every record type and indicator of the base pack and the industries."""

    plugins: dict[str, Pack]
    record_types: dict[str, RecordType]
    indicators: dict[str, Indicator]

    @property
    def installed(self) -> dict[str, Indicator]:
        """Every indicator, those that rest on others included."""
        return {each.id: each for pack in self.plugins.values() for each in pack.content.indicators}

    def measure(self, indicator_id: str, rows: list[dict[str, Any]], period: str, **params: Any) -> Fraction | None:
        """The value over the rows in the indicator's unit, exactly; None: no data. min_sample is left aside."""
        indicator = self.indicators[indicator_id]
        if indicator.assessment is not None:
            return self._assessed(indicator, rows, parse_period(period))
        value, where = self.compile(indicator_id, **params)
        window = parse_period(period)
        bounds = {
            "period": _bounds(window),
            "previous": _bounds(window.previous),
            "last_year": _bounds(window.last_year),
        }
        when: str | None = indicator.when or self.record_types[indicator.records].when
        if where is not None:
            rows = [row for row in rows if interpret(where, row, bounds["period"]) is True]
            if any(isinstance(node, Call) and node.function in _ABOUT_PERIOD for node in walk(where.tree)):
                when = None
        found = interpret_records(value, rows, bounds["period"], when=when, others=bounds)
        if found is None:
            return None
        return found / _UNITS[indicator.unit] if value.type.kind == "duration" else found

    def _assessed(self, indicator: Indicator, rows: list[dict[str, Any]], window: Any) -> Fraction | None:
        """The value of an assessment of one person, by the reference."""
        rule, when = indicator.assessment, indicator.when or self.record_types[indicator.records].when
        assert rule is not None
        counted = [row for row in rows if window.start <= row[when] < window.end and row[rule.item] in rule.items]
        fields = ("subject", rule.rater, rule.relation, rule.item)
        records = [
            (*(row.get(name) for name in fields), Fraction(row[rule.score]), Fraction(row[rule.scale]))
            for row in counted
        ]
        weights = {relation: Fraction(weight) for relation, weight in rule.relations.items()}
        return reference.assessed(records, "P1", weights, rule.trim)[0]

    def compile(self, indicator_id: str, **params: Any) -> tuple[Expression, Expression | None]:
        indicator = self.indicators[indicator_id]
        unknown = params.keys() - indicator.parameters.keys()
        assert not unknown, f"{indicator_id} has no parameter {unknown}"
        given = {name: parameter.default for name, parameter in indicator.parameters.items()} | params
        records, types = self.record_types[indicator.records], self.record_types
        scope = record_scope(records, given, calendars=CALENDARS, record_types=types)
        value = compile_expression(indicator.value, scope, expect=value_kinds(indicator))
        if indicator.where is None:
            return value, None
        return value, compile_expression(indicator.where, replace(scope, aggregates=False), expect=("boolean",))

    def rows(self, records: str, table: str) -> list[dict[str, Any]]:
        """Records from lines of cells parted by ``|``, the first line naming the fields; # begins a remark."""
        lines = [line.partition("#")[0].strip() for line in table.strip().splitlines()]
        header, *body = [[cell.strip() for cell in line.split("|")] for line in lines]
        fields = [self.record_types[records].field(name) for name in header]
        return [{field.name: _typed(field, cell) for field, cell in zip(fields, cells, strict=True)} for cells in body]


def _bounds(window: Any) -> Bounds:
    return Bounds(window.start, window.end, ZONE)


def _typed(field: Field, cell: str) -> Any:
    if cell == "":
        return None
    match field.kind:
        case "integer":
            return int(cell)
        case "decimal" | "money":
            return Decimal(cell)
        case "boolean":
            return {"yes": True, "no": False}[cell]
        case "date":
            return date.fromisoformat(_year(cell))
        case "datetime":
            return datetime.fromisoformat(_year(cell)).replace(tzinfo=ZONE)
        case "choice":
            assert cell in field.choices, f"{field.name} cannot be {cell}"
            return cell
        case _:
            return cell


def _year(cell: str) -> str:
    """Month and day alone are those of 2026."""
    return cell if cell[4:5] == "-" else f"2026-{cell}"


def all_packs() -> Packs:
    modules = {"crm": "kaohe.packs.crm"} | {name: f"kaohe_{name}" for name in INDUSTRIES}
    plugins = {name: importlib.import_module(module).plugin for name, module in modules.items()}
    return Packs(
        plugins,
        {each.name: each for pack in plugins.values() for each in pack.content.record_types},
        # Derived ones measure no records: test_derived_indicators has them.
        {each.id: each for pack in plugins.values() for each in pack.content.indicators if each.derived is None},
    )
