"""Records credited to several people: shares multiplied in as integers, parts that make the whole, mistakes told."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.engine.scan_kit import Q1_WINDOWS, snapshot

from kaohe.engine.embedded import DuckEngine
from kaohe.errors import KaoheError
from kaohe.exact import from_micros
from kaohe.language import interpret_records
from kaohe.plugin import Field, RecordType, Text
from kaohe.run.measuring.measure import measure, requests
from kaohe.scheme import Checked, load_scheme
from kaohe.scheme.describe import describe


def field(name: str, kind: Any, **rest: Any) -> Field:
    return Field(name, kind, Text(name, name), **rest)


CONTRACT = RecordType(
    name="contract",
    label=Text("合同", "Contract"),
    fields=(
        field("no", "text"),
        field("owner", "person"),
        field("co_owner", "person"),
        field("co_share", "decimal", scale=2),
        field("signed_on", "date"),
        field("amount", "money"),
    ),
    key=("no",),
    when="signed_on",
    who=("owner", "co_owner"),
)
SCHEME = """format = 1
[scheme]
id = "s"
version = "1"
name = "s"
cycle = "quarter"
missing = { policy = "zero" }
[[indicators]]
id = "signed"
name = "签约额"
records = "contract"
value = "sum(amount)"
unit = "money"
curve = { kind = "ratio", target = 100 }
credit = [{ who = "owner", share = "1 - co_share" }, { who = "co_owner", share = "co_share" }]
[[dimensions]]
id = "d"
name = "d"
weight = 100
  [[dimensions.indicators]]
  use = "signed"
  weight = 100
"""
OVERLAY = ("credit = [", "overlay = true\ncredit = [")
PEOPLE = ["P1", "P2", "P3"]


def check(*edits: tuple[str, str]) -> Checked:
    text = SCHEME
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    return load_scheme(text, "s.toml", {"contract": CONTRACT}, {})


def contract(owner: str | None, co_owner: str | None, share: int | None, amount: int) -> dict[str, Any]:
    """``share`` in hundredths, ``amount`` in fen."""
    day = (date(2026, 2, 1) - date(1970, 1, 1)).days
    return {"owner": owner, "co_owner": co_owner, "co_share": share, "signed_on": day, "amount": amount}


def credited(folder: Path, rows: list[dict[str, Any]], *edits: tuple[str, str]) -> list[Decimal]:
    rows = [{"no": str(number), **row} for number, row in enumerate(rows)]
    taken = snapshot(folder, {"contract": (CONTRACT, [rows])})
    scheme = check(*edits).require()
    values, _counts = measure(scheme, {"contract": CONTRACT}, taken, DuckEngine(), Q1_WINDOWS, PEOPLE)
    return [from_micros(micros) for micros in values["signed"].micros]


def test_a_split_gives_each_their_share_to_the_fen_and_below(tmp_path: Path) -> None:
    rows = [contract("P1", "P2", 30, 10_001), contract("P2", None, None, 5_000), contract("P3", "P1", 50, 1)]
    assert credited(tmp_path, rows) == [Decimal("70.012"), Decimal("80.003"), Decimal("0.005")]


def test_a_count_is_the_sum_of_the_shares(tmp_path: Path) -> None:
    rows = [contract("P1", "P2", 30, 10_000), contract("P2", None, None, 5_000)]
    assert credited(tmp_path, rows, ("sum(amount)", "count()")) == [Decimal("0.7"), Decimal("1.3"), 0]


def test_growth_is_of_the_parts_added_up(tmp_path: Path) -> None:
    rows = [contract("P1", "P2", 30, 10_000), contract("P2", "P1", 50, 10_000)]
    assert credited(tmp_path, rows, ("sum(amount)", "sum(amount) / count()")) == [Decimal(100), Decimal(100), 0]


def test_an_overlay_credits_besides(tmp_path: Path) -> None:
    both = ('share = "1 - co_share"', 'share = "1"'), OVERLAY
    assert credited(tmp_path, [contract("P1", "P2", 30, 10_000)], *both) == [100, 30, 0]


@pytest.mark.parametrize(
    ("row", "edits"),
    [
        (contract("P1", None, 30, 100), ()),  # a share for nobody
        (contract("P1", "P2", 130, 100), ()),  # less than nothing for the owner
        (contract("P1", "P2", 30, 100), (('share = "1 - co_share"', 'share = "1"'),)),
    ],
)
def test_shares_that_make_no_whole_are_an_error_with_their_number(
    row: dict[str, Any], edits: tuple[tuple[str, str], ...], tmp_path: Path
) -> None:
    with pytest.raises(KaoheError) as caught:
        credited(tmp_path, [row, contract("P3", None, None, 100)], *edits)
    problem = caught.value.problems[0]
    assert (problem.code, str(problem.found)) == ("evaluate.credit-shares", "1 records of contract, by owner")


@pytest.mark.parametrize(
    ("old", "new", "code", "at"),
    [
        ('who = "co_owner"', 'who = "amount"', "scheme.unknown-field", "amount"),
        ('who = "co_owner"', 'who = "owner"', "scheme.duplicate-credit", "credit"),
        ('share = "co_share"', 'share = "co_shar"', "expression", "co_shar"),
        ('share = "co_share"', 'share = "amount > 1"', "expression", "amount > 1"),
        ("sum(amount)", "mean(amount)", "scheme.credit-not-additive", "mean"),
        ('unit = "money"', 'unit = "money"\nwho = "owner"', "scheme.no-effect", 'who = "owner"'),
        (', { who = "co_owner", share = "co_share" }', "", "scheme.", "credit"),
    ],
)
def test_mistakes_in_splits_are_told_at_their_place(old: str, new: str, code: str, at: str) -> None:
    checked = check((old, new))
    assert checked.scheme is None
    errors = [problem for problem in checked.problems if problem.severity == "error"]
    assert errors[0].code.startswith(code)
    text = SCHEME.replace(old, new, 1).splitlines()
    assert at in text[(errors[0].where.line or 0) - 1]


def test_splits_are_read_aloud() -> None:
    lines = [str(line) for section in describe(check().require()) for line in section.lines]
    assert "签约额 is split among people: owner × (1 - co_share), co_owner × (co_share)." in lines
    overlay = [str(line) for each in describe(check(OVERLAY).require()) for line in each.lines]
    assert "签约额 is credited to several people: owner × (1 - co_share), co_owner × (co_share)." in overlay


def test_overlay_alone_has_no_effect() -> None:
    alone = ("credit = [", "overlay = true\n# credit = [")
    assert [problem.code for problem in check(alone).problems] == ["scheme.no-effect"]


def test_sums_too_large_for_64_bits_are_told(tmp_path: Path) -> None:
    rows = [contract("P1", "P2", 50, 93 * 10**15), contract("P2", "P1", 50, 93 * 10**15)]
    with pytest.raises(KaoheError, match=r"engine\.overflow"):
        credited(tmp_path, rows)


ROWS = st.lists(
    st.builds(
        contract,
        st.sampled_from(PEOPLE),
        st.sampled_from(PEOPLE),
        st.none() | st.integers(0, 100),
        st.integers(-(10**9), 10**12),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS)
def test_the_parts_make_the_whole_and_each_is_what_the_interpreter_says(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]]
) -> None:
    values = credited(tmp_path_factory.mktemp("credit"), rows)
    assert sum(values) == Decimal(sum(row["amount"] for row in rows)).scaleb(-2)
    asked = requests(check().require(), {"contract": CONTRACT})
    plain = [
        {
            **row,
            "co_share": None if row["co_share"] is None else Decimal(row["co_share"]).scaleb(-2),
            "signed_on": date(2026, 2, 1),
            "amount": Decimal(row["amount"]).scaleb(-2),
        }
        for row in rows
    ]
    for person, value in zip(PEOPLE, values, strict=True):
        by_hand = Fraction(0)
        for request in asked:
            theirs = [row for row in plain if row[request.who] == person]
            by_hand += interpret_records(request.value, theirs, Q1_WINDOWS["period"], when="signed_on") or 0
        assert by_hand == Fraction(value)
