"""Curves that look back, at a person's own target and at the group, in a whole run and its explanation."""

from __future__ import annotations

from tests.scenarios.desk import Desk
from tests.tiny import SCHEME, evaluated, write

from kaohe.exact import from_micros
from kaohe.report.tree import tree_lines
from kaohe.run.explanation import explain

RATING = 'curve  = { kind = "points", at = [[0, 0], [10, 100]] }'
IN_TIME = 'curve  = { kind = "points", at = [[0, 0], [1, 100]] }'


def points(desk: Desk, key: str, text: str) -> list[str | None]:
    write(desk, "schemes/tiny.toml", text)
    run, _ = evaluated(desk)
    for row in range(len(run.names)):
        explain(run, row)
    earned, counted = run.appraisal.points[key], run.appraisal.counted[key]
    return [str(from_micros(each)) if there else None for each, there in zip(earned, counted, strict=True)]


def test_a_formula_looks_back_at_the_previous_period(tiny: Desk) -> None:
    # Only P1 had a ticket in the quarter before, answered in time: 0.75 − 1.
    text = SCHEME.replace(IN_TIME, "curve = { kind = \"formula\", points = '60 + 100 * (value - previous)' }")
    assert points(tiny, "in_time", text) == ["35", None, None, None]
    assert "in_time@previous" in evaluated(tiny)[0].appraisal.values


def test_a_target_comes_from_an_attribute(tiny: Desk) -> None:
    # 9, 7 and 7.5 against 0.001 of a base of 5000, 6000 and 5500
    text = SCHEME.replace(RATING, 'curve = { kind = "ratio", target = "bonus_base / 1000" }')
    assert points(tiny, "rating", text) == ["180", "116.666667", None, "136.363636"]


def test_a_percentile_rank_is_among_those_with_data(tiny: Desk) -> None:
    text = SCHEME.replace(RATING, 'curve = { kind = "percentile_rank", neutral = 60 }')
    assert points(tiny, "rating", text) == ["100", "0", None, "50"]
    write(tiny, "schemes/tiny.toml", text)
    run, _ = evaluated(tiny)
    said = "\n".join(tree_lines(explain(run, 3), "en"))
    assert "rank 2 from the worst among 3: 100 × (2 − 1) / (3 − 1) = 50 points" in said


def test_weight_that_went_to_others_is_explained_with_what_it_became(tiny: Desk) -> None:
    # P3 has neither; the rating of P2 is missing where five answers are asked for, and its 40 go to in_time.
    text = SCHEME.replace(
        'policy = "renormalise", min_coverage = 0.5', 'policy = "redistribute", table = { in_time = { rating = 1 } }'
    ).replace(
        RATING,
        RATING + '\n  min_sample = 3\n  missing = { policy = "redistribute", to = { in_time = 1 } }',
    )
    write(tiny, "schemes/tiny.toml", text)
    run, _ = evaluated(tiny)
    assert run.appraisal.graded.tolist() == [True, True, False, True]
    said = "\n".join(tree_lines(explain(run, 1), "en"))
    assert "(100 × 100) / 100 + 0.5 = 100.50" in said
    assert "its weight goes to in_time 100 %" in said
    for row in range(4):
        explain(run, row)


def test_a_gate_and_caps_are_explained(tiny: Desk) -> None:
    text = SCHEME.replace(
        "[tiers]",
        """[[rules]]
id     = "both"
then   = { gate = { indicators = ["in_time", "rating"], base = 72 } }
reason = "both"

[tiers]""",
    ).replace("[[dimensions]]", "adjustment_caps = { additions = 0.75 }\n\n[[dimensions]]", 1)
    write(tiny, "schemes/tiny.toml", text)
    run, _ = evaluated(tiny)
    # P2 has 100 and 70: in_time is held at 72. P4 has 33.3333 and 75: the rating is held at 72.
    assert [str(from_micros(each)) for each in run.appraisal.total] == ["81.75", "71.7", "0", "49.55"]
    said = "\n".join(tree_lines(explain(run, 3), "en"))
    assert "both: one of In time, Mean rating misses its base, the others count at most 72 points" in said
    assert "1 points added together, at most 0.75 count" in said
    assert "+ 0.75 = 49.54998, rounded half up at 2 decimals: 49.55" in said
