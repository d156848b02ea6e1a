"""Every record behind a figure with its verdict: the tiny workspace, whose records can be counted on the fingers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from tests.scenarios.desk import Desk
from tests.tiny import SCHEME, TICKETS, add_tickets, write

from kaohe.cli.context import App
from kaohe.errors import Exit, KaoheError
from kaohe.records.rejections import rejected_of
from kaohe.run.explanation import Evidence, explain
from kaohe.run.inputs import snapshot_of
from kaohe.run.stored.repository import StoredRun, read_run


def stored(tiny: Desk, scheme: str = "tiny") -> StoredRun:
    tiny.do("evaluate", scheme, "--period", "2026-Q1")
    return read_run(App("en", tiny.workspace, {}).store, 1)


def evidence_of(tiny: Desk, run: StoredRun) -> Evidence:
    folder = App("en", tiny.workspace, {}).workspace.snapshots
    return Evidence(run.run, run.inputs.record_types, snapshot_of(run.inputs, folder))


def told(tiny: Desk, *words: str) -> dict[str, Any]:
    return json.loads(tiny.do("explain", "1", *words, "--records", "all", "--format", "json").out)


def nodes(data: Mapping[str, Any], kind: str) -> Iterator[Mapping[str, Any]]:
    if data["kind"] == kind:
        yield data
    for child in data.get("children", []):
        yield from nodes(child, kind)


def verdicts(data: Mapping[str, Any], indicator: str) -> list[list[tuple[str, str]]]:
    """By aggregate of the indicator: key and status of each record."""
    (found,) = (each for kind in ("indicator", "measured") for each in nodes(data, kind) if each["id"] == indicator)
    return [
        [(each["facts"]["key"], each["facts"]["status"]) for each in nodes(listed, "record")]
        for listed in nodes(found, "records")
    ]


def test_every_record_of_the_person_is_there_with_its_verdict(tiny: Desk) -> None:
    stored(tiny)
    data = told(tiny, "P1")
    assert verdicts(data, "in_time") == [
        [
            *((f"T0{number}", "counted") for number in (1, 2, 3, 4)),
            ("T11", "out_of_period"),
            ("T12", "out_of_period"),
        ]
    ]
    assert verdicts(data, "rating")[0][:4] == [
        ("T01", "counted"),
        ("T02", "counted"),
        ("T03", "counted"),
        ("T04", "missing"),
    ]
    repairs, before = verdicts(data, "growth")
    assert ("T03", "filtered") in repairs
    assert before[0] == ("T11", "counted")


def test_the_reason_names_the_condition_and_what_the_record_says(tiny: Desk) -> None:
    stored(tiny)
    text = tiny.do("explain", "1", "P1", "--records", "all").out
    assert 'T03 · 2026-02-10: this figure counts only where kind == "repair"; here Kind = ' in text
    assert "T04 · 2026-03-31: no figure: " in text
    assert "T12 · 2026-04-01: dated 2026-04-01, outside 2026-01-01 … 2026-03-31" in text
    assert "records of share(resolved_at - opened_at <= hours(24)): 6 records" in text
    chinese = tiny.do("explain", "1", "P1", "--records", "all", "--lang", "zh").out
    assert "不在 2026-01-01 至 2026-03-31 之内" in chinese


def test_a_condition_of_the_scheme_is_told_from_the_indicators_own(tiny: Desk) -> None:
    text = SCHEME.replace('use    = "rating"\n', 'use    = "rating"\n  where  = \'kind != "consult"\'\n')
    write(tiny, "schemes/tiny.toml", text)
    stored(tiny)
    said = tiny.do("explain", "1", "P1", "--indicator", "rating", "--records").out
    assert 'T03 · 2026-02-10: the scheme counts only where kind != "consult"; here Kind = ' in said
    assert "In time" not in said


def test_text_shows_as_many_records_as_asked_for(tiny: Desk) -> None:
    stored(tiny)
    text = tiny.do("explain", "1", "P1", "--indicator", "in_time", "--records", "2").out
    assert "T02" in text
    assert "T03" not in text
    assert "… and 2 more; all of them: --records all" in text
    assert tiny.try_("explain", "1", "P1", "--records=-1").code == Exit.USAGE


@pytest.mark.parametrize("part", ["counts", "values"])
def test_a_count_that_the_records_do_not_make_is_refused(tiny: Desk, part: str) -> None:
    run = stored(tiny)
    evidence = evidence_of(tiny, run)
    explain(run.run, 0, evidence)
    if part == "counts":
        (counts,) = run.run.counts["in_time"]
        wrong = replace(counts, parts={**counts.parts, "hits": counts.parts["hits"] - 1})
        tampered = replace(run.run, counts={**run.run.counts, "in_time": (wrong,)})
    else:
        values = run.run.appraisal.values["growth"]
        grown = replace(values, micros=values.micros + np.int64(1))
        tampered = replace(
            run.run, appraisal=replace(run.run.appraisal, values={**run.run.appraisal.values, "growth": grown})
        )
    with pytest.raises(KaoheError, match=r"explain\.disagrees") as caught:
        explain(tampered, 0, replace(evidence, run=tampered))
    assert caught.value.exit_code == Exit.INTERNAL


def test_rows_that_did_not_pass_are_listed_until_they_are_mended(tiny: Desk) -> None:
    add_tickets(tiny, ["T20,repair,P1,2026-02-01 09:00,2026-02-01 10:00,7", "T21,repair,P1,2026-02-02 09:00,soon,8"],
                "more.csv")  # fmt: skip
    stored(tiny)
    (listed,) = [*nodes(told(tiny, "P1", "--indicator", "in_time"), "quarantined")]
    (row,) = listed["children"]
    assert row["facts"] == {
        "status": "quarantined", "file": "more.csv", "place": "3", "key": "T21", "date": "2026-02-02",
    }  # fmt: skip
    assert row["remarks"][0].startswith("resolved_at: ")
    app = App("en", tiny.workspace, {})
    assert [*rejected_of(app.store, "P2")] == []
    add_tickets(tiny, ["T21,repair,P1,2026-02-02 09:00,2026-02-02 10:00,8"], "mended.csv")
    assert rejected_of(app.store, "P1") == {}


def test_rows_that_did_not_pass_go_with_the_import_that_is_undone(tiny: Desk) -> None:
    add_tickets(tiny, ["T20,repair,P1,2026-02-01 09:00,,7", "T21,repair,P1,someday,,8"], "more.csv")
    app = App("en", tiny.workspace, {})
    ((row,),) = rejected_of(app.store, "P1").values()
    assert (row.key, row.day, row.file) == ("T21", None, "more.csv")
    tiny.do("records", "undo", str(tiny.batches()[0]["batch"]))
    assert rejected_of(app.store, "P1") == {}


def test_without_the_snapshot_the_counts_are_believed_and_it_is_said(tiny: Desk) -> None:
    stored(tiny)
    for path in App("en", tiny.workspace, {}).workspace.snapshots.rglob("*.parquet"):
        path.unlink()
    answer = tiny.do("explain", "1", "P1")
    assert "3 of 4 records" in answer.out
    assert "without the snapshot" in answer.err
    assert tiny.try_("explain", "1", "P1", "--records").code != 0


def test_the_page_is_whole_by_itself_and_escapes_what_files_say(tiny: Desk) -> None:
    add_tickets(tiny, ["<b>T,repair,P1,2026-02-01 09:00,,7"], "more.csv")
    stored(tiny)
    tiny.do("explain", "1", "P1", "--records", "--output", tiny.workspace / "p1.html")
    page = (tiny.workspace / "p1.html").read_text("utf-8")
    assert "&lt;b&gt;T" in page
    assert "<b>T" not in page
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "")
    assert "<details" in page
    assert TICKETS.splitlines()[1].split(",")[0] in page


def test_why_not_a_better_tier_says_the_total_and_the_value_that_would_have_done(tiny: Desk) -> None:
    stored(tiny)
    data = told(tiny, "P1", "--why", "A")
    (better,) = nodes(data, "better")
    assert better["facts"] == {"total": "82.00", "enough": "85.00", "least": "true"}
    alone = {each["id"]: each["facts"]["needed"] for each in better["children"]}
    # 0.6 × points + 0.4 × 90 + 1 must come to 84.995, which is rounded up: points 79.991667.
    assert alone == {"in_time": "0.799917", "rating": "9.74875"}
    answer = tiny.try_("explain", "1", "P1", "--why", "C")
    assert "explain.tier" in answer.err
    assert tiny.try_("explain", "1", "P1", "--indicator", "nothing").code != 0
