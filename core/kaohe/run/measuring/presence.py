"""Whether there is anything to measure in a period, before nothing is counted and looks like a bad quarter.

A record is looked for by the date that its indicator counts it by; what looks at records of all times needs any.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kaohe.engine import Request
from kaohe.engine.plan import measures
from kaohe.period import Period
from kaohe.records import Snapshot


def present(asked: Iterable[Request], snapshot: Snapshot, period: Period) -> bool:
    """Whether any of the indicators finds records."""
    return any(
        bool(snapshot.partitions(request.records.name))
        if each.everything
        else snapshot.has_records(request.records.name, period, each.when)
        for request in asked
        for each in measures(request)
    )


def absent(asked: Iterable[Request], snapshot: Snapshot, period: Period) -> Iterator[str]:
    """The record types that indicators count in the period, and of which none finds any record there."""
    dates: dict[str, set[str]] = {}
    for request in asked:
        for each in measures(request):
            if each.aggregate.shift == "period" and not each.everything:
                dates.setdefault(request.records.name, set()).add(each.when)
    for name, fields in dates.items():
        if not any(snapshot.has_records(name, period, field) for field in fields):
            yield name
