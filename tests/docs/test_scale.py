"""docs/scale.md tells every code and every setting of Spark's, in both languages, and its example is a good one."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from kaohe.cli.duckdb_settings import mistakes_in_duckdb
from kaohe.cli.spark_settings import mistakes_in_spark

ROOT = Path(__file__).parents[2]
PAGES = ("scale.md", "scale.zh-CN.md")
SOURCES = ROOT / "core" / "kaohe" / "engine" / "spark"


@pytest.mark.parametrize("page", PAGES)
def test_every_code_is_told(page: str) -> None:
    codes = {code for path in SOURCES.glob("*.py") for code in re.findall(r'"(spark\.[a-z-]+)",', path.read_text())}
    told = (ROOT / "docs" / page).read_text("utf-8")
    assert len(codes) > 12
    assert sorted(code for code in codes - {"spark.log"} if f"`{code}`" not in told) == []


@pytest.mark.parametrize("page", PAGES)
def test_the_settings_of_the_page_are_accepted(page: str) -> None:
    text = (ROOT / "docs" / page).read_text("utf-8")
    alone, settings = (tomllib.loads(each) for each in re.findall(r"```toml\n(.*?)```", text, re.DOTALL))
    assert [*mistakes_in_duckdb(alone["duckdb"])] == []
    assert settings["engine"] == "spark"
    assert [*mistakes_in_spark(settings["spark"], asked=True)] == []
    instead = {"remote": "sc://HOST:15002", "data": settings["spark"]["data"], "wait": 120}
    assert [*mistakes_in_spark(instead, asked=True)] == []
