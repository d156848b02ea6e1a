"""Curves that look beyond the value, as they are written → checked: targets by expression, the others, formulas."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from kaohe.language import Expression, Type, field_names
from kaohe.plugin import Indicator
from kaohe.scheme.draft import Draft, Path, path_text, show
from kaohe.scheme.model import FormulaCurve, PercentileRankCurve, RatioCurve, ZScoreCurve
from kaohe.scheme.names import MICROS, Names, values_read
from kaohe.scheme.numbers import optional_number
from kaohe.text import msg

_MODES = {"higher": "higher", "lower": "lower", "target": "on_target"}


def read_ratio(
    draft: Draft, table: dict[str, Any], path: Path, indicator: Indicator, names: Names, needed: dict[str, Path]
) -> RatioCurve | None:
    """Attainment of a target that is a number or an expression about the person."""
    mode = draft.get(table, path, "mode", _MODES[indicator.direction])
    zero = table.get("zero_target")
    target = read_target(draft, table, path, indicator, names, needed)
    if target is None:
        return None
    if isinstance(target, Decimal) and target <= 0 and zero is None:
        draft.report(
            (*path, "target"),
            "out-of-range",
            msg("{key} is out of range", key=path_text((*path, "target"))),
            found=show(target),
            expected=msg("more than {limit}", limit="0"),
            fix=msg('say what such a target means: zero_target = 100 (points), or zero_target = "absolute"'),
        )
        return None
    if isinstance(target, Decimal) and target > 0 and zero is not None:
        what = msg("zero_target has no effect: the target is above zero")
        draft.report((*path, "zero_target"), "no-effect", what, severity="warning", at_key=True)
    meaning = zero if zero is None or zero == "absolute" else Decimal(zero)
    return RatioCurve(target, mode, zero_target=meaning, prorate=table.get("prorate", "none"), **limits(table))


def read_z_score(draft: Draft, table: dict[str, Any], path: Path, indicator: Indicator) -> ZScoreCurve | None:
    """The distance from the mean of the ranking group."""
    mode, spread = _mode(draft, table, path, indicator), draft.get(table, path, "spread", "population")
    if mode is None or not {"neutral", "points"} <= table.keys():
        return None
    _suspect_share(draft, table, path)
    return ZScoreCurve(Decimal(table["neutral"]), Decimal(table["points"]), mode, spread, **limits(table))


def read_percentile_rank(
    draft: Draft, table: dict[str, Any], path: Path, indicator: Indicator
) -> PercentileRankCurve | None:
    """The share of the ranking group that is worse."""
    mode, ties = _mode(draft, table, path, indicator), draft.get(table, path, "ties", "min")
    if mode is None or "neutral" not in table:
        return None
    _suspect_share(draft, table, path)
    return PercentileRankCurve(Decimal(table["neutral"]), mode, ties, **limits(table))


def read_formula(
    draft: Draft, table: dict[str, Any], path: Path, indicator: Indicator, names: Names, needed: dict[str, Path]
) -> FormulaCurve | None:
    """Points by expression."""
    target = read_target(draft, table, path, indicator, names, needed) if "target" in table else None
    if "points" not in table:
        return None
    own: dict[str, Type] = {"value": MICROS, "previous": MICROS}
    own |= {"target": MICROS} if "target" in table else {}
    points = draft.compile((*path, "points"), table["points"], names.curve(own, indicator.id), ("number",))
    if points is None or ("target" in table and target is None):
        return None
    _need(points, (*path, "points"), needed)
    if target is not None and "target" not in field_names(points):
        what = msg("the formula does not look at its target")
        draft.report((*path, "target"), "no-effect", what, severity="warning", at_key=True)
    if target is None and "prorate" in table:
        what = msg("prorate has no effect without a target")
        draft.report((*path, "prorate"), "no-effect", what, at_key=True)
    return FormulaCurve(points, target, prorate=table.get("prorate", "none"), **limits(table))


def read_target(
    draft: Draft, table: dict[str, Any], path: Path, indicator: Indicator, names: Names, needed: dict[str, Path]
) -> Decimal | Expression | None:
    """A number, or an expression about the person; ``target()`` there is the dated target of the indicator."""
    written = table.get("target")
    if written is None or not isinstance(written, str):
        return None if written is None else Decimal(written)
    # An attribute of the organisation's own is text; it is read as a number person by person.
    target = draft.compile((*path, "target"), written, names.curve({}, indicator.id), ("number", "text"))
    if target is not None:
        _need(target, (*path, "target"), needed)
    return target


def _need(expression: Expression, path: Path, needed: dict[str, Path]) -> None:
    for identifier in values_read(expression):
        needed.setdefault(identifier, path)


def _mode(draft: Draft, table: dict[str, Any], path: Path, indicator: Indicator) -> Any:
    """Which way is better: the indicator's own direction, which must be written where it has none."""
    if indicator.direction != "target":
        return draft.get(table, path, "mode", indicator.direction)
    if "mode" not in table:
        what = msg("neither more nor less of {indicator} is better: say which earns more", indicator=indicator.name)
        draft.report((*path, "mode"), "missing-key", what, fix=msg('write mode = "higher" or mode = "lower"'))
    return table.get("mode")


def _suspect_share(draft: Draft, table: dict[str, Any], path: Path) -> None:
    if 0 < table["neutral"] <= 1:
        what = msg("points count to 100; this looks like a share")
        draft.report((*path, "neutral"), "suspect-share", what, found=show(table["neutral"]), severity="warning")


def limits(table: dict[str, Any]) -> dict[str, Any]:
    """Floor and cap, where they are written."""
    return {key: optional_number(table, key) for key in ("floor", "cap")}
