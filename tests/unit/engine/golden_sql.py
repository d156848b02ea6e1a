"""The scans whose SQL is kept under golden/. After a change that is meant: python -m tests.unit.engine.golden_sql"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from tests.unit.engine.described_kit import READ_THROUGH
from tests.unit.engine.scan_kit import CUSTOMER, Q1_WINDOWS, TICKET, request, rows

from kaohe.engine import OnDay, Request, Rows, fuse, select
from kaohe.engine.passes import Pass, pass_query
from kaohe.engine.rows import row_query
from kaohe.language import render

FOLDER = Path(__file__).parent / "golden"
CASES: Mapping[str, Sequence[Request]] = {
    # All measures look at the same window: it is said once, for all rows.
    "shared_window": [
        request("tickets", "count()"),
        request("repairs", 'count(where=kind == "repair")'),
        request("in_time", "share(closed_at - opened_at <= hours(24))"),
        request("cost", "sum(cost) / count()"),
    ],
    # Each measure says its own window.
    "different_windows": [
        request("growth", "sum(cost) / previous(sum(cost)) - 1"),
        request("last_year", "count() - same_period_last_year(count())"),
    ],
    # An indicator's own condition and date.
    "conditions": [
        request("urgent_rating", "mean(rating, where=known(closed_at))", where="urgent", when="closed_at"),
        request("due", "count(where=cost >= 1234.5)", where='kind != "question"', when="due"),
    ],
    # Every record that is counted knows the condition, and what follows from it is not asked for.
    "certain": [
        request(
            "in_time",
            "share(known(closed_at) and closed_at - opened_at <= hours(24), "
            "where=known(closed_at) or period_end - opened_at > hours(24))",
        ),
        request("median", "median(closed_at - opened_at)", where="known(closed_at)"),
        request("mean", "mean(cost)", where="cost > 100 and known(cost)"),
    ],
    # Records that last: who was there at the start sees no window, neither does a condition about the period.
    "records_that_last": [
        request("kept", "count(where=at_start() and at_end()) / count(where=at_start())", CUSTOMER),
        request("lost", "count(where=in_period(left_on))", CUSTOMER),
        request("new", "count()", CUSTOMER),
        request("kept_before", "previous(count(where=at_end()))", CUSTOMER),
    ],
    # Working time, in one scan with the rest: the calendar is joined on the day of each moment.
    "working_time": [
        request("in_time", "share(business_time(opened_at, closed_at) <= hours(4))"),
        request("late", "count(where=not known(closed_at) and business_time(opened_at, period_end) > hours(4))"),
        request("tickets", "count()"),
    ],
    # Order statistics, extremes, edges, distinct values, recommendation.
    "other_aggregates": [
        request("median", "median(cost)"),
        request("ninetieth", "percentile(rating, 0.9)"),
        request("extremes", "maximum(rating) - minimum(rating)"),
        request("last", "last(rating, by=opened_at)"),
        request("kinds", "count_distinct(kind)"),
        request("nps", "nps(rating)"),
    ],
}

# Single records: fields as they are, a text, a figure of one record, and a condition that sees all times.
ROW_CASES: Mapping[str, Rows] = {
    "rows_of_a_window": rows(
        TICKET, "kind", "cost", "closed_at", "cost * rating", "urgent", where='kind != "question"'
    ),
    "rows_by_another_date": rows(TICKET, "no", who="helper", when="due"),
    "rows_with_working_time": rows(TICKET, "no", "business_time(opened_at, closed_at)", where="known(closed_at)"),
    "rows_of_all_times": rows(CUSTOMER, "code", "left_on", where="at_start() or known(left_on)"),
}
# What is joined to records: who stands above the owner on a moment's day, whose work that day is covered, and records
# seen whenever they are dated. Named once for each dialect.
_ABOVE = OnDay("everybody", "owner", "opened_at", (("_manager", "manager.owner"),))
_TEAM = OnDay("everybody", "owner", "opened_at", (("_team", "team.owner"),), nearest=True)
JOINED_CASES: Mapping[str, Sequence[Request]] = {
    "joined": [
        replace(
            request("override", "sum(cost)"),
            who="manager.owner",
            joins=(_ABOVE, OnDay("covered", "manager.owner", "opened_at", required=True)),
        ),
        replace(request("due", "count()", when="due"), joins=(OnDay("covered", "owner", "due", required=True),)),
        replace(
            request("kept", "count(where=at_start())", CUSTOMER),
            joins=(OnDay("covered", "owner", "since", required=True),),
        ),
    ],
    # By team: the record's own where it names one, else the owner's on its day; customers on the window's nearest day.
    "by_team": [
        replace(request("median", "median(cost)"), who="team.owner", joins=(_TEAM,), rather="kind"),
        replace(
            request("kept", "count(where=at_start())", CUSTOMER),
            who="team.owner",
            joins=(replace(_TEAM, when="since"),),
        ),
    ],
    # Read through a field of customers: only what is asked of them is joined, in one scan with what asks nothing.
    "described": READ_THROUGH,
}
# One reading for several subjects: who is credited, who is above them, their team, and whose work is covered that day.
PASS_CASES: Mapping[str, Sequence[Request]] = {
    "together": [
        request("tickets", "count()"),
        replace(request("tickets", "count()"), who="team.owner", joins=(_TEAM,), rather="kind"),
        replace(
            request("growth", "sum(cost) / previous(sum(cost)) - 1"),
            joins=(OnDay("covered", "owner", "opened_at", required=True),),
        ),
        replace(
            request("override", "median(cost)", where="urgent"),
            who="manager.owner",
            joins=(replace(_ABOVE, when="due"),),
        ),
    ],
}
DIALECTS = ("duckdb", "postgres", "spark")


def joined_sql(requests: Sequence[Request]) -> str:
    """The SQL of every scan that answers the requests, for each dialect."""
    queries = [select(scan, Q1_WINDOWS)[0] for scan in fuse(requests)]
    return "".join(f"-- {dialect}\n{render(query, dialect)};\n" for query in queries for dialect in DIALECTS)


def pass_sql(requests: Sequence[Request]) -> str:
    """The SQL of one pass that answers the requests, for each dialect."""
    scans = fuse(requests)
    query, _columns = pass_query(Pass(scans, tuple(range(len(scans)))), Q1_WINDOWS)
    return "".join(f"-- {dialect}\n{render(query, dialect)};\n" for dialect in DIALECTS)


def row_sql(wanted: Rows) -> str:
    """The SQL that finds the rows, for each dialect."""
    query = row_query(wanted, Q1_WINDOWS["period"])
    return "".join(f"-- {dialect}\n{render(query, dialect)};\n" for dialect in DIALECTS)


def sql(requests: Sequence[Request]) -> str:
    """The SQL of every scan that answers the requests."""
    scans = fuse(requests)
    return "".join(select(scan, Q1_WINDOWS)[0].sql("duckdb", pretty=True) + ";\n" for scan in scans)


def executed(requests: Sequence[Request]) -> list[str]:
    """The same as the engine renders it."""
    return [render(select(scan, Q1_WINDOWS)[0], "duckdb") for scan in fuse(requests)]


if __name__ == "__main__":
    for name, requests in CASES.items():
        (FOLDER / f"{name}.sql").write_text(sql(requests), "utf-8")
    for name, requests in JOINED_CASES.items():
        (FOLDER / f"{name}.sql").write_text(joined_sql(requests), "utf-8")
    for name, requests in PASS_CASES.items():
        (FOLDER / f"{name}.sql").write_text(pass_sql(requests), "utf-8")
    for name, wanted in ROW_CASES.items():
        (FOLDER / f"{name}.sql").write_text(row_sql(wanted), "utf-8")
