"""Indicators of packs that split records among people, by the real engine: parts of the whole, worked out by hand."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.unit.engine.scan_kit import Q1_WINDOWS, day, snapshot
from tests.unit.packs.packs_kit import Packs

from kaohe.engine import DuckEngine
from kaohe.errors import KaoheError
from kaohe.exact import from_micros
from kaohe.run.digest import definition
from kaohe.run.measuring.measure import measure
from kaohe.scheme import load_scheme
from kaohe.scheme.model import Scheme

SCHEME = """format = 1
[scheme]
id = "s"
version = "1"
name = "s"
cycle = "quarter"
missing = {{ policy = "zero" }}
[[dimensions]]
id = "d"
name = "d"
weight = 100
  [[dimensions.indicators]]
  use = "{indicator}"
  weight = 100
"""


def scheme(packs: Packs, indicator: str) -> Scheme:
    text = SCHEME.format(indicator=indicator)
    return load_scheme(text, "s.toml", packs.record_types, packs.indicators).require()


def credited(folder: Path, packs: Packs, indicator: str, rows: list[dict[str, Any]]) -> dict[str, Decimal]:
    made = scheme(packs, indicator)
    records = packs.record_types[made.weighted[0].indicator.records]
    taken = snapshot(folder, {records.name: (records, [[{"no": str(n), **row} for n, row in enumerate(rows)]])})
    people = ["P1", "P2"]
    values, _ = measure(made, {records.name: records}, taken, DuckEngine(), Q1_WINDOWS, people)
    return {code: from_micros(int(each)) for code, each in zip(people, values[indicator].micros, strict=True)}


def lead(outcome: str, amount: int, scout: str | None = None, share: int | None = None) -> dict[str, Any]:
    """``share`` in ten-thousandths, ``amount`` in fen."""
    closed = day("2026-02-01")
    return {
        "owner": "P1",
        "outcome": outcome,
        "opened_on": day("2025-10-01"),
        "closed_on": closed,
        "amount": amount,
        "scout": scout,
        "scout_share": share,
    }


def test_a_signed_project_is_split_between_closer_and_scout(packs: Packs, tmp_path: Path) -> None:
    rows = [lead("won", 100_001, "P2", 3000), lead("won", 500), lead("lost", 900, "P2", 5000), lead("won", 7, "P2")]
    assert credited(tmp_path, packs, "investment.signed_amount", rows) == {
        "P1": Decimal("705.077"),
        "P2": Decimal("300.003"),
    }


def test_a_contract_is_split_between_owner_and_co_owner(packs: Packs, tmp_path: Path) -> None:
    signed = day("2026-03-31")
    rows = [
        {"owner": "P1", "co_owner": "P2", "co_owner_share": 2500, "signed_on": signed, "amount": 1000},
        {"owner": "P2", "co_owner": None, "co_owner_share": None, "signed_on": signed, "amount": 3},
    ]
    assert credited(tmp_path, packs, "crm.sales_amount", rows) == {"P1": Decimal("7.5"), "P2": Decimal("2.53")}


def test_a_share_without_a_scout_is_an_error(packs: Packs, tmp_path: Path) -> None:
    with pytest.raises(KaoheError) as caught:
        credited(tmp_path, packs, "investment.signed_amount", [lead("won", 100, None, 3000)])
    assert caught.value.problems[0].code == "evaluate.credit-shares"
    assert credited(tmp_path, packs, "investment.signed_amount", [lead("lost", 100, None, 3000)])["P1"] == 0


def test_the_split_is_part_of_what_the_digest_says_of_an_indicator_and_only_where_there_is_one(packs: Packs) -> None:
    (split,) = scheme(packs, "crm.sales_amount").weighted
    assert definition(split)["credit"] == [["owner", "1 - co_owner_share"], ["co_owner", "co_owner_share"]]
    assert definition(split)["overlay"] is False
    (plain,) = scheme(packs, "crm.order_count").weighted
    assert not {"credit", "overlay"} & definition(plain).keys()
