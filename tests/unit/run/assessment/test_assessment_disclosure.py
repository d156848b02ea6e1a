"""Who sees what of an assessment: nothing that a person is given tells what too few raters said of them.

The test of that is that it does not depend on it: two worlds that differ in the withheld ratings alone, and in nothing
that is meant to be seen (rank, tier), give the same papers to the letter.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from tests.reference import run_data as plainly
from tests.unit.engine.scan_kit import Q1, SHANGHAI, snapshot
from tests.unit.run.rating_kit import PEOPLE, RATING, SCHEME, rows_of

from kaohe.engine import DuckEngine
from kaohe.errors import KaoheError
from kaohe.report.data import run_data
from kaohe.report.ranking import ranking_sheet
from kaohe.report.sheet import write_csv
from kaohe.report.terminal import run_text
from kaohe.report.tree import tree_data, tree_lines
from kaohe.run import Run
from kaohe.run.digest import columns
from kaohe.run.evaluate import Setting, evaluate
from kaohe.run.explanation import explain
from kaohe.run.organisation.assignments import Assignment
from kaohe.run.organisation.staff import Member
from kaohe.run.stored.evidence import summary
from kaohe.scheme import load_scheme

TWO_DIMENSIONS = (
    'id = "d"\nname = "d"\nweight = 100',
    """id = "work"
name = "work"
weight = 40
  [[dimensions.indicators]]
  use = "rated"
  weight = 100
[[dimensions]]
id = "d"
name = "d"
weight = 60""",
)
RATED = """[[indicators]]
id = "rated"
name = "How many they rated"
records = "rating"
value = "count()"
unit = "count"
who = "rater"
curve = { kind = "points", at = [[0, 0], [100, 100]] }
"""
TIERS = """[tiers]
kind = "score"
levels = [{ id = "A", min_score = 95, coefficient = 1.5 }, { id = "B", coefficient = 1 }]
"""
QUOTA = """[tiers]
kind = "quota"
levels = [{ id = "A", share = 0.5, coefficient = 1.5 }, { id = "B", share = 0.5, coefficient = 1 }]
"""
BONUS = '[bonus]\nkind = "coefficient"\nbase = "{base}"\nprorate = "none"\n'
FORMULA = '[bonus]\nkind = "formula"\nformula = "total * 10"\nprorate = "none"\n'
ADDED = '[[adjustments]]\nid = "more"\nname = "more"\npoints = "{points}"\n'
DEDUCTED = """[[rules]]
id = "r"
when = 'value("opinion") < 90'
then = { deduct = 5 }
reason = "low"
unknown = "ignore"
"""
OF_OTHERS = """  [[dimensions.indicators]]
  use = "rated"
  as = "beside"
  weight = 50
  curve = { kind = "formula", points = 'value("opinion") + value' }
"""


def scheme_of(*more: str, edits: Sequence[tuple[str, str]] = (), work: bool = False) -> str:
    text = SCHEME.replace("[[dimensions]]", f"{RATED}[[dimensions]]", 1) if work else SCHEME
    for old, new in [*([TWO_DIMENSIONS] if work else []), *edits]:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text + "".join(more)


BY_CONDITION = scheme_of(
    edits=[
        (
            "[[dimensions]]",
            """[[indicators]]
id = "peers"
name = "Peers"
records = "rating"
where = 'relation == "peer"'
value = "mean(score / full) * 100"
min_sample = 3
curve = { kind = "points", at = [[0, 0], [100, 100]] }
[[dimensions]]""",
        ),
        (
            'use = "opinion"\n  weight = 100',
            'use = "opinion"\n  weight = 50\n  [[dimensions.indicators]]\n  use = "peers"\n  weight = 50',
        ),
    ]
)


def run_of(folder: Path, text: str, ratings: Sequence[tuple[Any, ...]]) -> Run:
    scheme = load_scheme(text, "s.toml", {"rating": RATING}, {}).require()
    taken = snapshot(folder, {"rating": (RATING, [rows_of(ratings)])})
    table = replace(taken.records["rating"], when="rated_on")
    spell = Assignment("team", "role", None, date(2020, 1, 1), None, 500_000)
    members = [Member(code, f"name of {code}", (spell,)) for code in PEOPLE]
    setting = Setting({"rating": RATING}, (), SHANGHAI, "1", datetime(2026, 4, 1, tzinfo=UTC))
    return evaluate(scheme, Q1, replace(taken, records={"rating": table}), members, DuckEngine(), setting)


def world(peers: int) -> list[tuple[Any, ...]]:
    """P1 has a supervisor and two peers, whose ratings are withheld; the others have ratings enough."""
    fixed = [("P1", "P1", "self", 90, 100), ("P1", "P4", "supervisor", 80, 100)]
    for subject, points in (("P2", 97), ("P3", 20), ("P4", 10)):
        fixed += [(subject, rater, "peer", points, 100) for rater in ("P1", "X1", "X2")]
    return [*fixed, ("P1", "P2", "peer", peers, 100), ("P1", "P3", "peer", peers, 100)]


def papers(run: Run, row: int = 0) -> list[Any]:
    """What a person is given, in every form and language."""
    tree = explain(run, row)
    return [
        *("\n".join(tree_lines(tree, language)) for language in ("zh", "en")),
        *(tree_data(tree, language) for language in ("zh", "en")),
    ]


ALONE = scheme_of()
SCHEMES = {
    "one relation": scheme_of(edits=[("supervisor = 50", "supervisor = 0")]),
    "beside other work": scheme_of(TIERS, work=True),
    "bonus by tier": scheme_of(TIERS, BONUS.format(base="person.bonus_base"), work=True),
    "bonus by total": scheme_of(TIERS, BONUS.format(base="total * 100"), work=True),
    "bonus by formula": scheme_of(FORMULA, work=True),
    "bonus by value": scheme_of(TIERS, BONUS.format(base="value('opinion') * 10"), work=True),
    "bonus by dimension": scheme_of(TIERS, BONUS.format(base="dimension('d') * 10"), work=True),
    "quota": scheme_of(QUOTA, work=True),
    "adjustment by value": scheme_of(ADDED.format(points="value('opinion') * 0.1"), work=True),
    "adjustment besides": scheme_of(ADDED.format(points="3"), work=True),
    "rule on the total": scheme_of(DEDUCTED, work=True),
    "gate": scheme_of(DEDUCTED.replace("{ deduct = 5 }", "{ cap = 60 }"), work=True),
    "z-score": scheme_of(
        work=True,
        edits=[
            (
                'curve = { kind = "points", at = [[0, 0], [100, 100]] }\n[indicators',
                'curve = { kind = "percentile_rank", neutral = 50 }\n[indicators',
            )
        ],
    ),
    "a curve that reads it": scheme_of(
        work=True, edits=[('use = "opinion"\n  weight = 100', f'use = "opinion"\n  weight = 50\n{OF_OTHERS}')]
    ),
}


@pytest.mark.parametrize("name", SCHEMES)
def test_papers_do_not_depend_on_what_too_few_said(name: str, tmp_path: Path) -> None:
    told = []
    for number, peers in enumerate((60, 71)):
        folder = tmp_path / str(number)
        folder.mkdir()
        run = run_of(folder, SCHEMES[name], world(peers))
        assert not run.assessments["opinion"].people[0].shown
        assert run.appraisal.rank.tolist()[0] == 2  # what may be seen is the same in both
        told.append((run.appraisal.tier[0], papers(run), int(run.appraisal.values["opinion"].micros[0])))
    (tier, shown, value), (same_tier, same, other) = told
    assert (tier, value == other) == (same_tier, False)
    assert shown == same
    assert "withheld: too few raters; it counts in full" in shown[1]


def test_an_assessment_that_is_measured_besides_is_withheld_too(tmp_path: Path) -> None:
    """Nothing but a rule looks at it: whether it struck may be seen, as rank and tier may, and the total with it."""
    text = scheme_of(DEDUCTED, work=True, edits=[('use = "opinion"', 'use = "rated"\n  as = "again"')])
    told = []
    for peers in (60, 71):
        folder = tmp_path / str(peers)
        folder.mkdir()
        told.append(papers(run_of(folder, text, world(peers))))
    assert told[0] == told[1]
    assert "Opinion: withheld: too few raters" in told[0][1]
    assert "total: withheld" not in told[0][1]


def test_everybody_else_sees_their_own_figures(tmp_path: Path) -> None:
    run = run_of(tmp_path, SCHEMES["beside other work"], world(60))
    text = papers(run, 1)[1]
    assert "Opinion (weight 100): 97 points → 97 points" in text
    assert "peer (weight 30): mean 97" in text
    assert "withheld" not in text


def test_one_withheld_relation_hides_the_others_means_but_not_always_the_value(tmp_path: Path) -> None:
    """Three relations count; the customers are too few, but all together are enough for any threshold."""
    ratings = [
        ("P1", "P2", "supervisor", 80, 100),
        *(("P1", rater, "peer", 70, 100) for rater in ("P2", "P3", "P4")),
        ("P1", "X1", "customer", 50, 100),
    ]
    run = run_of(tmp_path, ALONE, ratings)
    text = papers(run)[1]
    assert "Opinion (weight 100): 71 points → 71 points" in text
    assert text.count(": withheld") == 3
    assert "mean" not in text


def test_with_another_indicator_over_the_same_records_the_value_is_hidden_too(tmp_path: Path) -> None:
    ratings = [
        ("P1", "P2", "supervisor", 80, 100),
        *(("P1", rater, "peer", 70, 100) for rater in ("P2", "P3", "P4")),
        ("P1", "X1", "customer", 50, 100),
    ]
    run = run_of(tmp_path, SCHEMES["beside other work"], ratings)
    assert "71" not in papers(run)[1]


def test_a_mean_by_condition_over_the_same_ratings_is_hidden_where_a_relation_is_withheld(tmp_path: Path) -> None:
    """Three records of two peers: a count of records would let the mean pass that a count of raters withholds."""
    told = []
    for peers in (60, 71):
        folder = tmp_path / str(peers)
        folder.mkdir()
        run = run_of(folder, BY_CONDITION, [*world(peers), ("P1", "P3", "peer", peers, 100)])
        assert run.appraisal.values["peers"].micros[0] == peers * 10**6
        person = next(each for each in run_data(run, "en")["people"] if each["code"] == "P1")
        told.append((papers(run), person["indicators"]))
    assert told[0] == told[1]


def test_two_relations_withheld_leave_the_third_to_be_seen(tmp_path: Path) -> None:
    ratings = [
        ("P1", "P2", "supervisor", 80, 100),
        *(("P1", rater, "peer", 70, 100) for rater in ("P2", "P3")),
        *(("P1", rater, "customer", 50, 100) for rater in ("X1", "X2")),
    ]
    text = papers(run_of(tmp_path, ALONE, ratings))[1]
    assert "supervisor (weight 50): mean 80" in text
    assert text.count(": withheld") == 2
    assert "Opinion (weight 100): 71 points" in text


def test_the_administrators_ranking_leaves_the_figures_out_that_are_withheld_and_marks_them(tmp_path: Path) -> None:
    run = run_of(tmp_path, SCHEMES["beside other work"], world(60))
    sheet = ranking_sheet(run, "en")
    row = next(row for row in sheet.rows if "P1" in row)
    headers = [column.header for column in sheet.columns]
    assert (row[headers.index("d")], row[headers.index("flags")]) == (None, "withheld")
    assert row[headers.index("total")] == run.appraisal.total[0]
    text = StringIO()
    write_csv(sheet, text)
    assert "72.5" not in text.getvalue()
    data = run_data(run, "en")
    assert data == json.loads(json.dumps(plainly.run_data(run, "en")))
    person = next(person for person in data["people"] if person["code"] == "P1")
    opinion = person["indicators"]["opinion"]
    assert (opinion["withheld"], opinion["value"], opinion["points"], person["dimensions"]["d"]) == (
        True,
        None,
        None,
        None,
    )
    assert all("withheld" not in each["indicators"]["opinion"] for each in data["people"] if each is not person)


def test_the_run_keeps_everything(tmp_path: Path) -> None:
    run = run_of(tmp_path, SCHEMES["beside other work"], world(60))
    kept = dict(columns(run.appraisal, run.counts, run.assessments))
    assert run.appraisal.values["opinion"].micros[0] == 72_500_000
    assert kept["opinion shown"] == [False, True, True, True]
    assert kept["opinion relations"][0][1] == ["peer", 2, 2, 0, 0, "60", "30", False]
    agreement = summary(run)["agreement"]["opinion"]
    assert agreement["icc_form"] == "ICC(1), one-way random, single rater"
    assert (agreement["people"], agreement["scores"]) == (4, 12)


def test_agreement_is_told_with_the_run(tmp_path: Path) -> None:
    run = run_of(tmp_path, ALONE, world(60))
    text = run_text(run, 1, "en")
    assert "agreement of raters, Opinion: ICC(1) 0." in text
    assert "Cronbach's alpha: one item only" in text
    assert run_data(run, "en")["agreement"]["opinion"]["icc"] == str(run.assessments["opinion"].agreement.icc)
    little = run_of(tmp_path, ALONE, [("P1", "P2", "peer", 5, 5)])
    assert "ICC(1) too little data (1 scores of 1 people)" in run_text(little, 1, "en")


def test_the_digest_covers_relations_and_settings(tmp_path: Path) -> None:
    digests = set()
    for number, text in enumerate((ALONE, ALONE.replace("peer = 30", "peer = 31"))):
        for peers in (60, 61):
            folder = tmp_path / f"{number}-{peers}"
            folder.mkdir()
            digests.add(run_of(folder, text, world(peers)).digest)
    assert len(digests) == 4


def test_a_value_that_does_not_recompute_is_refused(tmp_path: Path) -> None:
    run = run_of(tmp_path, ALONE, world(60))
    person = run.assessments["opinion"].people[1]
    false = replace(person, parts=(replace(person.parts[0], mean=person.parts[0].mean + 1),))
    people = (run.assessments["opinion"].people[0], false, *run.assessments["opinion"].people[2:])
    wrong = replace(run, assessments={"opinion": replace(run.assessments["opinion"], people=people)})
    with pytest.raises(KaoheError) as caught:
        explain(wrong, 1)
    assert caught.value.problems[0].code == "explain.disagrees"
    assert Decimal(str(caught.value.problems[0].found)) == 97
