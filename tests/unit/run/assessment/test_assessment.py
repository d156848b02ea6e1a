"""Assessments of a run by hand: order of aggregation, scales, trimming, calibration, agreement, what is refused."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reference import assessment as reference
from tests.unit.run.rating_kit import SCHEME, assessed, check, use

from kaohe.errors import KaoheError
from kaohe.exact import from_micros, to_micros
from kaohe.run.assessment.assessing import agreement_of, persons_of, score_of, sheets_of
from kaohe.run.assessment.model import Assessed
from kaohe.run.assessment.ratings import Rating
from kaohe.scheme.describe import describe

FULL = [
    ("P1", "P1", "self", 5, 5),
    ("P1", "P2", "supervisor", 4, 5),
    ("P1", "P3", "peer", 3, 5),
    ("P1", "P4", "peer", 80, 100),
    ("P1", "P2", "peer", 10, 10),
    *[("P1", None, "customer", 9, 10)] * 3,
]


def value(found: Assessed, row: int = 0) -> Decimal | None:
    return from_micros(int(found.values.micros[row])) if found.values.known[row] else None


def means(found: Assessed, row: int = 0) -> dict[str, Fraction]:
    return {part.relation: part.mean for part in found.people[row].parts}


def test_ratings_are_averaged_within_a_relation_and_then_weighted(tmp_path: Path) -> None:
    found = assessed(tmp_path, FULL)
    assert means(found) == {"supervisor": 80, "peer": 80, "customer": 90, "self": 100}
    # (50 × 80 + 30 × 80 + 20 × 90) / 100; the self-rating has no weight.
    assert (value(found), found.values.sample.tolist()) == (82, [7, 0, 0, 0])
    assert found.people[0].shown
    assert found.notes == ()


def test_the_weights_present_count_for_those_that_are_not(tmp_path: Path) -> None:
    found = assessed(tmp_path, [("P1", "P2", "supervisor", 4, 5), ("P1", "P3", "peer", 3, 5)])
    assert value(found) == Decimal("72.5")  # (50 × 80 + 30 × 60) / 80


def test_all_raters_of_one_relation_are_that_relations_mean(tmp_path: Path) -> None:
    assert value(assessed(tmp_path, [("P1", "P2", "peer", 3, 5), ("P1", "P3", "peer", 4, 5)])) == 70


def test_no_ratings_and_ratings_without_weight_are_no_data(tmp_path: Path) -> None:
    found = assessed(tmp_path, [("P2", "P2", "self", 4, 5), ("P1", "P2", "peer", None, 5)])
    assert (value(found), value(found, 1)) == (None, None)
    assert found.values.sample.tolist() == [0, 0, 0, 0]
    assert [part.relation for part in found.people[1].parts] == ["self"]


def test_whoever_rates_twice_has_one_voice(tmp_path: Path) -> None:
    twice = [("P1", "P2", "peer", 5, 5), ("P1", "P2", "peer", 3, 5), ("P1", "P3", "peer", 1, 5)]
    found = assessed(tmp_path, twice)
    assert value(found) == 50  # (80 + 20) / 2
    (peers,) = found.people[0].parts
    assert (peers.raters, peers.ratings) == (2, 3)


def test_the_items_of_a_rater_count_alike_and_some_may_be_left_out(tmp_path: Path) -> None:
    items = [
        ("P1", "P2", "peer", 5, 5, "overall"),
        ("P1", "P2", "peer", 3, 5, "overall"),
        ("P1", "P2", "peer", 1, 5, "teamwork"),
    ]
    assert value(assessed(tmp_path, items)) == 50  # (80 + 20) / 2
    assert value(assessed(tmp_path, items, use('items = ["teamwork", "execution"]'))) == 20


def test_scales_are_mapped_linearly_from_their_lowest_score(tmp_path: Path) -> None:
    mixed = [("P1", "P2", "peer", 3, 5), ("P1", "P3", "peer", 5, 9)]
    lowest = ('item = "item"\n', 'item = "item"\nlowest = 1\n')
    found = assessed(tmp_path, mixed, lowest, use("range = [-1, 1]"))
    assert (value(found), means(found)) == (0, {"peer": 0})


def test_the_highest_and_lowest_are_left_out_of_each_relation(tmp_path: Path) -> None:
    peers = [("P1", rater, "peer", score, 100) for rater, score in (("P2", 0), ("P3", 60), ("P4", 100))]
    found = assessed(tmp_path, [*peers, ("P1", "P2", "supervisor", 20, 100)], use("trim = 1"))
    assert means(found) == {"supervisor": 20, "peer": 60}
    assert [part.trimmed for part in found.people[0].parts] == [0, 2]


def test_raters_are_calibrated_within_their_relation(tmp_path: Path) -> None:
    peers = [
        ("P1", "P3", "peer", 40, 100),
        ("P2", "P3", "peer", 60, 100),
        ("P1", "P4", "peer", 80, 100),
        ("P2", "P4", "peer", 100, 100),
        ("P4", "P1", "peer", 70, 100),
        ("P1", "P2", "supervisor", 0, 100),
    ]
    found = assessed(tmp_path, peers, use("calibrate = true"))
    # The peers' mean is 70, their deviation √500 (n − 1); each rater's own z is −1/√2 and 1/√2.
    low, high = 70 - Fraction(500, 2) ** Fraction(1, 2), 70 + Fraction(500, 2) ** Fraction(1, 2)
    assert [round(float(part.mean), 5) for part in found.people[0].parts] == [0, round(float(low), 5)]
    assert round(float(found.people[1].parts[0].mean), 5) == round(float(high), 5)
    # Who rated one person only stays as they are.
    assert (found.people[3].parts[0].mean, found.people[3].parts[0].calibrated) == (70, 0)
    assert [part.calibrated for part in found.people[0].parts] == [0, 2]


def test_unnamed_raters_have_a_voice_each_but_do_not_help_over_the_threshold(tmp_path: Path) -> None:
    one = [
        ("P1", None, "customer", score, 5, item) for score, item in ((5, "overall"), (4, "teamwork"), (3, "execution"))
    ]
    found = assessed(tmp_path, one)
    (customers,) = found.people[0].parts
    assert (customers.mean, customers.raters, customers.shown, found.people[0].shown) == (80, 1, False, False)


def test_a_relation_without_weight_is_warned_of_unless_it_is_meant(tmp_path: Path) -> None:
    below = [("P1", "P2", "subordinate", 5, 5), ("P1", "P3", "peer", 5, 5)]
    found = assessed(tmp_path, below)
    (note,) = found.notes
    assert (note.code, note.severity, note.found) == ("evaluate.relation-without-weight", "warning", "subordinate 1")
    assert "peer" in means(found)
    meant = assessed(tmp_path, below, ("customer = 20 }", "customer = 20, subordinate = 0 }"))
    assert (meant.notes, value(meant)) == ((), 100)


def test_ratings_that_lack_something_are_counted_in_a_warning(tmp_path: Path) -> None:
    found = assessed(
        tmp_path, [("P1", "P2", None, 5, 5), ("P1", "P2", "peer", 5, None), ("P1", "P2", "peer", 4, 5, None)]
    )
    assert [(note.code, note.what.arguments["count"]) for note in found.notes] == [("evaluate.incomplete-ratings", 3)]
    assert value(found) is None


@pytest.mark.parametrize(
    ("rating", "said", "chinese"),
    [
        (("P1", "P1", "peer", 4, 5), "somebody rates themself as something else", "有人评自己，却不是本人评估"),
        (("P1", "P2", "self", 4, 5), "somebody rates another person as", "有人以本人名义评别人"),
        (("P1", "P2", "peer", 6, 5), "a score lies outside its scale", "评分超出分制"),
        (("P1", "P2", "peer", -1, 5), "a score lies outside its scale", "评分超出分制"),
        (("P1", "P2", "peer", 0, 0), "a scale has no width", "分制没有宽度"),
    ],
)
def test_ratings_that_cannot_be_meant_are_refused_with_their_records(
    rating: tuple[Any, ...], said: str, chinese: str, tmp_path: Path
) -> None:
    with pytest.raises(KaoheError) as caught:
        assessed(tmp_path, [*FULL, rating, ("P3", "P3", "peer", 1, 5)])
    problem = next(each for each in caught.value.problems if each.what.in_("en").startswith(said))
    assert problem.code == "evaluate.ratings"
    assert chinese in problem.what.in_("zh")
    assert "008" in str(problem.found)
    assert problem.fix is not None


def test_agreement_is_that_of_the_one_way_analysis_of_variance(tmp_path: Path) -> None:
    scores = {"P1": (90, 80, 85), "P2": (50, 60), "P3": (70, 70)}
    rated = [
        (subject, rater, "peer", score, 100)
        for subject, given_ in scores.items()
        for rater, score in zip(("P4", "X1", "X2"), given_, strict=False)
    ]
    found = assessed(tmp_path, [*rated, ("P1", "P1", "self", 1, 100)]).agreement
    # 3 people, 7 scores: k0 = (7 − 17/7)/2 = 16/7; MSB and MSW by hand.
    grand = Fraction(505, 7)
    between = (3 * (85 - grand) ** 2 + 2 * (55 - grand) ** 2 + 2 * (70 - grand) ** 2) / 2
    within = Fraction(50 + 50, 4)
    assert (found.people, found.scores, found.each) == (3, 7, Decimal("2.285714"))
    assert found.icc == from_micros(to_micros((between - within) / (between + Fraction(9, 7) * within)))
    assert found.icc_mean == from_micros(to_micros((between - within) / between))
    assert (found.alpha, found.items) == (None, 1)


def test_alpha_is_over_the_sheets_that_hold_all_items(tmp_path: Path) -> None:
    sheets = [("P1", "P2", 1, 2), ("P2", "P3", 3, 3), ("P3", "P4", 5, 4)]
    rated = [
        (subject, rater, "peer", score, 5, item)
        for subject, rater, *scores in sheets
        for item, score in zip(("overall", "teamwork"), scores, strict=True)
    ]
    found = assessed(tmp_path, [*rated, ("P4", "P1", "peer", 5, 5, "overall")]).agreement
    # Variances 4 and 1, of the sums 9: 2 · (1 − 5/9).
    assert (found.alpha, found.items, found.sheets) == (Decimal("0.888889"), 2, 3)


def test_too_little_data_gives_no_agreement(tmp_path: Path) -> None:
    found = assessed(tmp_path, [("P1", "P2", "peer", 5, 5), ("P2", "P1", "peer", 4, 5)]).agreement
    assert (found.icc, found.icc_mean, found.alpha, found.people, found.scores) == (None, None, None, 2, 2)


@pytest.mark.parametrize(
    ("old", "new", "code", "at"),
    [
        ('rater = "rater"', 'rater = "ratr"', "scheme.unknown-field", "ratr"),
        ('score = "score"', 'score = "relation"', "scheme.unknown-field", 'score = "relation"'),
        ("peer = 30", "peers = 30", "scheme.unknown-choice", "peers"),
        ("supervisor = 50, peer = 30, customer = 20", "peer = 0", "scheme.no-weight", "opinion"),
        ("supervisor = 50", "supervisor = -1", "scheme.", "supervisor"),
        ('scale = "full"\n', "", "scheme.missing-key", "assessment"),
        ('unit = "points"', 'unit = "points"\nvalue = "count()"', "scheme.value-and-assessment", "value"),
        (*use("items = ['overal']"), "scheme.unknown-choice", "overal"),
        (*use("range = [5, 5]"), "scheme.no-width", "range"),
        (*use("thresholds = { peers = 3 }"), "scheme.unknown-choice", "peers"),
        (*use("others = 0"), "scheme.", "others"),
        (*use("trim = -1"), "scheme.", "trim"),
        (*use("relations = { self = 0 }"), "scheme.no-weight", "relations"),
        (*use("weights = { self = 0 }"), "scheme.unknown-key", "weights"),
        ('item = "item"\n', 'items = ["overall"]\n', "scheme.no-effect", "items"),
    ],
)
def test_mistakes_in_a_rule_are_told_at_their_place(old: str, new: str, code: str, at: str) -> None:
    checked = check((old, new))
    assert checked.scheme is None
    errors = [problem for problem in checked.problems if problem.severity == "error"]
    assert errors[0].code.startswith(code), errors
    assert at in SCHEME.replace(old, new, 1).splitlines()[(errors[0].where.line or 0) - 1]


def test_a_setting_of_another_indicator_has_no_effect_and_is_told() -> None:
    start, end = SCHEME.index("[indicators.assessment]"), SCHEME.index("[[dimensions]]")
    checked = check((SCHEME[start:end], ""), ('unit = "points"', 'value = "count()"'), use("trim = 1"))
    assert [problem.code for problem in checked.problems if problem.severity == "error"] == ["scheme.no-effect"]


def test_the_rule_is_read_aloud() -> None:
    scheme = check(use("trim = 1, calibrate = true, others = 4")).require()
    said = [line.in_("en") for section in describe(scheme) for line in section.lines]
    assert "Opinion is the mean of ratings by relation, weighted supervisor 50, peer 30, customer 20." in said
    assert "Raters are calibrated to the mean and spread of their relation." in said
    assert "The person sees the mean of a relation from 4 raters on (self 1, supervisor 1)." in said


# ---------------------------------------------------------------- against the reference, and what must always hold

RULE = check(use("relations = { supervisor = 50, peer = 30, customer = 20 }")).require().weighted[0].assessment
TRIMMED = check(use("trim = 1")).require().weighted[0].assessment
SCORES = st.integers(0, 20)
RECORDS = st.lists(
    st.tuples(
        st.just("P1"),
        st.sampled_from(["P2", "P3", "P4", "P5", None]),
        st.sampled_from(["supervisor", "peer", "customer"]),
        st.sampled_from(["overall", "teamwork"]),
        SCORES.map(Fraction),
        st.sampled_from([20, 25, 100]).map(Fraction),
    ),
    max_size=14,
)


def score(records: Sequence[reference.Record], rule: Any = RULE) -> tuple[Fraction | None, int]:
    listed = [Rating(0, relation, rater, item, 100 * got / full) for _s, rater, relation, item, got, full in records]
    (person,) = persons_of(rule, sheets_of(listed), 1, strict=False)
    return score_of(person), sum(part.ratings for part in person.parts if part.weight)


WEIGHTS = {"supervisor": Fraction(50), "peer": Fraction(30), "customer": Fraction(20)}


@given(RECORDS, st.booleans())
@settings(max_examples=150, deadline=None)
def test_it_is_what_the_reference_says(records: list[reference.Record], trimmed: bool) -> None:
    rule = TRIMMED if trimmed else RULE
    assert score(records, rule) == reference.assessed(records, "P1", WEIGHTS, int(trimmed))


@given(RECORDS, st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_order_of_the_records_changes_nothing(records: list[reference.Record], chance: Any) -> None:
    shuffled = list(records)
    chance.shuffle(shuffled)
    assert score(shuffled) == score(records)


@given(RECORDS.filter(bool), st.data(), st.booleans())
@settings(max_examples=100, deadline=None)
def test_a_higher_rating_never_lowers_the_value(
    records: list[reference.Record], data: st.DataObject, trimmed: bool
) -> None:
    at = data.draw(st.integers(0, len(records) - 1))
    *who, got, full = records[at]
    better = [*records[:at], (*who, got + data.draw(st.integers(0, 5)), full), *records[at + 1 :]]
    rule = TRIMMED if trimmed else RULE
    before, after = score(records, rule)[0], score(better, rule)[0]
    assert before is not None
    assert after is not None
    assert after >= before


@given(RECORDS.filter(bool), st.data())
@settings(max_examples=60, deadline=None)
def test_another_rater_who_agrees_with_the_mean_changes_nothing(
    records: list[reference.Record], data: st.DataObject
) -> None:
    relation = data.draw(st.sampled_from(sorted({record[2] for record in records})))
    mean, _count = reference.assessed([each for each in records if each[2] == relation], "P1", {relation: Fraction(1)})
    assert mean is not None
    assert score([*records, ("P1", "new", relation, "overall", mean, Fraction(100))])[0] == score(records)[0]


@given(st.lists(SCORES, min_size=2, max_size=8), st.integers(1, 3))
@settings(max_examples=50, deadline=None)
def test_agreement_is_none_or_at_most_one(scores: list[int], people: int) -> None:
    listed = [Rating(at % people, "peer", f"R{at}", "overall", Fraction(each)) for at, each in enumerate(scores)]
    figures = agreement_of(RULE, sheets_of(listed))  # type: ignore[arg-type] - the rule of a sound scheme
    assert figures.icc is None or figures.icc <= 1
    assert figures.alpha is None


def test_records_with_other_keys_and_in_another_order_give_the_same(tmp_path: Path) -> None:
    told = []
    for turn in range(3):
        folder = tmp_path / str(turn)
        folder.mkdir()
        found = assessed(folder, [*FULL[turn:], *FULL[:turn]][::-1], use("calibrate = true, trim = 1"))
        told.append((value(found), found.people, found.agreement))
    assert told == [told[0]] * 3
