"""The same counts with pandas; prints them as JSON, per person."""

from __future__ import annotations

import json
import sys

import pandas as pd

HOUR, START, END = 3_600_000_000, 1_767_225_600_000_000, 1_775_001_600_000_000
END_UTC = END - 8 * HOUR
COLUMNS = [
    "owner",
    "kind",
    "opened_at",
    "opened_at__local",
    "responded_at",
    "resolved_at",
    "reopened",
    "escalated",
    "cause",
    "satisfaction",
]

t = pd.concat([pd.read_parquet(file, columns=COLUMNS) for file in sys.argv[1:]])
t = t[(t.opened_at__local >= START) & (t.opened_at__local < END) & t.owner.notna()]
response, resolution, age = t.responded_at - t.opened_at, t.resolved_at - t.opened_at, END_UTC - t.opened_at
complaint, resolved = t.kind == "complaint", resolution.notna()
counted = pd.DataFrame({"owner": t.owner})
for name, column in (
    ("within 24", response <= 24 * HOUR),
    ("due 24", response.notna() | (age > 24 * HOUR)),
    ("within 4", response <= 4 * HOUR),
    ("due 4", response.notna() | (age > 4 * HOUR)),
    ("resolved 48", resolution <= 48 * HOUR),
    ("due 48", resolved | (age > 48 * HOUR)),
    ("response", response.fillna(0)),
    ("responses", response.notna()),
    ("resolution", resolution.fillna(0)),
    ("resolutions", resolved),
    ("first contact", resolved & (t.reopened == 0) & ~t.escalated.fillna(True).astype(bool)),
    ("first contact of", resolved),
    ("reopened", resolved & (t.reopened > 0)),
    ("reopened of", resolved),
    ("complaints resolved", complaint & resolved),
    ("complaints due", complaint & (resolved | (age > 14 * 24 * HOUR))),
    ("satisfaction", t.satisfaction.where(complaint).fillna(0)),
    ("satisfactions", complaint & t.satisfaction.notna()),
    ("causes", complaint & t.cause.notna()),
    ("complaints", complaint),
):
    counted[name] = column.astype("int64")
sums = counted.groupby("owner").sum()
json.dump({owner: [int(number) for number in row] for owner, *row in sums.itertuples()}, sys.stdout)
