"""Which physical column dates a record, the window on it, and which files can hold a record of the window."""

from __future__ import annotations

from datetime import date

from kaohe.language import Bounds
from kaohe.plugin import RecordType
from kaohe.records import Partition

EPOCH = date(1970, 1, 1)
_DAY = 86_400_000_000  # microseconds


def window_on(records: RecordType, when: str, bounds: Bounds) -> tuple[str, int, int]:
    """The physical column of the date field ``when``, and the window on it: closed at the start, open at the end."""
    unit = day_unit(records, when)
    return dated_by(records, when), (bounds.start - EPOCH).days * unit, (bounds.end - EPOCH).days * unit


def dated_by(records: RecordType, when: str) -> str:
    """The physical column of the date field ``when``: of a moment the one on the wall clock."""
    return when if records.field(when).kind == "date" else f"{when}__local"


def day_unit(records: RecordType, when: str) -> int:
    """What a day is in that column: 1, or microseconds."""
    return 1 if records.field(when).kind == "date" else _DAY


def may_hold(partition: Partition, name: str, first: int, last: int) -> bool:
    """Whether a row of the partition can lie in the window on that column."""
    if name not in partition.ranges:
        return True
    lowest, highest = partition.ranges[name]
    return highest is not None and lowest is not None and highest >= first and lowest < last
