"""The ten indicators' counts by one query as an analyst would write it; prints them as JSON, per person."""

from __future__ import annotations

import json
import sys

import duckdb

HOUR, START, END = 3_600_000_000, 1_767_225_600_000_000, 1_775_001_600_000_000  # the quarter's wall clock
END_UTC = END - 8 * HOUR

QUERY = f"""
WITH t AS (
  SELECT *, responded_at - opened_at AS response, resolved_at - opened_at AS resolution, {END_UTC} - opened_at AS age,
         kind = 'complaint' AS complaint
  FROM read_parquet(?) WHERE opened_at__local >= {START} AND opened_at__local < {END}
)
SELECT owner,
  count(*) FILTER (response <= 24::BIGINT * {HOUR}),
  count(*) FILTER (response IS NOT NULL OR age > 24::BIGINT * {HOUR}),
  count(*) FILTER (response <= 4::BIGINT * {HOUR}),
  count(*) FILTER (response IS NOT NULL OR age > 4::BIGINT * {HOUR}),
  count(*) FILTER (resolution <= 48::BIGINT * {HOUR}),
  count(*) FILTER (resolution IS NOT NULL OR age > 48::BIGINT * {HOUR}),
  coalesce(sum(response), 0)::BIGINT, count(response), coalesce(sum(resolution), 0)::BIGINT, count(resolution),
  count(*) FILTER (resolution IS NOT NULL AND reopened = 0 AND NOT escalated), count(resolution),
  count(*) FILTER (resolution IS NOT NULL AND reopened > 0), count(resolution),
  count(*) FILTER (complaint AND resolution IS NOT NULL),
  count(*) FILTER (complaint AND (resolution IS NOT NULL OR age > 14::BIGINT * 24 * {HOUR})),
  coalesce(sum(satisfaction) FILTER (complaint), 0)::BIGINT, count(satisfaction) FILTER (complaint),
  count(*) FILTER (complaint AND cause IS NOT NULL), count(*) FILTER (complaint)
FROM t WHERE owner IS NOT NULL GROUP BY owner
"""

rows = duckdb.execute(QUERY, [sys.argv[1:]]).fetchall()
json.dump({row[0]: row[1:] for row in rows}, sys.stdout)
