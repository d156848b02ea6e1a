"""The group's figures with polars, with care: lazy scans, of which only the columns and rows that are needed are read.

``python -m benchmarks.group_polars FOLDER [--figures FILE]``
"""

from __future__ import annotations

import time

BEGUN = time.perf_counter()

from typing import Any

import polars as pl

from benchmarks.competitor import compete
from benchmarks.group_scoring import People
from benchmarks.group_window import BEFORE, END, END_UTC, FIRST, HOUR, LAST, START

col = pl.col


def scan(folder: str, name: str) -> pl.LazyFrame:
    return pl.scan_parquet(f"{folder}/snapshots/record_{name}/*.parquet").filter(col("owner").is_not_null())


def within(name: str, took: pl.Expr, hours: int) -> list[pl.Expr]:
    return [
        (took <= hours * HOUR).sum().alias(f"{name} 0 hits"),
        (took.is_not_null() | (col("age") > hours * HOUR)).sum().alias(f"{name} 0 n"),
    ]


def tickets(folder: str) -> pl.LazyFrame:
    response, resolution, complaint = col("response"), col("resolution"), col("complaint")
    neither, resolved = (col("reopened") == 0) & ~col("escalated"), resolution.is_not_null()
    return (
        scan(folder, "ticket")
        .filter((col("opened_at__local") >= START) & (col("opened_at__local") < END))
        .select(
            "owner",
            "reopened",
            "escalated",
            "satisfaction",
            response=col("responded_at") - col("opened_at"),
            resolution=col("resolved_at") - col("opened_at"),
            age=END_UTC - col("opened_at"),
            complaint=col("kind") == "complaint",
        )
        .group_by("owner")
        .agg(
            *within("crm.response_within", response, 24),
            *within("response_within_4", response, 4),
            *within("crm.resolution_within", resolution, 48),
            *within("team_resolution", resolution, 72),
            response.quantile(0.9, "linear").alias("percentile"),
            response.count().alias("crm.first_response_time 0 n"),
            resolution.sum().alias("crm.resolution_time 0 total"),
            resolution.count().alias("crm.resolution_time 0 n"),
            (resolved & neither).sum().alias("crm.first_contact_resolution 0 hits"),
            (resolved & neither.is_not_null()).sum().alias("crm.first_contact_resolution 0 n"),
            (resolved & (col("reopened") > 0)).sum().alias("crm.reopen_rate 0 hits"),
            (resolved & col("reopened").is_not_null()).sum().alias("crm.reopen_rate 0 n"),
            (complaint & resolved).sum().alias("crm.complaint_resolution_rate 0 hits"),
            (complaint & (resolved | (col("age") > 14 * 24 * HOUR))).sum().alias("crm.complaint_resolution_rate 0 n"),
            pl.when(complaint).then("satisfaction").sum().alias("crm.complaint_satisfaction 0 total"),
            (complaint & col("satisfaction").is_not_null()).sum().alias("crm.complaint_satisfaction 0 n"),
        )
    )


def calls(folder: str) -> pl.LazyFrame:
    answered = col("answered")
    return (
        scan(folder, "call")
        .filter((col("at__local") >= START) & (col("at__local") < END))
        .group_by("owner")
        .agg(
            answered.sum().alias("crm.call_answer_rate 0 hits"),
            answered.count().alias("crm.call_answer_rate 0 n"),
            pl.when(answered).then("wait_seconds").sum().alias("crm.call_wait 0 total"),
            (answered & col("wait_seconds").is_not_null()).sum().alias("crm.call_wait 0 n"),
            (answered & col("resolved")).sum().alias("settled_by_phone 0 hits"),
            (answered & col("resolved").is_not_null()).sum().alias("settled_by_phone 0 n"),
        )
    )


def surveys(folder: str) -> pl.LazyFrame:
    overall, score, scale = col("topic") == "overall", col("score"), col("scale")
    recommend = (col("topic") == "recommend") & (scale == 10)
    return (
        scan(folder, "survey")
        .filter((col("answered_at__local") >= START) & (col("answered_at__local") < END))
        .filter(col("topic").is_in(["overall", "recommend"]))
        .group_by("owner")
        .agg(
            pl.when(overall).then((score * 20_000 // scale + 1) // 2).sum().alias("crm.csat_index 0 total"),
            (overall & score.is_not_null()).sum().alias("crm.csat_index 0 n"),
            (overall & (score >= 80 * scale)).sum().alias("crm.csat_share 0 hits"),
            (overall & score.is_not_null()).sum().alias("crm.csat_share 0 n"),
            (recommend & (score >= 900)).sum().alias("crm.nps 0 promoters"),
            (recommend & (score <= 600)).sum().alias("crm.nps 0 detractors"),
            (recommend & score.is_not_null()).sum().alias("crm.nps 0 n"),
        )
    )


def contracts(folder: str) -> pl.LazyFrame:
    now = (col("signed_on") >= FIRST) & (col("signed_on") < LAST)
    before = (col("signed_on") >= BEFORE) & (col("signed_on") < FIRST)
    due, told = (col("due_on") >= FIRST) & (col("due_on") < LAST), col("amount").is_not_null()
    return (
        scan(folder, "contract")
        .group_by("owner")
        .agg(
            pl.when(now).then("amount").sum().alias("signed 0 total"),
            (now & told).sum().alias("signed 0 n"),
            pl.when(before).then("amount").sum().alias("crm.sales_growth 1 total"),
            (before & told).sum().alias("crm.sales_growth 1 n"),
            (due & col("renewed_on").is_not_null()).sum().alias("crm.renewal_rate 0 hits"),
            due.sum().alias("crm.renewal_rate 0 n"),
        )
    )


def count(folder: str, people: People) -> dict[str, Any]:
    counts = {}
    for found in pl.collect_all([made(folder) for made in (tickets, calls, surveys, contracts)]):
        where, known = people.positions(found["owner"].to_arrow().cast("string"))
        for name in found.columns[1:]:
            column = found[name].fill_null(0)
            column = column if name == "percentile" else column.cast(pl.Int64)
            counts[name] = people.spread(where, known, column.to_numpy())
    return counts


if __name__ == "__main__":
    compete(__doc__ or "", BEGUN, count)
