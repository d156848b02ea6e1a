"""The SQL behind a scheme's indicators, made by the very functions that make what runs."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from kaohe.engine import fuse, select
from kaohe.period import Period
from kaohe.plugin import RecordType
from kaohe.run.measuring.measure import every_request, windows
from kaohe.scheme.model import Scheme


def queries(scheme: Scheme, record_types: Mapping[str, RecordType], period: Period, zone: ZoneInfo) -> tuple[str, ...]:
    """One query for each scan, in DuckDB's dialect, over the relation ``records``; laid out for reading.

    None where nothing is scanned: indicators derived from others, and those that rest on single records.
    """
    bounds = windows(period, zone)
    scans = fuse(every_request(scheme, record_types))
    return tuple(select(scan, bounds)[0].sql("duckdb", pretty=True) for scan in scans)
