"""``kaohe assessment forms`` and ``collect``: what goes out, what comes back, and all that can be wrong with it."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest
from tests.scenarios.desk import Desk
from tests.tiny import write
from tests.unit.cli.round_kit import (
    ROUND,
    answer,
    company,
    fill,
    forms,
    list_file,
    open_round,
    pairs,
    records,
    rows_of,
    scores,
    sheet,
    status,
)

BOSS = {("A1", "supervisor"): (4, 5), ("A2", "supervisor"): (3, None, "稳"), ("M1", "self"): (5,)}


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    desk = company(tmp_path_factory.mktemp("forms"))
    open_round(desk, "--items", "overall,teamwork", "--due", "2026-04-10")
    return desk.workspace


@pytest.fixture
def desk(original: Path, tmp_path: Path) -> Desk:
    """A company with an open round of two items from 1 to 5."""
    return Desk(shutil.copytree(original, tmp_path / "company"))


def collect(desk: Desk, *files: Path) -> str:
    return desk.do("assessment", "collect", ROUND, *files).err


def refused(desk: Desk, *files: Path) -> str:
    """What is said where something is wrong."""
    answered = desk.try_("assessment", "collect", ROUND, *files)
    assert (answered.code, answered.out) == (1, "")
    assert "Traceback" not in answered.err
    return answered.err


def code_of(form: Path) -> str:
    return next(str(row[1]) for row in sheet(form) if row[0] == "评估表编号 Form code")


def test_a_form_holds_what_its_rater_needs_and_nothing_else(desk: Desk) -> None:
    given = forms(desk)
    assert sorted(given) == ["A1", "A2", "A3", "A4", "J1", "M1", "S1"]
    assert rows_of(given["S1"]).keys() == {("S1", "self"), ("M1", "subordinate")}
    for code, form in given.items():
        mine = {(subject, relation) for subject, relation, rater in pairs(desk) if rater == code}
        assert rows_of(form).keys() == mine
        with zipfile.ZipFile(form) as book:
            inside = "".join(book.read(name).decode() for name in book.namelist())
        strangers = {"莫一", "安一", "安二", "安三", "安四", "单一", "江一", "高一"}
        strangers -= {row[1] for row in sheet(form)}
        assert strangers
        assert not any(name in inside for name in strangers)
    words = [str(cell) for row in sheet(given["S1"]) for cell in row]
    assert any("5 为最高" in cell for cell in words)
    assert any("5 being the best" in cell for cell in words)
    assert {"2026-04-10", "2026-Q1", ROUND} < set(words)


def test_only_scores_and_comments_are_open_and_scores_are_chosen(desk: Desk) -> None:
    with zipfile.ZipFile(forms(desk)["S1"]) as book:
        page, styles = (book.read(f"xl/{name}.xml").decode() for name in ("worksheets/sheet1", "styles"))
    assert "<sheetProtection" in page
    assert '<formula1>"1,2,3,4,5"</formula1>' in page
    assert 'locked="0"' in styles
    row = rows_of(forms(desk)["S1"])["S1", "self"]
    assert f'sqref="D{row}:E{row + 1}"' in page or f'sqref="D{row - 1}:E{row}"' in page


def test_a_long_scale_has_bounds_instead_of_a_list(desk: Desk) -> None:
    open_round(desk, "--scale", "100", "--lowest", "0", name="hundred")
    with zipfile.ZipFile(forms(desk, name="hundred")["S1"]) as book:
        page = book.read("xl/worksheets/sheet1.xml").decode()
    assert '<dataValidation type="whole"' in page
    assert "<formula1>0</formula1><formula2>100</formula2>" in page


def test_no_form_is_overwritten_and_file_names_suit_every_system(desk: Desk) -> None:
    rows = [("A1", "customer", name) for name in ("蓝天/公司:*?", "蓝天\\公司<|>", "..", "CON")]
    desk.do("assessment", "assignments", ROUND, "--import", list_file(desk, [*sorted(pairs(desk)), *rows]))
    folder = desk.workspace / "out"
    desk.do("assessment", "forms", ROUND, "--output", folder)
    names = sorted(path.name for path in folder.iterdir())
    assert len(names) == 11
    assert {"form_CON.xlsx", "form_M1_莫一.xlsx"} < set(names)
    assert all(name.startswith("form") and not set(name) & set('/\\:*?"<>|') for name in names)
    before = {path: path.read_bytes() for path in folder.iterdir()}
    answered = desk.try_("assessment", "forms", ROUND, "--output", folder)
    assert (answered.code, answered.err.count("[file.exists]")) == (1, 11)
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_the_same_form_is_the_same_file(desk: Desk) -> None:
    first, second = forms(desk), forms(desk)
    assert {code: form.read_bytes() for code, form in first.items()} == {
        code: form.read_bytes() for code, form in second.items()
    }


def test_answers_become_records_partly_or_wholly(desk: Desk) -> None:
    said = collect(desk, answer(forms(desk)["M1"], BOSS))
    assert "M1 gives 4 of 12 scores" in said
    assert scores(desk) == {
        ("A1", "M1", "supervisor", "overall"): "4.00",
        ("A1", "M1", "supervisor", "teamwork"): "5.00",
        ("A2", "M1", "supervisor", "overall"): "3.00",
        ("M1", "M1", "self", "overall"): "5.00",
    }
    assert {(row["scale"], row["rated_on"]) for row in records(desk)} == {("5", "2026-03-31")}
    assert [row["comment"] for row in records(desk) if row["subject"] == "A2"] == ["稳"]


def test_a_comment_without_a_score_is_kept_and_counts_for_nothing(desk: Desk) -> None:
    collect(desk, answer(forms(desk)["J1"], {("J1", "self"): (None, None, "休假")}))
    assert [(row["item"], row["score"], row["comment"]) for row in records(desk)] == [("overall", "", "休假")]
    assert status(desk)["counts"]["missing"] == 25


def test_a_form_collected_twice_changes_nothing(desk: Desk) -> None:
    form = answer(forms(desk)["M1"], BOSS)
    collect(desk, form)
    before = desk.stored("assessment")
    assert "nothing changed" in collect(desk, form)
    assert desk.stored("assessment") == before
    assert len(desk.batches()) == 2  # the people, and one form


def test_a_form_returned_again_replaces_the_earlier_answers_and_can_be_undone(desk: Desk) -> None:
    blank = forms(desk)["M1"]
    collect(desk, answer(blank, BOSS))
    first = desk.stored("assessment")
    said = collect(desk, answer(blank, {("A1", "supervisor"): (2,), ("A3", "supervisor"): (1, 1)}, "later"))
    # Two changed or emptied of A1, A2's score with its comment, M1's own.
    assert "4 earlier answers are replaced" in said
    assert {who[:1] + who[3:]: score for who, score in scores(desk).items() if score} == {
        ("A1", "overall"): "2.00",
        ("A3", "overall"): "1.00",
        ("A3", "teamwork"): "1.00",
    }
    assert "稳" not in "".join(desk.stored("assessment"))
    desk.do("records", "undo", str(desk.batches()[0]["batch"]))
    assert desk.stored("assessment") == first


def test_forms_come_in_any_order_and_a_rehearsal_keeps_nothing(desk: Desk, tmp_path: Path) -> None:
    given = forms(desk)
    filled = [answer(given["M1"], BOSS), answer(given["J1"], {("J1", "self"): (4, 4)})]
    said = desk.do("assessment", "collect", ROUND, *filled, "--dry-run").err
    assert "nothing was kept" in said
    assert records(desk) == []
    collect(desk, *reversed(filled))
    found = desk.stored("assessment")
    other = Desk(shutil.copytree(desk.workspace, tmp_path / "other"))
    for batch in desk.batches()[:2]:
        other.do("records", "undo", str(batch["batch"]))
    collect(other, *filled)
    assert other.stored("assessment") == found


def test_every_cell_that_does_not_fit_is_named_and_the_rest_goes_in(desk: Desk) -> None:
    blank = forms(desk)["M1"]
    rows = rows_of(blank)
    bad = {"A1": 6, "A2": 0, "A3": "good", "A4": 3.5}
    cells = {f"D{rows[code, 'supervisor']}": score for code, score in bad.items()}
    said = refused(desk, fill(blank, {**cells, f"E{rows['A1', 'supervisor']}": 5, f"D{rows['M1', 'self']}": "3"}))
    for (where, _score), reason in zip(
        cells.items(),
        (
            "the number is above 5",
            "the number is below 1",
            "this is not a number",
            "this is not a whole number",
        ),
        strict=True,
    ):
        assert f"filled-{blank.name}: 360 度评估!{where}: error [assessment.cell]: {reason}" in said
    assert set(scores(desk)) == {("A1", "M1", "supervisor", "teamwork"), ("M1", "M1", "self", "overall")}
    quarantined = [(row["subject"], row["score"]) for row in desk.quarantined()]
    assert quarantined == [(code, str(score)) for code, score in bad.items()]
    # Corrected there and imported, it is as if the form had been right.
    path = max((desk.workspace / "quarantine").glob("*.csv"))
    text = path.read_text("utf-8-sig").replace(",good,", ",2,")
    desk.do("records", "import", "assessment", write(desk, "mended.csv", text))
    assert scores(desk)["A3", "M1", "supervisor", "overall"] == "2.00"


def test_a_cell_that_does_not_fit_leaves_the_earlier_answer(desk: Desk) -> None:
    blank = forms(desk)["J1"]
    collect(desk, answer(blank, {("J1", "self"): (4, 4)}))
    refused(desk, answer(blank, {("J1", "self"): ("x", 5)}, "later"))
    assert scores(desk) == {("J1", "J1", "self", "overall"): "4.00", ("J1", "J1", "self", "teamwork"): "5.00"}


def test_a_person_who_was_not_to_be_rated_is_not_taken(desk: Desk) -> None:
    blank = forms(desk)["S1"]
    rows = rows_of(blank)
    row = rows["M1", "subordinate"]
    below = max(rows.values()) + 1
    cells = {f"A{row}": "A1", f"D{row}": 1, f"D{rows['S1', 'self']}": 5, f"A{below}": "S1", f"C{below}": "本人 Self",
             f"D{below}": 2}  # fmt: skip
    said = refused(desk, fill(blank, cells))
    assert f"360 度评估!A{row}: error [assessment.not-asked]" in said
    assert f"360 度评估!A{below}: error [assessment.row-twice]" in said
    assert scores(desk) == {("S1", "S1", "self", "overall"): "5.00"}


def test_a_form_of_another_round_is_told_where_it_belongs(desk: Desk) -> None:
    open_round(desk, name="other")
    form = answer(forms(desk, name="other")["J1"], {("J1", "self"): (4,)})
    said = refused(desk, form)
    assert "[assessment.other-round]" in said
    assert "found: other\n    expected: Q1" in said
    assert records(desk) == []
    # Even with the round's name written over, the form's code is not of this round.
    row = next(number for number, cells in enumerate(sheet(form), 1) if cells[0] == "轮次 Round")
    assert "[assessment.unknown-form]" in refused(desk, fill(form, {f"B{row}": ROUND}))


def test_nobody_can_rate_as_somebody_else(desk: Desk) -> None:
    given = forms(desk)
    assert len({code_of(form) for form in given.values()}) == 7
    row = next(number for number, cells in enumerate(sheet(given["J1"]), 1) if cells[0] == "评估表编号 Form code")
    said = refused(desk, fill(given["J1"], {f"B{row}": "0123456789abcdef"}))
    assert f"360 度评估!B{row}: error [assessment.unknown-form]" in said


def test_a_header_that_was_changed_is_named_by_its_cells(desk: Desk) -> None:
    blank = forms(desk)["J1"]
    row = rows_of(blank)["J1", "self"] - 1
    said = refused(
        desk, fill(blank, {f"D{row}": "团队协作 Teamwork", f"E{row}": "总体表现 Overall", f"G{row}": "more"})
    )
    for cell in ("D", "E", "G"):
        assert f"360 度评估!{cell}{row}: error [assessment.header]: the header of the form was changed" in said
    assert "[assessment.no-form]" in refused(desk, fill(blank, {f"A{row}": "Person"}))
    assert records(desk) == []


def test_what_stands_beside_the_table_is_told(desk: Desk) -> None:
    blank = forms(desk)["J1"]
    row = rows_of(blank)["J1", "self"]
    said = collect(desk, fill(blank, {f"D{row}": 4, f"H{row}": "PS"}))
    assert f"360 度评估!H{row}: warning [assessment.beside]" in said
    assert len(records(desk)) == 1


def test_what_is_no_form_is_refused(desk: Desk) -> None:
    text = write(desk, "a.csv", "code,score\nA1,5\n")
    assert "a.csv: error [assessment.no-form]" in refused(desk, text)
    assert "[assessment.no-form]" in refused(desk, list_file(desk, []))
    broken = write(desk, "broken.xlsx", "PK\x03\x04 nothing")
    assert "[records.unreadable-file]" in refused(desk, broken)


def test_a_bad_form_does_not_keep_the_good_ones_out(desk: Desk) -> None:
    good = answer(forms(desk)["J1"], {("J1", "self"): (4, 4)})
    refused(desk, write(desk, "a.csv", "code\n1\n"), good)
    assert len(records(desk)) == 2


def test_a_rater_who_rates_twice_at_once_is_asked_which_counts(desk: Desk) -> None:
    given = forms(desk)
    one, two = (answer(given["J1"], {("J1", "self"): (score, 4)}, f"v{score}") for score in (3, 4))
    other = answer(given["S1"], {("S1", "self"): (2, 2)})
    said = refused(desk, one, other, two)
    assert "[assessment.rated-twice]: J1 rates twice" in said
    assert one.name in said
    assert two.name in said
    assert {who[0] for who in scores(desk)} == {"S1"}
    same = shutil.copy(one, one.with_name("copy.xlsx"))
    collect(desk, one, Path(same))
    assert scores(desk)["J1", "J1", "self", "overall"] == "3.00"


def test_raters_are_not_named_where_the_round_says_so(desk: Desk) -> None:
    open_round(desk, "--anonymous", "peer，subordinate", name="quiet")
    given = forms(desk, name="quiet")
    assert any("without your name" in str(cell) for row in sheet(given["A1"]) for cell in row)
    assert not any("without your name" in str(cell) for row in sheet(given["J1"]) for cell in row)
    filled = [
        answer(given[code], {("M1", "subordinate"): (score,)}) for code, score in (("A1", 4), ("A2", 2), ("A3", 3))
    ]
    desk.do("assessment", "collect", "quiet", *filled, answer(given["J1"], {("J1", "self"): (5,)}))
    assert [(row["subject"], row["rater"], row["score"]) for row in records(desk)] == [
        ("J1", "J1", "5.00"),
        ("M1", "", "2.00"),
        ("M1", "", "3.00"),
        ("M1", "", "4.00"),
    ]
    # Returned again it still replaces the right one.
    desk.do("assessment", "collect", "quiet", answer(given["A2"], {("M1", "subordinate"): (1,)}, "later"))
    assert sorted(row["score"] for row in records(desk) if row["subject"] == "M1") == ["1.00", "3.00", "4.00"]
    assert status(desk, name="quiet")["relations"]["subordinate"]["complete"] == 3


def test_customers_rate_without_a_code(desk: Desk) -> None:
    rows = [
        *sorted(pairs(desk)),
        ("A1", "customer", "蓝天公司 李总"),
        ("A1", "customer", "白云公司"),
        ("A2", "customer", "白云公司"),
    ]
    desk.do("assessment", "assignments", ROUND, "--import", list_file(desk, rows))
    given = forms(desk)
    assert rows_of(given["白云公司"]).keys() == {("A1", "customer"), ("A2", "customer")}
    filled = [
        answer(given["白云公司"], {("A1", "customer"): (3, 3), ("A2", "customer"): (5, 5)}),
        answer(given["蓝天公司"], {("A1", "customer"): (4,)}),
    ]
    collect(desk, *filled)
    assert [(row["subject"], row["rater"], row["relation"], row["item"], row["score"]) for row in records(desk)] == [
        ("A1", "", "customer", "overall", "3.00"),
        ("A1", "", "customer", "overall", "4.00"),
        ("A1", "", "customer", "teamwork", "3.00"),
        ("A2", "", "customer", "overall", "5.00"),
        ("A2", "", "customer", "teamwork", "5.00"),
    ]
    people = {each["person"]: each for each in status(desk)["subjects"]}
    assert people["A1"]["relations"]["customer"]["scored"] == 2
    missing = [each for each in status(desk, "--missing")["missing"] if each["outside"]]
    assert [(each["rater"], each["to_rate"], each["of"]) for each in missing] == [("蓝天公司 李总", 1, 1)]
