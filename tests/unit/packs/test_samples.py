"""The invented organisations: the same rows from the same seed, and every row of them can be imported."""

from __future__ import annotations

import csv
import hashlib
import importlib
import io
import json
from collections import Counter
from collections.abc import Mapping
from datetime import date
from functools import cache

import pytest
from tests.unit.packs.packs_kit import INDUSTRIES, ZONE

from kaohe.plugin import SampleFile
from kaohe.plugin.samples import Dice
from kaohe.records.reading import read_people, read_records
from kaohe.records.rows import ReadContext

DIGESTS: Mapping[str, str] = {
    "floor_heating": "4ed212bab71f3d47",
    "investment": "2fea54c612b3c7f7",
    "energy_storage": "e5d0b8767fcc387b",
    "enterprise_transfer": "7e16968574adbef1",
    "customer_department": "5aa4abc3cb09f1a1",
}
QUARTERS = (("2025-10-01", "2026-01-01"), ("2026-01-01", "2026-04-01"))


@cache
def sample(name: str, people: int = 120, seed: int = 2026) -> dict[str, SampleFile]:
    return {
        file.records: file for file in importlib.import_module(f"kaohe_{name}.sample").generate_sample(people, seed)
    }


class Everybody:
    """The people or teams of the sample, found by their code alone."""

    def __init__(self, codes: set[str]) -> None:
        self.codes = codes

    def find(self, code_or_name: str) -> str | None:
        return code_or_name if code_or_name in self.codes else None

    def nearest(self, code_or_name: str) -> tuple[str, ...]:
        return ()


def column(file: SampleFile, name: str) -> list[str]:
    index = file.header.index(name)
    return [row[index] for row in file.rows]


def digest(files: Mapping[str, SampleFile]) -> str:
    content = [[file.name, file.header, list(file.rows)] for file in files.values()]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()[:16]


@pytest.mark.parametrize("name", INDUSTRIES)
def test_the_same_seed_gives_the_same_rows_on_every_machine(name):
    assert digest(sample(name, 40, 7)) == DIGESTS[name]


@pytest.mark.parametrize("name", INDUSTRIES)
def test_another_seed_gives_other_rows(name):
    assert digest(sample(name, 40, 8)) != digest(sample(name, 40, 7))


@pytest.mark.parametrize("name", INDUSTRIES)
@pytest.mark.parametrize(("people", "seed"), [(120, 2026), (20, 1), (1, 1)])
def test_every_row_can_be_imported(name, people, seed, packs, tmp_path):
    files = sample(name, people, seed)
    codes = set(column(files["people"], "code"))
    assert len(codes) == people
    teams = set(column(files["people"], "team"))
    context = ReadContext(ZONE, Everybody(codes), Everybody(teams))
    for file in files.values():
        path = tmp_path / f"{file.name}.csv"
        path.write_text(_as_csv(file), "utf-8")
        if file.records == "people":
            readings = list(read_people(path, None, context)[1])
        else:
            readings = list(read_records(path, packs.record_types[file.records], None, context))
        rejected = [mistake for reading in readings for row in reading.rejected for mistake in row.mistakes]
        assert rejected == []
        assert [note.code for reading in readings for note in reading.notes] == []
        assert sum(len(reading.rows) for reading in readings) == len(list(file.rows))


@pytest.mark.parametrize("name", INDUSTRIES)
def test_keys_are_unique_and_differ_between_industries(name, packs):
    for file in sample(name).values():
        if file.records == "people":
            continue
        key = packs.record_types[file.records].key
        keys = Counter(zip(*(column(file, part) for part in key), strict=True))
        assert [each for each, times in keys.items() if times > 1] == []
        others = [sample(other).get(file.records) for other in INDUSTRIES if other != name]
        for other in others:
            if other is not None:
                assert keys.keys().isdisjoint(zip(*(column(other, part) for part in key), strict=True))


@pytest.mark.parametrize("name", INDUSTRIES)
def test_people_join_leave_and_change_team_within_the_two_quarters(name):
    people = sample(name)["people"]
    rows = list(zip(column(people, "code"), column(people, "from"), column(people, "to"), strict=True))
    movers = [code for code, times in Counter(code for code, _, _ in rows).items() if times > 1]
    assert movers
    assert any(first >= "2025-10-01" for code, first, _ in rows if code not in movers)
    assert any(last for code, _, last in rows if code not in movers)
    for code in movers:
        (_, _, last), (_, first, _) = (row for row in rows if row[0] == code)
        assert (date.fromisoformat(first) - date.fromisoformat(last)).days == 1


@pytest.mark.parametrize("name", INDUSTRIES)
def test_managers_are_people_of_the_organisation(name):
    people = sample(name)["people"]
    managers = set(column(people, "manager")) - {""}
    assert managers
    assert managers <= set(column(people, "code"))


@pytest.mark.parametrize("name", INDUSTRIES)
def test_the_size_is_that_of_a_real_department(name, packs):
    files = sample(name)
    assert 5_000 <= sum(len(list(file.rows)) for file in files.values()) <= 15_000
    for file in files.values():
        if file.records == "people":
            continue
        record_type = packs.record_types[file.records]
        days = column(file, record_type.when)
        for first, last in QUARTERS:
            assert record_type.name == "certification" or any(first <= day < last for day in days), record_type.name


def test_the_heating_season_is_busier_than_autumn():
    months = Counter(opened[:7] for opened in column(sample("floor_heating")["ticket"], "opened_at"))
    assert months["2025-12"] > 1.4 * months["2025-10"] > 1.4 * months["2025-09"]


def test_some_data_is_missing_as_in_real_files():
    tickets = sample("floor_heating")["ticket"]
    for name in ("owner", "channel", "responded_at", "resolved_at", "satisfaction"):
        missing = column(tickets, name).count("")
        assert 0 < missing < len(list(tickets.rows)) / 2, name


def test_a_bell_stays_near_its_mean_and_a_skewed_draw_within_its_bounds():
    draws = iter([0.5] * 6 + [0.0, 1.0])
    dice = Dice(lambda: next(draws))
    assert dice.bell(7, 2) == 7
    assert (dice.skewed(8), dice.skewed(8)) == (2, 26)


def test_a_whole_number_reaches_both_ends():
    draws = iter([0.0, 0.999999])
    dice = Dice(lambda: next(draws))
    assert [dice.whole(3, 5), dice.whole(3, 5)] == [3, 5]


def _as_csv(file: SampleFile) -> str:
    text = io.StringIO()
    csv.writer(text).writerows([file.header, *file.rows])
    return text.getvalue()
