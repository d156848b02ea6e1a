"""What groups are called where people read them."""

from __future__ import annotations

from pathlib import Path

from tests.scenarios.desk import Desk
from tests.tiny import SCHEME, evaluated, write


def test_the_only_pool_is_everybodys(tiny: Desk, tmp_path: Path) -> None:
    """Inside, the one group of all has a sign of its own, which nobody who reads a list would know."""
    start, end = SCHEME.index("[bonus]"), SCHEME.index("[[outcomes]]")
    pool = '[bonus]\nkind = "pool"\nbase = "person.bonus_base"\npool = 10000\n\n'
    write(tiny, "schemes/tiny.toml", SCHEME[:start] + pool + SCHEME[end:])
    _run, number = evaluated(tiny)
    file = tmp_path / "pay.csv"
    for language, everybody in (("en", "everybody"), ("zh_CN", "全体")):
        tiny.do("--lang", language, "run", "export", number, "--sheet", "payroll", "--output", file)
        rows = file.read_text("utf-8-sig").splitlines()
        assert [everybody in row.split(",") for row in rows[1:]] == [True] * (len(rows) - 1)
