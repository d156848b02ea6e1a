"""Numbers, lists and scales as sources write them."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from tests.oracles.adapters.calendars import calendar
from tests.oracles.adapters.scales import scale_in_words
from tests.oracles.case import NotRunnable
from tests.oracles.reading import listing, number, share, whole


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (5, 5),
        ("1,250.50", Decimal("1250.50")),
        ("¥300", 300),
        ("300 元", 300),
        ("25%", Decimal("0.25")),
        ("1/3", Fraction(1, 3)),
        ("-2", -2),
    ],
)
def test_a_number_in_any_usual_form(written, read):
    assert number(written) == read


@pytest.mark.parametrize("written", [None, True, "many", "", "1/0"])
def test_what_is_no_number_cannot_be_run(written):
    with pytest.raises(NotRunnable):
        number(written)


def test_shares_may_be_percent_and_counts_are_whole():
    assert [share(each) for each in (40, "40%", "0.4")] == [Decimal("0.4")] * 3
    assert whole("12") == 12
    with pytest.raises(NotRunnable):
        whole("1.5")


def test_things_may_have_names_and_a_text_of_a_number_is_none():
    assert listing({"a": 1, "b": 2}) == (["a", "b"], [1, 2])
    assert listing([["a", 1], ["b", 2]]) == (["a", "b"], [1, 2])
    assert listing([["1", "2"], ["3", "4"]]) == (None, [["1", "2"], ["3", "4"]])


def test_a_scale_in_words_becomes_a_curve():
    curve = scale_in_words("绩效工资: <60 不发; 60-79 发 50%; 80-100 全额; >100 超出部分 2 倍")
    assert curve.below == 0
    assert [tuple(map(int, each)) for each in curve.at] == [
        (60, 50),
        (80, 50),
        (80, 100),
        (100, 100),
        (100, 100),
        (200, 300),
    ]
    with pytest.raises(NotRunnable):
        scale_in_words("whatever seems fair")


@pytest.mark.parametrize(
    "written",
    [
        {"calendar": "Mon-Fri 09:00-18:00, lunch 12:00-13:00"},
        {"calendar": "Mon-Fri 9am-12pm, 1pm-6pm"},
        {"calendar": "周一至周五 09:00-12:00, 13:00-18:00"},
        {"days": "Mon-Fri", "hours": ["09:00-12:00", "13:00-18:00"]},
        {"calendar": {"mon-fri": [["09:00", "12:00"], ["13:00", "18:00"]]}},
    ],
)
def test_a_working_week_in_any_usual_words(written):
    lines = calendar(written, "UTC").splitlines()
    assert lines[4:] == [
        f'hours.{day} = ["09:00-12:00", "13:00-18:00"]'
        for day in ("monday", "tuesday", "wednesday", "thursday", "friday")
    ]
