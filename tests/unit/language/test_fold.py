"""What parameters settle is settled at compile time, without touching the meaning."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kaohe.language import Scope, Type, aggregates, compile_expression, interpret

FIELDS = {"n": Type("number"), "amount": Type("number", 2), "done": Type("boolean")}


def compiled(text, *, over_records=False, **parameters):
    return compile_expression(text, Scope(FIELDS, parameters=parameters, aggregates=over_records))


def test_only_the_branch_that_a_parameter_chooses_is_measured():
    text = 'if_(clock == "business", mean(n), mean(amount))'
    (only,) = aggregates(compiled(text, over_records=True, clock="business"))
    assert only == aggregates(compiled("mean(n)", over_records=True))[0]


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("strict and n > 1", "n > 1"),
        ("not strict or n > 1", "n > 1"),
        ("if_(strict, n > 1, done)", "n > 1"),
        ("limit > 3 and done", "done"),
    ],
)
def test_a_condition_loses_what_is_settled(text, same):
    assert compiled(text, strict=True, limit=4).tree == compiled(same).tree


def test_false_settles_also_what_is_unknown():
    assert interpret(compiled("strict and n > 1", strict=False), {}) is False


@pytest.mark.parametrize(
    "text",
    [
        "if_(strict, n, amount) * n",
        "if_(strict, 2, amount) * amount",
        "round(if_(strict, n, amount), 1)",
        "min(if_(strict, n, amount), 5)",
        "if_(strict, n, amount)",
    ],
)
@pytest.mark.parametrize("strict", [True, False])
def test_the_scale_of_a_choice_outlives_it(text, strict):
    row = {"n": 3, "amount": Decimal("1.25")}
    settled, open_ = compiled(text, strict=strict), compiled(text.replace("strict", "done"))
    assert settled.type == open_.type
    assert interpret(settled, row) == interpret(open_, {**row, "done": strict})


def test_an_expression_over_records_keeps_an_aggregate():
    assert aggregates(compiled("if_(strict, 1, count())", over_records=True, strict=True))
    assert aggregates(compiled("strict or count() > 3", over_records=True, strict=True))
