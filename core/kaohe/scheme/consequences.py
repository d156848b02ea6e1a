"""Adjustments, rules and outcomes, as they are written → checked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from kaohe.language import Expression, Scope
from kaohe.scheme.catalogue import read_text
from kaohe.scheme.draft import Draft, Path, path_text, show
from kaohe.scheme.model import Adjustment, Gate, Outcome, Rule
from kaohe.scheme.names import Names, values_read
from kaohe.scheme.numbers import min_and_max
from kaohe.text import msg

_AMOUNTS = ("deduct", "add", "cap", "coefficient")
_TIERS = ("tier_at_most", "tier_at_least")


def compile_about_people(
    draft: Draft,
    path: Path,
    table: Mapping[str, Any],
    scope: Scope,
    expect: Collection[str],
    needed: dict[str, Path],
) -> Expression | None:
    """The expression at a path; indicators whose values it reads go into ``needed``."""
    text = table.get(str(path[-1]))
    expression = None if text is None else draft.compile(path, text, scope, expect)
    if expression is not None:
        for identifier in values_read(expression):
            needed.setdefault(identifier, path)
    return expression


def read_adjustments(draft: Draft, names: Names, needed: dict[str, Path]) -> tuple[Adjustment, ...]:
    found = []
    seen: set[str] = set()
    for index, table in enumerate(draft.data.get("adjustments", [])):
        path: Path = ("adjustments", index)
        identifier = draft.get(table, path, "id", f"adjustment-{index + 1}")
        _unique(draft, seen, identifier, (*path, "id"))
        least, most = min_and_max(draft, table, path)
        points = compile_about_people(draft, (*path, "points"), table, names.adjustment(), ("number",), needed)
        if points is not None:
            found.append(Adjustment(identifier, read_text(table.get("name"), identifier), points, most, least))
    return tuple(found)


def read_rules(draft: Draft, names: Names, needed: dict[str, Path], tiers: Collection[str]) -> tuple[Rule, ...]:
    found = []
    seen: set[str] = set()
    for index, table in enumerate(draft.data.get("rules", [])):
        path: Path = ("rules", index)
        if "id" in table:
            _unique(draft, seen, table["id"], (*path, "id"))
        then = table.get("then", {})
        if "gate" in then:
            scope, condition = names.gate(), {"when": table.get("when", "true")}
        else:
            scope, condition = names.rule(), table
            if "when" not in draft.document.data["rules"][index]:
                draft.report((*path, "when"), "missing-key", msg("{key} is missing", key=path_text((*path, "when"))))
        when = compile_about_people(draft, (*path, "when"), condition, scope, ("boolean",), needed)
        unknown = draft.get(table, path, "unknown", "ignore")
        for action, amount in then.items():
            tier = amount if action in _TIERS else None
            if tier is not None and tier not in tiers:
                what = msg("there is no tier {id}", id=tier)
                draft.unknown((*path, "then", action), "unknown-tier", what, tier, tiers)
            if when is not None and "id" in table:
                points = Decimal(amount) if action in _AMOUNTS else None
                reason = read_text(table.get("reason"), table["id"])
                gate = _gate(draft, amount, (*path, "then", "gate"), names) if action == "gate" else None
                found.append(Rule(table["id"], when, action, points, tier, reason, unknown, gate))
    return tuple(found)


def _gate(draft: Draft, table: Mapping[str, Any], path: Path, names: Names) -> Gate:
    keys = [key for key in table.get("indicators", []) if isinstance(key, str)]
    for index, key in enumerate(keys):
        if key not in names.points:
            what = msg("this scheme does not use an indicator {id}", id=key)
            draft.unknown((*path, "indicators", index), "unknown-indicator", what, key, names.points)
    _suspect_base(draft, table, path)
    return Gate(tuple(dict.fromkeys(keys)), Decimal(table.get("base", 0)))


def _suspect_base(draft: Draft, table: Mapping[str, Any], path: Path) -> None:
    if 0 < table.get("base", 0) <= 1:
        what = msg("points count to 100; this looks like a share")
        draft.report((*path, "base"), "suspect-share", what, found=show(table["base"]), severity="warning")


def read_outcomes(draft: Draft, names: Names, needed: dict[str, Path]) -> tuple[Outcome, ...]:
    found = []
    for index, table in enumerate(draft.data.get("outcomes", [])):
        path: Path = ("outcomes", index)
        when = compile_about_people(draft, (*path, "when"), table, names.result(), ("boolean",), needed)
        if when is not None and "kind" in table:
            found.append(Outcome(table["kind"], when, read_text(table.get("note"), table["kind"])))
    return tuple(found)


def _unique(draft: Draft, seen: set[str], identifier: str, path: Path) -> None:
    if identifier in seen:
        draft.report(path, "duplicate-id", msg("{id} is used twice", id=identifier), found=show(identifier))
    seen.add(identifier)
