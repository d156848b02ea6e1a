"""Assessment rounds on a real PostgreSQL server: opened, answered, replaced, undone and closed as on SQLite."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.unit.cli.round_kit import (
    ROUND,
    answer,
    company,
    forms,
    list_file,
    open_round,
    pairs,
    records,
    rows_of,
    status,
)


def test_a_round_means_what_it_means_on_sqlite(postgresql_url: str, tmp_path: Path) -> None:
    told: list[list[Any]] = []
    for number, database in enumerate((None, postgresql_url)):
        folder = tmp_path / str(number)
        folder.mkdir()
        desk = company(folder, database=database)
        seen: list[Any] = [open_round(desk, "--items", "overall,teamwork", "--anonymous", "peer")]
        rows = [row for row in sorted(pairs(desk)) if row != ("J1", "self", "J1")]
        new = [("J1", "supervisor", "M1"), ("J1", "customer", "é公司"), ("J1", "customer", "B公司")]
        seen.append(desk.do("assessment", "assignments", ROUND, "--import", list_file(desk, [*rows, *new])).err)
        given = forms(desk)
        seen.append({code: rows_of(form) for code, form in given.items()})
        for name, score in (("first", 4), ("later", 2)):
            filled = [answer(form, dict.fromkeys(rows_of(form), (score,)), name) for form in given.values()]
            seen.append(desk.do("assessment", "collect", ROUND, *filled).err)
            seen += [records(desk), status(desk), status(desk, "--missing")]
        refused = desk.try_("assessment", "assignments", ROUND, "--import", list_file(desk, rows))
        seen += [refused.code, refused.err.replace(desk.workspace.as_posix(), "")]
        desk.do("records", "undo", str(desk.batches()[0]["batch"]))
        seen += [records(desk), desk.try_("records", "undo", "1").err]
        seen += [desk.do("assessment", "close", ROUND).err, desk.try_("assessment", "collect", ROUND, filled[0]).code]
        seen.append(desk.do("assessment", "list", "--format", "json").out)
        told.append(seen)
    assert told[1] == told[0]
