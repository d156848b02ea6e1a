"""A tiny workspace whose every figure can be worked out by hand: seven people, a dozen tickets, one scheme."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tests.same import difference
from tests.scenarios.desk import Desk

from kaohe.cli.context import App
from kaohe.cli.evaluation import run_scheme
from kaohe.run import Run
from kaohe.run.stored.repository import read_run

PEOPLE = """\
code,name,team,role,region,bonus_base,from,to
P1,张三,北一队,agent,华东,5000,2025-01-01,
P2,李四,北一队,agent,华东,6000,2025-01-01,
P3,王五,南一队,agent,华南,5000,2026-02-01,
P4,赵六,南一队,agent,华南,5500,2025-01-01,2026-03-31
P5,钱七,南一队,lead,华南,8000,2025-01-01,
P6,孙八,南一队,agent,华南,5000,2020-01-01,2020-12-31
P7,周九,南一队,,华南,5000,2025-01-01,
"""

# In time is resolved within 24 hours. P1 3 of 4, P2 2 of 2, P3 nothing resolved, P4 1 of 3.
# Satisfaction: P1 8, 9, 10 → 9; P2 7; P3 none; P4 6, 9 → 7.5.
TICKETS = """\
no,kind,owner,opened_at,resolved_at,satisfaction
T01,repair,P1,2026-01-01 00:00,2026-01-01 12:00,8
T02,repair,P1,2026-01-10 09:00,2026-01-11 09:00,9
T03,consult,P1,2026-02-10 09:00,2026-02-10 10:00,10
T04,repair,P1,2026-03-31 23:59,2026-04-02 00:00,
T05,repair,P2,2026-01-10 09:00,2026-01-10 10:00,7
T06,consult,P2,2026-01-10 09:00,2026-01-10 10:00,
T07,repair,P3,2026-02-10 09:00,,
T08,repair,P4,2026-01-10 09:00,2026-01-10 10:00,6
T09,repair,P4,2026-01-10 09:00,2026-01-12 10:00,9
T10,consult,P4,2026-01-10 09:00,2026-01-12 10:00,
T11,repair,P1,2025-12-31 23:59,2026-01-01 00:30,1
T12,repair,P1,2026-04-01 00:00,2026-04-01 00:30,1
T13,repair,P5,2026-01-10 09:00,2026-01-10 10:00,1
"""

SCHEME = """\
format = 1

[scheme]
id         = "tiny"
version    = "1"
name       = { zh = "小考核", en = "Tiny" }
cycle      = "quarter"
effective  = { from = 2026-01-01, to = 2026-12-31 }
population = 'role == "agent"'
missing    = { policy = "renormalise", min_coverage = 0.5 }

[[dimensions]]
id     = "speed"
name   = { zh = "速度", en = "Speed" }
weight = 60

  [[dimensions.indicators]]
  use    = "in_time"
  weight = 100
  curve  = { kind = "points", at = [[0, 0], [1, 100]] }

[[dimensions]]
id     = "satisfaction"
name   = { zh = "满意", en = "Satisfaction" }
weight = 40

  [[dimensions.indicators]]
  use    = "rating"
  weight = 100
  curve  = { kind = "points", at = [[0, 0], [10, 100]] }

[[indicators]]
id      = "in_time"
name    = { zh = "及时率", en = "In time" }
records = "ticket"
value   = "share(resolved_at - opened_at <= hours(24))"
unit    = "share"

[[indicators]]
id      = "rating"
name    = { zh = "平均评分", en = "Mean rating" }
records = "ticket"
value   = "mean(satisfaction)"
unit    = "points"

[[indicators]]
id         = "growth"
name       = { zh = "增长", en = "Growth" }
records    = "ticket"
value      = 'count(where=kind == "repair") - previous(count())'
unit       = "count"
min_sample = 0

[[adjustments]]
id     = "repairs"
name   = { zh = "维修加分", en = "Repairs" }
points = 'value("growth") * 0.5'
max    = 1

[tiers]
kind   = "score"
levels = [
  { id = "A", min_score = 85, coefficient = 1.5 },
  { id = "B", min_score = 60, coefficient = 1 },
  { id = "C", coefficient = 0.5 },
]

[bonus]
kind    = "coefficient"
base    = "person.bonus_base"
prorate = "days"

[[outcomes]]
kind = "training"
when = 'points("in_time") < 50'
note = { zh = "参加培训", en = "Training" }
"""


def make_desk(folder: Path, *, database: str | None = None) -> Desk:
    """The workspace with people and scheme, without tickets."""
    folder.mkdir(exist_ok=True)
    desk = Desk(folder / "tiny")
    options = () if database is None else ("--database", database)
    desk.do("init", desk.workspace, *options)
    write(desk, "people.csv", PEOPLE)
    desk.do("people", "import", desk.workspace / "people.csv")
    write(desk, "schemes/tiny.toml", SCHEME)
    return desk


def write(desk: Desk, name: str, text: str) -> Path:
    path = desk.workspace / name
    path.write_text(text, "utf-8")
    return path


def add_tickets(desk: Desk, lines: Sequence[str], name: str = "tickets.csv") -> None:
    """Import tickets, given as lines without the header."""
    path = write(desk, name, "\n".join([TICKETS.splitlines()[0], *lines]) + "\n")
    desk.do("records", "import", "ticket", path)


def ticket_lines() -> list[str]:
    return TICKETS.splitlines()[1:]


def evaluated(desk: Desk, scheme: str = "tiny", period: str = "2026-Q1") -> tuple[Run, int]:
    """The run and its number, evaluated and stored as the command does it; what was stored is the run."""
    app = App("en", desk.workspace, {})
    run, number = run_scheme(app, scheme, period)
    stored = read_run(app.store, number).run
    assert stored.digest == run.digest
    # A run that was there before has the notes, the moment and the scheme's comments of its own evaluation.
    scheme = run.scheme if run.scheme.text == stored.scheme.text else stored.scheme
    former = replace(run, created_at=stored.created_at, notes=stored.notes, scheme=scheme)
    assert difference(stored, former) is None
    return run, number


def ranking(desk: Desk) -> list[dict[str, str]]:
    """The ranking as the CSV says it."""
    out = desk.do("evaluate", "tiny", "--period", "2026-Q1", "--format", "csv").out
    return [*csv.DictReader(out.splitlines())]
