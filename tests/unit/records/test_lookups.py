"""Records that are stored already: a second file completes them, and they tell what another does not."""

from datetime import UTC, date, datetime

import pytest
from tests.unit.records.reading_kit import mapping_of
from tests.unit.records.store_kit import NOW, SHANGHAI, VISIT, field, hire, put, stored, visit

from kaohe.errors import KaoheError, Place
from kaohe.plugin import RecordType
from kaohe.records.batches import Source, source_of, undo_batch
from kaohe.records.importing import import_rows
from kaohe.records.lookups import Lookups
from kaohe.records.mapping import parse_mapping
from kaohe.records.people import read_directory
from kaohe.records.people_file import PEOPLE
from kaohe.records.reading import read_records
from kaohe.records.rows import CleanRow, ReadContext, Reading
from kaohe.records.store import open_store
from kaohe.text import Text

RESULTS = 'completes = true\n[columns]\nno = "Visit"\nwon = "Result"\namount = "Paid"\ndue = "Due"\n'


@pytest.fixture
def store(store):
    hire(store, [{"code": "P1", "from": date(2026, 1, 1)}])
    put(store, [visit("V1", won=None, amount=None), visit("V2", won=False)])
    return store


def complete(store, folder, rows, mapping=RESULTS, record_type: RecordType = VISIT, **options):
    path = folder / "results.csv"
    path.write_text(f"Visit,Result,Paid,Due\n{rows}", "utf-8")
    context = ReadContext(SHANGHAI, read_directory(store))
    found = Lookups(store, {record_type.name: record_type})
    rules = mapping_of(mapping, record_type)
    return import_rows(
        store,
        record_type,
        lambda: read_records(path, record_type, rules, context, stored=found),
        source_of(path),
        handed_in=NOW,
        **options,
    )


def test_what_a_row_does_not_say_stays_as_it_is_stored(store, tmp_path):
    before = stored(store)
    imported = complete(store, tmp_path, "V1,yes,12.50,\n", update=True)
    assert (imported.counts.replaced, imported.counts.added) == (1, 0)
    (first, second) = stored(store)
    assert first[:-1] == tuple(
        {**dict(zip([f.name for f in VISIT.fields], before[0], strict=False)), "won": True, "amount": 1250}.values()
    )
    assert second == before[1]


def test_the_same_file_again_changes_nothing_and_undoing_it_restores_the_records(store, tmp_path):
    before = stored(store)
    batch = complete(store, tmp_path, "V1,yes,12.50,\nV2,no,,\n", update=True).batch
    again = complete(store, tmp_path, "V1,yes,12.50,\nV2,no,,\n", update=True)
    assert (again.batch, again.counts.unchanged) == (None, 2)
    undo_batch(store, batch, NOW)
    assert stored(store) == before


def test_without_update_what_is_stored_is_not_replaced(store, tmp_path):
    imported = complete(store, tmp_path, "V1,yes,12.50,\n")
    (rejected,) = imported.rejected
    assert "Import with --update" in str(rejected.mistakes[0].fix)
    assert imported.counts.replaced == 0


def test_a_row_whose_record_is_not_stored_is_rejected_at_its_key(store, tmp_path):
    imported = complete(store, tmp_path, "V1,yes,1,\nV9,yes,1,\n", update=True)
    (rejected,) = imported.rejected
    assert (rejected.row, rejected.mistakes[0].column, rejected.mistakes[0].value) == (3, "Visit", "V9")
    assert "no stored record has this key (no)" in str(rejected.mistakes[0].reason)
    assert imported.counts.replaced == 1


def test_the_order_of_times_is_checked_in_the_record_as_completed(store, tmp_path):
    ordered = RecordType(**{**vars(VISIT), "sequence": (("at", "due"),)})
    imported = complete(store, tmp_path, "V1,yes,,2026-01-01\nV2,yes,,2026-02-01\n", record_type=ordered, update=True)
    (rejected,) = imported.rejected
    assert (rejected.row, rejected.mistakes[0].column) == (2, "Due")
    assert [row[5] for row in stored(store)] == [date(2026, 2, 28), date(2026, 2, 1)]


def test_many_rows_are_looked_up_by_thousands_of_keys(store, tmp_path):
    put(store, [visit(f"N{number:05}", won=None) for number in range(5000)])
    imported = complete(store, tmp_path, "".join(f"N{number:05},yes,,\n" for number in range(5000)), update=True)
    assert imported.counts.replaced == 5000


def test_keys_of_several_fields_and_of_moments_find_their_records(store):
    table = RecordType(**{**vars(VISIT), "key": ("no", "at")})
    moment = datetime(2026, 1, 31, 16, 30, tzinfo=UTC)
    found = Lookups(store, {"visit": table}).of("visit")([("V1", moment), ("V2", None), ("V2", NOW)])
    assert list(found) == [("V1", moment)]
    assert found["V1", moment]["agent"] == "P1"


def test_only_the_key_must_be_mapped_and_people_need_no_such_word():
    assert mapping_of(RESULTS, VISIT).completes
    with pytest.raises(KaoheError) as caught:
        mapping_of('completes = true\n[columns]\nwon = "Result"\n', VISIT)
    assert [problem.code for problem in caught.value.problems] == ["mapping.unmapped"]
    people = 'format = 1\nrecords = "people"\ncompletes = true\n[columns]\ncode = "Code"\nfrom = "From"\n'
    with pytest.raises(KaoheError) as caught:
        parse_mapping(people, "people.toml", PEOPLE)
    assert [(p.code, p.where.line) for p in caught.value.problems] == [("mapping.useless", 3)]


CLIENT = RecordType(
    name="client",
    label=Text("客户", "Client"),
    fields=(field("code", "text"), field("agent", "person"), field("size", "integer"), field("at", "datetime")),
    key=("code",),
    when="at",
    who=("agent",),
)
TOLD = '[columns]\nno = "Visit"\nagent = { from = "Client", of = "client.agent" }\nclient = "Client"\n'


@pytest.fixture
def both(tmp_path):
    store = open_store("sqlite:///both.db", {"visit": VISIT, "client": CLIENT}, folder=tmp_path)
    hire(store, [{"code": "P1"}, {"code": "P2"}])
    clients = [("C1", "P1"), ("C2", "P2"), ("C3", None)]
    rows = [
        CleanRow({"code": code, "agent": agent, "size": 1, "at": NOW}, Place("c.csv"), line, ())
        for line, (code, agent) in enumerate(clients, start=2)
    ]
    reading = Reading(("code",), rows, [])
    import_rows(store, CLIENT, lambda: [reading], Source("c.csv", "00"), handed_in=NOW)
    yield store
    store.close()


def told(store, folder, rows, mapping=TOLD):
    path = folder / "visits.csv"
    path.write_text(f"Visit,Client\n{rows}", "utf-8")
    context = ReadContext(SHANGHAI, read_directory(store))
    lookups = Lookups(store, {"visit": VISIT, "client": CLIENT})
    (reading,) = read_records(path, VISIT, mapping_of(mapping, VISIT), context, stored=lookups)
    return reading


def test_a_stored_record_tells_what_the_file_does_not(both, tmp_path):
    reading = told(both, tmp_path, "V1,C1\nV2,C2\nV3,C1\nV4,C3\nV5,\nV6, Ｃ２\n")
    assert [row.values["agent"] for row in reading.rows] == ["P1", "P2", "P1", None, None, "P2"]
    assert reading.rejected == []


def test_a_key_that_no_record_has_is_rejected_at_its_cell(both, tmp_path):
    reading = told(both, tmp_path, "V1,C1\nV2,C9\n")
    (rejected,) = reading.rejected
    (mistake,) = rejected.mistakes
    assert (rejected.row, mistake.column, mistake.field, mistake.value) == (3, "Client", "agent", "C9")
    assert (str(mistake.reason), str(mistake.fix)) == (
        "there is no Client with this key",
        "Import it first, or correct the cell.",
    )


@pytest.mark.parametrize(
    ("of", "said"),
    [
        ("clients.agent", "there is no record type clients"),
        ("client.agnt", "the record type client has no field agnt"),
        ("client.size", "client.size does not hold what agent holds"),
    ],
)
def test_what_cannot_be_told_is_refused_with_its_place(both, tmp_path, of, said):
    with pytest.raises(KaoheError) as caught:
        told(both, tmp_path, "V1,C1\n", TOLD.replace("client.agent", of))
    (problem,) = caught.value.problems
    assert (problem.code, problem.where.line, str(problem.what)) == ("mapping.of", 5, said)


def test_a_record_of_several_keys_is_not_found_by_one_cell(both, tmp_path):
    path = tmp_path / "visits.csv"
    path.write_text("Visit,Client\nV1,C1\n", "utf-8")
    lookups = Lookups(both, {"visit": VISIT, "client": RecordType(**{**vars(CLIENT), "key": ("code", "at")})})
    with pytest.raises(KaoheError) as caught:
        read_records(path, VISIT, mapping_of(TOLD, VISIT), ReadContext(SHANGHAI, read_directory(both)), stored=lookups)
    assert [(problem.code, problem.found) for problem in caught.value.problems] == [("mapping.of", "code, at")]


def test_a_key_has_no_format_and_of_needs_cells():
    with pytest.raises(KaoheError) as caught:
        mapping_of('[columns]\nno = "Visit"\ndue = { from = "D", of = "client.due", format = "%d-%m-%Y" }\n', VISIT)
    assert [problem.code for problem in caught.value.problems] == ["mapping.useless"]
    with pytest.raises(KaoheError) as caught:
        mapping_of('[columns]\nno = "Visit"\nagent = { constant = "P1", of = "client.agent" }\n', VISIT)
    assert [problem.code for problem in caught.value.problems] == ["mapping.useless"]
