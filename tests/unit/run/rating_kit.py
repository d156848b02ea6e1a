"""Ratings in few words, and a scheme whose only indicator is what they come to."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.unit.engine.scan_kit import Q1_WINDOWS, day, snapshot

from kaohe.engine import DuckEngine
from kaohe.plugin import Field, RecordType, Text
from kaohe.run.assessment.assessing import assess_everybody
from kaohe.run.assessment.model import Assessed
from kaohe.scheme import Checked, load_scheme

PEOPLE = ("P1", "P2", "P3", "P4")
RELATIONS = ("self", "supervisor", "peer", "customer", "subordinate")


def field(name: str, kind: Any, **rest: Any) -> Field:
    return Field(name, kind, Text(name, name), **rest)


RATING = RecordType(
    name="rating",
    label=Text("评分", "Rating"),
    fields=(
        field("no", "text"),
        field("subject", "person"),
        field("rater", "person"),
        field("relation", "choice", choices={name: Text(name, name) for name in RELATIONS}),
        field("item", "choice", choices={name: Text(name, name) for name in ("overall", "teamwork", "execution")}),
        field("score", "decimal", scale=2),
        field("full", "integer"),
        field("rated_on", "date"),
    ),
    key=("no",),
    when="rated_on",
    who=("subject",),
)
SCHEME = """format = 1
[scheme]
id = "s"
version = "1"
name = "s"
cycle = "quarter"
missing = { policy = "zero" }
[[indicators]]
id = "opinion"
name = { zh = "评价", en = "Opinion" }
records = "rating"
unit = "points"
curve = { kind = "points", at = [[0, 0], [100, 100]] }
[indicators.assessment]
rater = "rater"
relation = "relation"
score = "score"
scale = "full"
item = "item"
relations = { supervisor = 50, peer = 30, customer = 20 }
[[dimensions]]
id = "d"
name = "d"
weight = 100
  [[dimensions.indicators]]
  use = "opinion"
  weight = 100
"""
Rated = tuple[str, str | None, str | None, float | None, int | None]
"""(subject, rater, relation, score, full score); a sixth part is the item."""


def check(*edits: tuple[str, str]) -> Checked:
    text = SCHEME
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new, 1)
    return load_scheme(text, "s.toml", {"rating": RATING}, {})


def use(settings: str) -> tuple[str, str]:
    """An edit: the settings of the use of the indicator."""
    return ('use = "opinion"\n', f'use = "opinion"\n  assessment = {{ {settings} }}\n')


def rows_of(ratings: Sequence[tuple[Any, ...]]) -> list[dict[str, Any]]:
    rows = []
    for number, (subject, rater, relation, score, full, *item) in enumerate(ratings):
        stored = None if score is None else round(score * 100)
        row = {"no": f"{number:03}", "subject": subject, "rater": rater, "relation": relation, "score": stored}
        rows.append({**row, "full": full, "item": item[0] if item else "overall", "rated_on": day("2026-02-01")})
    return rows


def assessed(folder: Path, ratings: Sequence[tuple[Any, ...]], *edits: tuple[str, str]) -> Assessed:
    """What the ratings come to for P1 … P4, by a scheme with these edits."""
    taken = snapshot(folder, {"rating": (RATING, [rows_of(ratings)])})
    scheme = check(*edits).require()
    found = assess_everybody(scheme, {"rating": RATING}, taken, DuckEngine(), Q1_WINDOWS["period"], PEOPLE)
    return found["opinion"]
