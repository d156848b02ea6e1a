"""Explanations recompute: for any scheme and people, for any records; and a figure that was moved is found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests.properties.test_appraise import schemes, staffs
from tests.scenarios.desk import Desk
from tests.tiny import PEOPLE, SCHEME, write

from kaohe.appraise import appraise
from kaohe.cli.context import App
from kaohe.cli.evaluation import evaluated, gather
from kaohe.errors import KaoheError
from kaohe.period import parse_period
from kaohe.report.html.tree import tree_html
from kaohe.report.tree import tree_data, tree_lines
from kaohe.run import Run
from kaohe.run.explanation import Common, Evidence, explain_person
from kaohe.run.inputs import snapshot_of
from kaohe.run.node import Node
from kaohe.text import LANGUAGES, msg


def run_of(scheme, staff, values) -> Run:
    return Run(
        scheme=scheme,
        period=parse_period("2026-Q1"),
        timezone="Asia/Shanghai",
        snapshot="",
        plugins=(),
        engine="",
        core_version="",
        created_at=datetime(2026, 4, 1, tzinfo=UTC),
        names=staff.code,
        appraisal=appraise(scheme, staff, values),
        counts=dict.fromkeys(values, ()),
        left_out=(),
        notes=(),
        digest="",
    )


@settings(max_examples=40, deadline=None)
@given(schemes(), staffs(1))
def test_everybody_of_any_scheme_is_explained_in_both_languages(made, people_and_values):
    staff, values = people_and_values
    try:
        run = run_of(made, staff, values)
    except KaoheError:
        assume(False)  # a pool that cannot be paid, a grade that is torn
    common = Common.of(run)
    for row in range(len(staff)):
        tree = explain_person(common, row)
        for language in LANGUAGES:
            assert not any("{" in line for line in tree_lines(tree, language))
            assert tree_data(tree, language)["id"] == staff.code[row]
            assert tree_html(tree, language, msg("nothing")).startswith("<!doctype html>")


@settings(max_examples=40, deadline=None)
@given(schemes(), staffs(1), st.data())
def test_a_figure_that_was_moved_is_never_explained(made, people_and_values, data):
    staff, values = people_and_values
    made = replace(made, rules=(), bonus=None)
    run = run_of(made, staff, values)
    graded = np.flatnonzero(run.appraisal.graded)
    assume(len(graded))
    row = int(data.draw(st.sampled_from(graded.tolist())))
    part = data.draw(st.sampled_from(["total", "points", "dimension_points", "tier"]))
    appraisal = run.appraisal
    if part == "tier":
        names = [level.id for level in made.tiers.levels]
        moved = names[(names.index(appraisal.tier[row]) + 1) % len(names)]
        changed = tuple(moved if at == row else tier for at, tier in enumerate(appraisal.tier))
    elif part == "total":
        changed = appraisal.total.copy()
        changed[row] += 10 ** (6 - made.decimals)
    else:
        columns = getattr(appraisal, part)
        there = appraisal.counted if part == "points" else appraisal.dimension_counted
        keys = [key for key in columns if there[key][row] and (part != "points" or appraisal.data[key][row])]
        assume(keys)
        key = data.draw(st.sampled_from(keys))
        column = columns[key].copy()
        column[row] += 1
        changed = {**columns, key: column}
    with pytest.raises(KaoheError, match=r"explain\.disagrees"):
        explain_person(Common.of(replace(run, appraisal=replace(appraisal, **{part: changed}))), row)


MOMENTS = st.sampled_from(["2025-12-31 23:59", "2026-01-01 00:00", "2026-02-10 09:00", "2026-03-31 23:59"])
ENDS = st.sampled_from(["", "2026-04-01 00:00", "2026-04-02 12:00", "2026-04-05 00:00"])
TICKETS = st.lists(
    st.tuples(
        st.sampled_from(["repair", "consult"]),
        st.sampled_from(["P1", "P2", "P3"]),
        MOMENTS,
        ENDS,
        st.sampled_from(["", "1", "7", "10"]),
    ),
    min_size=1,
    max_size=12,
)
VALUES = st.sampled_from(
    [
        ("share(resolved_at - opened_at <= hours(24))", "share"),
        ('count(where=kind == "repair") - previous(count())', "count"),
        ("mean(satisfaction, where=known(resolved_at))", "number"),
        ("median(resolved_at - opened_at)", "hours"),
        ("sum(satisfaction) / same_period_last_year(count())", "number"),
        ("count_distinct(satisfaction)", "count"),
        ("last(satisfaction, by=opened_at)", "number"),
        ("share(in_period(resolved_at))", "share"),
        ("nps(satisfaction)", "number"),
    ]
)
WHERE = st.sampled_from(["", 'kind != "consult"', "satisfaction > 5 or not known(resolved_at)"])


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TICKETS, VALUES, WHERE)
def test_the_records_listed_come_to_the_figure(tickets, value, where):
    expression, unit = value
    text = SCHEME.replace("share(resolved_at - opened_at <= hours(24))", expression.replace('"', '\\"'))
    text = text.replace('unit    = "share"', f'unit    = "{unit}"', 1)
    if where:
        text = text.replace('use    = "in_time"\n', f"use    = \"in_time\"\n  where  = '{where}'\n")
    lines = [f"T{number:02},{','.join(ticket)}" for number, ticket in enumerate(tickets)]
    lines.append("T99,repair,P4,2026-02-01 09:00,,5")  # somebody has a record in the period
    with TemporaryDirectory() as folder:
        desk = Desk(Path(folder) / "tiny")
        desk.do("init", desk.workspace)
        write(desk, "people.csv", PEOPLE)
        desk.do("people", "import", desk.workspace / "people.csv")
        write(desk, "schemes/tiny.toml", text)
        header = "no,kind,owner,opened_at,resolved_at,satisfaction"
        path = write(desk, "tickets.csv", "\n".join([header, *lines]) + "\n")
        desk.do("records", "import", "ticket", path)
        app = App("en", desk.workspace, {})
        inputs = gather(app, "tiny", "2026-Q1")
        run = evaluated(app, inputs)
        evidence = Evidence(run, inputs.record_types, snapshot_of(inputs, app.workspace.snapshots))
        common = Common.of(run, evidence, listed=True)
        for row, code in enumerate(run.appraisal.people.code):
            tree = explain_person(common, row)
            keys = {node.id for node in nodes(tree) if node.kind == "record"}
            assert keys == {line.split(",")[0] for line in lines if f",{code}," in line}
        app.store.close()


def nodes(tree: Node) -> Iterator[Node]:
    yield tree
    for child in tree.children:
        yield from nodes(child)
