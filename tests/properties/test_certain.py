"""What is said to be certain of expressions holds for every record, whichever of its fields are missing."""

from __future__ import annotations

from hypothesis import event, given, settings
from hypothesis import strategies as st
from tests.properties.test_language import SCOPE, SHANGHAI, _compiled, _windows, expressions, rows

from kaohe.language import Expression, Type, interpret
from kaohe.language.certain import fewest, known_where, never_unknown
from kaohe.language.tree import Node

BOUNDS = _windows(SHANGHAI)["period"]
# About few fields, so that one condition often says something of another.
_ATOMS = st.sampled_from(
    [
        "done",
        "known(done)",
        "known(n)",
        "n > 0",
        "n in (1, 2)",
        "known(rate)",
        "rate / n > 0.5",
        "known(rate / n)",
        "rate / 2 <= 3",
        "number(kind) > 1",
        "known(number(kind))",
        "max(n, rate) < 7",
        "is_weekend(opened_at)",
        "date_of(opened_at) == signed_on",
        "in_period(opened_at)",
        "if_(known(n), n, 1) > 0",
        "if_(n > 0, done, true)",
        "(done == (n > 0))",
    ]
)
conditions = st.one_of(
    st.recursive(
        _ATOMS,
        lambda inner: st.one_of(
            inner.map(lambda text: f"(not ({text}))"),
            *(
                st.lists(inner, min_size=2, max_size=3).map(lambda texts, word=word: f"({f' {word} '.join(texts)})")
                for word in ("and", "or")
            ),
        ),
        max_leaves=8,
    ),
    expressions("boolean"),
)
few = settings(max_examples=200, deadline=None)


def _truth(node: Node, row: dict[str, object]) -> bool | None:
    return interpret(Expression("", node, Type("boolean")), row, BOUNDS)


@few
@given(conditions, rows)
def test_what_is_never_unknown_where_fields_are_filled_is_known_in_such_a_record(text, row):
    node, filled = _compiled(text, SCOPE).tree, frozenset(row)
    if never_unknown(node, filled):
        event("certain")
        assert _truth(node, row) is not None, text
    elif never_unknown(node):
        raise AssertionError(f"more fields make nothing less certain: {text}")


@few
@given(conditions, rows)
def test_fields_that_a_condition_needs_are_there_wherever_it_has_that_truth(text, row):
    node = _compiled(text, SCOPE).tree
    truth = _truth(node, row)
    if truth is not None:
        assert known_where(node, truth=truth) <= set(row), text


@few
@given(st.lists(conditions, min_size=1, max_size=4), rows)
def test_the_same_records_meet_the_fewest_conditions(texts, row):
    nodes = [_compiled(text, SCOPE).tree for text in texts]
    left = fewest(nodes)
    event(f"{len(left) < len(nodes)}")
    assert all(_truth(each, row) for each in nodes) == all(_truth(each, row) for each in left), texts
