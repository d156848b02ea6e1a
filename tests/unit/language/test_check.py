"""Names, kinds and levels: what fits, what does not, and what is advised."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kaohe.errors import KaoheError
from kaohe.language import (
    Keyed,
    Scope,
    Type,
    aggregates,
    compile_expression,
    field_names,
    keyed_ids,
    sees_all_records,
)

FIELDS = {
    "n": Type("number"),
    "amount": Type("number", 2),
    "kind": Type("text"),
    "done": Type("boolean"),
    "opened_at": Type("datetime"),
    "closed_at": Type("datetime"),
    "began_on": Type("date"),
    "person.bonus_base": Type("number", 2),
}
ROW = Scope(FIELDS)
RECORDS = Scope(FIELDS, aggregates=True, period=True, span=("began_on", "opened_at"))
PEOPLE = Scope(
    {"role": Type("text"), "crm.extra": Type("number")},
    keyed={
        "value": Keyed(Type("number", 6), frozenset({"crm.nps", "weekend_repairs"})),
        "points": Keyed(Type("number", 6), frozenset({"crm.nps"})),
    },
)


def problem(text, scope=ROW, **options):
    with pytest.raises(KaoheError) as caught:
        compile_expression(text, scope, **options)
    (only,) = caught.value.problems
    return only


@pytest.mark.parametrize(
    ("text", "code", "advice"),
    [
        ("opened_at >= began_on", "kinds", "date_of"),
        ("closed_at - opened_at <= 24", "kinds", "hours(24)"),
        ("amount == '5'", "kinds", "number(x)"),
        ("began_on == '2026-01-01'", "kinds", 'date("2026-01-01")'),
        ("began_on + 3", "kinds", "days(3)"),
        ("done + 1", "kinds", "if_(condition, 1, 0)"),
        ("kind > 'a'", "no-order", None),
        ("done < true", "no-order", None),
        ("not n", "kind", "if_"),
        ("n and done", "kind", None),
        ("-kind", "kind", None),
        ("opened_at + closed_at", "kinds", None),
        ("n * began_on", "kinds", None),
        ("hours(1) * hours(1)", "kinds", None),
        ("1 / hours(1)", "kinds", None),
        ("began_on + hours(3)", "whole-days", "days(3)"),
        ("began_on + days(amount)", "whole-days", None),
        ("began_on - (closed_at - opened_at)", "whole-days", None),
        ("date('2026-02-30') == began_on", "date", None),
        ("date(kind) == began_on", "not-literal", None),
        ("round(amount, 7)", "decimals", None),
        ("round(amount, 0.5)", "decimals", None),
        ("round(amount, n)", "not-literal", None),
        ("min(n)", "arguments", "minimum(x)"),
        ("min(n, kind)", "kind", None),
        ("min(n, began_on)", "kinds", None),
        ("if_(done, 1, 'a')", "kinds", None),
        ("if_(n, 1, 2)", "kind", None),
        ("month_of(opened_at + hours(1)) == 3", "computed-moment", None),
        ("kind in 'abc', 'd'", "not-allowed", None),
        ("kind in kind", "list", None),
        ("kind in ()", "list", None),
        ("kind in ('a', 3)", "kind", None),
        ("n in (1) == true", "chain", "brackets"),
        ("contains(kind)", "missing-argument", 'contains(channel, "微信")'),
        ("abs(n, n)", "too-many-arguments", None),
        ("round(amount, decimal=1)", "unknown-argument", "decimals"),
        ("round(amount, 1, decimals=1)", "argument-twice", None),
        ("abs(x=n, x=n)", "argument-twice", None),
        ("contains(kind, text='a')", "argument-twice", None),
        ("amuont > 1", "unknown-name", "amount"),
        ("abz(n)", "unknown-function", "abs"),
        ("person.bonus_bose", "unknown-name", "person.bonus_base"),
        ("sum(n)", "no-records", None),
        ("period_start == began_on", "no-period", None),
        ("in_period(began_on)", "no-period", None),
        ("count > 1", "function-without-call", None),
        ("n(3)", "unknown-function", None),
        (" * ".join(["amount"] * 10), "decimals", "round(x, 6)"),
    ],
)
def test_a_mistake_says_what_it_is_and_how_to_mend_it(text, code, advice):
    found = problem(text)
    assert found.code == f"expression.{code}"
    assert advice is None or advice in str(found.fix)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("amount", "no-aggregate"),
        ("3", "no-aggregate"),
        ("sum(amount) / amount", "mixed-levels"),
        ("if_(done, count(), 0)", "mixed-levels"),
        ("mean(n) in (n, 2)", "mixed-levels"),
        ("count() > 1 and done", "mixed-levels"),
        ("mean(sum(n))", "nested-aggregate"),
        ("count(where=count() > 3)", "nested-aggregate"),
        ("sum(previous(sum(n)))", "nested-aggregate"),
        ("previous(previous(count()))", "shift"),
        ("previous(same_period_last_year(count()))", "shift"),
        ("previous(3)", "shift"),
        ("count(done)", "too-many-arguments"),
        ("share(n)", "kind"),
        ("sum(kind)", "kind"),
        ("mean(began_on)", "kind"),
        ("percentile(n, 90)", "percentile"),
        ("percentile(n)", "missing-argument"),
        ("percentile(n, amount)", "not-literal"),
        ("count() + period_start", "outside-aggregate"),
        ("at_start(done)", "outside-aggregate"),
        ("is_weekend(minimum(began_on))", "one-record"),
        ("count(where=n)", "kind"),
    ],
)
def test_a_mistake_over_records(text, code):
    assert problem(text, RECORDS).code == f"expression.{code}"


def test_at_start_asks_for_records_that_last():
    scope = Scope(FIELDS, aggregates=True, period=True)
    assert problem("count(where=at_start())", scope).code == "expression.span"
    assert problem('count(where=at_date(date("2026-01-01")))', scope).code == "expression.span"
    assert problem("first(n)", scope).code == "expression.by"


@pytest.mark.parametrize("written", ["02-30", "13-01", "3-15", "2026-03-15", "0315", ""])
def test_a_season_lies_between_days_of_the_year(written):
    found = problem(f'in_season(began_on, "11-15", "{written}")', ROW)
    assert (found.code, found.found) == ("expression.day-of-year", written)


def test_all_mistakes_come_at_once_in_order():
    with pytest.raises(KaoheError) as caught:
        compile_expression("count(whre=done) + sum(amuont) + share(kind > 'a') + kount()", RECORDS)
    assert [(found.code, found.where.column) for found in caught.value.problems] == [
        ("expression.unknown-argument", 7),
        ("expression.unknown-name", 24),
        ("expression.no-order", 40),
        ("expression.unknown-function", 54),
    ]


def test_the_kind_that_is_expected_is_asked_for():
    assert problem("n + 1", expect=["boolean"]).code == "expression.kind"
    assert str(problem("kind", expect=["number", "duration"]).expected) == "a number or a duration"
    assert compile_expression("n > 1", ROW, expect=["boolean"]).type == Type("boolean")


def test_ids_are_names_and_arguments_of_keyed_functions():
    text = 'value("crm.nps") > 50 and points("crm.nps") > 3 and crm.nps < 9 and weekend_repairs > 1 and crm.extra > 0'
    expression = compile_expression(text, PEOPLE)
    assert keyed_ids(expression) == {("value", "crm.nps"), ("points", "crm.nps"), ("value", "weekend_repairs")}
    assert field_names(expression) == {"crm.extra"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('points("crm.npss")', "unknown-id"),
        ("points(role)", "id"),
        ("points()", "id"),
        ('points("crm.nps", 1)', "id"),
        ("points > 3", "function-without-call"),
        ('score("crm.nps")', "unknown-function"),
        ("crm.npss > 3", "unknown-name"),
    ],
)
def test_a_mistake_with_an_id(text, code):
    assert problem(text, PEOPLE).code == f"expression.{code}"


def test_names_are_found_in_the_form_that_python_reads_them():
    scope = Scope({"ＡＢ": Type("number"), "ﬁeld": Type("number")})
    assert field_names(compile_expression("ＡＢ > 1 and ﬁeld > 1", scope)) == {"ＡＢ", "ﬁeld"}


def test_parameters_are_filled_in_with_their_kinds():
    scope = Scope(FIELDS, parameters={"hours": 24, "limit": Decimal("0.950"), "word": "new", "strict": True})
    expression = compile_expression("closed_at - opened_at <= hours(hours) and amount > limit", scope)
    literal = compile_expression("closed_at - opened_at <= hours(24) and amount > 0.95", scope)
    assert expression.tree == literal.tree
    assert (
        compile_expression("kind == word and strict", scope).tree
        == compile_expression("kind == 'new' and true", scope).tree
    )


def test_a_parameter_that_no_database_can_hold_is_refused():
    assert problem("kind == word", Scope(FIELDS, parameters={"word": "a\x00b"})).code == "expression.text"


def test_numbers_are_decimals_as_written():
    assert compile_expression("0.1", ROW).type == Type("number", 1)
    assert compile_expression("0.10", ROW).tree == compile_expression(".1", ROW).tree
    assert compile_expression("100", ROW).type == Type("number", 0)


def test_aggregates_are_told_apart_by_meaning_not_by_spelling():
    text = "sum(amount, where=n > 1)/sum( amount,where = n>1.0 ) + previous(sum(amount, where=n > 1)) + sum(amount)"
    found = aggregates(compile_expression(text, RECORDS))
    assert [aggregate.window for aggregate in found] == ["period", "previous", "period"]
    assert len(set(found)) == 3


def test_aggregates_about_the_period_see_all_records_with_the_bounds_of_their_window():
    text = "count(where=at_start()) + previous(count(where=at_end())) + share(in_period(began_on)) + count()"
    found = aggregates(compile_expression(text, RECORDS))
    assert [(aggregate.window, aggregate.shift) for aggregate in found] == [
        ("all", "period"),
        ("all", "previous"),
        ("all", "period"),
        ("period", "period"),
    ]


def test_a_filter_about_the_period_says_so():
    scope = Scope(FIELDS, period=True, span=("began_on", "opened_at"))
    assert sees_all_records(compile_expression("at_start(n > 1) or done", scope))
    assert sees_all_records(compile_expression("at_date(began_on) and done", scope))
    assert not sees_all_records(compile_expression("began_on < period_start", scope))


CHOICES = Scope(
    {"kind": Type("text", choices=("repair", "install")), "name": Type("text")}, parameters={"which": "anything"}
)


@pytest.mark.parametrize("text", ['kind == "repairs"', '"repairs" != kind', 'kind not in ("install", "repairs")'])
def test_a_value_that_a_choice_never_holds_is_found_because_it_would_quietly_count_nothing(text):
    misspelt = problem(text, CHOICES)
    assert misspelt.code == "expression.choice"
    assert misspelt.expected == "repair, install"
    assert str(misspelt.fix) == "did you mean repair?"
    assert misspelt.where.column == text.index('"repairs"') + 1


@pytest.mark.parametrize("text", ['kind == "repair"', 'name == "repairs"', "kind == which", 'kind in ("repair",)'])
def test_values_of_a_choice_free_text_and_parameters_pass(text):
    assert compile_expression(text, CHOICES).type.kind == "boolean"


ABOUT_TARGETS = Scope(
    {},
    parameters={"of": "crm.nps"},
    keyed={
        "target": Keyed(
            Type("number", 6), frozenset({"crm.nps"}), own="crm.nps", whose=("team", "company"), words=True
        ),
        "value": Keyed(Type("number", 6), frozenset({"crm.nps"})),
    },
)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("target()", {("target", "crm.nps")}),
        ('target("crm.nps", "team") + target("年度收入")', {("target", "crm.nps@team"), ("target", "年度收入")}),
        ('value(of) / target(of, "company")', {("value", "crm.nps"), ("target", "crm.nps@company")}),
    ],
)
def test_a_keyed_function_may_be_told_whose_and_know_its_own(text, asked):
    assert keyed_ids(compile_expression(text, ABOUT_TARGETS)) == asked


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("value()", "id"),
        ('value("crm.nps", "team")', "id"),
        ('target("crm.nps", "region")', "unknown-id"),
        ('target("crm.csat")', "unknown-id"),
        ('target("")', "unknown-id"),
        ('target("crm.nps", 3)', "id"),
        ("target(other)", "id"),
        ('target("crm.nps", whose="team")', "id"),
    ],
)
def test_a_keyed_function_takes_known_ids_only(text, code):
    assert problem(text, ABOUT_TARGETS).code == f"expression.{code}"
