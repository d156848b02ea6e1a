"""docs/expressions.md says what the table of functions says. RENEW=1 writes the tables anew."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kaohe.language import FUNCTIONS, PERIOD_BOUNDS, Argument, Scope, Type, aggregates, compile_expression
from kaohe.language.aggregation import AGGREGATIONS
from kaohe.language.operations import OPERATIONS
from kaohe.worktime import ANY_CALENDAR

REFERENCE = Path(__file__).parents[3] / "docs" / "expressions.md"
FIELDS = {
    **dict.fromkeys(["amount", "score"], Type("number", 2)),
    **dict.fromkeys(["kind", "channel", "tier", "customer"], Type("text")),
    **dict.fromkeys(["opened_at", "responded_at"], Type("datetime")),
    "began_on": Type("date"),
    "ended_on": Type("date"),
}
LEVELS = {"value": "Of one value 单个值", "aggregate": "Over records 汇总", "period": "About the period 周期"}


def functions_table() -> str:
    lines = []
    for level, title in LEVELS.items():
        lines += [f"### {title}", "", "| function | meaning | 含义 | example |", "|---|---|---|---|"]
        lines += [
            f"| `{name}({', '.join(map(_argument, function.arguments))})` "
            f"| {function.meaning.en} | {function.meaning.zh} | `{function.example}` |"
            for name, function in FUNCTIONS.items()
            if function.level == level
        ]
        lines.append("")
    return "\n".join(lines)


def _argument(argument: Argument) -> str:
    shown = "where=…" if argument.name == "where" else f"{argument.name}, …" if argument.repeated else argument.name
    return shown if argument.required else f"[{shown}]"


def period_table() -> str:
    return "".join(f"| `{name}` | {meaning.en} | {meaning.zh} |\n" for name, meaning in PERIOD_BOUNDS.items())


@pytest.mark.parametrize(("mark", "table"), [("functions", functions_table()), ("period", period_table())])
def test_the_reference_holds_the_table(mark, table):
    before, mark, rest = REFERENCE.read_text(encoding="utf-8").partition(f"<!-- {mark} -->\n")
    held, end, after = rest.partition("<!-- end -->")
    if os.environ.get("RENEW"):
        held = table
        REFERENCE.write_text(before + mark + held + end + after, encoding="utf-8")
    assert held == table, "RENEW=1 pytest tests/unit/language/test_reference.py writes it anew"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_is_named_described_and_shown_with_an_example_that_uses_it(name):
    function = FUNCTIONS[name]
    assert function.meaning.zh
    assert function.meaning.en
    assert f"{name}(" in function.example
    assert function.since == 1
    scope = Scope(
        FIELDS,
        aggregates=function.level != "value",
        period=True,
        span=("began_on", "ended_on"),
        calendars=ANY_CALENDAR,
    )
    expression = compile_expression(function.example, scope)
    assert bool(aggregates(expression)) == scope.aggregates


def test_every_example_of_the_reference_can_be_compiled():
    fields = {**FIELDS, "retention": Type("number", 6), "complaints": Type("number"), "region": Type("text")}
    text = REFERENCE.read_text(encoding="utf-8").split("## Mistakes")[0]
    examples = [line.split("#")[0].strip() for line in text.splitlines() if line.startswith("    ")]
    assert len(examples) == 4
    for example in examples:
        over_records = example.startswith(("share", "sum", "count"))
        compile_expression(example, Scope(fields, aggregates=over_records, period=True, span=("began_on", "ended_on")))


def test_every_function_that_stays_in_the_tree_has_an_operation_on_both_back_ends():
    rewritten = {"business_time", "elapsed"}
    rewritten |= {"hours", "minutes", "seconds", "days", "date", "in_season", "previous", "same_period_last_year"}
    assert set(FUNCTIONS) - rewritten <= set(OPERATIONS) | set(AGGREGATIONS)
