"""A restatement as sheets, sentences and data: which records are others now, who gains, who loses, how much and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from kaohe.exact import format_fen, plain_fen
from kaohe.records.comparing import RecordChange
from kaohe.report.names import group_name
from kaohe.report.sheet import Column, Sheet
from kaohe.run.explanation.records import confidential
from kaohe.run.model import Run
from kaohe.run.restating.differences import PoolEffect
from kaohe.run.restating.effects import Effect, Standing
from kaohe.run.restating.facts import Facts
from kaohe.text import Language, Message, msg

LISTED = 20
"""So many records of a type are listed; of the others their number is told."""
_KINDS = {"new": msg("new"), "changed": msg("corrected"), "gone": msg("gone")}


def facts_lines(facts: Facts) -> Iterator[Message]:
    """How many records of each type are others, and whatever else is."""
    for name, changes in sorted(facts.records.items()):
        counts = {kind: sum(each.kind == kind for each in changes) for kind in _KINDS}
        if changes:
            yield msg("{name}: {new} new, {changed} corrected, {gone} gone", name=name, **counts)
    if facts.organisation:
        yield msg("people, teams and assignments are those of now")
    if facts.targets:
        yield msg("targets are those of now")
    for each in facts.manual:
        yield msg("manual change {number}: {reason}", number=each.number, reason=each.reason)


def facts_sheet(facts: Facts, run: Run, language: Language) -> Sheet:
    """The first records of each type that are others. Ratings of people by people are counted, not listed."""
    headers = (msg("record type"), msg("what happened"), msg("key"), msg("import"), msg("fields"))
    columns = tuple(
        Column(header.in_(language), "count" if header is headers[3] else "text", wraps=header is headers[4])
        for header in headers
    )
    rows = [
        (name, _KINDS[each.kind].in_(language), " · ".join(each.key), each.batch, _moves(each))
        for name, changes in sorted(facts.records.items())
        if not confidential(run, name)
        for each in changes[:LISTED]
    ]
    return Sheet(msg("Records").in_(language), columns, rows)


def _moves(change: RecordChange) -> str:
    return "; ".join(f"{name}: {before or '–'} → {after or '–'}" for name, before, after in change.fields)


def effects_sheet(effects: Sequence[Effect], run: Run, language: Language) -> Sheet:
    """Everybody in whom anything moved: those who gain first, then those who lose, then those whose money stays."""
    of_teams, bonus = run.scheme.subject == "team", run.scheme.bonus
    heads = (msg("bonus before"), msg("bonus now"), msg("difference"))
    if bonus is not None and bonus.settlement is not None:
        heads = (msg("bonus and balance before"), msg("bonus and balance now"), heads[2])
    columns = (
        Column((msg("team code") if of_teams else msg("code")).in_(language)),
        Column((msg("team") if of_teams else msg("name")).in_(language)),
        *(Column(each.in_(language), "money") for each in heads),
        Column(msg("why").in_(language), wraps=True),
    )
    rows = [
        (
            each.code,
            each.name,
            each.before and each.before.entitled,
            each.after and each.after.entitled,
            each.fen,
            msg("; ").in_(language).join(sentence.in_(language) for sentence in each.why),
        )
        for each in sorted(effects, key=_order)
    ]
    return Sheet(msg("Who gains and who loses").in_(language), columns, rows)


def _order(effect: Effect) -> tuple[int, str]:
    return (0 if effect.fen > 0 else 1 if effect.fen < 0 else 2, effect.code)


def totals_lines(effects: Sequence[Effect], pools: Sequence[PoolEffect], posted_to: str) -> Iterator[Message]:
    """What it comes to, and that a pool which stays the same is only split otherwise."""
    gains, losses = [each.fen for each in effects if each.fen > 0], [each.fen for each in effects if each.fen < 0]
    yield msg("{count} gain {amount} in all", count=len(gains), amount=format_fen(sum(gains)))
    yield msg("{count} lose {amount} in all", count=len(losses), amount=format_fen(-sum(losses)))
    words = {"amount": format_fen(sum(gains) + sum(losses)), "period": posted_to}
    yield msg("together {amount}, to be posted to {period}", **words)
    for each in pools:
        amounts = {name: format_fen(getattr(each, name)) for name in ("before", "after", "moved")}
        if each.before == each.after:
            yield msg(
                "pool {group}: {after} as before; the differences of its people add up to {moved}",
                group=group_name(each.group),
                **amounts,
            )
        else:
            yield msg(
                "pool {group}: {before} → {after}; the differences of its people add up to {moved}",
                group=group_name(each.group),
                **amounts,
            )


def restatement_data(
    facts: Facts, effects: Sequence[Effect], pools: Sequence[PoolEffect], run: Run, language: Language
) -> dict[str, Any]:
    """All of it as JSON data; money in yuan as text."""
    return {
        "records": {
            name: {
                **{kind: sum(each.kind == kind for each in changes) for kind in _KINDS},
                "listed": [] if confidential(run, name) else [_record(each) for each in changes[:LISTED]],
            }
            for name, changes in sorted(facts.records.items())
        },
        "organisation_changed": facts.organisation,
        "targets_changed": facts.targets,
        "manual_changes": [each.number for each in facts.manual],
        "people": [_person(each, language) for each in sorted(effects, key=_order)],
        "pools": [
            {
                "group": each.group,
                "before": plain_fen(each.before),
                "after": plain_fen(each.after),
                "moved": plain_fen(each.moved),
            }
            for each in pools
        ],
        "difference": plain_fen(sum(each.fen for each in effects)),
    }


def _record(change: RecordChange) -> dict[str, Any]:
    fields = {name: {"before": before or None, "after": after or None} for name, before, after in change.fields}
    return {"change": change.kind, "key": list(change.key), "import": change.batch, "fields": fields}


def _person(effect: Effect, language: Language) -> dict[str, Any]:
    return {
        "code": effect.code,
        "name": effect.name,
        "before": _standing(effect.before),
        "after": _standing(effect.after),
        "difference": plain_fen(effect.fen),
        "why": [each.in_(language) for each in effect.why],
    }


def _standing(standing: Standing | None) -> dict[str, Any] | None:
    if standing is None:
        return None
    return {
        "graded": standing.graded,
        "rank": standing.rank or None,
        "tier": standing.tier,
        "bonus": plain_fen(standing.bonus),
        "carried": plain_fen(standing.carried),
    }
