"""docs/scale.md tells every code and every setting of Spark's, in both languages, and its example is a good one; its
table of times is the one that was last measured.

``python -m tests.docs.test_scale`` writes the table anew from benchmarks/RESULTS.md.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from benchmarks.results import PART, RESULTS

from kaohe.cli.duckdb_settings import mistakes_in_duckdb
from kaohe.cli.spark_settings import mistakes_in_spark

ROOT = Path(__file__).parents[2]
PAGES = ("scale.md", "scale.zh-CN.md")
TABLE = re.compile(r"(?<=<!-- table: spark -->\n).*?(?=<!-- end -->)", re.DOTALL)
CHINESE = {
    "records": "记录数",
    "Spark, one worker": "Spark，一个工作节点",
    "Spark, two workers": "Spark，两个工作节点",
    "two workers beside one": "两个节点比一个快",
    "beside DuckDB": "为 DuckDB 的",
}
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


def measured(page: str) -> str:
    """The table that the benchmark printed last, in the language of the page."""
    part = next(found["text"] for found in PART.finditer(RESULTS.read_text("utf-8")) if found["name"] == "spark")
    header, *rows = [line for line in part.splitlines() if line.startswith("|")]
    words = [cell.strip() for cell in header.strip("|").split("|")]
    told = [CHINESE.get(word, word) for word in words] if page.endswith("zh-CN.md") else words
    return "\n".join([f"| {' | '.join(told)} |", *rows, ""])


@pytest.mark.parametrize("page", PAGES)
def test_the_times_are_those_that_were_measured(page: str) -> None:
    shown = TABLE.search((ROOT / "docs" / page).read_text("utf-8"))
    assert shown is not None
    assert shown[0] == measured(page), "renew: python -m tests.docs.test_scale"


if __name__ == "__main__":
    for each in PAGES:
        path = ROOT / "docs" / each
        path.write_text(TABLE.sub(lambda _found, name=each: measured(name), path.read_text("utf-8")), "utf-8")
