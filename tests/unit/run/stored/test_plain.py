"""Values as plain data and back: what is read is what was there, down to the type."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaohe.appraise.coded import Coded
from kaohe.appraise.model import Decision, Span
from kaohe.errors import Place, Problem
from kaohe.plugin.pack import read_pack
from kaohe.records.canonical import canonical
from kaohe.run.stored.plain import data, from_data
from kaohe.text import Text, msg
from kaohe.worktime.reading import check_calendar

ROOT = Path(__file__).parents[4]
PACKS = sorted([*ROOT.glob("plugins/*/src/**/pack.toml"), *ROOT.glob("core/kaohe/packs/*/pack.toml")])

texts = st.text(max_size=8)
plain = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    texts,
    st.decimals(allow_nan=False, allow_infinity=False),
    st.fractions(),
    st.dates(),
    st.datetimes(timezones=st.just(UTC)),
    st.builds(Text, texts, texts),
)
values = st.recursive(
    plain,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(texts, inner, max_size=4),
        st.dictionaries(texts.filter(str.isidentifier), inner, max_size=3).map(lambda said: msg("template", **said)),
    ),
    max_leaves=12,
)


def back(value: object) -> object:
    return from_data(json.loads(canonical(data(value))))


@given(st.lists(values, min_size=1, max_size=4), st.lists(st.integers(0, 3), max_size=6))
def test_what_occurs_many_times_is_written_like_a_tuple_of_all(distinct: list[object], places: list[int]) -> None:
    which = [place % len(distinct) for place in places]
    column = Coded(np.array(which, np.int64), distinct)
    assert canonical(data(column)) == canonical(data(tuple(distinct[place] for place in which)))


@given(values)
def test_what_is_written_is_read_back_with_its_types(value: object) -> None:
    read = back(value)
    assert read == value
    assert type(read) is type(value)
    assert canonical(data(read)) == canonical(data(value))


@pytest.mark.parametrize("path", PACKS, ids=lambda path: path.parent.name)
def test_every_definition_of_every_pack_is_read_back(path: Path) -> None:
    pack = read_pack(path.read_text("utf-8"), str(path))
    assert pack.indicators or pack.record_types or pack.schemes
    for each in (*pack.record_types, *pack.indicators):
        assert back(each) == each


def test_all_packs_are_looked_at() -> None:
    assert len(PACKS) == 6


def test_a_calendar_is_read_back_with_the_names_of_its_days() -> None:
    text = (
        'format = 1\nname = "Desk"\nholidays = [{ day = 2026-01-01, name = { zh = "元旦", en = "New year" } }]\n'
        '[hours]\nmonday = ["09:00-12:00", "13:30-18:00"]\n'
    )
    checked = check_calendar(text, "desk.toml", "desk", ZoneInfo("Asia/Shanghai"))
    calendar = checked.require()
    read = back(calendar)
    assert read == calendar
    assert (read.label, read.special, read.zone.key) == (calendar.label, calendar.special, calendar.zone.key)  # type: ignore[attr-defined]


def test_columns_keep_their_kind() -> None:
    for column in (np.array([1, -(2**62)]), np.array([True, False]), np.array([2**80, 1], object)):
        read = back(column)
        assert isinstance(read, np.ndarray)
        assert read.dtype == column.dtype
        assert read.tolist() == column.tolist()


def test_a_decision_keeps_the_numbers_of_its_message() -> None:
    said = msg("{a} {b} {c}", a=Decimal("1.50"), b=Fraction(1, 3), c=msg("{day}", day=date(2026, 1, 1)))
    decision = Decision("tie", "crm.nps", said)
    assert back(decision) == decision
    assert str(back(decision).what) == "1.50 1/3 2026-01-01"  # type: ignore[attr-defined]


def test_problems_spans_and_moments_are_read_back() -> None:
    problem = Problem("a.b", msg("what"), Place("f", 1, 2), msg("found"), "expected", msg("fix"), "note")
    span = Span("t", None, date(2026, 1, 1), 90, 1_000_000, None)
    moment = datetime(2026, 1, 1, 8, 30, tzinfo=UTC)
    assert back((problem, span, moment)) == (problem, span, moment)


@pytest.mark.parametrize("value", [1.5, float("nan"), {1.5}, np.array([0.5]), object()])
def test_what_is_not_exact_or_not_known_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        data(value)


@pytest.mark.parametrize("stored", [{"is": "Path"}, {"is": "Store", "engine": None}, {"unknown": 1}, {"a": 1, "b": 2}])
def test_only_known_classes_are_made(stored: object) -> None:
    with pytest.raises((KeyError, ValueError, TypeError)):
        from_data(stored)
