"""The group's figures by one DuckDB query for each indicator, as tools do that know indicators one by one; then NumPy.

``python -m benchmarks.group_queries FOLDER [--figures FILE]``
"""

from __future__ import annotations

import time

BEGUN = time.perf_counter()

import duckdb

from benchmarks.competitor import compete
from benchmarks.group_scoring import People
from benchmarks.group_window import BEFORE, END, END_UTC, FIRST, HOUR, LAST, START


def in_time(since: str, done: str, hours: int) -> tuple[str, str, str]:
    """Done in time; what is not done counts once its time is over."""
    columns = f"count(*) FILTER ({done} - {since} <= {hours * HOUR}) AS hits, count(*) AS n"
    return "ticket", columns, f"{done} IS NOT NULL OR {END_UTC} - {since} > {hours * HOUR}"


def share(records: str, of: str, where: str = "true") -> tuple[str, str, str]:
    return records, f"count(*) FILTER ({of}) AS hits, count({of}) AS n", where


def mean(records: str, of: str, where: str = "true") -> tuple[str, str, str]:
    return records, f"coalesce(sum({of}), 0)::BIGINT AS total, count({of}) AS n", where


INDICATORS = {
    "crm.response_within 0": in_time("opened_at", "responded_at", 24),
    "response_within_4 0": in_time("opened_at", "responded_at", 4),
    "crm.resolution_within 0": in_time("opened_at", "resolved_at", 48),
    "team_resolution 0": in_time("opened_at", "resolved_at", 72),
    "crm.first_response_time 0": (
        "ticket",
        "quantile_cont(responded_at - opened_at, 0.9) AS percentile, count(responded_at) AS n",
        "true",
    ),
    "crm.resolution_time 0": mean("ticket", "resolved_at - opened_at"),
    "crm.first_contact_resolution 0": share("ticket", "reopened = 0 AND NOT escalated", "resolved_at IS NOT NULL"),
    "crm.reopen_rate 0": share("ticket", "reopened > 0", "resolved_at IS NOT NULL"),
    "crm.complaint_resolution_rate 0": share(
        "ticket",
        "resolved_at IS NOT NULL",
        f"kind = 'complaint' AND (resolved_at IS NOT NULL OR {END_UTC} - opened_at > {14 * 24 * HOUR})",
    ),
    "crm.complaint_satisfaction 0": mean("ticket", "satisfaction", "kind = 'complaint'"),
    "crm.call_answer_rate 0": share("call", "answered"),
    "crm.call_wait 0": mean("call", "wait_seconds", "answered"),
    "settled_by_phone 0": share("call", "resolved", "answered"),
    "calls_taken 0": ("call", "count(*) AS n", "answered"),
    "crm.csat_index 0": mean("survey", "(score * 20000 // scale + 1) // 2", "topic = 'overall'"),
    "crm.csat_share 0": share("survey", "score >= 80 * scale", "topic = 'overall'"),
    "crm.nps 0": (
        "survey",
        "count(*) FILTER (score >= 900) AS promoters, count(*) FILTER (score <= 600) AS detractors, count(score) AS n",
        "topic = 'recommend' AND scale = 10",
    ),
    "signed 0": mean("contract", "amount"),
    "crm.sales_growth 0": mean("contract", "amount"),
    "crm.sales_growth 1": mean("contract", "amount"),
    "crm.renewal_rate 0": share("contract", "renewed_on IS NOT NULL"),
}
WHEN = {"ticket": "opened_at__local", "call": "at__local", "survey": "answered_at__local", "contract": "signed_on"}


def window(name: str, records: str) -> str:
    if name == "crm.sales_growth 1":
        return f"signed_on >= {BEFORE} AND signed_on < {FIRST}"
    when = "due_on" if name == "crm.renewal_rate 0" else WHEN[records]
    first, last = (FIRST, LAST) if records == "contract" else (START, END)
    return f"{when} >= {first} AND {when} < {last}"


def count(folder: str, people: People) -> dict[str, object]:
    counts = {}
    with duckdb.connect() as connection:
        for name, (records, columns, where) in INDICATORS.items():
            query = f"""SELECT owner, {columns} FROM read_parquet(?)
                WHERE {window(name, records)} AND ({where}) AND owner IS NOT NULL GROUP BY owner"""
            table = connection.execute(query, [f"{folder}/snapshots/record_{records}/*.parquet"]).to_arrow_table()
            there = people.positions(table.column("owner").combine_chunks())
            for part in table.column_names[1:]:
                as_named = part if part == "percentile" else f"{name} {part}"
                counts[as_named] = people.spread(*there, table.column(part).to_numpy())
    return counts


if __name__ == "__main__":
    compete(__doc__ or "", BEGUN, count)
