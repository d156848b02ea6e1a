"""Who rates whom, over any organisation: nobody twice, nobody as somebody else, and peers for all alike."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from kaohe.exact import MICRO
from kaohe.records.organisation import Assignment, Person
from kaohe.records.rounds.model import PEER, SELF, SUBORDINATE, SUPERVISOR
from kaohe.records.rounds.pairing import Organisation, pair_up

DAY = date(2026, 3, 31)
CODES = [f"P{number}" for number in range(12)]


@st.composite
def organisations(draw: st.DrawFn) -> Organisation:
    """People with one assignment each, some of them over, under managers who may be anybody, even themselves."""
    found = []
    for code in draw(st.lists(st.sampled_from(CODES), unique=True, max_size=12)):
        team, manager = draw(st.sampled_from(["a", "b", None])), draw(st.sampled_from([*CODES[:4], None]))
        ends = draw(st.sampled_from([None, None, None, date(2026, 3, 31), date(2026, 4, 1)]))
        held = (Assignment(code, team, None, manager, date(2025, 1, 1), ends, MICRO),)
        found.append((Person(code, code), held if draw(st.integers(0, 9)) else ()))
    return found


@given(organisations(), st.integers(0, 4), st.text(max_size=3))
def test_pairs_are_what_the_organisation_says(organisation: Organisation, peers: int, name: str) -> None:
    pairs = pair_up(name, organisation, DAY, peers=peers).pairs
    there = {
        person.code: held[0] for person, held in organisation if held and (held[0].ends is None or held[0].ends > DAY)
    }
    assert len({(pair.subject, pair.rater) for pair in pairs}) == len(pairs)
    assert {pair.subject for pair in pairs if pair.relation == SELF} == there.keys()
    line = {(code, one.manager) for code, one in there.items() if one.manager in there and one.manager != code}
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for pair in pairs:
        found[pair.relation].add((pair.subject, pair.rater))
        assert (pair.rater == pair.subject) == (pair.relation == SELF)
        assert {pair.rater, pair.subject} <= there.keys()
    assert found[SUPERVISOR] == line
    # Of two who manage each other, each is the other's supervisor and nothing else.
    assert found[SUBORDINATE] == {(above, below) for below, above in line} - line
    groups: dict[tuple[str | None, str | None], set[str]] = defaultdict(set)
    for code, one in there.items():
        groups[one.team, one.manager].add(code)
    for (team, _manager), members in groups.items():
        among = [pair for pair in pairs if pair.relation == PEER and pair.subject in members]
        assert {pair.rater for pair in among} <= members
        inside = any({below, above} <= members for below, above in line)
        if team is None:
            assert among == []
        elif not inside:
            each = min(peers, len(members) - 1)
            assert Counter(pair.subject for pair in among) == (dict.fromkeys(members, each) if each else {})
            assert Counter(pair.rater for pair in among) == (dict.fromkeys(members, each) if each else {})


@given(organisations(), st.permutations(range(12)))
def test_the_order_of_the_people_does_not_matter(organisation: Organisation, order: list[int]) -> None:
    shuffled = [organisation[place] for place in order if place < len(organisation)]
    assert pair_up("x", shuffled, DAY) == pair_up("x", organisation, DAY)
