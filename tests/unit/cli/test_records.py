"""``kaohe records`` and ``kaohe people``, as a person uses them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kaohe.cli.main import run
from kaohe.errors import Exit

PEOPLE = "code,name,team,role,from,region\nP1,Li,North,engineer,2026-01-01,East\nP2,Wang,South,engineer,2026-01-01,\n"
TICKETS = "no,kind,owner,opened_at\n1,repair,P1,2026-01-05 08:00\n2,repair,Wang,2026-01-06\n3,repair,P9,2026-01-07\n"


class Desk:
    """Runs commands in English in one workspace, and keeps what they said."""

    def __init__(self, folder: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.capture = capture
        self.out = self.err = ""

    def __call__(self, *words: object) -> int:
        code = run(["--lang", "en", "--workspace", str(self.folder), *map(str, words)], {})
        self.out, self.err = self.capture.readouterr()
        return code

    def file(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text, "utf-8")
        return path


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    folder = tmp_path / "work"
    assert run(["--lang", "en", "init", str(folder)], {}) == Exit.OK
    made = Desk(folder, capsys)
    assert made("people", "import", made.file("people.csv", PEOPLE)) == Exit.OK
    return made


def test_types_are_listed_and_shown(desk: Desk) -> None:
    assert desk("records", "types") == Exit.OK
    assert "ticket" in desk.out
    desk("records", "types", "--format", "json")
    assert {"name", "label", "plugin", "key", "when", "fields"} == set(json.loads(desk.out)[0])
    desk("records", "show", "ticket")
    assert "opened_at" in desk.out
    desk("records", "show", "ticket", "--format", "json")
    assert json.loads(desk.out)["properties"]["opened_at"]


def test_an_unknown_type_is_met_with_the_nearest(desk: Desk) -> None:
    assert desk("records", "show", "tikcet") == Exit.MISTAKE
    assert "did you mean ticket?" in desk.err


def test_good_rows_go_in_and_bad_ones_into_a_file(desk: Desk) -> None:
    assert desk("records", "import", "ticket", desk.file("tickets.csv", TICKETS)) == Exit.OK
    assert "3 rows read: 2 added, 0 replaced, 0 unchanged, 1 quarantined" in desk.err
    assert "kaohe records undo 2" in desk.err
    (quarantine,) = (desk.folder / "quarantine").iterdir()
    assert str(quarantine) in desk.err
    mended = quarantine.read_text("utf-8-sig").replace("P9", "P2")
    assert desk("records", "import", "ticket", desk.file("mended.csv", mended)) == Exit.OK
    assert "1 rows read: 1 added" in desk.err


def test_a_row_that_is_refused_as_a_whole_is_named_without_a_column(desk: Desk) -> None:
    desk("records", "import", "ticket", desk.file("tickets.csv", TICKETS + "Total,,,\n"))
    assert "    1 × this is a row of totals, not a record (row 5)\n" in desk.err


def test_the_same_file_twice_changes_nothing(desk: Desk) -> None:
    file = desk.file("tickets.csv", TICKETS)
    desk("records", "import", "ticket", file)
    assert desk("records", "import", "ticket", file) == Exit.OK
    assert "nothing changed" in desk.err
    assert desk("people", "import", desk.folder / "people.csv") == Exit.OK
    assert "nothing changed" in desk.err


def test_strict_and_rehearsal_keep_nothing(desk: Desk) -> None:
    file = desk.file("tickets.csv", TICKETS)
    assert desk("records", "import", "ticket", file, "--strict") == Exit.MISTAKE
    assert "--strict" in desk.err
    assert desk("records", "import", "ticket", file, "--dry-run") == Exit.OK
    assert "--dry-run" in desk.err
    desk("records", "export", "ticket")
    assert len(desk.out.splitlines()) == 1


def test_a_file_without_one_good_row_is_a_mistake(desk: Desk) -> None:
    bad = desk.file("bad.csv", "no,kind,owner,opened_at\n1,repair,P9,2026-01-05\n")
    assert desk("records", "import", "ticket", bad) == Exit.MISTAKE


def test_batches_are_listed_and_undone(desk: Desk) -> None:
    desk("records", "import", "ticket", desk.file("tickets.csv", TICKETS))
    desk("records", "batches", "--format", "json")
    listed = json.loads(desk.out)
    assert [(one["batch"], one["type"], one["added"]) for one in listed] == [(2, "ticket", 2), (1, "people", 2)]
    assert desk("records", "undo", 1) == Exit.MISTAKE
    assert "records of the type Ticket name people" in desk.err
    assert desk("records", "undo", 2) == Exit.OK
    assert "2 rows taken out" in desk.err
    desk("records", "batches", "--type", "ticket")
    assert "tickets.csv" in desk.out
    assert "people.csv" not in desk.out


def test_a_mapping_is_kept_and_found_by_its_name(desk: Desk) -> None:
    mapping = (
        'format = 1\nrecords = "ticket"\n\n[columns]\nno = "Ref"\nowner = "Who"\nopened_at = "When"\n'
        'kind = { constant = "repair" }\n'
    )
    elsewhere = desk.folder.parent / "ours.toml"
    elsewhere.write_text(mapping, "utf-8")
    file = desk.file("foreign.csv", "Ref,Who,When\nA,Li,2026-01-05\n")
    assert desk("records", "import", "ticket", file, "--mapping", elsewhere) == Exit.OK, desk.err
    assert (desk.folder / "imports" / "ours.toml").read_text("utf-8") == mapping
    again = desk.file("more.csv", "Ref,Who,When\nB,Li,2026-01-06\n")
    assert desk("records", "import", "ticket", again, "--mapping", "ours") == Exit.OK, desk.err
    assert desk("records", "import", "ticket", again, "--mapping", "theirs") == Exit.MISTAKE
    assert "expected: ours" in desk.err


def test_a_template_is_written_once_and_can_be_imported(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk.folder)
    for name in ("ticket", "people"):
        assert desk("records", "template", name) == Exit.OK
        before = (desk.folder / f"{name}.xlsx").read_bytes()
        assert desk("records", "template", name) == Exit.MISTAKE
        assert (desk.folder / f"{name}.xlsx").read_bytes() == before
    assert desk("records", "import", "ticket", "ticket.xlsx") == Exit.OK
    assert "0 rows read" in desk.err


@pytest.mark.parametrize("form", ["csv", "json", "xlsx"])
def test_an_export_is_written_in_the_form_of_its_name(desk: Desk, form: str) -> None:
    desk("records", "import", "ticket", desk.file("tickets.csv", TICKETS))
    output = desk.folder / f"out.{form}"
    assert desk("records", "export", "ticket", "--output", output) == Exit.OK
    assert "wrote 2 records" in desk.err
    assert desk("records", "import", "ticket", output) == Exit.OK
    assert "2 unchanged" in desk.err


def test_a_workbook_needs_a_file_and_a_file_a_folder(desk: Desk) -> None:
    assert desk("records", "export", "ticket", "--format", "xlsx") == Exit.USAGE
    assert desk("records", "export", "ticket", "--output", desk.folder / "no" / "x.csv") == Exit.ENVIRONMENT


def test_people_are_listed_with_their_assignments(desk: Desk) -> None:
    desk("people", "list")
    assert "North" in desk.out
    assert "East" in desk.out
    desk("people", "list", "--format", "json")
    assert json.loads(desk.out)[0] == {
        "code": "P1",
        "name": "Li",
        "assignments": [
            {
                "team": "North",
                "role": "engineer",
                "manager": None,
                "from": "2026-01-01",
                "to": None,
                "fraction": "1",
                "bonus_base": None,
                "attributes": {"region": "East"},
            }
        ],
    }


def test_leaving_fills_in_a_last_day(desk: Desk) -> None:
    leaving = "code,name,team,role,from,to\nP1,Li,North,engineer,2026-01-01,2026-02-28\n"
    file = desk.file("leaving.csv", leaving)
    assert desk("people", "import", file) == Exit.MISTAKE
    assert desk("people", "import", file, "--update") == Exit.OK
    desk("people", "list", "--format", "json")
    assert json.loads(desk.out)[0]["assignments"][0]["to"] == "2026-02-28"
