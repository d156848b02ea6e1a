"""Indicators as a scheme uses them: parameters filled in, expressions compiled, curves and weights checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from decimal import Decimal
from typing import Any

from kaohe.errors import Place, Problem
from kaohe.exact import shorten
from kaohe.language import aggregates, field_names
from kaohe.language.tree import shifted
from kaohe.plugin import AssessmentRule, Indicator
from kaohe.scheme.assessment import used_assessment
from kaohe.scheme.catalogue import Catalogue, read_text
from kaohe.scheme.curves import read_curve
from kaohe.scheme.draft import Draft, Path, show
from kaohe.scheme.levels import level_of
from kaohe.scheme.measuring import Measuring, measuring_of
from kaohe.scheme.missing import read_missing
from kaohe.scheme.model import Curve, Dimension, FormulaCurve, Measured, Missing, Subject, UsedIndicator, earlier_key
from kaohe.scheme.names import Names
from kaohe.scheme.schema import fit_definition
from kaohe.text import Text, msg


def read_dimensions(
    draft: Draft,
    catalogue: Catalogue,
    missing: Missing | None,
    names: Names,
    needed: dict[str, Path],
    keys: dict[str, Path],
) -> tuple[Dimension, ...]:
    """Every dimension with those of its indicators that are sound; weights, ids and keys are checked over all.

    Indicators whose values curves read go into ``needed``, and the names that the scheme gives into ``keys``.
    """
    dimensions = []
    ids: set[str] = set()
    tables = draft.data.get("dimensions", [])
    for index, table in enumerate(tables):
        path: Path = ("dimensions", index)
        identifier = table.get("id")
        if identifier in ids:
            what = msg("two dimensions are called {id}", id=identifier)
            draft.report((*path, "id"), "duplicate-id", what, found=show(identifier))
        ids.add(identifier)
        rows = table.get("indicators", [])
        used = [
            _use(draft, row, (*path, "indicators", position), catalogue, missing, keys, names, needed)
            for position, row in enumerate(rows)
        ]
        check_weights(draft, (*path, "indicators"), rows)
        if identifier is not None and "weight" in table:
            name = read_text(table.get("name"), identifier)
            kept = tuple(indicator for indicator in used if indicator is not None)
            dimensions.append(Dimension(identifier, name, Decimal(table["weight"]), kept))
    check_weights(draft, ("dimensions",), tables)
    return tuple(dimensions)


def check_weights(draft: Draft, path: Path, rows: Sequence[dict[str, Any]]) -> None:
    """Absolute weights add up to 100 at each level."""
    weights = [row["weight"] for row in rows if "weight" in row]
    free = draft.data.get("scheme", {}).get("weights") in ("relative", "entropy")
    if free or not weights or len(weights) < len(rows):
        return
    total = sum(map(Decimal, weights))
    if total == 100:
        return
    if total == 1:
        first = Decimal(weights[0])
        fix = msg(
            'weights are percentages: write {percent}, not {share}; or set weights = "relative"',
            percent=show(shorten(first * 100)),
            share=show(first),
        )
    elif total < 100:
        fix = msg("{difference} are missing", difference=show(100 - total))
    else:
        fix = msg("{difference} are too many", difference=show(total - 100))
    draft.report(
        (*path, 0, "weight"),
        "weights-sum",
        msg("these weights add up to {total}", total=show(total)),
        found=show(total) if len(weights) == 1 else " + ".join(map(show, weights)) + f" = {show(total)}",
        expected="100",
        fix=fix,
    )


def _use(
    draft: Draft,
    row: dict[str, Any],
    path: Path,
    catalogue: Catalogue,
    scheme_missing: Missing | None,
    keys: dict[str, Path],
    names: Names,
    needed: dict[str, Path],
) -> UsedIndicator | None:
    indicator = _known(draft, row, path, catalogue, keys)
    if indicator is None:
        return None
    key, records = row.get("as", row["use"]), catalogue.record_types.get(indicator.records)
    level = level_of(draft, row, path, indicator, records)
    found = measuring_of(draft, row, path, indicator, catalogue, names, needed)
    rule = used_assessment(draft, row, path, indicator, records)
    about = names.of_teams if level == "team" else names
    curve = _curve(draft, row, path, indicator, catalogue, about, needed)
    missing = read_missing(row.get("missing"), draft, (*path, "missing")) or scheme_missing
    min_sample = draft.get(row, path, "min_sample", indicator.min_sample)
    if found is None or curve is None or missing is None or "weight" not in row:
        return None
    place = draft.document.place((*path, "use"))
    return UsedIndicator(
        key=key,
        indicator=indicator,
        parameters=found.parameters,
        value=found.value,
        where=found.where,
        curve=curve,
        weight=Decimal(row["weight"]),
        min_sample=min_sample,
        missing=missing,
        place=place,
        credit=found.credit,
        assessment=rule,
        only=found.only,
        level=level,
    )


def _known(
    draft: Draft, row: dict[str, Any], path: Path, catalogue: Catalogue, keys: dict[str, Path]
) -> Indicator | None:
    """The indicator that a row uses, under a key that no other row has; what is wrong with either is reported."""
    if "use" not in row:
        return None
    key = row.get("as", row["use"])
    if key in keys:
        draft.report(
            (*path, "as" if "as" in row else "use"),
            "duplicate-key",
            msg("{key} is used twice", key=key),
            found=show(key),
            fix=msg('give this use a name of its own: as = "{name}"', name=f"{key}_2"),
        )
    elif "as" in row and key in catalogue.indicators and key != row["use"]:
        what = msg("{key} is the id of another indicator", key=key)
        draft.report((*path, "as"), "duplicate-key", what, found=show(key))
    keys.setdefault(key, path)
    indicator = catalogue.indicators.get(row["use"])
    if indicator is None:
        what = msg("there is no indicator {id}", id=row["use"])
        bearing = [known.id for known in catalogue.indicators.values() if row["use"] in (known.name.zh, known.name.en)]
        draft.unknown((*path, "use"), "unknown-indicator", what, (bearing or [row["use"]])[0], catalogue.indicators)
    return indicator


def read_measures(
    draft: Draft, catalogue: Catalogue, names: Names, needed: dict[str, Path], keys: dict[str, Path]
) -> tuple[Measured, ...]:
    """Those that the scheme asks to be measured besides, as it sets them, in the order of the file."""
    measured = []
    for index, row in enumerate(draft.data.get("measures", [])):
        path: Path = ("measures", index)
        indicator = _known(draft, row, path, catalogue, keys)
        if indicator is None:
            continue
        found = measuring_of(draft, row, path, indicator, catalogue, names, needed)
        rule = used_assessment(draft, None, path, indicator, catalogue.record_types.get(indicator.records))
        least = draft.get(row, path, "min_sample", indicator.min_sample)
        if found is not None:
            key, place = row.get("as", row["use"]), draft.document.place((*path, "use"))
            level = level_of(draft, row, path, indicator, catalogue.record_types.get(indicator.records))
            measured.append(_measured(key, indicator, found, least, place, rule, level))
    return tuple(measured)


def read_measured(
    draft: Draft, catalogue: Catalogue, names: Names, needed: dict[str, Path], asked: Sequence[Measured]
) -> tuple[Measured, ...]:
    """Those ``asked`` for, and indicators that are named without being weighed, with their parameters' defaults, in the
    order of keys; what derived ones rest on is measured too, and goes into ``needed``."""
    measured = list(asked)
    there = {*names.points, *names.measures}
    while waiting := sorted(needed.keys() - there):
        identifier = waiting[0]
        there.add(identifier)
        path, indicator = needed[identifier], catalogue.indicators[identifier]
        found = measuring_of(draft, None, path, indicator, catalogue, names, needed)
        rule = used_assessment(draft, None, path, indicator, catalogue.record_types.get(indicator.records))
        if found is not None:
            place, least = draft.document.place(path), indicator.min_sample
            level = level_of(draft, None, path, indicator, catalogue.record_types.get(indicator.records))
            measured.append(_measured(identifier, indicator, found, least, place, rule, level))
    return tuple(sorted(measured, key=lambda each: each.key))


def _measured(
    key: str,
    indicator: Indicator,
    found: Measuring,
    least: int,
    place: Place,
    rule: AssessmentRule | None,
    level: Subject,
) -> Measured:
    value, where, only = found.value, found.where, found.only
    return Measured(key, indicator, found.parameters, value, where, least, place, found.credit, rule, only, level)


def read_earlier(draft: Draft, dimensions: Sequence[Dimension]) -> tuple[Measured, ...]:
    """The previous period's values that formulas look at, each as an indicator that is measured besides."""
    found = []
    for used in (used for dimension in dimensions for used in dimension.indicators):
        if not isinstance(used.curve, FormulaCurve) or "previous" not in field_names(used.curve.points):
            continue
        if (
            used.value is None
            or used.indicator.derived is not None
            or any(each.shift != "period" for each in aggregates(used.value))
        ):
            what = msg("{indicator} compares periods itself: it has no previous value", indicator=used.indicator.name)
            if used.value is None:
                what = msg("{indicator} is an assessment: it has no previous value", indicator=used.indicator.name)
            if used.indicator.derived is not None:
                what = msg("{indicator} is derived: it has no previous value", indicator=used.indicator.name)
            draft.problems.append(Problem("scheme.no-previous", what, used.place))
            continue
        name = used.indicator.name
        text = Text(f"{name.zh}（上期）", f"{name.en}, previous period")
        indicator = replace(used.indicator, name=text)
        value = replace(used.value, text=f"previous({used.value.text})", tree=shifted(used.value.tree, "previous"))
        key = earlier_key(used.key)
        names = (field.name for field in fields(Measured))
        same = {name: getattr(used, name) for name in names}
        found.append(Measured(**same | {"key": key, "indicator": indicator, "value": value, "assessment": None}))
    return tuple(found)


def _curve(
    draft: Draft,
    row: dict[str, Any],
    path: Path,
    indicator: Indicator,
    catalogue: Catalogue,
    names: Names,
    needed: dict[str, Path],
) -> Curve | None:
    here: Path = (*path, "curve")
    if "curve" in row:
        return read_curve(draft, row["curve"], here, indicator, names, needed)
    if "curve" in draft.written(path):
        return None  # reported as unfit
    if indicator.curve is None:
        what = msg("{indicator} has no curve of its own: say how its value becomes points", indicator=indicator.name)
        draft.report(here, "missing-key", what)
        return None
    draft.default(here, indicator.curve)
    if indicator.id in catalogue.own:
        there: Path = (*catalogue.own[indicator.id], "curve")
        return read_curve(draft, dict(indicator.curve), there, indicator, names, needed)
    return read_curve(draft, fit_definition(draft, indicator.curve, here, "curve"), here, indicator, names, needed)
