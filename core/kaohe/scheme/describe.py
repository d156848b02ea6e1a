"""A scheme read aloud, as a person in HR would say it: sections of sentences and tables, in messages only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from kaohe.exact import shorten
from kaohe.scheme.appeals import appeal_lines
from kaohe.scheme.assessment_words import assessment_words
from kaohe.scheme.bonus_words import bonus_lines
from kaohe.scheme.case_words import case_words
from kaohe.scheme.manual import manual_lines
from kaohe.scheme.model import Level, Measured, Rule, Scheme, Tiers, UsedIndicator
from kaohe.scheme.recovery import recovery_lines
from kaohe.scheme.tier_words import tier_lines
from kaohe.scheme.weight_words import comparison_rows, total_words, weight_lines
from kaohe.scheme.words import ACTIONS, chain, curve_words, missing_words, number, series, setting_words, used_name
from kaohe.text import Message, Text, msg

Cell = Message | Text | str


@dataclass(frozen=True)
class Section:
    """A heading, then sentences, then a table where there are ``headers``; ``right`` are columns of numbers."""

    title: Message
    lines: tuple[Message, ...] = ()
    headers: tuple[Message, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    right: tuple[int, ...] = ()


def describe(scheme: Scheme) -> tuple[Section, ...]:
    """Everything the scheme says, in the order in which it acts."""
    sections = [_head(scheme), _dimensions(scheme)]
    if scheme.comparisons:
        headers = (msg("Among"), msg("Matters more"), msg("Times"), msg("Than"))
        sections.append(Section(msg("Comparisons in pairs"), (), headers, tuple(comparison_rows(scheme)), right=(2,)))
    sections.append(_curves(scheme))
    if scheme.measured:
        sections.append(_measured(scheme))
    if scheme.adjustments:
        sections.append(_adjustments(scheme))
    if scheme.rules:
        sections.append(Section(msg("Rules"), tuple(_rule(scheme, rule) for rule in scheme.rules)))
    sections.append(Section(msg("Ranking"), tuple(_ranking(scheme))))
    if scheme.tiers is not None:
        sections.append(_tiers(scheme, scheme.tiers))
    if scheme.bonus is not None:
        sections.append(Section(msg("Bonus"), tuple(bonus_lines(scheme.bonus))))
    if scheme.manual is not None:
        sections.append(Section(msg("Manual changes"), tuple(manual_lines(scheme))))
    if scheme.appeals is not None:
        sections.append(Section(msg("Appeals"), tuple(appeal_lines(scheme))))
    if scheme.recovery is not None:
        sections.append(Section(msg("Recoveries"), tuple(recovery_lines(scheme))))
    if scheme.outcomes:
        sections.append(_outcomes(scheme))
    if scheme.cases:
        sections.append(_cases(scheme))
    return tuple(sections)


def _head(scheme: Scheme) -> Section:
    cycles = {
        "month": msg("Appraised every month."),
        "quarter": msg("Appraised every quarter."),
        "half": msg("Appraised every half year."),
        "year": msg("Appraised every year."),
        "dates": msg("Appraised over named dates."),
    }
    lines = [msg("{name}, version {version}", name=scheme.name, version=scheme.version), cycles[scheme.cycle]]
    of_teams = scheme.subject == "team"
    match (scheme.effective_from, scheme.effective_to):
        case (None, None):
            pass
        case (start, None):
            lines.append(msg("In force from {start}.", start=start))
        case (None, end):
            lines.append(msg("In force until {end}.", end=end))
        case (start, end):
            lines.append(msg("In force from {start} to {end}.", start=start, end=end))
    if scheme.population is None:
        lines.append(msg("Every team is appraised.") if of_teams else msg("Everybody is appraised."))
    elif of_teams:
        lines.append(msg("Appraised are the teams that meet: {condition}", condition=scheme.population.text.strip()))
    else:
        lines.append(msg("Appraised is whoever meets: {condition}", condition=scheme.population.text.strip()))
    if scheme.attribution == "event_date":
        lines.append(msg("Judged by each assignment; a record counts where its date falls into one that is covered."))
    if (method := total_words(scheme.total_by)) is not None:
        lines.append(method)
    lines.append(msg("Totals are rounded half up to {count} decimals.", count=scheme.decimals))
    if scheme.min_coverage:
        share = number(scheme.min_coverage, "share")
        lines.append(msg("Whoever has data for less than {share} of the weight is not graded.", share=share))
    return Section(msg("Scheme"), tuple(lines))


def _dimensions(scheme: Scheme) -> Section:
    rows: list[tuple[Cell, ...]] = []
    for dimension in scheme.dimensions:
        name: Cell = dimension.name
        of_data = scheme.weights == "entropy"
        weight: Cell = msg("of the data") if of_data else str(shorten(dimension.weight))
        for used in dimension.indicators:
            own: Cell = msg("of the data") if of_data else str(shorten(used.weight))
            cells = (used_name(used), own, str(used.min_sample), missing_words(used.missing))
            rows.append((name, weight, *cells))
            name = weight = ""
    lines = [*weight_lines(scheme)]
    for each in scheme.indicators:
        if each.assessment is not None:
            lines += assessment_words(each.indicator.name, each.assessment)
        if each.level == "team" and scheme.subject == "person" and "@" not in each.key:
            lines.append(
                msg(
                    "{indicator} is measured of whole teams: everybody gets their team's points.",
                    indicator=used_name(each),
                )
                if isinstance(each, UsedIndicator)
                else msg("{indicator} is measured of whole teams.", indicator=used_name(each))
            )
        if each.only is not None and "@" not in each.key:
            condition = each.only.text.strip()
            lines.append(
                msg("{indicator} counts only where {condition}.", indicator=used_name(each), condition=condition)
            )
        if each.credit is not None:
            shares = series([f"{part.who} × ({part.share.text})" for part in each.credit.parts])
            what = {"indicator": each.indicator.name, "shares": shares}
            lines.append(
                msg("{indicator} is split among people: {shares}.", **what)
                if each.credit.whole is not None
                else msg("{indicator} is credited to several people: {shares}.", **what)
            )
    headers = (
        msg("Dimension"),
        msg("Weight"),
        msg("Indicator"),
        msg("Weight"),
        msg("Least records"),
        msg("Without data"),
    )
    return Section(msg("What counts"), tuple(lines), headers, tuple(rows), right=(1, 3, 4))


def _curves(scheme: Scheme) -> Section:
    rows = tuple(
        (used_name(used), _settings(used), curve_words(used.curve, used.indicator)) for used in scheme.weighted
    )
    headers = (msg("Indicator"), msg("Parameters"), msg("From value to points"))
    return Section(msg("How values become points"), (), headers, rows)


def _settings(used: UsedIndicator | Measured) -> Cell:
    """The parameters by their names; one that is empty text restricts nothing."""
    settings = [
        msg("{name}: {value}", name=used.indicator.parameters[name].label, value=setting_words(value))
        for name, value in used.parameters.items()
        if value != ""
    ]
    return series(settings) if settings else ""


def _names(scheme: Scheme, keys: Iterable[str]) -> Cell:
    """Indicators by name."""
    names: dict[str, Cell] = {used.key: used_name(used) for used in scheme.weighted}
    names |= {measured.key: used_name(measured) for measured in scheme.measured}
    return series([names[key] for key in keys])


def _measured(scheme: Scheme) -> Section:
    rows: tuple[tuple[Cell, ...], ...] = tuple((each.key, each.indicator.name) for each in scheme.measured)
    lines = (msg("These carry no weight; rules, tie-breakers or outcomes ask for them."),)
    headers: tuple[Message, ...] = (msg("Id"), msg("Indicator"))
    settings = tuple(map(_settings, scheme.measured))
    if any(settings):
        rows = tuple((*row, each) for row, each in zip(rows, settings, strict=True))
        headers = (*headers, msg("Parameters"))
    return Section(msg("Measured besides"), lines, headers, rows)


def _adjustments(scheme: Scheme) -> Section:
    rows: list[tuple[Cell, ...]] = []
    for adjustment in scheme.adjustments:
        limits = [] if adjustment.minimum is None else [msg("at least {limit}", limit=shorten(adjustment.minimum))]
        if adjustment.maximum is not None:
            limits.append(msg("at most {limit}", limit=shorten(adjustment.maximum)))
        rows.append((adjustment.name, adjustment.points.text.strip(), chain(limits) if limits else ""))
    headers = (msg("Name"), msg("Points"), msg("Limits"))
    caps = []
    if scheme.max_added is not None:
        caps.append(msg("All additions together count at most {limit}.", limit=shorten(scheme.max_added)))
    if scheme.max_deducted is not None:
        caps.append(msg("All deductions together count at most {limit}.", limit=shorten(scheme.max_deducted)))
    return Section(msg("Points outside the weighting"), tuple(caps), headers, tuple(rows))


def _rule(scheme: Scheme, rule: Rule) -> Message:
    about: dict[str, Any] = {"amount": "" if rule.amount is None else shorten(rule.amount), "tier": rule.tier or ""}
    if rule.gate is not None:
        about |= {"indicators": _names(scheme, rule.gate.indicators), "base": shorten(rule.gate.base)}
    action = Message(ACTIONS[rule.action].template, about)
    condition = rule.when.text.strip()
    if rule.gate is not None and condition == "true":
        return msg("Always: {action} ({reason}).", action=action, reason=rule.reason)
    if rule.unknown == "apply":
        return msg(
            "If {condition}, or if that is unknown: {action} ({reason}).",
            condition=condition,
            action=action,
            reason=rule.reason,
        )
    return msg("If {condition}: {action} ({reason}).", condition=condition, action=action, reason=rule.reason)


def _ranking(scheme: Scheme) -> Iterable[Message]:
    ranking = scheme.ranking
    if ranking.within:
        yield msg("People are ranked within the same {attributes}.", attributes=", ".join(ranking.within))
    else:
        yield msg("Everybody is ranked in one group.")
    yield {
        "competition": msg("After two equals the next rank is left out (1, 2, 2, 4)."),
        "dense": msg("After two equals the next rank follows (1, 2, 2, 3)."),
        "ordinal": msg("Every rank is given once (1, 2, 3, 4)."),
    }[ranking.method]
    if ranking.tie_breakers:
        yield msg("Equal totals are told apart by {indicators}.", indicators=_names(scheme, ranking.tie_breakers))
    if ranking.within and ranking.min_group > 1:
        small = {
            "merge": msg("Groups of fewer than {count} are ranked among everybody.", count=ranking.min_group),
            "unranked": msg("Groups of fewer than {count} are not ranked.", count=ranking.min_group),
        }
        yield small[ranking.small_groups]


def _tiers(scheme: Scheme, tiers: Tiers) -> Section:
    tie_breakers = _names(scheme, tiers.tie_breakers) if tiers.tie_breakers else None
    lines = tuple(tier_lines(tiers, tie_breakers))
    headers = (msg("Tier"), msg("Share"), msg("Least total"), msg("Coefficient"))
    return Section(msg("Tiers"), lines, headers, tuple(map(_level, tiers.levels)), right=(1, 2, 3))


def _level(level: Level) -> tuple[Cell, ...]:
    plain = level.name.zh == level.name.en == level.id
    return (
        level.id if plain else msg("{id} {name}", id=level.id, name=level.name),
        "" if level.share is None else number(level.share, "share"),
        "" if level.min_score is None else str(shorten(level.min_score)),
        str(shorten(level.coefficient)),
    )


def _outcomes(scheme: Scheme) -> Section:
    rows = tuple((outcome.kind, outcome.when.text.strip(), outcome.note) for outcome in scheme.outcomes)
    return Section(msg("Outcomes"), (), (msg("Kind"), msg("When"), msg("Note")), rows)


def _cases(scheme: Scheme) -> Section:
    rows = tuple((case.name, case_words(case)) for case in scheme.cases)
    return Section(msg("The scheme's own tests"), (), (msg("Case"), msg("Expected")), rows)
