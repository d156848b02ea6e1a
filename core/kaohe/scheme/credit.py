"""Credit splits of a scheme's own indicators as they are written → checked: who gets which share of every record."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from kaohe.language import Expression, aggregates
from kaohe.language.tree import widened
from kaohe.plugin import RecordType
from kaohe.plugin.scope import record_scope
from kaohe.scheme.draft import Draft, Path, attempt, show
from kaohe.scheme.model import Credit, Credits
from kaohe.text import msg

_ADDED_UP = ("sum", "count")


def read_credit(
    draft: Draft, table: dict[str, Any], path: Path, records: RecordType, value: Expression | None
) -> Credits | None:
    """The splits of an indicator; None where it has none, or none that are sound.

    A record of which a share is unknown is not split: the first one named has it whole.
    """
    if "credit" not in table:
        if "overlay" in table:
            what = msg("overlay has no effect without credit")
            draft.report((*path, "overlay"), "no-effect", what, severity="warning", at_key=True)
        return None
    before = len(draft.problems)
    _check(draft, table, path, records, value)
    scope = record_scope(records, {}, when=table.get("when"), aggregates=False)
    rows = [row for row in table["credit"] if "who" in row and "share" in row]
    for index, row in enumerate(table["credit"]):
        if "share" in row:
            draft.compile((*path, "credit", index, "share"), row["share"], scope, ("number",))
    if len(draft.problems) > before and any(each.severity == "error" for each in draft.problems[before:]):
        return None
    given = " + ".join(f"({row['share']})" for row in rows)
    texts = [f"if_(known({given}), {row['share']}, {int(not index)})" for index, row in enumerate(rows)]
    named = " + ".join(f"if_(known({row['who']}), {text}, 0)" for row, text in zip(rows, texts, strict=True))
    none_below = " and ".join(f"({text}) >= 0" for text in texts)
    shares = [attempt(text, scope, ("number",), None)[1] for text in texts]
    whole = attempt(f"{named} == 1 and {none_below}", scope, ("boolean",), None)[1]
    compiled = [each for each in shares if each is not None]
    if len(compiled) < len(shares) or whole is None:
        what = msg("the shares are too long to be computed with")
        draft.report((*path, "credit"), "credit-too-long", what, at_key=True)
        return None
    scale = max(each.type.scale for each in compiled)
    parts = tuple(
        Credit(row["who"], replace(each, text=row["share"], tree=widened(each.tree, scale)))
        for row, each in zip(rows, compiled, strict=True)
    )
    return Credits(parts, None if table.get("overlay") else whole)


def _check(draft: Draft, table: dict[str, Any], path: Path, records: RecordType, value: Expression | None) -> None:
    people = [field.name for field in records.fields if field.kind == "person"]
    seen: set[str] = set()
    for index, row in enumerate(table["credit"]):
        who, here = row.get("who"), (*path, "credit", index, "who")
        if who is not None and who not in people:
            what = msg("{name} is no field of {records} that names a person", name=who, records=records.name)
            draft.unknown(here, "unknown-field", what, who, people)
        elif who in seen:
            what = msg("{name} is credited twice", name=who)
            draft.report(here, "duplicate-credit", what, found=show(who))
        seen.add(who)
    if "who" in table:
        what = msg("credit says already who is credited")
        draft.report((*path, "who"), "no-effect", what, fix=msg("leave out who"), at_key=True)
    if value is not None:
        for each in aggregates(value):
            if each.function not in _ADDED_UP:
                what = msg("{function} cannot be split among people: only sums and counts can", function=each.function)
                draft.report((*path, "value"), "credit-not-additive", what, found=show(table["value"]))
