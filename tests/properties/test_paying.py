"""Whatever is earned, corrected and recovered over however many periods: nothing is lost or paid twice."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from kaohe.run.paying.model import most_recovered, settle, settle_everybody
from kaohe.scheme.model import Recovery

FEN = st.integers(-10_000_00, 10_000_00)
BONUS = st.integers(0, 10_000_00)
RULES = st.one_of(
    st.none(),
    st.builds(
        Recovery,
        cap=st.none() | st.integers(0, 5_000_00),
        cap_share=st.decimals(0, 1, places=3),
        minimum=st.integers(0, 3_000_00),
        after_leaving=st.sampled_from(["carry", "write_off", "report"]),
    ),
)
CODES = st.sampled_from([f"P{number}" for number in range(6)])


@given(FEN, FEN, RULES, st.booleans())
def test_earned_and_due_are_paid_and_carried_to_the_fen(earned: int, due: int, by: Recovery | None, left: bool) -> None:
    line = settle("P1", earned, due, by, left=left)
    assert earned + due == line.paid + line.carried + line.dropped
    assert line.dropped == 0 or (left and due < 0 and by is not None and by.after_leaving != "carry")
    assert line.paid >= min(earned, 0)
    assert line.carried <= 0
    assert abs(line.carried) <= abs(due)


@given(BONUS, FEN, st.integers(0, 5_000_00), RULES)
def test_more_due_never_lowers_what_is_paid(earned: int, due: int, more: int, by: Recovery | None) -> None:
    assert settle("P1", earned, due + more, by).paid >= settle("P1", earned, due, by).paid


@given(BONUS, st.integers(0, 5_000_00), RULES)
def test_a_recovery_keeps_to_every_limit(earned: int, owed: int, by: Recovery | None) -> None:
    recovered, rule = -settle("P1", earned, -owed, by).settled, by or Recovery()
    assert recovered == min(owed, most_recovered(earned, rule))
    assert recovered <= (Decimal(earned) * rule.cap_share if rule.cap is None else rule.cap)
    assert recovered == 0 or earned - recovered >= rule.minimum


@given(st.dictionaries(CODES, BONUS), st.dictionaries(CODES, FEN), RULES, st.randoms(use_true_random=False))
def test_the_order_of_people_does_not_matter(
    earned: dict[str, int], due: dict[str, int], by: Recovery | None, chance: object
) -> None:
    def mixed(table: dict[str, int]) -> dict[str, int]:
        pairs = list(table.items())
        chance.shuffle(pairs)  # type: ignore[attr-defined]  # one of random.Random
        return dict(pairs)

    assert settle_everybody(mixed(earned), mixed(due), by) == settle_everybody(earned, due, by)


PERIODS = st.lists(
    st.tuples(
        st.dictionaries(CODES, BONUS),  # what the period's run gives
        st.lists(st.tuples(st.integers(0, 7), st.dictionaries(CODES, BONUS)), max_size=2),  # earlier periods anew
    ),
    min_size=1,
    max_size=8,
)


@given(PERIODS, RULES)
def test_over_any_periods_what_the_newest_runs_give_is_what_was_paid_and_is_outstanding(
    periods: list[tuple[dict[str, int], list[tuple[int, dict[str, int]]]]], by: Recovery | None
) -> None:
    """A period is paid once; before each payment, earlier periods may be computed anew, and the difference to their
    newest run so far is posted."""
    newest: list[dict[str, int]] = []
    due: dict[str, int] = {}
    paid = dropped = 0
    for earned, anew in periods:
        for index, figures in anew:
            if index < len(newest):
                for code in newest[index].keys() | figures.keys():
                    due[code] = due.get(code, 0) + figures.get(code, 0) - newest[index].get(code, 0)
                newest[index] = figures
        lines = settle_everybody(earned, due, by, due.keys() - earned.keys())
        newest.append(earned)
        paid += sum(line.paid for line in lines)
        dropped += sum(line.dropped for line in lines)
        assert all(line.paid >= 0 for line in lines)
        due = {line.person: line.carried for line in lines}
    assert sum(sum(run.values()) for run in newest) == paid + dropped + sum(due.values())
