"""Two runs side by side as sheets, sentences and data: what went in otherwise, and what became of whom, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from kaohe.exact import from_micros, plain_fen
from kaohe.report.sheet import Column, Sheet
from kaohe.run.model import Run
from kaohe.run.restating.effects import Effect, Standing
from kaohe.text import Language, msg

if TYPE_CHECKING:
    from kaohe.run.stored.comparing import InputChange


def input_lines(changes: Sequence[InputChange], language: Language) -> Iterator[str]:
    """What went in otherwise, a sentence each, the lines of a text below it."""
    if not changes:
        yield msg("the inputs are the same").in_(language)
    for change in changes:
        yield change.what.in_(language)
        yield from (f"    {line}" for line in change.lines)


def people_sheet(effects: Sequence[Effect], after: Run, language: Language, *, why: bool = True) -> Sheet:
    """Everybody in whom anything moved, by code: before and after of each figure and, with ``why``, the reasons."""
    scheme = after.scheme
    of_teams = scheme.subject == "team"
    columns = [
        Column((msg("team code") if of_teams else msg("code")).in_(language)),
        Column((msg("team") if of_teams else msg("name")).in_(language)),
        *(
            Column(header.in_(language), "points", scheme.decimals)
            for header in (msg("total before"), msg("total after"))
        ),
        *(Column(header.in_(language), "count") for header in (msg("rank before"), msg("rank after"))),
        *(Column(header.in_(language)) for header in (msg("tier before"), msg("tier after"))),
        *(
            Column(header.in_(language), "money")
            for header in (msg("bonus before"), msg("bonus after"), msg("difference"))
        ),
        *([Column(msg("why").in_(language), wraps=True)] if why else []),
    ]
    rows = [
        (
            each.code,
            each.name,
            *(side and side.total for side in (each.before, each.after)),
            *((side and side.rank) or None for side in (each.before, each.after)),
            *(side and side.tier for side in (each.before, each.after)),
            *(side and side.entitled for side in (each.before, each.after)),
            each.fen,
            *((msg("; ").in_(language).join(sentence.in_(language) for sentence in each.why),) if why else ()),
        )
        for each in effects
    ]
    return Sheet(msg("Who is moved").in_(language), tuple(columns), rows)


def reason_lines(effects: Sequence[Effect], language: Language) -> Iterator[str]:
    """Person by person, what moved."""
    for each in effects:
        yield f"{each.name} ({each.code})"
        yield from (f"    {sentence.in_(language)}" for sentence in each.why)


def comparison_data(
    numbers: tuple[int, int],
    runs: tuple[Run, Run],
    changes: Sequence[InputChange],
    effects: Sequence[Effect],
    language: Language,
) -> dict[str, Any]:
    """All of it as JSON data; numbers as text, exactly."""
    return {
        "before": {"run": numbers[0], "digest": runs[0].digest},
        "after": {"run": numbers[1], "digest": runs[1].digest},
        "identical": runs[0].digest == runs[1].digest,
        "inputs": [
            {"kind": each.kind, "what": each.what.in_(language), **({"lines": list(each.lines)} if each.lines else {})}
            for each in changes
        ],
        "people": people_data(effects, language),
    }


def people_data(effects: Sequence[Effect], language: Language) -> list[dict[str, Any]]:
    """The people as JSON data."""
    return [
        {
            "code": each.code,
            "name": each.name,
            "before": _standing(each.before),
            "after": _standing(each.after),
            "difference": plain_fen(each.fen),
            "why": [sentence.in_(language) for sentence in each.why],
        }
        for each in effects
    ]


def _standing(standing: Standing | None) -> dict[str, Any] | None:
    if standing is None:
        return None
    return {
        "graded": standing.graded,
        "total": None if standing.total is None else str(from_micros(standing.total)),
        "rank": standing.rank or None,
        "tier": standing.tier,
        "bonus": plain_fen(standing.bonus),
        "carried": plain_fen(standing.carried),
    }
