"""Several rows with one key, as in a log of events: rejected, or the first or the last of them is the record."""

from datetime import date

import pytest
from tests.unit.records.reading_kit import mapping_of
from tests.unit.records.store_kit import NOW, SHANGHAI, VISIT, hire, put, stored, visit

from kaohe.errors import KaoheError
from kaohe.records.batches import source_of, undo_batch
from kaohe.records.importing import import_rows
from kaohe.records.lookups import Lookups
from kaohe.records.mapping import parse_mapping
from kaohe.records.people import read_directory
from kaohe.records.people_file import PEOPLE
from kaohe.records.reading import read_records
from kaohe.records.rows import ReadContext

LOG = "V1,10\nV2,20\nV1,11\nV1,11\nV2,20\nV1,12\n"
AMOUNTS = 'completes = true\nrepeats = "{which}"\n[columns]\nno = "Visit"\namount = "Paid"\n'


@pytest.fixture
def store(store):
    hire(store, [{"code": "P1", "from": date(2026, 1, 1)}])
    put(store, [visit("V1", amount=None), visit("V2", amount=None)])
    return store


def follow(store, folder, rows, which, **options):
    path = folder / "log.csv"
    path.write_text(f"Visit,Paid\n{rows}", "utf-8")
    rules = mapping_of(AMOUNTS.format(which=which), VISIT)
    return import_rows(
        store,
        VISIT,
        lambda: read_records(
            path, VISIT, rules, ReadContext(SHANGHAI, read_directory(store)), stored=Lookups(store, {VISIT.name: VISIT})
        ),
        source_of(path),
        handed_in=NOW,
        repeats=rules.repeats,
        **options,
    )


def amounts(store):
    place = [field.name for field in VISIT.fields].index("amount")
    return [row[place] for row in stored(store)]


@pytest.mark.parametrize(("which", "kept"), [("first", 1000), ("last", 1200)])
def test_the_first_or_the_last_row_of_a_key_is_the_record_and_the_others_are_counted(store, tmp_path, which, kept):
    imported = follow(store, tmp_path, LOG, which, update=True)
    assert amounts(store) == [kept, 2000]
    counts = imported.counts
    assert (counts.read, counts.replaced, counts.quarantined) == (6, 2, 0)
    assert (imported.left_out, counts.unchanged, imported.equal) == (3, 1, 1)


def test_by_default_rows_that_differ_from_the_first_are_rejected(store, tmp_path):
    imported = follow(store, tmp_path, LOG, "reject", update=True)
    assert [each.row for each in imported.rejected] == [4, 5, 7]
    assert (imported.left_out, amounts(store)) == (0, [1000, 2000])


def test_the_same_log_again_changes_nothing_and_undoing_it_restores_the_records(store, tmp_path):
    before = stored(store)
    batch = follow(store, tmp_path, LOG, "last", update=True).batch
    again = follow(store, tmp_path, LOG, "last", update=True)
    assert (again.batch, again.counts.unchanged, again.left_out) == (None, 3, 3)
    undo_batch(store, batch, NOW)
    assert stored(store) == before


def test_a_row_that_was_rejected_while_reading_takes_no_part(store, tmp_path):
    imported = follow(store, tmp_path, "V1,ten\nV1,11\nV1,12\n", "first", update=True)
    assert [each.row for each in imported.rejected] == [2]
    assert (amounts(store)[0], imported.left_out) == (1100, 1)


def test_a_first_row_that_differs_from_what_is_stored_still_asks_for_update(store, tmp_path):
    imported = follow(store, tmp_path, "V1,11\nV1,12\n", "first")
    (rejected,) = imported.rejected
    assert (rejected.row, imported.left_out, imported.counts.replaced) == (2, 1, 0)
    assert "--update" in str(rejected.mistakes[0].fix)


def test_a_word_that_is_none_of_the_three_and_a_mapping_of_people_are_mistakes():
    with pytest.raises(KaoheError) as caught:
        mapping_of(AMOUNTS.format(which="newest"), VISIT)
    assert [(p.code, str(p.expected)) for p in caught.value.problems] == [
        ("mapping.value", '"reject", "first", "last"')
    ]
    people = (
        'format = 1\nrecords = "people"\nrepeats = "last"\n[columns]\ncode = "Code"\nname = "Name"\nfrom = "From"\n'
    )
    with pytest.raises(KaoheError) as caught:
        parse_mapping(people, "people.toml", PEOPLE)
    assert [(p.code, p.where.line) for p in caught.value.problems] == [("mapping.useless", 3)]
