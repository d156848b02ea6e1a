"""What verifying finds, in words: which table, row and column differ, or which column for which people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyarrow as pa

from kaohe.errors import Place, Problem, Severity
from kaohe.run.stored.rows import Rows
from kaohe.text import Message, msg

_LISTED = 5
_RESULTS = {
    "name": "names",
    "graded": "graded",
    "total": "total",
    "rank": "rank",
    "tier": "tier",
    "bonus": "bonus",
}
"""The columns of the table of results, and those of the run that they repeat."""


def finding(
    code: str,
    what: Message,
    where: str,
    *,
    found: str | None = None,
    expected: str | None = None,
    severity: Severity = "error",
) -> Problem:
    """Something that differs."""
    return Problem(f"verify.{code}", what, Place(key=where), found, expected, severity=severity)


def results_differ(rows: Rows, columns: Mapping[str, pa.Array]) -> Iterator[Problem]:
    """The rows of results that are missing, too many, or not what the run's columns say."""
    codes = columns["people code"].to_pylist()
    stored = {str(row["person"]): row for row in rows.results}
    for code in (each for each in codes if each not in stored):
        yield finding("results", msg("the row of {person} is missing", person=code), f"run_results {rows.number}")
    for code in sorted(stored.keys() - set(codes)):
        yield finding("results", msg("the row of {person} is too many", person=code), f"run_results {rows.number}")
    for name, column in _RESULTS.items():
        pairs = zip(codes, columns[column].to_pylist(), strict=True)
        changed = [(code, stored[code][name], said) for code, said in pairs if code in stored]
        yield from _differing("results", f"run_results {rows.number} {name}", changed)


def columns_differ(
    number: int, stored: Mapping[str, pa.Array], computed: Mapping[str, pa.Array], codes: Iterable[str]
) -> Iterator[Problem]:
    """The columns of a run against what is computed again."""
    listed = list(codes)
    for name in [*computed, *(name for name in stored if name not in computed)]:
        where = f"runs {number} columns: {name}"
        if name not in stored:
            yield finding("computed", msg("this column is not stored"), where)
        elif name not in computed:
            yield finding("computed", msg("this column is not computed"), where)
        elif not stored[name].equals(computed[name]):
            held, again = stored[name].to_pylist(), computed[name].to_pylist()
            if len(held) != len(again):
                what = msg("the stored run is about {stored} people, the computed one about {computed}",
                           stored=len(held), computed=len(again))  # fmt: skip
                yield finding("computed", what, where)
                return
            rows = [(code, *pair) for code, *pair in zip(listed, held, again, strict=True)]
            yield from _differing("computed", where, rows)


def documents_differ(number: int, stored: Any, computed: Any, path: tuple[str, ...] = ()) -> Iterator[Problem]:
    """The parts of what is said of a run besides its columns that differ from what is computed again."""
    if stored == computed:
        return
    if isinstance(stored, dict) and isinstance(computed, dict):
        for name in sorted(stored.keys() | computed.keys()):
            yield from documents_differ(number, stored.get(name), computed.get(name), (*path, name))
    elif isinstance(stored, list) and isinstance(computed, list) and len(stored) == len(computed):
        for place, pair in enumerate(zip(stored, computed, strict=True)):
            yield from documents_differ(number, *pair, (*path, str(place)))
    else:
        where = f"runs {number} evidence: {'.'.join(path)}"
        yield finding("computed", _DIFFERS, where, found=_short(stored), expected=_short(computed))


_DIFFERS = msg("this is not what is computed again")


def _differing(code: str, where: str, rows: Iterable[tuple[str, Any, Any]]) -> Iterator[Problem]:
    """One finding for everybody of whom the two values differ."""
    changed = [(person, held, said) for person, held, said in rows if held != said]
    if changed:
        what = msg("not the same for {count} people", count=len(changed))
        if len(changed) == 1:
            what = msg("not the same for {person}", person=changed[0][0])
        found = _listed((person, held) for person, held, _said in changed)
        expected = _listed((person, said) for person, _held, said in changed)
        yield finding(code, what, where, found=found, expected=expected)


def _listed(pairs: Iterable[tuple[str, Any]]) -> str:
    listed = [f"{person}: {_short(value)}" for person, value in pairs]
    return ", ".join(listed[:_LISTED]) + (" …" if len(listed) > _LISTED else "")


def _short(value: Any) -> str:
    text = "–" if value is None else str(value)
    return text if len(text) <= 200 else f"{text[:200]}…"
