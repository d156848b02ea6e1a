"""What was measured is not measured again, and never taken for anything else."""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from tests.unit.engine.described_kit import CLIENT, READ_THROUGH, VISIT
from tests.unit.engine.remembered_kit import Remembering, figures, snapshot
from tests.unit.engine.scan_kit import CUSTOMER, Q1, Q1_WINDOWS, TICKET, day, local, period_windows, request

from kaohe.engine import DuckEngine, OnDay
from kaohe.engine.definitions import Definition
from kaohe.engine.kept_values import KeptValues, clear_values
from kaohe.engine.sums import Sums
from kaohe.errors import Exit, KaoheError
from kaohe.run.measuring.measure import windows

PEOPLE = ("P1", "P2")
DECEMBER = [{"no": "0", "owner": "P1", "opened_at": local("2025-12-05 09:00"), "cost": 30, "kind": "repair"}]
JANUARY: list[dict[str, Any]] = [
    {
        "no": "1",
        "owner": "P1",
        "opened_at": local("2026-01-09 16:00"),
        "closed_at": local("2026-01-12 10:00"),
        "cost": 5,
    },
    {"no": "2", "owner": "P2", "opened_at": local("2026-01-10 16:00"), "cost": 900, "kind": "repair"},
]
APRIL: list[dict[str, Any]] = [{"no": "3", "owner": "P1", "opened_at": local("2026-04-01 00:00"), "cost": 70}]
ASKED = [
    request("n", "count()"),
    request("cost", "sum(cost) / previous(sum(cost))"),
    request("h", "count()", who="helper"),
]
MEASURES = 4


def tickets(folder: Path, *months: list[dict[str, Any]]) -> Any:
    return snapshot(folder, {"ticket": (TICKET, months)})


@pytest.fixture
def engine(tmp_path: Path) -> Remembering:
    return Remembering(tmp_path / "values")


def test_what_was_measured_is_not_asked_for_again_and_is_the_same(engine: Remembering, tmp_path: Path) -> None:
    taken = tickets(tmp_path / "s", DECEMBER, JANUARY)
    fresh = figures(DuckEngine(), ASKED, taken, Q1_WINDOWS, PEOPLE)
    assert figures(engine, ASKED, taken, Q1_WINDOWS, PEOPLE) == fresh
    assert (engine.behind.calls, engine.behind.forget()) == (1, MEASURES)
    assert figures(engine, ASKED, taken, Q1_WINDOWS, PEOPLE) == fresh
    assert engine.behind.calls == 0
    assert [list(scan) for scan in fresh] == [list(scan) for scan in figures(engine, ASKED, taken, Q1_WINDOWS, PEOPLE)]


def test_only_what_is_missing_is_asked_for_and_all_of_it_at_once(engine: Remembering, tmp_path: Path) -> None:
    taken = tickets(tmp_path / "s", DECEMBER, JANUARY)
    figures(engine, ASKED[:1], taken, Q1_WINDOWS, PEOPLE)
    engine.behind.forget()
    assert figures(engine, ASKED, taken, Q1_WINDOWS, PEOPLE) == figures(DuckEngine(), ASKED, taken, Q1_WINDOWS, PEOPLE)
    assert (engine.behind.calls, engine.behind.forget()) == (1, MEASURES - 1)


def test_another_parameter_is_another_measure_and_the_others_stay(engine: Remembering, tmp_path: Path) -> None:
    taken = tickets(tmp_path / "s", DECEMBER, JANUARY)
    within = [request("w", f"share(closed_at - opened_at <= hours({hours}))") for hours in (24, 72)]
    for asked, expected in ((within[0], 2), (within[0], 0), (within[1], 1), (within[0], 0)):
        said = figures(engine, [request("n", "count()"), asked], taken, Q1_WINDOWS, PEOPLE)
        assert said == figures(DuckEngine(), [request("n", "count()"), asked], taken, Q1_WINDOWS, PEOPLE)
        assert engine.behind.forget() == expected


def test_records_of_a_month_that_is_not_read_ask_nothing_anew(engine: Remembering, tmp_path: Path) -> None:
    figures(engine, ASKED, tickets(tmp_path / "s", DECEMBER, JANUARY), Q1_WINDOWS, PEOPLE)
    engine.behind.forget()
    figures(engine, ASKED, tickets(tmp_path / "later", DECEMBER, JANUARY, APRIL), Q1_WINDOWS, PEOPLE)
    assert engine.behind.forget() == 0


def test_a_record_in_a_month_that_is_read_asks_those_anew_that_read_it(engine: Remembering, tmp_path: Path) -> None:
    figures(engine, ASKED, tickets(tmp_path / "s", DECEMBER, JANUARY), Q1_WINDOWS, PEOPLE)
    engine.behind.forget()
    corrected = tickets(tmp_path / "other", [{**DECEMBER[0], "cost": 31}], JANUARY)
    fresh = figures(DuckEngine(), ASKED, corrected, Q1_WINDOWS, PEOPLE)
    assert figures(engine, ASKED, corrected, Q1_WINDOWS, PEOPLE) == fresh
    assert [each.aggregate.shift for each in engine.behind.asked] == ["previous"]


def test_what_sees_all_records_is_asked_anew_whenever_any_of_them_changes(engine: Remembering, tmp_path: Path) -> None:
    lasting = [{"code": "a", "owner": "P1", "since": day("2020-05-01"), "left_on": None}]
    asked = [request("there", "count(where=at_start())", CUSTOMER), request("new", "count()", CUSTOMER)]
    for left, expected in ((None, 2), ("2025-01-01", 1), (None, 0)):
        rows = [{**lasting[0], "left_on": None if left is None else day(left)}]
        taken = snapshot(tmp_path / str(left), {"customer": (CUSTOMER, [rows])})
        said = figures(engine, asked, taken, Q1_WINDOWS, PEOPLE)
        assert said == figures(DuckEngine(), asked, taken, Q1_WINDOWS, PEOPLE)
        assert engine.behind.forget() == expected


def test_what_describes_records_counts_for_those_that_read_it(engine: Remembering, tmp_path: Path) -> None:
    visit = {"no": "1", "owner": "P1", "client": "c", "at": local("2026-02-03 10:00"), "minutes": 30}
    for segment, expected in (("vip", len(READ_THROUGH)), ("vip", 0), ("other", len(READ_THROUGH) - 1)):
        client = {"code": "c", "segment": segment, "since": day("2026-01-01"), "key_account": True}
        tables = {"visit": (VISIT, [[visit]]), "client": (CLIENT, [[client]])}
        taken = snapshot(tmp_path / segment, tables)
        said = figures(engine, READ_THROUGH, taken, Q1_WINDOWS, PEOPLE)
        assert said == figures(DuckEngine(), READ_THROUGH, taken, Q1_WINDOWS, PEOPLE)
        assert engine.behind.forget() == expected


def test_a_joined_relation_counts_by_what_it_holds(engine: Remembering, tmp_path: Path) -> None:
    taken = tickets(tmp_path / "s", DECEMBER, JANUARY)
    asked = [replace(request("n", "count()"), joins=(OnDay("covered", "owner", "opened_at", required=True),))]
    asked.append(request("all", "count()"))
    for end, expected in (("2026-02-01", 2), ("2026-02-01", 0), ("2026-01-10", 1)):
        covered = {"_person": ["P1", "P2"], "_first": [day("2026-01-01")] * 2, "_end": [day(end)] * 2}
        joined = {"relations": {"covered": pa.table(covered)}}
        said = figures(engine, asked, taken, Q1_WINDOWS, PEOPLE, **joined)
        assert said == figures(DuckEngine(), asked, taken, Q1_WINDOWS, PEOPLE, **joined)
        assert engine.behind.forget() == expected


def test_other_people_or_another_order_of_them_ask_nothing_anew(engine: Remembering, tmp_path: Path) -> None:
    taken = tickets(tmp_path / "s", DECEMBER, JANUARY)
    for people in (("P1", "P2"), ("P1", "P3"), ("P1",), ("P1P2",), ("P2", "P1")):
        assert figures(engine, ASKED, taken, Q1_WINDOWS, people) == figures(
            DuckEngine(), ASKED, taken, Q1_WINDOWS, people
        )
        assert engine.behind.forget() == (MEASURES if people == PEOPLE else 0)


def test_another_period_or_time_zone_is_asked_for_anew(engine: Remembering, tmp_path: Path) -> None:
    taken = tickets(tmp_path / "s", DECEMBER, JANUARY)
    asked = [request("worked", "sum(business_time(opened_at, closed_at))")]
    for window in (Q1_WINDOWS, period_windows(Q1.previous), windows(Q1, ZoneInfo("America/Los_Angeles"))):
        figures(engine, asked, taken, window, PEOPLE)
        assert engine.behind.forget() == 1


def test_versions_share_nothing(tmp_path: Path) -> None:
    taken = tickets(tmp_path / "s", DECEMBER, JANUARY)
    for version in ("1", "2"):
        engine = Remembering(tmp_path / "values", version=version)
        figures(engine, ASKED, taken, Q1_WINDOWS, PEOPLE)
        assert engine.behind.forget() == MEASURES


def test_a_file_that_is_not_what_was_written_is_written_anew(engine: Remembering, tmp_path: Path) -> None:
    taken = tickets(tmp_path / "s", DECEMBER, JANUARY)
    fresh = figures(engine, ASKED, taken, Q1_WINDOWS, PEOPLE)
    files = sorted(engine.kept.folder.iterdir())
    sound = [path.read_bytes() for path in files]
    flipped = bytearray(sound[0])
    flipped[-3] ^= 1
    for number, content in enumerate((bytes(flipped), sound[1][:-1], b"", sound[0])):  # the last one is another's
        files[number].write_bytes(content)
    engine.behind.forget()
    assert figures(engine, ASKED, taken, Q1_WINDOWS, PEOPLE) == fresh
    assert engine.behind.forget() == MEASURES
    assert [path.read_bytes() for path in files] == sound


def test_a_file_with_a_sound_hash_that_arrow_cannot_read_is_none(tmp_path: Path) -> None:
    kept = KeptValues(tmp_path, 10**6)
    counted = Definition("d", "count", ("n",), {"m": 3}, merged=True)
    codes = pa.array([f"P{number}" for number in range(1000)])
    kept.keep(counted, counted.whole, Sums(codes, {"n": np.arange(1000)}))
    (path,) = tmp_path.glob("d-*")
    title, line_end, rest = path.read_bytes().partition(b"\n")
    head, (said, line_end, body) = title + line_end, rest[32:].partition(b"\n")

    def holding(columns: bytes, said: bytes = said) -> Any:
        other = said + line_end + columns
        path.write_bytes(head + hashlib.sha256(other).digest() + other)
        return kept.read(counted, counted.whole)

    def stream(*numbers: int | None) -> bytes:
        table, sink = pa.table({"n": pa.array(numbers, pa.int16())}), pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table)
        return bytes(sink.getvalue())

    for sound in (body, stream(*range(1000))):
        assert holding(sound).parts["n"].tolist() == [*range(1000)]
    assert [holding(body[:cut]) for cut in (0, 100, len(body) // 2, len(body) - 20)] == [None] * 4
    assert holding(stream(None, *range(999))) is holding(stream(*range(999))) is None
    others = [said.replace(b'"m"', b'"o"'), said.replace(b'"d"', b'"e"'), b"[]", b"{}", b"", said[:-1], b"\xff"]
    assert [holding(body, other) for other in others] == [None] * len(others)
    (codes,) = set(tmp_path.iterdir()) - {path}
    codes.unlink()
    kept.trim()
    assert holding(body) is None  # whose they are is not there any more


def test_where_nothing_can_be_kept_one_warning_says_so_and_all_is_measured(tmp_path: Path) -> None:
    taken = tickets(tmp_path / "s", DECEMBER, JANUARY)
    (tmp_path / "values").write_text("a file, and no folder")
    engine = Remembering(tmp_path / "values")
    for _again in range(2):
        assert figures(engine, ASKED, taken, Q1_WINDOWS, PEOPLE) == figures(
            DuckEngine(), ASKED, taken, Q1_WINDOWS, PEOPLE
        )
        assert engine.behind.forget() == MEASURES
    (told,) = engine.told
    assert (told.code, told.severity) == ("engine.values-not-kept", "warning")


def test_a_disk_that_is_full_leaves_no_half_file(
    engine: Remembering, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_from: Path, _to: Path) -> None:
        raise OSError(28, "No space left on device")

    taken = tickets(tmp_path / "s", DECEMBER, JANUARY)
    monkeypatch.setattr(Path, "replace", full)
    figures(engine, ASKED, taken, Q1_WINDOWS, PEOPLE)
    assert [*engine.kept.folder.iterdir()] == []
    assert [str(each.found) for each in engine.told] == ["No space left on device"]


def test_what_cannot_be_measured_is_not_kept(engine: Remembering, tmp_path: Path) -> None:
    huge = [{**row, "owner": "P1", "cost": 2**62} for row in (*JANUARY, *JANUARY, *JANUARY)]
    for _again in range(2):
        with pytest.raises(KaoheError) as caught:
            figures(engine, ASKED, tickets(tmp_path / "s", huge), Q1_WINDOWS, PEOPLE)
        assert (caught.value.problems[0].code, caught.value.exit_code) == ("engine.overflow", Exit.MISTAKE)
    assert not engine.kept.folder.exists()


def test_what_was_used_longest_ago_goes_first(tmp_path: Path) -> None:
    taken = tickets(tmp_path / "s", DECEMBER, JANUARY)
    engine = Remembering(tmp_path / "values")
    one, two, three = ([request("x", f"count(where=cost > {limit})")] for limit in (1, 2, 3))
    for number, asked in enumerate((one, two)):
        figures(engine, asked, taken, Q1_WINDOWS, PEOPLE)
        for path in engine.kept.folder.iterdir():
            os.utime(path, ns=(number, number))
    figures(engine, one, taken, Q1_WINDOWS, PEOPLE)  # used again, now
    engine.behind.forget()
    codes, *figured = sorted(path.stat().st_size for path in engine.kept.folder.iterdir())
    engine.kept.limit = codes + 2 * max(figured)
    figures(engine, three, taken, Q1_WINDOWS, PEOPLE)
    assert len([*engine.kept.folder.iterdir()]) == 3
    for asked, expected in ((three, 1), (one, 0), (two, 1)):
        figures(engine, asked, taken, Q1_WINDOWS, PEOPLE)
        assert engine.behind.forget() == expected


def test_nothing_larger_than_the_limit_is_kept(tmp_path: Path) -> None:
    engine = Remembering(tmp_path / "values", limit=10)
    figures(engine, ASKED, tickets(tmp_path / "s", DECEMBER, JANUARY), Q1_WINDOWS, PEOPLE)
    assert (engine.kept.folder.exists(), engine.told) == (False, [])


def test_clearing_takes_the_values_away_and_nothing_else(engine: Remembering, tmp_path: Path) -> None:
    figures(engine, ASKED, tickets(tmp_path / "s", DECEMBER, JANUARY), Q1_WINDOWS, PEOPLE)
    folder = engine.kept.folder
    sizes = sum(path.stat().st_size for path in folder.iterdir())
    (folder / "notes.txt").write_text("mine")
    (folder / ".abc.values.7").write_text("left by an interruption")
    files = MEASURES + len(("whose they are", "interrupted"))
    assert clear_values(folder) == (files, sizes + len("left by an interruption"))
    assert [path.name for path in folder.iterdir()] == ["notes.txt"]
    assert clear_values(tmp_path / "none") == (0, 0)


def test_an_interrupted_file_is_taken_away_with_the_oldest(tmp_path: Path) -> None:
    kept = KeptValues(tmp_path, 100)
    (tmp_path / ".abc.values.7").write_bytes(b"x" * 200)
    (tmp_path / "notes.txt").write_bytes(b"x" * 200)
    kept.trim()
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
