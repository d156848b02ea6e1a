"""The SQL of representative expressions, letter by letter, for every engine. RENEW=1 writes the files anew."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlglot import exp

from kaohe.language import Bounds, Scope, Type, aggregate_sql, aggregates, compile_expression, render, row_sql

GOLDEN = Path(__file__).parent / "golden"
FIELDS = {
    "n": Type("number"),
    "amount": Type("number", 2),
    "rate": Type("number", 4),
    "kind": Type("text"),
    "地区": Type("text"),
    "done": Type("boolean"),
    "opened_at": Type("datetime"),
    "closed_at": Type("datetime"),
    "began_on": Type("date"),
    "ended_on": Type("date"),
}
BOUNDS = Bounds(date(2026, 1, 1), date(2026, 4, 1), ZoneInfo("Asia/Shanghai"))
ROWS = [
    "closed_at - opened_at <= hours(24)",
    "amount >= 10000 and not done or kind in ('new', 'it\\'s', 'a\\\\b')",
    "n == amount",
    "amount * rate > n * n",
    "amount / n",
    "(closed_at - opened_at) / hours(1)",
    "(closed_at - opened_at) * 0.5",
    "began_on + days(n)",
    "round(amount * 1.05, 1)",
    "abs(min(n, amount, 0)) + max(n, 3)",
    "if_(done, amount, -1)",
    "1 < n <= 3",
    "地区 not in ('华东', '华南')",
    "month_of(opened_at)",
    "year_of(began_on)",
    "is_weekend(opened_at)",
    "contains(lower(kind), '微信')",
    "number(kind)",
    "known(kind)",
    "at_start(n > 0)",
    "in_period(opened_at)",
]
RECORDS = [
    "count(where=kind == 'new')",
    "count_distinct(地区)",
    "sum(amount * amount)",
    "sum(1)",
    "mean(closed_at - opened_at, where=done)",
    "share(closed_at - opened_at <= hours(24))",
    "median(amount)",
    "percentile(n, 0.95, where=done)",
    "minimum(began_on)",
    "maximum(amount - rate)",
    "nps(amount)",
    "first(n, by=opened_at)",
    "last(amount)",
]


def lowered() -> list[tuple[str, exp.Expression]]:
    span = ("began_on", "ended_on")
    of_row, of_records = Scope(FIELDS, period=True, span=span), Scope(FIELDS, period=True, span=span, aggregates=True)
    listed = [(text, row_sql(compile_expression(text, of_row), BOUNDS)) for text in ROWS]
    keep = exp.column("team", quoted=True).eq("A")
    for text in RECORDS:
        (aggregate,) = aggregates(compile_expression(text, of_records))
        listed += [(f"{text} · {part}", node) for part, node in aggregate_sql(aggregate, BOUNDS, keep).items()]
    return listed


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "spark"])
def test_the_sql_is_as_it_was(dialect):
    golden = GOLDEN / f"{dialect}.sql"
    text = "\n".join(f"-- {title}\n{render(node, dialect)}\n" for title, node in lowered())
    if os.environ.get("RENEW"):
        golden.write_text(text, encoding="utf-8")
    assert golden.read_text(encoding="utf-8") == text, (
        "RENEW=1 pytest tests/unit/language/test_golden.py writes it anew"
    )


def test_duckdb_needs_no_renderer_of_its_own():
    assert all(node.sql("duckdb") == render(node, "duckdb") for _, node in lowered())


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "spark"])
def test_no_engine_is_asked_for_floating_point(dialect):
    for title, node in lowered():
        # Spark divides decimals: what it divides leaves no remainder, and one of both is a decimal.
        exactly = "CAST((t.a - (t.a % t.b)) / t.b AS DECIMAL(38, 0))"
        words = render(node, dialect).replace(exactly, "").upper().replace("`", "").split()
        assert not {"DOUBLE", "FLOAT", "REAL"} & set(words), title
        assert "/" not in words, title


def test_names_are_quoted_as_identifiers():
    expression = compile_expression("select > 0", Scope({"select": Type("number")}))
    assert row_sql(expression, BOUNDS).sql("duckdb") == '"select" > 0'


def test_long_chains_stay_shallow_and_quick():
    text = " or ".join(f"n == {number}" for number in range(120))
    node = row_sql(compile_expression(text, Scope(FIELDS)), BOUNDS)
    depth, level = 0, [node]
    while level:
        level, depth = [child for parent in level for child in parent.iter_expressions()], depth + 1
    assert depth < 16
    assert render(node, "duckdb").count(" OR ") == 119
