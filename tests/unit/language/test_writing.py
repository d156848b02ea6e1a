"""A tree written out again means what it meant: every case of the conformance suite, and the forms by themselves."""

from __future__ import annotations

import pytest
from tests.conformance.back_ends import Interpreter
from tests.conformance.test_conformance import Case, load

from kaohe.errors import KaoheError
from kaohe.language import Scope, Type, compile_expression
from kaohe.language.writing import conjuncts, written

FIELDS = {
    "kind": Type("text"),
    "amount": Type("number", 2),
    "opened_at": Type("datetime"),
    "closed_at": Type("datetime"),
    "since": Type("date"),
    "until": Type("date"),
}
SCOPE = Scope(FIELDS, {"allowed": 24}, period=True, span=("since", "until"))


def cases() -> list[Case]:
    found = []
    for case in load():
        try:
            tree = compile_expression(case.expression, case.scope()).tree
        except KaoheError:
            continue
        if "worked(" not in written(tree):  # working time of a choice of moments has no shorter form
            found.append(case)
    return found


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_what_is_written_out_reads_as_the_same(case: Case) -> None:
    tree = compile_expression(case.expression, case.scope()).tree
    text = written(tree)
    again = compile_expression(text, case.scope())
    assert written(again.tree) == text
    table, by_hand = case.table(), Interpreter()
    first = compile_expression(case.expression, case.scope())
    if case.aggregate:
        assert by_hand.figure(again, table) == by_hand.figure(first, table)
    elif again.type.scale == first.type.scale:
        assert by_hand.value(again, table) == by_hand.value(first, table)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("closed_at - opened_at <= hours(allowed)", "closed_at - opened_at <= hours(24)"),
        ('kind not in ("new","old") and not (amount>3 or amount < 1)', None),
        ("(amount - 1) - (amount - 2) > 0", "amount - 1 - (amount - 2) > 0"),
        ("at_start(amount > 1) and at_end()", "at_start(amount > 1) and at_end()"),
        ("in_period(since)", "in_period(since)"),
        ("-(amount + 1) < -2.5", "-(amount + 1) < -2.5"),
        ('since >= date("2026-01-31")', 'since >= date("2026-01-31")'),
    ],
)
def test_the_usual_forms_come_out_as_people_write_them(asked: str, said: str | None) -> None:
    text = written(compile_expression(asked, SCOPE).tree)
    assert text == (said or 'kind not in ("new", "old") and not (amount > 3 or amount < 1)')


def test_a_condition_is_taken_apart_into_those_that_must_all_hold() -> None:
    tree = compile_expression('amount > 1 and (kind == "a" or kind == "b") and 1 < amount < 9', SCOPE).tree
    assert [written(each) for each in conjuncts(tree)] == [
        "amount > 1",
        'kind == "a" or kind == "b"',
        "1 < amount",
        "amount < 9",
    ]
