"""The table [spark] of kaohe.toml: what it gives, and each mistake with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from kaohe.cli.engines import engine_of
from kaohe.cli.spark_settings import SparkSettings, mistakes_in_spark, read_spark
from kaohe.cli.workspace import load_workspace
from kaohe.errors import Exit, KaoheError

FILE = 'format = 1\nlocale = "en"\ntimezone = "Asia/Shanghai"\n{}\n[database]\nurl = "sqlite:///kaohe.db"\n{}'


def workspace(folder: Path, before: str, after: str = "") -> Path:
    (folder / "kaohe.toml").write_text(FILE.format(before, after), "utf-8")
    return folder


def test_the_engine_is_the_one_that_is_named(tmp_path: Path) -> None:
    spark = '[spark]\nmaster = "spark://h:7077"\n'
    assert engine_of(load_workspace(workspace(tmp_path, 'engine = "spark"', spark), {})).name == "spark"
    assert engine_of(load_workspace(workspace(tmp_path, "", spark), {})).name == "duckdb"
    assert not (tmp_path / ".kaohe").exists()


def test_settings_are_read_as_spark_writes_them() -> None:
    conf = {"spark.executor.memory": "4g", "spark.sql.shuffle.partitions": 200, "spark.eventLog.enabled": True}
    assert read_spark({"master": "local[2]", "conf": conf, "wait": 5}) == SparkSettings(
        "local[2]",
        None,
        (("spark.executor.memory", "4g"), ("spark.sql.shuffle.partitions", "200"), ("spark.eventLog.enabled", "true")),
        5,
    )
    assert read_spark({}) is None
    assert read_spark({"remote": "sc://h"}) == SparkSettings("sc://h")


@pytest.mark.parametrize(
    "table",
    [
        {"master": "spark://a:7077,b:7077", "data": "file:///mnt/share/考核"},
        {"master": "local", "data": "s3a://bucket"},
        {"master": "yarn", "data": "hdfs://host:8020/kaohe"},
        {"master": "k8s://https://host:6443"},
        {"remote": "sc://host:15002/;user_id=me", "conf": {"spark.sql.shuffle.partitions": 8}},
    ],
)
def test_these_are_right(table: dict[str, object]) -> None:
    assert [*mistakes_in_spark(table, asked=True)] == []


@pytest.mark.parametrize(
    ("table", "place"),
    [
        ({}, ()),
        ({"master": "local", "remote": "sc://h"}, ()),
        ({"master": "h:7077"}, ("master",)),
        ({"master": "local[0]"}, ("master",)),
        ({"master": 7}, ("master",)),
        ({"remote": "spark://h:7077"}, ("remote",)),
        ({"remote": "sc://h/;token=abc"}, ("remote",)),
        ({"master": "local", "data": "/mnt/share"}, ("data",)),
        ({"master": "local", "data": "file://share"}, ("data",)),
        ({"master": "local", "data": "s3://bucket"}, ("data",)),
        ({"master": "local", "wait": 0}, ("wait",)),
        ({"master": "local", "wait": True}, ("wait",)),
        ({"master": "local", "memory": "4g"}, ("memory",)),
        ({"master": "local", "conf": "x"}, ("conf",)),
        ({"master": "local", "conf": {"executor.memory": "4g"}}, ("conf", "executor.memory")),
        ({"master": "local", "conf": {"spark.x": 1.5}}, ("conf", "spark.x")),
        ({"master": "local", "conf": {"spark.x": "a\nb"}}, ("conf", "spark.x")),
        ({"master": "local", "conf": {"spark.sql.ansi.enabled": False}}, ("conf", "spark.sql.ansi.enabled")),
        ({"master": "local", "conf": {"spark.sql.legacy.x": True}}, ("conf", "spark.sql.legacy.x")),
        (
            {"master": "local", "conf": {"spark.hadoop.fs.s3a.secret.key": "k"}},
            ("conf", "spark.hadoop.fs.s3a.secret.key"),
        ),
        (
            {"master": "local", "conf": {"spark.hadoop.fs.s3a.encryption.key": "k"}},
            ("conf", "spark.hadoop.fs.s3a.encryption.key"),
        ),
        ({"remote": "sc://h", "conf": {"spark.executor.memory": "4g"}}, ("conf", "spark.executor.memory")),
    ],
)
def test_each_mistake_is_told_at_its_place(table: dict[str, object], place: tuple[str, ...]) -> None:
    assert [path for path, *_rest in mistakes_in_spark(table, asked=True)] == [place]


def test_who_gives_credentials_is_no_secret() -> None:
    name = "spark.hadoop.fs.s3a.aws.credentials.provider"
    assert [*mistakes_in_spark({"master": "local", "conf": {name: "a.b.Provider"}}, asked=True)] == []


def test_secrets_are_not_repeated() -> None:
    for table in (
        {"remote": "sc://h/;token=abc123"},
        {"master": "local", "conf": {"spark.hadoop.fs.s3a.secret.key": "abc123"}},
    ):
        assert "abc123" not in str([*mistakes_in_spark(table, asked=True)])


def test_mistakes_have_lines_and_come_all_at_once(tmp_path: Path) -> None:
    after = '[spark]\nmaster = "h:7077"\nwait = 0\n[spark.conf]\n"spark.sql.ansi.enabled" = false\n'
    with pytest.raises(KaoheError) as caught:
        load_workspace(workspace(tmp_path, 'engine = "spark"', after), {})
    assert caught.value.exit_code == Exit.ENVIRONMENT
    assert [each.where.line for each in caught.value.problems] == [8, 9, 11]
    with pytest.raises(KaoheError) as caught:
        load_workspace(workspace(tmp_path, 'engine = "spark"'), {})
    assert [each.where.line for each in caught.value.problems] == [4]
