"""The bonus as it is written → checked: base, table or formula, accelerators, limits, the pool."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, Literal

from kaohe.exact import to_fen
from kaohe.language import Expression, field_names
from kaohe.scheme.bonus_table import read_table
from kaohe.scheme.consequences import compile_about_people
from kaohe.scheme.draft import Draft, Path, show
from kaohe.scheme.model import Accelerator, Bonus, Eligibility, Settlement
from kaohe.scheme.names import Names
from kaohe.scheme.rates import read_rates
from kaohe.text import Message, msg

_DAYS: Literal["days"] = "days"
_NONE: Literal["none"] = "none"
_NUMBER = ("number",)
_OWN = {"pool": "pool", "table": "table", "formula": "formula"}
"""The keys that have an effect on one kind only."""
_LONGEST = {"month": 31, "quarter": 92, "half": 184, "year": 366}
"""The days of the longest period of each cycle; of named dates nobody knows."""


def read_bonus(draft: Draft, names: Names, needed: dict[str, Path]) -> Bonus | None:
    """The bonus; None where the scheme has none, or none that is sound."""
    table, path = draft.data.get("bonus"), ("bonus",)
    if table is None:
        return None
    kind = table.get("kind")
    base = compile_about_people(draft, (*path, "base"), table, names.result(), _NUMBER, needed)
    prorate = draft.get(table, path, "prorate", _NONE if kind in ("table", "formula") else _DAYS)
    limits = {key: _fen(draft, table, (*path, key)) for key in ("floor", "cap")}
    pool, within = _read_pool(draft, table, path, names, needed)
    _check_limits(draft, table, path, limits["floor"], limits["cap"])
    formula = compile_about_people(draft, (*path, "formula"), table, names.formula(), _NUMBER, needed)
    read = read_table(draft, table, names, needed)
    accelerators = _read_accelerators(draft, table, path, names, needed)
    if kind is None:
        return None
    _check_kind(draft, table, path, kind)
    if kind == "formula" and formula is not None:
        _check_formula(draft, path, formula, names)
    elif "tiers" not in draft.data and kind != "table":
        what = msg("without tiers everybody's coefficient is 1")
        draft.report(path, "bonus-without-tiers", what, severity="warning")
    missing = {"table": read.rates is None or read.over is None, "formula": formula is None}.get(kind, base is None)
    missing = missing or (kind == "pool" and pool is None)
    if missing:
        return None
    looks_up = kind in ("table", "formula")
    return Bonus(
        kind,
        base,
        prorate,
        pool,
        limits["floor"],
        limits["cap"],
        read.over if looks_up else None,
        read.rates if looks_up else None,
        formula if kind == "formula" else None,
        accelerators,
        within,
        _read_eligible(draft, table, path),
        read.year if looks_up else None,
        looks_up and read.prorate_bands,
        _read_settlement(draft, table, path),
        read.per_record if looks_up else None,
    )


def _check_kind(draft: Draft, table: Mapping[str, Any], path: Path, kind: str) -> None:
    """What the kind needs is there; what has no effect on it is not."""
    written = draft.document.data["bonus"]
    needed = _OWN.get(kind, "base")
    for key in dict.fromkeys((needed, "base") if kind == "pool" else (needed,)):
        if key not in written:
            draft.report((*path, key), "missing-key", msg("{key} is missing", key=f"bonus.{key}"))
    reasons: dict[str, Message] = {
        "pool_within": msg('write kind = "pool" to scale everybody to the pool'),
        "pool": msg('write kind = "pool" to scale everybody to the pool'),
        "table": msg('write kind = "table" to pay by a rate table'),
        "formula": msg('write kind = "formula" to pay by a formula'),
    }
    fitting = {"pool": {"pool", "pool_within"}, "formula": {"formula", "table"}}.get(kind, {needed})
    for key in reasons.keys() & table.keys() - fitting:
        what = msg("{key} has no effect on a bonus of this kind", key=f"bonus.{key}")
        if key == "pool" and kind == "coefficient":
            what = msg("a bonus by coefficient has no pool")
        draft.report((*path, key), "no-effect", what, fix=reasons[key], at_key=True)


def _check_formula(draft: Draft, path: Path, formula: Expression, names: Names) -> None:
    """A formula names the coefficient itself; where it does not, tiers and rules do not touch the bonus."""
    rules = any("coefficient" in row.get("then", {}) for row in draft.data.get("rules", []))
    levels = draft.data.get("tiers", {}).get("levels", [])
    if "coefficient" not in field_names(formula) and (rules or any(row.get("coefficient", 1) != 1 for row in levels)):
        what = msg("the formula does not name the coefficient: those of tiers and rules have no effect")
        fix = msg("multiply by coefficient in the formula, if they are meant to count")
        draft.report((*path, "formula"), "no-coefficient", what, fix=fix, severity="warning")
    if "base" in field_names(formula) and "base" not in draft.data["bonus"]:
        what = msg("the formula names base, and the bonus has none")
        draft.report((*path, "formula"), "missing-key", what, fix=msg("write base = …, the amount in yuan"))
    there, named = "table" in draft.document.data["bonus"], "table" in field_names(formula)
    if named and not there:
        what = msg("the formula names table, and the bonus has none")
        draft.report((*path, "formula"), "missing-key", what, fix=msg("write [bonus.table] with over, mode and bands"))
    if there and not named:
        what = msg("the formula does not name the table: it has no effect")
        draft.report((*path, "table"), "no-effect", what, fix=msg("name table in the formula"), at_key=True)


def _read_eligible(draft: Draft, table: Mapping[str, Any], path: Path) -> Eligibility | None:
    if "eligible" not in table:
        return None
    inner, here = table["eligible"], (*path, "eligible")
    longest = _LONGEST.get(draft.data.get("scheme", {}).get("cycle", ""))
    if longest is not None and inner.get("min_days", 0) > longest:
        what, found = msg("no period has so many days: nobody will have a bonus"), show(inner["min_days"])
        expected = msg("at most {limit}", limit=longest)
        draft.report((*here, "min_days"), "days-above-period", what, found=found, expected=expected, severity="warning")
    return Eligibility(draft.get(inner, here, "min_days", 0), draft.get(inner, here, "at_end", False))


def _read_settlement(draft: Draft, table: Mapping[str, Any], path: Path) -> Settlement | None:
    """Not all that is earned is paid at once: one of two ways, and out of no pool."""
    named = [key for key in ("minimum_payment", "draw") if key in table]
    if len(named) > 1:
        what = msg("a draw is paid whatever was earned: no payment is too small")
        fix = msg("leave out {key}", key="minimum_payment")
        draft.report((*path, named[0]), "conflict", what, fix=fix, at_key=True)
    if named and table.get("kind") == "pool":
        what = msg("a pool is paid out whole: nothing of it is carried forward")
        draft.report((*path, named[0]), "conflict", what, fix=msg("leave out {key}", key=named[0]), at_key=True)
    amounts = {key: _fen(draft, table, (*path, key)) for key in named}
    return Settlement(amounts.get("minimum_payment"), amounts.get("draw")) if named else None


def _read_pool(
    draft: Draft, table: Mapping[str, Any], path: Path, names: Names, needed: dict[str, Path]
) -> tuple[int | Expression | None, tuple[str, ...]]:
    """The pool, an amount or an expression over all its people, and the attributes that people of one pool share."""
    within = table.get("pool_within", [])
    for index, attribute in enumerate(within):
        if not names.knows(attribute):
            what = msg("people have no attribute {name}", name=attribute)
            here = (*path, "pool_within", index)
            draft.unknown(here, "unknown-attribute", what, attribute, names.known_attributes)
    if isinstance(table.get("pool"), str):
        together = replace(names.result(), aggregates=True)
        return compile_about_people(draft, (*path, "pool"), table, together, _NUMBER, needed), tuple(within)
    if within and "pool" in table and table.get("kind") == "pool":
        what = msg("each group has a pool of this amount: with three groups three times as much is paid")
        fix = msg("where one amount is meant for all, write an expression: each group's own part of it")
        draft.report((*path, "pool"), "pool-of-each", what, found=show(table["pool"]), fix=fix, severity="warning")
    return _fen(draft, table, (*path, "pool")), tuple(within)


def _read_accelerators(
    draft: Draft, table: Mapping[str, Any], path: Path, names: Names, needed: dict[str, Path]
) -> tuple[Accelerator, ...]:
    found, seen = [], set()
    for index, row in enumerate(table.get("accelerators", [])):
        here: Path = (*path, "accelerators", index)
        identifier = draft.get(row, here, "id", f"accelerator-{index + 1}")
        if identifier in seen:
            what = msg("{id} is used twice", id=identifier)
            draft.report((*here, "id"), "duplicate-id", what, found=show(identifier))
        seen.add(identifier)
        over = compile_about_people(draft, (*here, "over"), row, names.result(), _NUMBER, needed)
        rates = read_rates(draft, row, here, ("factor",))
        if over is not None and rates is not None:
            found.append(Accelerator(identifier, over, rates))
    return tuple(found)


def _check_limits(draft: Draft, table: Mapping[str, Any], path: Path, floor: int | None, cap: int | None) -> None:
    if floor is not None and cap is not None and floor > cap:
        what = msg("the floor is above the cap")
        draft.report(
            (*path, "floor"),
            "floor-above-cap",
            what,
            found=show(table["floor"]),
            expected=msg("at most {limit}", limit=show(table["cap"])),
        )


def _fen(draft: Draft, table: Mapping[str, Any], path: Path) -> int | None:
    if str(path[-1]) not in table:
        return None
    amount = Decimal(table[str(path[-1])])
    fen = to_fen(amount)
    if Decimal(fen) != amount * 100:
        draft.report(path, "amount-decimals", msg("an amount has at most two decimals"), found=show(amount))
    return fen
