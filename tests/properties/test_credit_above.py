"""Splits with who stands above, record by record against a slow reference."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.engine.scan_kit import Q1
from tests.unit.run.credit.test_credit_above import OVERRIDE, SPLIT, contract, found
from tests.unit.run.transfer_kit import job, member

from kaohe.run.organisation.assignments import Assignment
from kaohe.run.organisation.staff import Member

CODES = ("P1", "P2", "P3")
DAYS = st.dates(date(2025, 12, 1), date(2026, 4, 10))
BOTH = SPLIT.replace("credit", "overlay = true\ncredit").replace(
    "]", ', { who = "manager(owner)", share = "0.1" }, { who = "manager(co_owner)", share = "co_share" }]'
)
BY_DATE = ('cycle = "quarter"', 'cycle = "quarter"\nattribution = "event_date"')


@st.composite
def jobs(draw: Any) -> Assignment:
    starts, ends = draw(DAYS), draw(st.none() | DAYS)
    last = None if ends is None else str(max(starts, ends))
    return job(
        str(starts), last, fraction=draw(st.sampled_from(("1", "0.5"))), manager=draw(st.sampled_from((*CODES, None)))
    )


CONTRACTS = st.lists(
    st.builds(
        lambda owner, signed, amount, co_owner, share: contract(
            owner, str(signed), amount, co_owner=co_owner, co_share=share
        ),
        st.sampled_from((*CODES, None, "gone")),
        DAYS,
        st.integers(-(10**6), 10**9),
        st.sampled_from((*CODES, None)),
        st.none() | st.integers(0, 100),
    ),
    max_size=6,
)


def main_on(members: Sequence[Member], code: str | None, day: date) -> Assignment | None:
    there = [one for each in members if each.code == code for one in each.assignments if one.holds_on(day)]
    return max(there, key=lambda one: (one.fraction, one.order, one.manager or "")) if there else None


def by_hand(
    members: Sequence[Member], rows: Sequence[dict[str, Any]], both: bool, by_date: bool
) -> dict[str | None, Fraction]:
    """Yuan by the person credited."""
    credited: dict[str | None, Fraction] = {}
    for row in rows:
        day = date(1970, 1, 1) + timedelta(days=row["signed_on"])
        if not Q1.start <= day < Q1.end:
            continue
        above = {who: main_on(members, row[who], day) for who in ("owner", "co_owner")}
        manager = {who: None if main is None else main.manager for who, main in above.items()}
        share = Fraction(row["co_share"], 100) if row["co_share"] is not None else None
        shares = [(row["owner"], Fraction(1)), (manager["owner"], Fraction(1, 10))]
        if both and share is None:  # a share is unknown: the first one named has it whole
            shares = [(row["owner"], Fraction(1))]
        elif both and share is not None:
            shares = [(row["owner"], 1 - share), (row["co_owner"], share)]
            shares += [(manager["owner"], Fraction(1, 10)), (manager["co_owner"], share)]
        for who, part in shares:
            if not by_date or main_on(members, who, day) is not None:
                credited[who] = credited.get(who, Fraction(0)) + part * row["amount"] / 100
    return credited


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(jobs(), max_size=3), min_size=3, max_size=3), CONTRACTS, st.booleans(), st.booleans())
def test_everybody_is_credited_as_by_hand(
    tmp_path_factory: pytest.TempPathFactory,
    assignments: list[list[Assignment]],
    rows: list[dict[str, Any]],
    both: bool,
    by_date: bool,
) -> None:
    members = [member(code, *each) for code, each in zip(CODES, assignments, strict=True)]
    if not any(Q1.overlap(one.starts, one.ends) > 0 for each in assignments for one in each):
        return
    edits = (BY_DATE,) if by_date else ()
    figures, (counts,) = found(
        tmp_path_factory.mktemp("above"), BOTH if both else OVERRIDE, rows, *edits, members=members
    )
    expected = by_hand(members, rows, both, by_date)
    assert figures == {code: expected.get(code, 0) for code in figures}
    for name, whole in counts.parts.items():
        assert whole.tolist() == sum(parts[name] for _, parts in counts.shares).tolist()
