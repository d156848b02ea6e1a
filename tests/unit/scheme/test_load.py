"""What a sound scheme becomes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from kaohe.errors import KaoheError
from kaohe.scheme import Checked, Scheme
from kaohe.scheme.model import (
    Band,
    BandsCurve,
    Case,
    CasePerson,
    Expected,
    Level,
    Missing,
    PerUnitCurve,
    PointsCurve,
    RatioCurve,
)
from kaohe.text import Text

Check = Callable[..., Checked]


@pytest.fixture
def scheme(check: Check, valid: str) -> Scheme:
    return check(valid).require()


def test_the_head_is_read(scheme: Scheme) -> None:
    assert (scheme.id, scheme.version, scheme.format, scheme.cycle) == ("service", "2026.1", 1, "quarter")
    assert scheme.name == Text("客户服务季度考核", "Customer service, quarterly")
    assert (scheme.effective_from, scheme.effective_to) == (date(2026, 1, 1), date(2026, 12, 31))
    assert (scheme.decimals, scheme.currency, scheme.min_coverage) == (2, "CNY", Decimal("0.7"))


def test_a_name_in_one_language_serves_both(scheme: Scheme) -> None:
    assert scheme.dimensions[1].name == Text("满意度", "满意度")


def test_indicators_are_keyed_by_id_or_by_the_name_given(scheme: Scheme) -> None:
    assert [used.key for used in scheme.weighted] == ["crm.response", "crm.response_time", "crm.csat", "csat_bonus"]
    assert [used.weight for used in scheme.weighted] == [70, 30, 60, 40]


def test_parameters_are_the_scheme_s_or_the_default(check: Check, valid: str, scheme: Scheme) -> None:
    assert scheme.weighted[0].parameters == {"hours_allowed": 12}
    default = check(valid.replace("params = { hours_allowed = 12 }", "")).require()
    assert default.weighted[0].parameters == {"hours_allowed": Decimal(24)}


def test_curves_are_read_exactly(scheme: Scheme) -> None:
    points, bands, ratio, per_unit = (used.curve for used in scheme.weighted)
    assert points == PointsCurve(((Decimal("0.8"), Decimal(0)), (Decimal("0.95"), Decimal(100))))
    assert bands == BandsCurve(
        (
            Band(None, Decimal(4), Decimal(100)),
            Band(Decimal(4), Decimal(8), Decimal(60)),
            Band(Decimal(8), None, Decimal(0)),
        )
    )
    assert ratio == RatioCurve(Decimal("4.5"), "higher", Decimal(0), Decimal(120))
    assert per_unit == PerUnitCurve(
        Decimal(80), Decimal(4), Decimal("0.1"), Decimal(2), False, Decimal(20), Decimal(-30)
    )


def test_bands_may_be_written_best_first(check: Check, valid: str, scheme: Scheme) -> None:
    text = valid.replace("{ to = 4, points = 100 },", "{ from = 8, points = 0 },", 1)
    first, second = text.index("{ from = 8, points = 0 },"), text.rindex("{ from = 8, points = 0 },")
    assert first < second
    text = text[:second] + text[second:].replace("{ from = 8, points = 0 },", "{ to = 4, points = 100 },", 1)
    assert check(text).require().weighted[1].curve == scheme.weighted[1].curve


def test_a_ratio_runs_with_the_indicator_s_direction(check: Check, valid: str) -> None:
    start = valid.index('{ kind = "bands"')
    text = valid[:start] + '{ kind = "ratio", target = 4 }' + valid[valid.index("] }", start) + 3 :]
    assert check(text).require().weighted[1].curve == RatioCurve(Decimal(4), "lower")


def test_the_missing_policy_is_the_indicator_s_or_the_scheme_s(scheme: Scheme) -> None:
    assert scheme.weighted[0].missing == Missing("renormalise")
    assert scheme.weighted[2].missing == Missing("neutral", Decimal(60))


def test_indicators_that_are_only_named_are_measured(scheme: Scheme) -> None:
    assert [measured.key for measured in scheme.measured] == ["crm.violations", "weekend_repairs"]
    assert scheme.measured[0].min_sample == 0


def test_an_id_used_under_another_name_only_is_measured_beside_it(check: Check, valid: str) -> None:
    plain = '  use     = "crm.csat"\n'
    text = valid.replace(plain, plain + '  as = "csat"\n').replace('"crm.csat" = "missing"', '"csat" = "missing"')
    assert "crm.csat" in {measured.key for measured in check(text).require().measured}


def test_money_is_counted_in_fen(scheme: Scheme) -> None:
    assert scheme.bonus is not None
    assert (scheme.bonus.pool, scheme.bonus.cap, scheme.bonus.floor) == (50_000_000, 3_000_000, None)


def test_tiers_break_ties_as_the_ranking_does_unless_they_say_otherwise(scheme: Scheme) -> None:
    assert scheme.tiers is not None
    assert scheme.tiers.tie_breakers == ("crm.csat",)
    assert scheme.tiers.levels[0] == Level("A", Text("A", "A"), Decimal("1.5"), Decimal("0.20"), Decimal(85))


def test_a_rule_has_one_action(scheme: Scheme) -> None:
    (rule,) = scheme.rules
    assert (rule.action, rule.tier, rule.amount, rule.unknown) == ("tier_at_most", "C", None, "ignore")


def test_a_case_may_give_no_data(scheme: Scheme, valid: str) -> None:
    (case,) = scheme.cases
    given = {"crm.response": Decimal("0.95"), "crm.csat": None}
    points = {"crm.response": Decimal(100)}
    somebody = CasePerson("", given, {}, {}, Expected(points, {}, tier="B"))
    assert case == Case("95% in time scores 100", (somebody,), 90, case.place)
    assert case.place.line == valid[: valid.index("[[cases]]")].count("\n") + 1


def test_every_default_is_named(check: Check, valid: str) -> None:
    defaults = {default.path: default.value for default in check(valid).defaults}
    assert defaults["scheme.currency"] == '"CNY"'
    assert defaults["scheme.rounding.score"] == "2"
    assert defaults["ranking.method"] == '"competition"'
    assert defaults["tiers.tie_breakers"] == '["crm.csat"]'
    assert defaults["dimensions[0].indicators[0].curve"] == '{ kind = "points", at = [[0.8, 0], [0.95, 100]] }'
    assert defaults["dimensions[1].indicators[0].curve.mode"] == '"higher"'
    assert "bonus.prorate" not in defaults
    without = valid.replace('prorate = "days"', "").replace("params = { hours_allowed = 12 }", "")
    more = {default.path: default.value for default in check(without).defaults}
    assert {key: more[key] for key in more.keys() - defaults.keys()} == {
        "bonus.prorate": '"days"',
        "dimensions[0].indicators[0].params.hours_allowed": "24",
    }


def test_the_digest_is_that_of_the_content(check: Check, valid: str, scheme: Scheme) -> None:
    same = valid.replace("# ", "#  ").replace("weight = 60", "weight   =   60.0").replace("0.7 }", "0.70 }")
    assert check(same).require().digest == scheme.digest
    assert check(valid.replace("cap     = 30000", "cap = 30001")).require().digest != scheme.digest
    assert len(scheme.digest) == 64


def test_require_raises_every_problem(check: Check, valid: str) -> None:
    checked = check(valid.replace("weight = 70", "weight = 60").replace("[scheme]", "[scheme]\nx = 1"))
    with pytest.raises(KaoheError) as caught:
        checked.require()
    assert caught.value.problems == checked.problems
    assert len(checked.problems) == 2
