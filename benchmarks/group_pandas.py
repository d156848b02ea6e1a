"""The group's figures with pandas, with care: only the columns and rows that are needed, keys as categories, no apply.

``python -m benchmarks.group_pandas FOLDER [--figures FILE]``
"""

from __future__ import annotations

import time

BEGUN = time.perf_counter()

from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.competitor import compete
from benchmarks.group_scoring import People
from benchmarks.group_window import BEFORE, END, END_UTC, FIRST, HOUR, LAST, START

Named = dict[str, Any]


def read(folder: str, name: str, columns: list[str], keep: Any, words: tuple[str, ...] = ()) -> pd.DataFrame:
    """The columns of the rows to keep, texts as categories; missing whole numbers become floating point's NaN."""
    files = sorted(Path(folder, "snapshots", f"record_{name}").glob("*.parquet"))
    keys = ["owner", *words]
    table = pq.read_table(files, columns=[*keys, *columns], filters=keep, read_dictionary=keys)
    return table.unify_dictionaries().to_pandas()


def summed(of: pd.DataFrame, columns: Named) -> pd.DataFrame:
    return pd.DataFrame({"owner": of.owner, **columns}).groupby("owner", observed=True, sort=False).sum()


def tickets(folder: str) -> pd.DataFrame:
    when = pc.field("opened_at__local")
    keep = (when >= START) & (when < END) & pc.field("owner").is_valid()
    columns = ["opened_at", "responded_at", "resolved_at", "reopened", "escalated", "satisfaction"]
    t = read(folder, "ticket", columns, keep, ("kind",))
    response, resolution, age = t.responded_at - t.opened_at, t.resolved_at - t.opened_at, END_UTC - t.opened_at
    complaint, resolved = t.kind == "complaint", t.resolved_at.notna()
    escalated = t.escalated.map({True: 1.0, False: 0.0}) if t.escalated.dtype == object else t.escalated.astype(float)
    neither = (t.reopened == 0) & (escalated == 0)
    told = (t.reopened.notna() & escalated.notna()) | (t.reopened > 0) | (escalated == 1)
    columns = {}
    for name, took, hours in (
        ("crm.response_within", response, 24),
        ("response_within_4", response, 4),
        ("crm.resolution_within", resolution, 48),
        ("team_resolution", resolution, 72),
    ):
        columns[f"{name} 0 hits"] = took <= hours * HOUR
        columns[f"{name} 0 n"] = took.notna() | (age > hours * HOUR)
    columns |= {
        "crm.first_response_time 0 n": response.notna(),
        "crm.resolution_time 0 total": resolution.fillna(0).astype("int64"),
        "crm.resolution_time 0 n": resolved,
        "crm.first_contact_resolution 0 hits": resolved & neither,
        "crm.first_contact_resolution 0 n": resolved & told,
        "crm.reopen_rate 0 hits": resolved & (t.reopened > 0),
        "crm.reopen_rate 0 n": resolved & t.reopened.notna(),
        "crm.complaint_resolution_rate 0 hits": complaint & resolved,
        "crm.complaint_resolution_rate 0 n": complaint & (resolved | (age > 14 * 24 * HOUR)),
        "crm.complaint_satisfaction 0 total": t.satisfaction.where(complaint).fillna(0).astype("int64"),
        "crm.complaint_satisfaction 0 n": complaint & t.satisfaction.notna(),
    }
    found = summed(t, columns)
    found["percentile"] = response.groupby(t.owner, observed=True, sort=False).quantile(0.9)
    return found


def calls(folder: str) -> pd.DataFrame:
    when = pc.field("at__local")
    c = read(folder, "call", ["answered", "wait_seconds", "resolved"], (when >= START) & (when < END))
    answered, resolved = c.answered == True, c.resolved == True  # noqa: E712 - there are missing ones
    return summed(
        c,
        {
            "crm.call_answer_rate 0 hits": answered,
            "crm.call_answer_rate 0 n": c.answered.notna(),
            "crm.call_wait 0 total": c.wait_seconds.where(answered).fillna(0).astype("int64"),
            "crm.call_wait 0 n": answered & c.wait_seconds.notna(),
            "settled_by_phone 0 hits": answered & resolved,
            "settled_by_phone 0 n": answered & c.resolved.notna(),
        },
    )


def surveys(folder: str) -> pd.DataFrame:
    when, topic = pc.field("answered_at__local"), pc.field("topic")
    keep = (when >= START) & (when < END) & ((topic == "overall") | (topic == "recommend"))
    s = read(folder, "survey", ["score", "scale"], keep, ("topic",))
    overall, there = s.topic == "overall", s.score.notna()
    recommend = (s.topic == "recommend") & (s.scale == 10)
    score = s.score.fillna(0).astype("int64")
    return summed(
        s,
        {
            "crm.csat_index 0 total": ((score * 20_000 // s.scale + 1) // 2).where(overall, 0),
            "crm.csat_index 0 n": overall & there,
            "crm.csat_share 0 hits": overall & there & (score >= 80 * s.scale),
            "crm.csat_share 0 n": overall & there,
            "crm.nps 0 promoters": recommend & (score >= 900),
            "crm.nps 0 detractors": recommend & there & (score <= 600),
            "crm.nps 0 n": recommend & there,
        },
    )


def contracts(folder: str) -> pd.DataFrame:
    d = read(folder, "contract", ["signed_on", "amount", "due_on", "renewed_on"], pc.field("owner").is_valid())
    now = (d.signed_on >= FIRST) & (d.signed_on < LAST)
    before = (d.signed_on >= BEFORE) & (d.signed_on < FIRST)
    due, amount = (d.due_on >= FIRST) & (d.due_on < LAST), d.amount.fillna(0).astype("int64")
    return summed(
        d,
        {
            "signed 0 total": amount.where(now, 0),
            "signed 0 n": now & d.amount.notna(),
            "crm.sales_growth 1 total": amount.where(before, 0),
            "crm.sales_growth 1 n": before & d.amount.notna(),
            "crm.renewal_rate 0 hits": due & d.renewed_on.notna(),
            "crm.renewal_rate 0 n": due,
        },
    )


def count(folder: str, people: People) -> Named:
    everybody = pd.Index(people.code.to_pandas())
    counts: Named = {}
    for made in (tickets, calls, surveys, contracts):
        found = made(folder)
        found = found.set_axis(found.index.astype(str)).reindex(everybody, fill_value=0)
        counts |= {name: found[name].to_numpy() for name in found}
    return counts


if __name__ == "__main__":
    compete(__doc__ or "", BEGUN, count)
