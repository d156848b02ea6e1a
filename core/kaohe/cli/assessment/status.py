"""``kaohe assessment status``: how complete a round is, who is missing, whose figures could be shown. No scores."""

from __future__ import annotations

import csv
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from kaohe.cli.assessment.group import assessment
from kaohe.cli.assessment.words import round_data, state_word
from kaohe.cli.context import App
from kaohe.cli.round_progress import status as status_now
from kaohe.cli.round_progress import today
from kaohe.cli.words import _
from kaohe.text import Message, msg

if TYPE_CHECKING:
    from kaohe.records.rounds.model import Round
    from kaohe.run.assessment.progress import MissingRater, RelationProgress, Status, SubjectProgress

Names = Mapping[str, tuple[str, str]]
_STATES: Mapping[str, Message] = {
    "complete": msg("complete"),
    "partly": msg("some scores"),
    "missing": msg("none yet"),
    "left": msg("rater has left"),
}


@assessment.command(help=_("How complete a round is, and who could be shown what; no scores."))
@click.argument("name", metavar="ROUND")
@click.option("--missing", is_flag=True, help=_("The raters who are still missing: a list to remind them by."))
@click.option("--format", "form", type=click.Choice(["table", "json", "csv"]), default="table", show_default=True,
              help=_("The form."))  # fmt: skip
@click.pass_obj
def status(app: App, name: str, missing: bool, form: str) -> None:
    from kaohe.records.people import list_people
    from kaohe.records.rounds.store import find_round

    asked = find_round(app.store, name)
    now = status_now(app, asked)
    names = {person.code: (person.name, _team(held)) for person, held in list_people(app.store)}
    if form == "json":
        app.json(_missing_data(asked, now, names) if missing else _data(asked, now, names))
        return
    heads, rows, right = _missing_rows(app, asked, now, names) if missing else _subject_rows(app, now, names)
    if form == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerows(map(_guarded, [heads, *rows]))
        return
    if not missing:
        _overview(app, asked, now)
    app.table(heads, rows, right=right)


def _team(held: Sequence[Any]) -> str:
    return max(held, key=lambda one: one.starts).team or "" if held else ""


def _guarded(row: Sequence[str]) -> list[str]:
    from kaohe.records.words import guarded

    return [guarded(cell) for cell in row]


def _overview(app: App, asked: Round, now: Status) -> None:
    """The relations, and what the round is."""
    due = msg("no due date") if asked.due is None else msg("due {day}", day=asked.due)
    if asked.due is not None and asked.closed_at is None and asked.due < today(app):
        due = msg("due {day}, which is past", day=asked.due)
    terms = {"round": asked.name, "period": asked.period, "state": state_word(asked), "due": due}
    app.say(msg("{round} ({period}): {state}, {due}", **terms))
    heads = [msg("relation"), msg("assessments"), *_STATES.values()]
    labels = _relations(app)
    rows = [
        [labels[relation], f"{sum(counts.values()):,}", *(f"{counts[state]:,}" for state in counts)]
        for relation, counts in sorted(now.relations.items(), key=lambda each: [*labels].index(each[0]))
    ]
    app.table([head.in_(app.language) for head in heads], rows, right=range(1, 6))


def _relations(app: App) -> dict[str, str]:
    from kaohe.records.rounds.model import rating_type

    choices = rating_type(app.registry.record_types).field("relation").choices
    return {relation: label.in_(app.language) for relation, label in choices.items()}


Rows = tuple[list[str], list[list[str]], list[int]]


def _subject_rows(app: App, now: Status, names: Names) -> Rows:
    """Everybody who is rated: raters heard of raters asked, by relation, and what is withheld."""
    labels = {relation: label for relation, label in _relations(app).items() if relation in now.relations}
    heads = [msg("code"), msg("name"), msg("left"), msg("withheld"), msg("total")]
    rows = []
    for each in now.subjects:
        mine = {one.relation: one for one in each.relations}
        held = ", ".join(label for relation, label in labels.items() if relation in mine and mine[relation].withheld)
        figures = [f"{mine[name].scored}/{mine[name].asked}" if name in mine else "" for name in labels]
        total = msg("can be shown") if each.total else msg("cannot be shown")
        left = "" if each.left is None else str(each.left)
        rows.append([each.person, names[each.person][0], *figures, left, held, total.in_(app.language)])
    words = [head.in_(app.language) for head in heads]
    return [*words[:2], *labels.values(), *words[2:]], rows, [*range(2, 2 + len(labels))]


def _missing_rows(app: App, asked: Round, now: Status, names: Names) -> Rows:
    heads = [msg("rater"), msg("name"), msg("team"), msg("still to rate"), msg("of"), msg("due"), msg("left")]
    rows = [
        [
            each.rater[0],
            *_who(each, names),
            f"{each.to_rate:,}",
            f"{each.asked:,}",
            str(asked.due or ""),
            _day(each.left),
        ]
        for each in now.missing
    ]
    return [head.in_(app.language) for head in heads], rows, [3, 4]


def _who(each: MissingRater, names: Names) -> tuple[str, str]:
    code, outside = each.rater
    return ("", "") if outside else names.get(code, ("", ""))


def _day(day: Any) -> str:
    return "" if day is None else str(day)


def _missing_data(asked: Round, now: Status, names: Names) -> dict[str, Any]:
    return {
        "round": asked.name,
        "due": None if asked.due is None else str(asked.due),
        "missing": [
            {
                "rater": each.rater[0],
                "outside": each.rater[1],
                **dict(zip(("name", "team"), _who(each, names), strict=True)),
                "to_rate": each.to_rate,
                "of": each.asked,
                "left": _day(each.left) or None,
            }
            for each in now.missing
        ],
    }


def _data(asked: Round, now: Status, names: Names) -> dict[str, Any]:
    return {
        **round_data(asked),
        "pairs": now.pairs,
        "counts": dict(now.counts),
        "relations": {relation: dict(counts) for relation, counts in now.relations.items()},
        "subjects": [_subject_data(each, names) for each in now.subjects],
        "raters_missing": len(now.missing),
    }


def _subject_data(each: SubjectProgress, names: Names) -> dict[str, Any]:
    return {
        "person": each.person,
        "name": names[each.person][0],
        "left": _day(each.left) or None,
        "total_shown": each.total,
        "parts_shown": each.parts,
        "relations": {one.relation: _relation_data(one) for one in each.relations},
    }


def _relation_data(one: RelationProgress) -> dict[str, Any]:
    return {name: value for name, value in vars(one).items() if name != "relation"}
