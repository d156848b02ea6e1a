"""Reading through a field of customers: figures by hand, and the same as plain Python on any visits and clients."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.engine.described_kit import CLIENT, READ_THROUGH, TYPES, VISIT, visits
from tests.unit.engine.scan_kit import Q1_WINDOWS, day, local, snapshot

from kaohe.engine import DuckEngine, Request, Rows, fuse
from kaohe.engine.plan import measures
from kaohe.language import compile_expression
from kaohe.plugin.scope import record_scope
from kaohe.run.measuring.describing import describing

Row = dict[str, Any]
PEOPLE = ("P1", "P2")
CLIENTS: list[Row] = [
    {"code": "C1", "segment": "vip", "since": day("2026-01-10"), "seen_at": local("2026-02-01 00:10"), "spent": 100},
    {"code": "C2", "segment": "new", "since": day("2019-05-01"), "key_account": True},
    {"code": "C3"},
]
VISITS: list[Row] = [
    {"no": "1", "owner": "P1", "client": "C1", "introduced_by": "C2", "at": local("2026-02-01 09:00"), "minutes": 30},
    {"no": "2", "owner": "P1", "client": "C2", "introduced_by": "C9", "at": local("2026-02-01 09:00"), "minutes": 20},
    {"no": "3", "owner": "P1", "client": "C3", "introduced_by": "C2", "at": local("2026-03-01 09:00"), "minutes": 5},
    {"no": "4", "owner": "P2", "client": None, "introduced_by": None, "at": local("2026-03-01 09:00"), "minutes": 1},
    {"no": "5", "owner": "P2", "client": "C9", "introduced_by": "C2", "at": local("2025-03-01 09:00"), "minutes": 9},
]


def figures(folder: Path, asked: Sequence[Request], met: Sequence[Row], clients: Sequence[Row]) -> dict[str, Any]:
    """Per request, the parts of its only aggregate for each person."""
    taken = snapshot(folder, {"visit": (VISIT, [met]), "client": (CLIENT, [clients] if clients else [])})
    (scan,) = fuse(asked)
    (parts,) = DuckEngine().measure((scan,), taken, Q1_WINDOWS, (PEOPLE,))
    return {one.key: {name: column.tolist() for name, column in parts[measures(one)[0]].items()} for one in asked}


def test_figures_are_those_counted_by_hand(tmp_path: Path) -> None:
    assert figures(tmp_path, READ_THROUGH, VISITS, CLIENTS) == {
        "vip": {"n": [1, 0]},
        "new": {"hits": [1, 0], "n": [2, 0]},  # of C3 it is unknown since when
        "brought": {"total": [35, 0], "n": [2, 0]},  # C9 is nobody
        "seen": {"n": [1, 0]},
        "plain": {"n": [3, 1]},
    }


def test_where_nobody_is_described_all_is_unknown(tmp_path: Path) -> None:
    found = figures(tmp_path, READ_THROUGH, VISITS, ())
    assert (found["vip"], found["new"], found["plain"]) == ({"n": [0, 0]}, {"hits": [0, 0], "n": [0, 0]}, {"n": [3, 1]})


def test_single_records_read_through_too(tmp_path: Path) -> None:
    scope = record_scope(VISIT, {}, aggregates=False, record_types=TYPES)
    segment, known = (compile_expression(text, scope) for text in ("client.segment", "known(client.segment)"))
    wanted = Rows(VISIT, "owner", "at", known, ("no", segment), describing=describing(VISIT, TYPES))
    taken = snapshot(tmp_path, {"visit": (VISIT, [VISITS]), "client": (CLIENT, [CLIENTS])})
    found = DuckEngine().rows(wanted, taken, Q1_WINDOWS["period"], PEOPLE)
    assert (found.texts(0), found.texts(1)) == (("1", "2"), ("vip", "new"))


CODES = st.sampled_from(["C1", "C2", "C3", "c1", ""])
SEGMENTS = st.sampled_from(["vip", "new", "", None])


@settings(max_examples=25, deadline=None)
@given(
    clients=st.dictionaries(CODES, st.tuples(SEGMENTS, st.one_of(st.none(), st.integers(-(10**6), 10**6))), max_size=5),
    met=st.lists(st.tuples(st.sampled_from(PEOPLE), st.one_of(st.none(), CODES)), max_size=12),
)
def test_a_record_counts_once_by_what_its_client_is(
    clients: dict[str, tuple[str | None, int | None]], met: list[tuple[str, str | None]]
) -> None:
    asked = [visits("vip", "count()", 'client.segment == "vip"'), visits("spent", "sum(client.spent)")]
    asked.append(visits("other", "count()", 'not (client.segment == "vip")'))
    rows = [
        {"no": str(at), "owner": who, "client": client, "at": local("2026-02-01 09:00")}
        for at, (who, client) in enumerate(met)
    ]
    described = [{"code": code, "segment": segment, "spent": spent} for code, (segment, spent) in clients.items()]
    with tempfile.TemporaryDirectory() as folder:
        found = figures(Path(folder), asked, rows, described)
    nobody: tuple[str | None, int | None] = (None, None)
    for place, person in enumerate(PEOPLE):
        mine = [clients.get(client, nobody) for who, client in met if who == person and client is not None]
        assert found["vip"]["n"][place] == sum(segment == "vip" for segment, _ in mine)
        assert found["other"]["n"][place] == sum(segment not in ("vip", None) for segment, _ in mine)
        assert found["spent"]["total"][place] == sum(spent for _, spent in mine if spent is not None)
