"""A scheme's text → a checked scheme, or every mistake in it at once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from kaohe.errors import KaoheError, Problem
from kaohe.exact import shorten
from kaohe.language import Type
from kaohe.plugin import Indicator, RecordType
from kaohe.scheme.appeals import read_appeals
from kaohe.scheme.bonus import read_bonus
from kaohe.scheme.bonus_table import read_records, read_year
from kaohe.scheme.cases import check_asked, known_in, read_cases
from kaohe.scheme.catalogue import Catalogue, read_catalogue, read_text
from kaohe.scheme.consequences import (
    compile_about_people,
    read_adjustments,
    read_outcomes,
    read_rules,
)
from kaohe.scheme.derived import check_circles, check_own_derived, check_parts, targets_asked, teams_asked
from kaohe.scheme.draft import Draft, Path, show
from kaohe.scheme.indicators import read_dimensions, read_earlier, read_measured, read_measures
from kaohe.scheme.levels import read_subject
from kaohe.scheme.manual import read_manual
from kaohe.scheme.missing import read_missing, with_shares
from kaohe.scheme.model import Default, Scheme
from kaohe.scheme.names import Names
from kaohe.scheme.percentages import suspect_elsewhere
from kaohe.scheme.recovery import read_recovery
from kaohe.scheme.schema import open_draft
from kaohe.scheme.standing import read_ranking, read_tiers
from kaohe.scheme.weights import read_total, read_weights
from kaohe.text import msg
from kaohe.toml import load_toml
from kaohe.worktime import ANY_CALENDAR, Calendars


@dataclass(frozen=True)
class Checked:
    """``scheme`` is None where any problem is an error; ``problems`` in the order of the file, warnings included."""

    scheme: Scheme | None
    problems: tuple[Problem, ...]
    defaults: tuple[Default, ...]

    def require(self) -> Scheme:
        """The scheme, or KaoheError with every problem."""
        if self.scheme is None:
            raise KaoheError(self.problems)
        return self.scheme


def load_scheme(
    text: str,
    file: str,
    record_types: Mapping[str, RecordType],
    indicators: Mapping[str, Indicator],
    attributes: Mapping[str, Type] | None = None,
    calendars: Calendars = ANY_CALENDAR,
) -> Checked:
    """Check a scheme file whole; never raises for a mistake in it.

    ``file`` is the name that places carry. ``attributes`` are those that the organisation's people have besides the
    usual ones; None: unknown, any name may stand for one. ``calendars``: the workspace's; left out, any name stands
    for one, and the scheme can be checked and not evaluated by it.
    """
    try:
        draft = open_draft(load_toml(text, file))
    except KaoheError as error:
        return Checked(None, error.problems, ())
    draft.calendars, draft.record_types = calendars, record_types
    scheme = _read(draft, text, record_types, indicators, attributes)
    if scheme is not None:
        check_parts(draft, scheme)
        check_asked(draft, teams_asked(scheme), targets_asked(scheme))
        suspect_elsewhere(draft, scheme)
    problems = _in_order(draft.problems)
    return Checked(None if draft.failed else scheme, problems, tuple(draft.defaults))


def _read(
    draft: Draft,
    text: str,
    record_types: Mapping[str, RecordType],
    indicators: Mapping[str, Indicator],
    attributes: Mapping[str, Type] | None,
) -> Scheme | None:
    head: dict[str, Any] = draft.data.get("scheme", {})
    path: Path = ("scheme",)
    catalogue = read_catalogue(draft, record_types, indicators)
    subject = read_subject(draft)
    names = _names(draft, catalogue, attributes)
    names = names.of_teams if subject == "team" else names
    check_own_derived(draft, names)
    needed: dict[str, Path] = {}
    currency = draft.get(head, path, "currency", "CNY")
    decimals = draft.get(head.get("rounding", {}), (*path, "rounding"), "score", 2)
    weights = draft.get(head, path, "weights", "absolute")
    comparisons, total_by = read_weights(draft), read_total(draft)
    missing = read_missing(head.get("missing"), draft, (*path, "missing"))
    coverage = draft.get(head.get("missing", {}), (*path, "missing"), "min_coverage", 0)
    caps = head.get("adjustment_caps", {})
    start, end = _effective(draft, head.get("effective", {}))
    attribution = draft.get(head, path, "attribution", "period_end")
    population = compile_about_people(draft, (*path, "population"), head, names.population(), ("boolean",), needed)
    if "population" not in head:
        draft.default((*path, "population"), True)
    keys: dict[str, Path] = {}
    dimensions = with_shares(draft, read_dimensions(draft, catalogue, missing, names, needed, keys), names)
    measures = read_measures(draft, catalogue, names, needed, keys)
    adjustments = read_adjustments(draft, names, needed)
    tier_ids = [row["id"] for row in draft.data.get("tiers", {}).get("levels", []) if "id" in row]
    rules = read_rules(draft, names, needed, tier_ids)
    ranking = read_ranking(draft, names, needed)
    tiers = read_tiers(draft, names, needed, ranking)
    bonus = read_bonus(draft, names, needed)
    outcomes = read_outcomes(draft, names, needed)
    manual = read_manual(draft)
    appeals = read_appeals(draft)
    recovery = read_recovery(draft)
    measured = read_measured(draft, catalogue, names, needed, measures)
    check_circles(draft, [*(used for each in dimensions for used in each.indicators), *measured])
    measured += read_earlier(draft, dimensions)
    measured += read_year(draft, dimensions, measured, bonus)
    read_records(draft, dimensions, measured, bonus)
    cases = read_cases(draft, known_in(draft, names, needed, measured))
    _report_unused(draft, catalogue, names, needed)
    if draft.failed or missing is None:
        return None
    return Scheme(
        id=head["id"],
        version=head["version"],
        format=draft.data["format"],
        name=read_text(head["name"], head["id"]),
        cycle=head["cycle"],
        effective_from=start,
        effective_to=end,
        population=population,
        currency=currency,
        decimals=decimals,
        weights=weights,
        min_coverage=Decimal(coverage),
        ranking=ranking,
        dimensions=dimensions,
        measured=measured,
        adjustments=adjustments,
        rules=rules,
        tiers=tiers,
        bonus=bonus,
        outcomes=outcomes,
        cases=cases,
        defaults=tuple(draft.defaults),
        text=text,
        digest=content_digest(draft.document.data),
        max_added=Decimal(caps["additions"]) if "additions" in caps else None,
        max_deducted=Decimal(caps["deductions"]) if "deductions" in caps else None,
        comparisons=comparisons,
        total_by=total_by,
        attribution=attribution,
        subject=subject,
        manual=manual,
        appeals=appeals,
        recovery=recovery,
    )


def _names(draft: Draft, catalogue: Catalogue, attributes: Mapping[str, Type] | None) -> Names:
    """Ids as the file writes them, even of parts that are not sound, and what misspelt ones were surely meant to be:
    a mistake there is not reported again wherever the id is used."""
    dimensions = draft.data.get("dimensions", [])
    rows = [row for table in dimensions for row in table.get("indicators", []) if "use" in row]
    keys = frozenset(row.get("as", row["use"]) for row in rows)
    misspelt = {row["use"] for row in rows if "as" not in row} - catalogue.indicators.keys()
    meant = {name for key in misspelt for name in get_close_matches(key, catalogue.indicators, n=1)}
    besides = {row.get("as", row["use"]): row["use"] for row in draft.data.get("measures", []) if "use" in row}
    uses = {row.get("as", row["use"]): row["use"] for row in rows} | besides
    uses |= {identifier: identifier for identifier in catalogue.indicators}
    return Names(
        attributes,
        values=keys | besides.keys() | catalogue.indicators.keys(),
        points=keys | meant,
        dimensions=frozenset(table["id"] for table in dimensions if "id" in table),
        directions={
            key: catalogue.indicators[use].direction for key, use in uses.items() if use in catalogue.indicators
        },
        measures=frozenset(besides),
    )


def _effective(draft: Draft, table: Mapping[str, str]) -> tuple[date | None, date | None]:
    days: dict[str, date] = {}
    for key, text in table.items():
        try:
            days[key] = date.fromisoformat(text)
        except ValueError:
            draft.report(("scheme", "effective", key), "no-such-date", msg("there is no such date"), found=show(text))
    start, end = days.get("from"), days.get("to")
    if start and end and end < start:
        draft.report(
            ("scheme", "effective", "to"),
            "effective-reversed",
            msg("the scheme ends before it begins"),
            found=show(str(end)),
            expected=msg("{day} or later", day=str(start)),
        )
    return start, end


def _report_unused(draft: Draft, catalogue: Catalogue, names: Names, needed: Mapping[str, Path]) -> None:
    tables = [table.get("indicators", []) for table in draft.data.get("dimensions", [])]
    used = {row["use"] for rows in (*tables, draft.data.get("measures", [])) for row in rows if "use" in row}
    for identifier, path in catalogue.own.items():
        if identifier not in used | needed.keys() and not draft.failed:
            what = msg("nothing uses the indicator {id}", id=identifier)
            draft.report((*path, "id"), "unused-indicator", what, found=show(identifier), severity="warning")


def _in_order(problems: list[Problem]) -> tuple[Problem, ...]:
    """By place; a mistake that several readers met is told once."""
    seen = set()
    kept = []
    for problem in sorted(problems, key=lambda found: (found.where.line or 0, found.where.column or 0)):
        identity = (problem.code, problem.where, problem.what.in_("en"))
        if identity not in seen:
            seen.add(identity)
            kept.append(problem)
    return tuple(kept)


def content_digest(data: Mapping[str, Any]) -> str:
    """SHA-256 over the parsed content as canonical JSON: keys sorted, numbers and dates as text marked as such."""
    canonical = json.dumps(_canonical(data), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _canonical(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _canonical(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_canonical(inner) for inner in value]
    if isinstance(value, bool | str):
        return value
    if isinstance(value, int | Decimal):
        return {"number": show(shorten(Decimal(value)))}
    return {"time": value.isoformat()}
