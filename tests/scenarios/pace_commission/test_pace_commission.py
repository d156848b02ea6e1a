"""A month's commission of six employees: 552 orders, chargebacks, rates by margin, target bonus, adjustments and cap.

The whole policy is expressed by the scheme file: the total is the margin in per cent, the tiers are the policy's tiers
with their rates as coefficients, and the bonus is a formula under a cap. Nothing of the policy is missing. The source's
own query has no line for a person without any order; here such a person is paid the adjustments, if there are any.
The record types are those of the pack beside this file, which is data alone.
"""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.scenarios.by_hand import exact, half_up
from tests.scenarios.desk import Desk, counts
from tests.scenarios.pace_commission.figures import (
    ADJUSTMENTS,
    DATA,
    EMPLOYEES,
    ORDERS,
    PUBLISHED,
    Row,
    counted,
    payout,
)

HERE = Path(__file__).parent
SCHEME = HERE / "commission.toml"
MONTH = "2025-09"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pack beside this file, built as its author would."""
    folder = tmp_path_factory.mktemp("build")
    shutil.copytree(HERE / "pack", folder / "pack")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=folder / "pack", check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def loaded(
    folder: Path,
    wheel: Path,
    orders: Path = DATA / "orders.csv",
    adjustments: Path = DATA / "commission_adjustments.csv",
) -> Desk:
    """A workspace with the pack, the employees, the orders and the adjustments."""
    desk = Desk(folder / "commission")
    desk.do("init", desk.workspace)
    desk.do("plugin", "add", wheel)
    desk.do("people", "import", DATA / "employees.csv", "--mapping", HERE / "people.toml")
    desk.do("records", "import", "commission_order", orders, "--mapping", HERE / "orders.toml")
    desk.do("records", "import", "commission_adjustment", adjustments, "--mapping", HERE / "adjustments.toml")
    return desk


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, wheel: Path) -> Desk:
    return loaded(tmp_path_factory.mktemp("pace"), wheel)


def written(file: Path, rows: Sequence[Row]) -> Path:
    with file.open("w", newline="", encoding="utf-8") as lines:
        writer = csv.DictWriter(lines, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return file


def same_as_by_hand(desk: Desk, orders: Sequence[Row], adjustments: Sequence[Row]) -> None:
    people = {each["code"]: each for each in desk.evaluate(SCHEME, MONTH)["people"]}
    assert set(people) == set(EMPLOYEES)
    for code, person in people.items():
        expected, besides = payout(code, orders, adjustments), person["measured"]
        assert exact(person["indicators"]["margin_percent"]["value"]) == expected.margin, code
        assert exact(person["total"]) == expected.margin, code
        assert exact(besides["orders"]) == expected.orders, code
        assert exact(besides["revenue"]) == expected.revenue, code
        assert exact(besides["adjusted"]) == expected.adjusted, code
        assert (person["tier"], exact(person["bonus"])) == (expected.tier, expected.paid), code


def test_every_order_and_adjustment_of_the_files_is_stored(desk: Desk) -> None:
    read = {"replaced": 0, "unchanged": 0, "quarantined": 0}
    assert [counts(batch) for batch in desk.batches()[:2]] == [
        {"read": len(rows), "added": len(rows), **read} for rows in (ADJUSTMENTS, ORDERS)
    ]
    stored = {row["no"]: row for row in csv.DictReader(desk.stored("commission_order"))}
    assert {no: (row["owner"], exact(row["revenue"]), exact(row["cost"])) for no, row in stored.items()} == {
        row["order_id"]: (row["employee_id"], exact(row["revenue_usd"]), exact(row["cost_usd"])) for row in ORDERS
    }


def test_the_scheme_is_sound(desk: Desk) -> None:
    assert "sound; 0 warnings" in desk.do("scheme", "check", SCHEME).err


def test_everybody_is_paid_to_the_cent_what_the_policy_gives_by_hand(desk: Desk) -> None:
    same_as_by_hand(desk, ORDERS, ADJUSTMENTS)


def test_everybody_is_paid_to_the_cent_what_the_source_published(desk: Desk) -> None:
    people = {each["code"]: exact(each["bonus"]) for each in desk.evaluate(SCHEME, MONTH)["people"]}
    assert people == {code: half_up(amount, 2) for code, amount in PUBLISHED.items()}
    by_hand = {code: payout(code) for code in EMPLOYEES}
    assert {code: one.commission + one.bonus + one.adjusted for code, one in by_hand.items()} == PUBLISHED


def test_seventeen_charged_back_orders_count_for_nobody(desk: Desk) -> None:
    run = desk.evaluate(SCHEME, MONTH)
    assert sum(int(each["measured"]["orders"]) for each in run["people"]) == len(ORDERS) - 17
    assert sum(len(counted(ORDERS, code)) for code in EMPLOYEES) == len(ORDERS) - 17


def an_order(code: str, revenue: str, cost: str, day: str = "9/15/2025", charged_back: str = "FALSE") -> Row:
    row = {"order_id": "", "order_date": day, "employee_id": code, "revenue_usd": revenue, "cost_usd": cost}
    return {**row, "is_chargeback": charged_back}


def an_adjustment(code: str, amount: str, day: str) -> Row:
    return {"adj_id": "", "employee_id": code, "adj_date": day, "amount_usd": amount, "reason": "a test"}


def test_cap_boundaries_losses_debts_and_days_beyond_the_month_are_paid_as_by_hand(wheel: Path, tmp_path: Path) -> None:
    """What the published month does not reach, in files of the same form."""
    orders = [
        an_order("1001", "200000", "120000"),  # 5,000 at 2.5 %: held at the cap
        an_order("1002", "50000", "40002.50", "9/1/2025"),  # 19.995 %: 20.00 % when rounded, so 2 %
        an_order("1002", "50000", "40002.50", "9/30/2025"),
        an_order("1002", "7000", "100", "10/1/2025"),  # the day after, and the day before
        an_order("1002", "7000", "100", "8/31/2025"),
        *[an_order("1003", "1.00", "2.00")] * 100,  # a loss earns no commission; the hundredth order reaches the target
        an_order("1004", "333", "333"),  # 4.995, rounded to 5.00, less 120: a debt
        an_order("1005", "5000", "1000", charged_back="TRUE", day="8/31/2025"),  # nothing this month
        an_order("1006", "100000", "80005.01"),  # 19.99499 %: 19.99 %, so 1.5 %
        *[an_order("1006", "0.01", "0.01")] * 98,  # 99 orders: one short of the target
    ]
    adjustments = [
        an_adjustment("1001", "-10", "2025-09-30"),  # taken off before the cap, not after it
        an_adjustment("1002", "40.05", "2025-10-01"),
        an_adjustment("1003", "12.34", "2025-09-01"),
        an_adjustment("1004", "-120", "2025-09-10"),
        an_adjustment("1005", "5", "2025-09-30"),
    ]
    orders = [{**row, "order_id": str(number)} for number, row in enumerate(orders, 1)]
    adjustments = [{**row, "adj_id": str(number)} for number, row in enumerate(adjustments, 1)]
    by_hand = {
        code: (payout(code, orders, adjustments).tier, payout(code, orders, adjustments).paid) for code in EMPLOYEES
    }
    assert by_hand == {
        "1001": ("3", exact("3000")),
        "1002": ("2", exact("2000")),
        "1003": ("0", exact("212.34")),
        "1004": ("1", exact("-115")),
        "1005": ("1", exact("5")),
        "1006": ("1", exact("1500.01")),
    }
    files = written(tmp_path / "orders.csv", orders), written(tmp_path / "adjustments.csv", adjustments)
    same_as_by_hand(loaded(tmp_path, wheel, *files), orders, adjustments)


def test_the_rows_in_another_order_give_the_same_run(desk: Desk, wheel: Path, tmp_path: Path) -> None:
    shuffled = written(tmp_path / "orders.csv", sorted(ORDERS, key=lambda row: row["order_id"][::-1]))
    assert loaded(tmp_path, wheel, shuffled).evaluate(SCHEME, MONTH)["digest"] == desk.evaluate(SCHEME, MONTH)["digest"]


def test_an_explanation_leads_from_the_payout_to_margin_rate_and_orders(desk: Desk) -> None:
    tree = desk.do("evaluate", SCHEME, "--period", MONTH, "--explain", "1002").out
    assert "bonus: 1,140.10 USD" in tree
    assert "Margin (%) (weight 100): 30.39 → 30.39 points" in tree
    assert "coefficient in the formula: 0.025" in tree
    assert "Orders: 102" in tree
    assert "Adjustments: 75.00" in tree
