"""What the tests of the reading side share: a record type with every kind of field, people, and short calls."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from kaohe.plugin.types import Field, RecordType
from kaohe.records.cleaning import CellRules, Cleaner
from kaohe.records.mapping import SourceMapping, parse_mapping
from kaohe.records.reading import read_records
from kaohe.records.rows import ReadContext, Reading, Unfit
from kaohe.text import Text


class Roster:
    """Three people, two of whom bear the same name."""

    def __init__(self) -> None:
        self.names = {"E01": "王芳", "E02": "李强", "E03": "王芳"}
        self.codes = self.names.keys()

    def find(self, code_or_name: str) -> str | tuple[str, ...] | None:
        if code_or_name in self.names:
            return code_or_name
        codes = tuple(code for code, name in self.names.items() if name == code_or_name)
        return codes[0] if len(codes) == 1 else codes or None

    def nearest(self, code_or_name: str) -> list[str]:
        return [name for name in self.names.values() if name[:1] == code_or_name[:1]][:1]


CONTEXT = ReadContext(ZoneInfo("Asia/Shanghai"), Roster())
BERLIN = ReadContext(ZoneInfo("Europe/Berlin"), Roster())

DEAL = RecordType(
    name="deal",
    label=Text("签约", "Deal"),
    fields=(
        Field("deal_id", "text", Text("签约编号", "Deal number"), required=True),
        Field("owner", "person", Text("负责人", "Owner")),
        Field(
            "stage", "choice", Text("阶段", "Stage"), choices={"won": Text("赢单", "Won"), "lost": Text("输单", "Lost")}
        ),
        Field("opened_at", "datetime", Text("开始时间", "Opened at")),
        Field("closed_at", "datetime", Text("结束时间", "Closed at")),
        Field("signed_on", "date", Text("签约日期", "Signed on")),
        Field("amount", "money", Text("金额", "Amount"), minimum=Decimal(0)),
        Field("rate", "decimal", Text("折扣", "Rate"), scale=4),
        Field("visits", "integer", Text("拜访次数", "Visits"), minimum=Decimal(0), maximum=Decimal(999)),
        Field("renewed", "boolean", Text("续约", "Renewed")),
        Field("customer", "customer", Text("客户", "Customer")),
        Field("note", "text", Text("备注", "Note")),
    ),
    key=("deal_id",),
    when="signed_on",
    who=("owner",),
    sequence=(("opened_at", "closed_at"),),
)


def clean(field: str, cell: str, context: ReadContext = CONTEXT, **rules: Any) -> Any:
    """The stored value of a cell of that field of DEAL, or the English reason why there is none."""
    value = Cleaner(DEAL.field(field), CellRules(**rules), context, key=field in DEAL.key)[cell]
    return str(value.reason) if isinstance(value, Unfit) else value


def mapping_of(text: str, record_type: RecordType = DEAL) -> SourceMapping:
    return parse_mapping(f'format = 1\nrecords = "{record_type.name}"\n{text}', "map.toml", record_type)


def read(
    source: Path, mapping: str | None = None, *, context: ReadContext = CONTEXT, sheet: str | None = None
) -> Reading:
    """Everything of a file of DEAL in one reading."""
    parsed = None if mapping is None else mapping_of(mapping)
    readings = list(read_records(source, DEAL, parsed, context, sheet=sheet))
    return Reading(
        readings[0].header,
        [row for reading in readings for row in reading.rows],
        [rejection for reading in readings for rejection in reading.rejected],
        sum(reading.skipped for reading in readings),
        [note for reading in readings for note in reading.notes],
    )


def values(reading: Reading, field: str) -> list[Any]:
    return [row.values[field] for row in reading.rows]


def reasons(reading: Reading) -> list[tuple[int, str | None, str]]:
    return [
        (rejection.row, mistake.column, str(mistake.reason))
        for rejection in reading.rejected
        for mistake in rejection.mistakes
    ]
