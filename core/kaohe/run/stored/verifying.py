"""Whether what is stored of a run is what was stored, and whether its inputs give it again: identical, or what differs.

Every finding names the table, row and column, the file, or the column and people that differ.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kaohe.errors import KaoheError, Problem, Severity
from kaohe.records import Store
from kaohe.records.canonical import text_digest
from kaohe.run.inputs import Inputs, inputs_from, texts_named
from kaohe.run.stored.evidence import FORMAT, bytes_seal, column_seals, seal_of, unpacked
from kaohe.run.stored.files import check_files
from kaohe.run.stored.findings import finding, results_differ
from kaohe.run.stored.given_up import given_up as given_up_in
from kaohe.run.stored.purged import NOTHING_PURGED, Purged, newest_purge, purges
from kaohe.run.stored.reading import UNREADABLE
from kaohe.run.stored.recompute import computed_again
from kaohe.run.stored.remaining import figures_intact, still_sound
from kaohe.run.stored.repository import unknown_run
from kaohe.run.stored.rows import Rows, rows_in
from kaohe.text import Message, msg


@dataclass(frozen=True)
class Verdict:
    """What came of verifying the run of a ``number``. ``recomputed``: whether it could be computed again at all;
    ``purged``: the newest event by which people's data were taken out of what it rests on, so that it cannot;
    ``given_up``: the event by which somebody gave up its snapshot, of which files were lost."""

    number: int
    digest: str
    findings: tuple[Problem, ...]
    recomputed: bool
    purged: int | None = None
    given_up: int | None = None

    @property
    def identical(self) -> bool:
        return self.recomputed and self.unharmed

    @property
    def unharmed(self) -> bool:
        """Whether nothing that is there differs from what must be there."""
        return not any(each.severity == "error" for each in self.findings)


def verify(
    rows: Rows,
    snapshots: Path | None,
    core_version: str,
    purged: Mapping[str, Purged] = NOTHING_PURGED,
    given_up: int | None = None,
) -> Verdict:
    """Check everything that is stored of a run and compute it again. ``snapshots``: the folder of the snapshots' files;
    None: they are not at hand; ``purged``: of which files people's data were taken out, by what they said before;
    ``given_up``: the event by which its snapshot was given up."""
    number, digest = rows.number, str(rows.run["digest"])
    if rows.run["inputs"] is None:
        what = msg("run {number} was stored by an earlier version, without its inputs", number=number)
        return Verdict(number, digest, (_finding(rows, "former", what, severity="warning"),), False)
    said = _said(rows)
    findings = [*_row(rows, said), *_results(rows), *_scheme(rows, said), *_texts(rows)]
    inputs, unreadable = _inputs(rows)
    findings += unreadable
    if inputs is None or snapshots is None:
        return Verdict(number, digest, tuple(findings), False)
    harmed = list(check_files(inputs, snapshots, purged))
    if given_up is not None and any(each.code == "verify.file" for each in harmed):
        findings += [*(replace(each, severity="note") for each in harmed), *figures_intact(rows)]
        return Verdict(number, digest, tuple(findings), False, given_up=given_up)
    findings += harmed
    if any(each.code == "verify.file" for each in harmed):
        return Verdict(number, digest, tuple(findings), False)
    if any(each.code == "verify.purged" for each in harmed):
        findings += still_sound(rows, said, inputs, snapshots, purged)
        return Verdict(number, digest, tuple(findings), False, newest_purge(inputs, purged))
    try:
        findings += computed_again(rows, said, inputs, snapshots, core_version)
    except KaoheError as error:
        return Verdict(number, digest, (*findings, *error.problems), False)
    return Verdict(number, digest, tuple(findings), True)


def _said(rows: Rows) -> dict[str, Any]:
    """The evidence; nothing where it cannot be read."""
    try:
        said = json.loads(rows.run["evidence"])
        return said if isinstance(said, dict) else {}
    except UNREADABLE:
        return {}


def _row(rows: Rows, said: Mapping[str, Any]) -> Iterator[Problem]:
    """The run's own row against its seals."""
    seals: Mapping[str, Any] = _mapping(said.get("seals"))
    if said.get("format") != FORMAT or said.get("seal") != seal_of(said):
        yield _finding(rows, "evidence", _CHANGED, column="evidence")
    for name, seal in column_seals(rows.run).items():
        if _mapping(seals.get("runs")).get(name) != seal:
            yield _finding(rows, "row", _CHANGED, column=name, found=str(rows.run[name]))
    if seals.get("columns") != bytes_seal(rows.run["columns"]):
        yield _finding(rows, "columns", _CHANGED, column="columns")


def _results(rows: Rows) -> Iterator[Problem]:
    """The table of results against the run's columns."""
    try:
        columns = unpacked(rows.run["columns"])
        yield from results_differ(rows, columns)
    except UNREADABLE:
        what = msg("the run's columns cannot be read")
        yield _finding(rows, "columns", what, column="columns")


def _scheme(rows: Rows, said: Mapping[str, Any]) -> Iterator[Problem]:
    """The scheme's row against the seals that the run keeps of it."""
    where = f"schemes {rows.run['scheme_digest']}"
    if rows.scheme is None:
        yield finding("scheme", msg("the row of the scheme is missing"), where)
        return
    seals = _mapping(_mapping(said.get("seals")).get("schemes"))
    for name, seal in column_seals(rows.scheme).items():
        if seals.get(name) != seal:
            yield finding("scheme", _CHANGED, f"{where} {name}")


def _texts(rows: Rows) -> Iterator[Problem]:
    """The kept texts against their digests."""
    wanted = {"inputs": str(rows.run["inputs"])}
    with suppress(*UNREADABLE):  # the text itself is missing or changed, and told below
        wanted |= texts_named(rows.texts[wanted["inputs"]])
    for name, digest in wanted.items():
        text = rows.texts.get(digest)
        if text is None:
            yield finding("text", msg("the kept text is missing: {name}", name=name), f"kept_texts {digest}")
        elif text_digest(text) != digest:
            yield finding("text", msg("the kept text was changed: {name}", name=name), f"kept_texts {digest}")


def _inputs(rows: Rows) -> tuple[Inputs | None, list[Problem]]:
    """The inputs, unless their texts are not what was kept."""
    if any(True for _each in _texts(rows)):
        return None, []
    try:
        inputs = inputs_from(rows.texts, str(rows.run["inputs"]))
        if inputs.scheme.digest != rows.run["scheme_digest"]:
            return inputs, [_finding(rows, "row", _CHANGED, column="scheme_digest")]
        return inputs, []
    except KaoheError as error:
        return None, list(error.problems)
    except UNREADABLE:
        return None, [_finding(rows, "row", msg("the inputs cannot be read"), column="inputs")]


_CHANGED = msg("this is not what was stored")


def _finding(
    rows: Rows,
    code: str,
    what: Message,
    *,
    column: str = "",
    found: str | None = None,
    severity: Severity = "error",
) -> Problem:
    return finding(code, what, f"runs {rows.number} {column}".strip(), found=found, severity=severity)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def verify_run(store: Store, number: int, snapshots: Path, core_version: str) -> Verdict:
    """Verify the stored run of that number; KaoheError where there is none."""
    with store.reading() as connection:
        rows, purged, lost = rows_in(connection, number), purges(connection), given_up_in(connection)
    if rows is None:
        raise unknown_run(str(number))
    return verify(rows, snapshots, core_version, purged, lost.get(str(rows.run["snapshot"])))
