"""Visits to clients: a record type that another one describes, and requests that read through."""

from __future__ import annotations

from typing import Any

from tests.unit.engine.scan_kit import CALENDARS

from kaohe.engine import Request
from kaohe.language import compile_expression
from kaohe.plugin import Field, RecordType, Text
from kaohe.plugin.scope import record_scope
from kaohe.run.measuring.describing import describing


def _field(name: str, kind: Any, **rest: Any) -> Field:
    return Field(name, kind, Text(name, name), **rest)


VISIT = RecordType(
    name="visit",
    label=Text("拜访", "Visit"),
    fields=(
        _field("no", "text"),
        _field("owner", "person"),
        _field("client", "customer"),
        _field("introduced_by", "customer"),
        _field("at", "datetime"),
        _field("minutes", "integer"),
    ),
    key=("no",),
    when="at",
    who=("owner",),
)
CLIENT = RecordType(
    name="client",
    label=Text("客户", "Client"),
    fields=(
        _field("code", "text"),
        _field("segment", "text"),
        _field("since", "date"),
        _field("seen_at", "datetime"),
        _field("key_account", "boolean"),
        _field("spent", "money"),
    ),
    key=("code",),
    when="since",
    describes="customer",
)
TYPES = {"visit": VISIT, "client": CLIENT}


def visits(key: str, value: str, where: str | None = None) -> Request:
    """A request over visits, whose expressions may read through to the clients."""
    scope = record_scope(VISIT, {}, calendars=CALENDARS, record_types=TYPES)
    row = record_scope(VISIT, {}, aggregates=False, calendars=CALENDARS, record_types=TYPES)
    return Request(
        key=key,
        records=VISIT,
        value=compile_expression(value, scope),
        where=None if where is None else compile_expression(where, row),
        when="at",
        who="owner",
        describing=describing(VISIT, TYPES),
    )


READ_THROUGH = [
    visits("vip", "count()", 'client.segment == "vip"'),
    visits("new", "share(date_of(at) - client.since < days(90))"),
    visits("brought", "sum(minutes, where=introduced_by.key_account)"),
    visits("seen", "count(where=date_of(client.seen_at) == date_of(at))"),
    visits("plain", "count()"),
]
