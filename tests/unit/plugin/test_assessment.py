"""The rule of an assessment as a plugin declares it: its fields, names and limits, told where the plugin says them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from kaohe.errors import Place
from kaohe.plugin import AssessmentRule, Field, Indicator, RecordType
from kaohe.plugin.check import check_contents
from kaohe.plugin.cross import settle
from kaohe.plugin.load import Plugin
from kaohe.text import Text

LABEL = Text("名", "Name")
RATING = RecordType(
    name="rating",
    label=LABEL,
    fields=(
        Field("no", "text", LABEL),
        Field("subject", "person", LABEL),
        Field("rater", "person", LABEL),
        Field("relation", "choice", LABEL, choices={"self": LABEL, "peer": LABEL}),
        Field("item", "choice", LABEL, choices={"overall": LABEL}),
        Field("score", "integer", LABEL),
        Field("full", "integer", LABEL),
        Field("day", "date", LABEL),
    ),
    key=("no",),
    when="day",
    who=("subject",),
)
RULE = AssessmentRule("rater", "relation", "score", "full", "item", relations={"peer": Decimal(1)})


def refused(rule: AssessmentRule, **changes: object) -> list[str]:
    """What is told of a plugin with that rule."""
    made = {"id": "p.opinion", "name": LABEL, "description": LABEL, "records": "rating", "assessment": rule}
    indicator = Indicator(**(made | changes))  # type: ignore[arg-type]
    plugin = Plugin("p", Place("p"), None, (RATING,), (indicator,))
    own = [problem.render("en") for problem in check_contents(plugin)]
    _running, problems = settle([plugin])
    return [*own, *(problem.render("en") for problem in problems.get("p", ()))]


def test_a_sound_rule_runs():
    assert refused(RULE) == []
    assert refused(replace(RULE, item=None)) == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"rater": "ratr"}, "ratr is no field of rating that can say rater"),
        ({"relation": "score"}, "score is no field of rating that can say relation"),
        ({"score": "day"}, "day is no field of rating that can say score"),
        ({"scale": "no"}, "no is no field of rating that can say scale"),
        ({"item": "full"}, "full is no field of rating that can say item"),
        ({"relations": {"peers": Decimal(1)}}, "relation of rating is never peers"),
        ({"relations": {"peer": Decimal(-1)}}, "a weight is not negative"),
        ({"thresholds": {"peers": 3}}, "relation of rating is never peers"),
        ({"thresholds": {"peer": 0}}, "a mean of nobody cannot be shown"),
        ({"others": 0}, "a mean of nobody cannot be shown"),
        ({"items": ("all",)}, "item of rating is never all"),
        ({"item": None, "items": ("overall",)}, "items are chosen, but no field names the item"),
        ({"range": (Decimal(5), Decimal(5))}, "the common scale has no width"),
        ({"range": (Decimal(5),)}, "the common scale has no width"),
        ({"trim": -1}, "fewer than no scores cannot be left out"),
    ],
)
def test_what_a_rule_may_not_say(changes, told):
    assert any(told in text for text in refused(replace(RULE, **changes)))


def test_an_assessment_has_no_other_value_and_an_indicator_needs_one():
    assert any("an assessment has no other value" in text for text in refused(RULE, value="count()"))
    assert any("an indicator needs records and value" in text for text in refused(RULE, assessment=None))
