"""Indicators whose value is an assessment: the rule as a scheme writes it, or sets it otherwise where it is used."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from kaohe.plugin import AssessmentRule, Indicator, RecordType
from kaohe.plugin.assessment import rule_mistakes, weightless
from kaohe.plugin.mistake import Mistake
from kaohe.scheme.draft import Draft, Path, show
from kaohe.text import msg

_NAMED = ("rater", "relation", "score", "scale")
SETTINGS = ("relations", "thresholds", "others", "trim", "calibrate", "range", "items")
"""What a scheme may set where it uses the indicator; the defaults are the indicator's."""


def read_own_assessment(draft: Draft, table: dict[str, Any], path: Path) -> AssessmentRule | None:
    """The rule of one of the scheme's own indicators; None where it has none, or one that is unfit.

    Reports an indicator that has neither a value nor an assessment, or both.
    """
    if "assessment" not in table:
        if "value" not in table and not {"assessment", "derived"} & draft.written(path).keys():
            draft.report((*path, "value"), "missing-key", msg("{key} is missing", key=f"indicators[{path[-1]}].value"))
        return None
    if "value" in table:
        what = msg("an indicator has either a value or an assessment, not both")
        draft.report((*path, "value"), "value-and-assessment", what, at_key=True)
    if "credit" in table:
        what = msg("an assessment is of one person: it cannot be split")
        draft.report((*path, "credit"), "credit-not-additive", what, at_key=True)
    given = table["assessment"]
    if any(key not in given for key in _NAMED):
        return None  # reported as missing
    return _with_settings(AssessmentRule(*(given[key] for key in _NAMED)), given)


def check_own_assessment(draft: Draft, path: Path, indicator: Indicator, records: RecordType) -> None:
    """Report what is wrong with the rule of the scheme's own indicator, but for weights, which a use may set."""
    if indicator.assessment is not None:
        for mistake in rule_mistakes(indicator.assessment, records):
            _report(draft, (*path, "assessment", *mistake.keys), mistake)


def used_assessment(
    draft: Draft, row: dict[str, Any] | None, path: Path, indicator: Indicator, records: RecordType | None
) -> AssessmentRule | None:
    """The rule with the settings of this use (``row`` None: there is nowhere to set them); None where the value is no
    assessment."""
    here: Path = (*path, "assessment")
    if indicator.assessment is None:
        if row is not None and "assessment" in row and indicator.value:
            what = msg("{indicator} is no assessment", indicator=indicator.name)
            draft.report(here, "no-effect", what, at_key=True)
        return None
    given = {} if row is None else row.get("assessment", {})
    rule = _with_settings(indicator.assessment, given)
    for key in SETTINGS:
        if row is not None and key not in given:
            draft.default((*here, key), getattr(rule, key))
    if records is not None and given:
        for mistake in rule_mistakes(rule, records):
            if mistake.keys[0] in given:
                _report(draft, (*here, *mistake.keys), mistake)
    if (nothing := weightless(rule)) is not None:
        _report(draft, (*here, "relations") if "relations" in given else (*path, "use"), nothing)
    return rule


def _with_settings(rule: AssessmentRule, given: dict[str, Any]) -> AssessmentRule:
    settings: dict[str, Any] = {key: given[key] for key in ("item", *SETTINGS) if key in given}
    if "lowest" in given:
        settings["lowest"] = Decimal(given["lowest"])
    if "relations" in given:
        settings["relations"] = {name: Decimal(weight) for name, weight in given["relations"].items()}
    if "range" in given:
        settings["range"] = tuple(Decimal(end) for end in given["range"])
    if "items" in given:
        settings["items"] = tuple(given["items"])
    return replace(rule, **settings)


def _report(draft: Draft, path: Path, mistake: Mistake) -> None:
    if mistake.known:
        draft.unknown(path, mistake.code, mistake.what, mistake.found, mistake.known)
    else:
        draft.report(path, mistake.code, mistake.what, found=show(mistake.found), expected=mistake.expected)
