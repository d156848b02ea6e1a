"""The population in columns is the same as person by person: on any organisation, by either way of counting records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.appraise.builder import scheme

from kaohe.language import Expression, Scope, Type, compile_expression, interpreter
from kaohe.period import Period, parse_period
from kaohe.run.organisation.assignments import Assignment, spans_in
from kaohe.run.organisation.population import Population, populate
from kaohe.run.organisation.service import SERVICE, attributes_in, place_of, with_person_names
from kaohe.run.organisation.staff import Member
from kaohe.run.organisation.stints import Stint, main_stints

Q1 = parse_period("2026-Q1")
NUMBER, WORD = Type("number", 6), Type("text")
FIELDS = {
    "team": WORD,
    "role": WORD,
    "region": WORD,
    "grade": WORD,
    "bonus_base": Type("number", 2),
    "days_in_period": Type("number"),
    "full_time_days": NUMBER,
    "joined_on": Type("date"),
    "left_on": Type("date"),
    "at_period_end": Type("boolean"),
}
SCOPE = Scope({**FIELDS, **{f"person.{name}": kind for name, kind in FIELDS.items()}})
CONDITIONS = (
    None,
    'team == "A"',
    'region == "east" and person.grade != "7"',
    "bonus_base >= 5000 or at_period_end",
    'days_in_period > 45 and (full_time_days < 45 or role == "lead")',
    "left_on - joined_on > days(30)",
    "1 == 1",
)
DAYS = st.dates(date(2025, 12, 1), date(2026, 4, 30)) | st.sampled_from([Q1.start, Q1.end, date(2026, 2, 15)])
ASSIGNMENTS = st.builds(
    Assignment,
    team=st.sampled_from(["A", "B", None]),
    role=st.sampled_from(["agent", "lead", None]),
    manager=st.sampled_from(["P1", None]),
    starts=DAYS,
    ends=st.none() | DAYS,
    bonus_base=st.none() | st.integers(0, 10**9) | st.just(2**53),
    attributes=st.dictionaries(st.sampled_from(["region", "grade", "role"]), st.sampled_from(["east", "7", ""])),
    fraction=st.sampled_from([1_000_000, 500_000, 333_333]),
)


@st.composite
def one_after_the_other(draw: Any) -> list[Assignment]:
    """With gaps between some of them; the last may be open."""
    edges = sorted(draw(st.lists(DAYS, min_size=2, max_size=8, unique=True)))
    ends = [*edges[1::2]]
    if draw(st.booleans()):
        ends[-1:] = [None]
    return [replace(draw(ASSIGNMENTS), starts=start, ends=end) for start, end in zip(edges[::2], ends, strict=False)]


PEOPLE = st.lists(one_after_the_other() | st.lists(ASSIGNMENTS, max_size=4), max_size=6)


def condition(text: str | None) -> Expression | None:
    return None if text is None else compile_expression(text, SCOPE, expect={"boolean"})


def judged(
    each: Member, period: Period, when: Expression | None, attribution: str
) -> tuple[bool | None, tuple[Assignment, ...] | None]:
    """Whether the person is covered, and by which assignments."""
    whole = attributes_in(each, period) or {}
    meets = interpreter(when) if when is not None else lambda _row: True
    if attribution == "period_end":
        return meets(with_person_names(whole)), None
    service = {name: whole[name] for name in SERVICE}
    answers = [(one, meets(with_person_names({**place_of(each, one), **service}))) for one in each.assignments]
    now = [answer for one, answer in answers if period.overlap(one.starts, one.ends) > 0]
    return (True if True in now else None if None in now else False), tuple(one for one, holds in answers if holds)


def slowly(members: Sequence[Member], when: Expression | None, attribution: str) -> dict[str, Any]:
    """Everybody by code: what is known of those covered, or why they are left out."""
    found: dict[str, Any] = {}
    for each in members:
        if attributes_in(each, Q1) is None:
            found[each.code] = "assignment"
            continue
        covered, matching = judged(each, Q1, when, attribution)
        if not covered:
            found[each.code] = "unknown" if covered is None else "population"
            continue
        mine = [one for one in main_stints(each.assignments) if matching is None or one.assignment in matching]
        found[each.code] = {
            "attributes": attributes_in(each, Q1, matching),
            "spans": spans_in(each.assignments, Q1, matching),
            "stints": None if matching is None else mine,
            "days": None if matching is None else days_of(mine),
        }
    return found


def days_of(stints: Sequence[Stint]) -> set[date]:
    days = (date.fromordinal(Q1.start.toordinal() + number) for number in range(Q1.days))
    return {day for day in days if any(each.holds_on(day) for each in stints)}


def written(found: Population) -> dict[str, Any]:
    people = found.people
    told: dict[str, Any] = {each.code: each.kind for each in found.left_out}
    for row, code in enumerate(people.code):
        attributes = {name: column[row] for name, column in people.attributes.items()}
        assert attributes["days_in_period"] == people.worked[row]
        told[code] = {
            "attributes": attributes,
            "spans": people.spans[row],
            "stints": None if found.stints is None else list(found.stints[row]),
            "days": None
            if found.stints is None
            else {
                date.fromordinal(number)
                for first, end in people.counted_days[row]
                for number in range(first.toordinal(), end.toordinal())
            },
        }
    return told


@settings(max_examples=200, deadline=None)
@given(PEOPLE, st.sampled_from(["period_end", "event_date"]), st.sampled_from(CONDITIONS))
def test_everybody_at_once_is_everybody_one_by_one(
    jobs: list[list[Assignment]], attribution: str, text: str | None
) -> None:
    members = [Member(f"P{number}", f"N{number}", tuple(mine)) for number, mine in enumerate(jobs)]
    when = condition(text)
    found = populate(replace(scheme(), population=when, attribution=attribution), members[::-1], Q1)
    expected = slowly(members, when, attribution)
    names = {name for each in expected.values() if isinstance(each, dict) for name in each["attributes"]}
    for each in expected.values():
        if isinstance(each, dict):
            each["attributes"] = {name: each["attributes"].get(name) for name in names}
    assert written(found) == expected
    assert list(found.people.code) == sorted(found.people.code)
    shown = {name: [*map(str, column)] for name, column in found.people.attributes.items() if len(column)}
    rows = [each for _code, each in sorted(expected.items()) if isinstance(each, dict)]
    assert shown == {name: [str(each["attributes"][name]) for each in rows] for name in sorted(names)}
