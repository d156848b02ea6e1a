"""The engine beside DuckDB: equal figures from equal files, whatever is asked of whatever records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from tests.conformance.back_ends import physical
from tests.properties.test_language import AGGREGATES, FIELDS, expressions
from tests.properties.test_language import rows as random_rows
from tests.same import difference
from tests.spark.relations import RELATIONS
from tests.unit.engine.described_kit import CLIENT, READ_THROUGH, VISIT
from tests.unit.engine.golden_sql import CASES, JOINED_CASES, ROW_CASES
from tests.unit.engine.scan_kit import CUSTOMER, Q1_WINDOWS, TICKET, day, local, request, snapshot
from tests.unit.engine.test_described import CLIENTS, VISITS
from tests.unit.engine.test_embedded import PEOPLE, TICKETS

from kaohe.engine import DuckEngine, Engine, Grouping, Groups, Request, fuse
from kaohe.engine.plan import measures
from kaohe.engine.spark import Cluster, SparkEngine
from kaohe.errors import KaoheError
from kaohe.language import Bounds, compile_expression
from kaohe.plugin import Field, RecordType, Text
from kaohe.plugin.scope import record_scope
from kaohe.records import Snapshot

CUSTOMERS: list[dict[str, Any]] = [
    {"code": "a", "owner": "P1", "since": day("2020-01-01")},
    {"code": "b", "owner": "P1", "since": day("2025-11-01"), "left_on": day("2026-02-01")},
    {"code": "c", "owner": "P2", "since": day("2026-01-01"), "left_on": day("2026-03-31")},
    {"code": "d", "owner": None, "since": None},
]
# Texts that a parser, a pattern or a template of Spark's might take for something else.
STRANGE = [
    "it's",
    'a "b"',
    "a\\b",
    "a\\",
    "${owner}",
    "%s",
    "`x`",
    "1\n",
    "續約",
    "",
    " ",
    "\u00a0",
    "\U0001f600",
    "NULL",
]


def same(spark: Engine, taken: Snapshot, requests: Sequence[Request], whose: Sequence[str] = PEOPLE) -> None:
    """Both engines give equal integers, and not only zeros."""
    scans = fuse(requests)
    asked = (scans, taken, Q1_WINDOWS, [whose] * len(scans), RELATIONS)
    expected, found = DuckEngine().measure(*asked), spark.measure(*asked)
    assert difference(found, expected) is None
    assert any(column.any() for parts in found for columns in parts.values() for column in columns.values())


@pytest.fixture
def taken(tmp_path: Path) -> Snapshot:
    """Tickets in two files, customers, visits and clients."""
    strange = [
        {"no": f"s{number}", "owner": "P3", "kind": text, "opened_at": local("2026-02-01 12:00"), "cost": number}
        for number, text in enumerate(STRANGE)
    ]
    tables = {
        "ticket": (TICKET, [TICKETS[:3], [*TICKETS[3:], *strange]]),
        "customer": (CUSTOMER, [CUSTOMERS]),
        "visit": (VISIT, [VISITS]),
        "client": (CLIENT, [CLIENTS]),
    }
    return snapshot(tmp_path, tables)


def test_figures_are_those_of_duckdb(engine: SparkEngine, taken: Snapshot) -> None:
    alone = [each for name, requests in CASES.items() if name != "records_that_last" for each in requests]
    strange = [request(text, f"count(where=kind == {_written(text)})") for text in STRANGE if text.isprintable()]
    same(engine, taken, [*alone, *CASES["records_that_last"], *READ_THROUGH, *strange])


def _written(text: str) -> str:
    """As an expression says it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def test_people_and_teams_that_relations_tell_are_those_of_duckdb(engine: SparkEngine, taken: Snapshot) -> None:
    same(engine, taken, JOINED_CASES["joined"])
    same(engine, taken, JOINED_CASES["by_team"], ("north", "repair", "south"))


def test_where_nobody_is_described_all_is_unknown(engine: SparkEngine, tmp_path: Path) -> None:
    same(engine, snapshot(tmp_path, {"visit": (VISIT, [VISITS]), "client": (CLIENT, [])}), READ_THROUGH, ("P1", "P2"))


def test_single_records_and_groups_are_those_of_duckdb(engine: SparkEngine, taken: Snapshot) -> None:
    window = Q1_WINDOWS["period"]
    for wanted in ROW_CASES.values():
        asked = (wanted, taken, window, (*PEOPLE, ""), RELATIONS)
        assert difference(engine.rows(*asked), DuckEngine().rows(*asked)) is None
    (scan,) = fuse([request("n", "count()"), request("cost", "sum(cost)", where="urgent or known(kind)")])
    scope = record_scope(TICKET, {}, aggregates=False)
    by = tuple(compile_expression(text, scope) for text in ("kind", "month_of(opened_at)"))
    for whose in (True, False):
        found, expected = (
            _listed(each.grouped(scan, Grouping(by, whose), taken, Q1_WINDOWS, RELATIONS))
            for each in (engine, DuckEngine())
        )
        assert found == expected
        assert len(found) > 3


def _listed(groups: Groups) -> list[tuple[str, list[int]]]:
    """Each group with its figures, in the order of their keys' texts."""
    columns = [column.tolist() for parts in groups.parts.values() for column in parts.values()]
    return sorted((str(key), [column[at] for column in columns]) for at, key in enumerate(groups.keys))


def test_nothing_is_started_where_there_is_nothing_to_measure(tmp_path: Path) -> None:
    nowhere = SparkEngine(Cluster("spark://127.0.0.1:1"))
    (parts,) = nowhere.measure(
        fuse([request("n", "count()")]), snapshot(tmp_path, {"ticket": (TICKET, [])}), Q1_WINDOWS, [PEOPLE]
    )
    assert [column.tolist() for columns in parts.values() for column in columns.values()] == [[0, 0, 0]]


def test_sums_are_exact_to_the_last_integer_and_beyond_it_an_error(engine: SparkEngine, tmp_path: Path) -> None:
    edge = [
        {"owner": "P1", "opened_at": local("2026-02-01 12:00"), "cost": cost}
        for cost in (2**62, 2**62 - 1, -1, 1, -(2**62), 2**62)
    ]
    asked = [request("cost", "sum(cost)")]
    (parts,) = engine.measure(fuse(asked), snapshot(tmp_path, {"ticket": (TICKET, [edge])}), Q1_WINDOWS, [PEOPLE])
    assert next(iter(parts.values()))["total"].tolist() == [2**63 - 1, 0, 0]
    told = []
    for each in (engine, DuckEngine()):
        with pytest.raises(KaoheError) as caught:
            each.measure(fuse(asked), snapshot(tmp_path, {"ticket": (TICKET, [edge, edge[:1]])}), Q1_WINDOWS, [PEOPLE])
        told.append((caught.value.problems, caught.value.exit_code))
    assert told[0] == told[1]
    assert told[0][0][0].code == "engine.overflow"


def test_names_keep_their_case_and_folders_may_have_any_name(engine: SparkEngine, tmp_path: Path) -> None:
    fields = [
        Field(name, kind, Text(name, name))
        for name, kind in (("No", "text"), ("Owner", "person"), ("金额", "integer"), ("On", "date"))
    ]
    records = RecordType("Case", Text("大小写", "Case"), tuple(fields), ("No",), "On", ("Owner",))
    folder = tmp_path / "{a,b}* [c]? %20 #1 空 格"
    folder.mkdir()
    one = {"No": "1", "Owner": "P1", "On": day("2026-02-01"), "金额": 7}
    taken = snapshot(folder, {"Case": (records, [[one], [one | {"No": "2"}], [one | {"No": "3"}]])})
    same(engine, taken, [request("sum", "sum(金额)", records, where='No != "2"')])


def _record_type() -> RecordType:
    """The fields of the language's own property tests, as records."""
    fields = [Field("no", "text", Text("no", "no")), Field("owner", "person", Text("owner", "owner"))]
    for name, kind in FIELDS.items():
        if kind.kind == "number":
            fields.append(Field(name, "decimal" if kind.scale else "integer", Text(name, name), scale=kind.scale))
        else:
            fields.append(Field(name, kind.kind, Text(name, name)))
    return RecordType("any", Text("any", "any"), tuple(fields), ("no",), "signed_on", ("owner",), until="due_on")


ANY = _record_type()
WINDOW = Q1_WINDOWS["period"]


def _stored(number: int, row: Mapping[str, Any], window: Bounds) -> dict[str, Any]:
    """A random row as a snapshot has it; numbers small enough that most sums of products fit."""
    stored = {
        name: physical(_small(value), FIELDS[name], window, local=FIELDS[name].kind == "datetime")
        for name, value in row.items()
    }
    return {"no": str(number), "owner": PEOPLE[number % 2], **stored}


def _small(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        return value % 10_007 - 5_000
    if isinstance(value, Decimal):
        return value.quantize(Decimal(1).scaleb(value.as_tuple().exponent)) % Decimal(977)
    return value


@seed(2026)
@settings(
    max_examples=2,
    deadline=None,
    database=None,
    suppress_health_check=[*HealthCheck],
)
@given(st.data())
def test_random_aggregates_over_random_records_are_those_of_duckdb(
    engine: SparkEngine, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    rows = data.draw(st.lists(random_rows, min_size=20, max_size=40))
    folder = tmp_path_factory.mktemp("random")
    taken = snapshot(folder, {"any": (ANY, [[_stored(number, row, WINDOW) for number, row in enumerate(rows)]])})
    requests = []
    for number in range(20):
        pattern = data.draw(st.sampled_from(AGGREGATES))
        filled = {kind: data.draw(expressions(kind, depth=2)) for kind in ("number", "duration", "boolean")}
        try:
            one = request(str(number), pattern.format(**filled), ANY)
            DuckEngine().measure(fuse([one]), taken, Q1_WINDOWS, [PEOPLE] * len(fuse([one])))
        except KaoheError:  # too many decimals, or too large a sum: nothing to compare
            continue
        requests.append(one)
    if requests:
        scans = fuse(requests)
        asked = (scans, taken, Q1_WINDOWS, [PEOPLE] * len(scans))
        assert difference(engine.measure(*asked), DuckEngine().measure(*asked)) is None, [
            (one.key, one.value.text, len(measures(one))) for one in requests
        ]


def test_a_file_that_is_no_parquet_file_or_is_gone_is_an_error_that_names_no_java(
    engine: SparkEngine, tmp_path: Path
) -> None:
    taken = snapshot(tmp_path, {"ticket": (TICKET, [TICKETS[:4], TICKETS[4:]])})
    path = taken.partitions("ticket")[1].path
    whole = path.read_bytes()
    codes = []
    for content in (whole[: len(whole) // 2], None):
        path.unlink()
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(KaoheError) as caught:
            engine.measure(fuse([request("n", "count()")]), taken, Q1_WINDOWS, [PEOPLE])
        codes.append(caught.value.problems[0].code)
        assert not any(word in str(caught.value) for word in ("java", "org.apache", "\tat "))
    assert codes == ["engine.snapshot", "spark.file"]
    path.write_bytes(whole)
    same(engine, taken, [request("n", "count()")])
