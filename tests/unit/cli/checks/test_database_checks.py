"""The database: each check well, and each way in which it is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from kaohe.cli.checks import database, engines, gather
from kaohe.cli.checks.engines import SparkFacts
from kaohe.records.condition import DatabaseFacts, FileFacts, ServerFacts

NOW = datetime(2026, 4, 1, tzinfo=UTC)
SERVER = ServerFacts(
    version=170002,
    settings={
        "fsync": "on",
        "full_page_writes": "on",
        "synchronous_commit": "on",
        "max_connections": "100",
        "superuser_reserved_connections": "3",
        "server_encoding": "UTF8",
        "session_replication_role": "origin",
        "default_transaction_read_only": "off",
    },
    superuser=False,
    creates_roles=False,
    may_create=True,
    may_stage=True,
    standby=False,
    schema="public",
    connected=5,
    sorted_otherwise=0,
)
FACTS = DatabaseFacts("db:5432/kaohe", "0006", "0006", (), (), (), True, NOW, SERVER)
FILE = FileFacts(Path("/data/kaohe.db"), "wal", ())


def set_to(**settings: str) -> ServerFacts:
    return replace(SERVER, settings={**SERVER.settings, **settings})


def levels(findings: Any) -> set[str]:
    return {finding.level for finding in findings}


def test_a_sound_deployment_is_well() -> None:
    assert levels([*database.database(FACTS), *database.server(SERVER, 4), database.clocks(NOW, FACTS)]) == {"well"}
    assert levels(database.file(FILE, "ext4")) == {"well"}


@pytest.mark.parametrize(
    ("changed", "check", "level"),
    [
        ({"version": None}, "database.tables", "note"),
        ({"version": "0004"}, "database.tables", "note"),
        ({"version": "0099"}, "database.tables", "error"),
        ({"behind": ("ticket",)}, "database.tables", "note"),
        ({"unwatched": ("people",)}, "database.triggers", "error"),
        ({"strangers": (("people", "spy"),)}, "database.triggers", "error"),
        ({"head_agrees": False}, "database.audit", "error"),
    ],
)
def test_what_is_wrong_with_the_tables_is_told(changed: dict[str, Any], check: str, level: str) -> None:
    found = {finding.check: finding.level for finding in database.database(replace(FACTS, **changed))}
    assert found.pop(check) == level
    assert set(found.values()) <= {"well"}


@pytest.mark.parametrize(
    ("facts", "check", "level"),
    [
        (replace(SERVER, version=130012), "database.server", "error"),
        (set_to(server_encoding="EUC_CN"), "database.text", "error"),
        (replace(SERVER, sorted_otherwise=3), "database.text", "error"),
        (replace(SERVER, standby=True), "database.role", "error"),
        (set_to(default_transaction_read_only="on"), "database.role", "error"),
        (replace(SERVER, may_create=False), "database.role", "error"),
        (replace(SERVER, may_stage=False), "database.role", "error"),
        (replace(SERVER, schema=None), "database.role", "error"),
        (replace(SERVER, superuser=True), "database.role", "warning"),
        (replace(SERVER, creates_roles=True), "database.role", "warning"),
        (set_to(session_replication_role="replica"), "database.role", "error"),
        (set_to(fsync="off"), "database.durability", "warning"),
        (set_to(synchronous_commit="off"), "database.durability", "warning"),
        (replace(SERVER, connected=95), "database.connections", "warning"),
    ],
)
def test_what_is_wrong_with_the_server_is_told(facts: ServerFacts, check: str, level: str) -> None:
    found = {finding.check: finding.level for finding in database.server(facts, 4)}
    assert found.pop(check) == level
    assert set(found.values()) == {"well"}


@pytest.mark.parametrize(("seconds", "level"), [(0, "well"), (-4, "well"), (30, "warning"), (-3600, "error")])
def test_clocks_that_go_differently_are_told(seconds: int, level: str) -> None:
    assert database.clocks(NOW + timedelta(seconds=seconds), FACTS).level == level


def test_a_file_has_no_clock_of_its_own() -> None:
    assert database.clocks(NOW, replace(FACTS, server=None, clock=NOW + timedelta(days=9))).level == "well"


@pytest.mark.parametrize(
    ("facts", "disk", "worst"),
    [
        (replace(FILE, damage=("row 7 missing from index",)), "ext4", "error"),
        (replace(FILE, journal="delete"), None, "warning"),
        (FILE, "nfs4", "warning"),
        (FILE, "cifs", "warning"),
    ],
)
def test_what_is_wrong_with_a_file_is_told(facts: FileFacts, disk: str | None, worst: str) -> None:
    assert worst in levels(database.file(facts, disk))


GIGABYTE = 1024**3


@pytest.mark.parametrize(
    ("machine", "asked", "level"),
    [
        (None, GIGABYTE, "note"),
        (8 * GIGABYTE, 4 * GIGABYTE, "well"),
        (8 * GIGABYTE, 7 * GIGABYTE, "warning"),
    ],
)
def test_memory_that_is_not_there_is_told(machine: int | None, asked: int, level: str) -> None:
    assert engines.memory(machine, asked).level == level


@pytest.mark.parametrize(
    ("facts", "worst"),
    [
        (SparkFacts("4.0.1", 'openjdk version "17.0.9" 2023-10-17', "spark://host:7077", True), "well"),
        (SparkFacts(None, 'openjdk version "17.0.9"', None, None), "error"),
        (SparkFacts("4.0.1", None, None, None), "error"),
        (SparkFacts("4.0.1", 'java version "1.8.0_391"', None, None), "warning"),
        (SparkFacts("4.0.1", 'openjdk version "17.0.9"', "spark://host:7077", False), "error"),
        (SparkFacts("4.0.1", None, "sc://host:15002", True), "well"),
    ],
)
def test_what_is_wrong_with_spark_is_told(facts: SparkFacts, worst: str) -> None:
    assert levels(engines.spark(facts)) <= {"well", worst}
    assert worst in levels(engines.spark(facts))


@pytest.mark.parametrize(
    ("address", "places"),
    [
        ("spark://a:7077,b:7078", [("a", 7077), ("b", 7078)]),
        ("sc://host/;user_id=x", [("host", 15002)]),
        ("sc://[::1]:15003", [("::1", 15003)]),
        ("local[2]", []),
        ("yarn", []),
        ("k8s://https://host:6443", []),
    ],
)
def test_where_spark_listens(address: str, places: list[tuple[str, int]]) -> None:
    assert engines.hosts_of(address) == places


def test_a_port_where_nobody_listens_is_told_at_once() -> None:
    assert gather.answers("127.0.0.1", 1) is False
