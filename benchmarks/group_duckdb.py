"""The group's figures by hand: one DuckDB query for each record type, as good as they could be written, then NumPy.

``python -m benchmarks.group_duckdb FOLDER [--figures FILE]``
"""

from __future__ import annotations

import time

BEGUN = time.perf_counter()

import duckdb

from benchmarks.competitor import compete
from benchmarks.group_scoring import People
from benchmarks.group_window import BEFORE, END, END_UTC, FIRST, HOUR, LAST, START


def within(limit: int, took: str, name: str) -> str:
    """Two columns: in time, and of how many; one that is not done counts once its time is over."""
    return f"""count(*) FILTER ({took} <= {limit}) AS "{name} hits",
        count(*) FILTER ({took} IS NOT NULL OR age > {limit}) AS "{name} n" """


TICKETS = f"""
WITH t AS (
  SELECT owner, responded_at - opened_at AS response, resolved_at - opened_at AS resolution,
         {END_UTC} - opened_at AS age, kind = 'complaint' AS complaint, reopened, escalated, satisfaction
  FROM read_parquet(?) WHERE opened_at__local >= {START} AND opened_at__local < {END} AND owner IS NOT NULL
)
SELECT owner,
  {within(24 * HOUR, "response", "crm.response_within 0")},
  {within(4 * HOUR, "response", "response_within_4 0")},
  {within(48 * HOUR, "resolution", "crm.resolution_within 0")},
  {within(72 * HOUR, "resolution", "team_resolution 0")},
  quantile_cont(response, 0.9) AS percentile, count(response) AS "crm.first_response_time 0 n",
  coalesce(sum(resolution), 0)::BIGINT AS "crm.resolution_time 0 total", count(resolution) AS "crm.resolution_time 0 n",
  count(*) FILTER (resolution IS NOT NULL AND reopened = 0 AND NOT escalated) AS "crm.first_contact_resolution 0 hits",
  count(reopened = 0 AND NOT escalated) FILTER (resolution IS NOT NULL) AS "crm.first_contact_resolution 0 n",
  count(*) FILTER (resolution IS NOT NULL AND reopened > 0) AS "crm.reopen_rate 0 hits",
  count(reopened) FILTER (resolution IS NOT NULL) AS "crm.reopen_rate 0 n",
  count(resolution) FILTER (complaint) AS "crm.complaint_resolution_rate 0 hits",
  count(*) FILTER (complaint AND (resolution IS NOT NULL OR age > {14 * 24 * HOUR}))
    AS "crm.complaint_resolution_rate 0 n",
  coalesce(sum(satisfaction) FILTER (complaint), 0)::BIGINT AS "crm.complaint_satisfaction 0 total",
  count(satisfaction) FILTER (complaint) AS "crm.complaint_satisfaction 0 n"
FROM t GROUP BY owner
"""
CALLS = f"""
SELECT owner,
  count(*) FILTER (answered) AS "crm.call_answer_rate 0 hits", count(answered) AS "crm.call_answer_rate 0 n",
  coalesce(sum(wait_seconds) FILTER (answered), 0)::BIGINT AS "crm.call_wait 0 total",
  count(wait_seconds) FILTER (answered) AS "crm.call_wait 0 n",
  count(*) FILTER (answered AND resolved) AS "settled_by_phone 0 hits",
  count(resolved) FILTER (answered) AS "settled_by_phone 0 n"
FROM read_parquet(?) WHERE at__local >= {START} AND at__local < {END} AND owner IS NOT NULL GROUP BY owner
"""
SURVEYS = f"""
SELECT owner,
  coalesce(sum((score * 20000 // scale + 1) // 2) FILTER (topic = 'overall'), 0)::BIGINT AS "crm.csat_index 0 total",
  count(score) FILTER (topic = 'overall') AS "crm.csat_index 0 n",
  count(*) FILTER (topic = 'overall' AND score >= 80 * scale) AS "crm.csat_share 0 hits",
  count(score) FILTER (topic = 'overall') AS "crm.csat_share 0 n",
  count(*) FILTER (topic = 'recommend' AND scale = 10 AND score >= 900) AS "crm.nps 0 promoters",
  count(*) FILTER (topic = 'recommend' AND scale = 10 AND score <= 600) AS "crm.nps 0 detractors",
  count(score) FILTER (topic = 'recommend' AND scale = 10) AS "crm.nps 0 n"
FROM read_parquet(?)
WHERE answered_at__local >= {START} AND answered_at__local < {END} AND owner IS NOT NULL
  AND topic IN ('overall', 'recommend')
GROUP BY owner
"""
CONTRACTS = f"""
SELECT owner,
  coalesce(sum(amount) FILTER (signed_on >= {FIRST}), 0)::BIGINT AS "signed 0 total",
  count(amount) FILTER (signed_on >= {FIRST}) AS "signed 0 n",
  coalesce(sum(amount) FILTER (signed_on < {FIRST}), 0)::BIGINT AS "crm.sales_growth 1 total",
  count(amount) FILTER (signed_on < {FIRST}) AS "crm.sales_growth 1 n",
  count(renewed_on) FILTER (due_on >= {FIRST} AND due_on < {LAST}) AS "crm.renewal_rate 0 hits",
  count(*) FILTER (due_on >= {FIRST} AND due_on < {LAST}) AS "crm.renewal_rate 0 n"
FROM (SELECT owner, due_on, renewed_on, signed_on,
        CASE WHEN signed_on >= {BEFORE} AND signed_on < {LAST} THEN amount END AS amount
      FROM read_parquet(?) WHERE owner IS NOT NULL)
GROUP BY owner
"""
QUERIES = {"ticket": TICKETS, "call": CALLS, "survey": SURVEYS, "contract": CONTRACTS}


def count(folder: str, people: People) -> dict[str, object]:
    counts = {}
    with duckdb.connect() as connection:
        for name, query in QUERIES.items():
            table = connection.execute(query, [f"{folder}/snapshots/record_{name}/*.parquet"]).to_arrow_table()
            owners = table.column("owner").combine_chunks()
            where, known = people.positions(owners)
            for column in table.column_names[1:]:
                counts[column] = people.spread(where, known, table.column(column).to_numpy())
    return counts


if __name__ == "__main__":
    compete(__doc__ or "", BEGUN, count)
