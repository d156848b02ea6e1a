"""``kaohe appeal list`` and ``show``: which appeals there are and what is due, and everything about one of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import click

from kaohe.cli.appeal_group import appeal, appeal_data, leads_to
from kaohe.cli.context import App
from kaohe.cli.exported import hand_out
from kaohe.cli.output import json_text
from kaohe.cli.words import _
from kaohe.errors import KaoheError
from kaohe.text import Message, msg

if TYPE_CHECKING:
    from kaohe.run.appeals import Appeal
    from kaohe.run.node import Node

FORMS = click.Choice(["table", "json"])


@appeal.command("list", help=_("List appeals with what is due when; overdue ones are marked."))
@click.option("--open", "pending", is_flag=True, help=_("Only those that are not decided."))
@click.option("--overdue", is_flag=True, help=_("Only those whose deadline has passed."))
@click.option("--person", metavar="CODE", help=_("Only this person's."))
@click.option("--scheme", metavar="SCHEME", help=_("Only those of this scheme."))
@click.option("--period", metavar="PERIOD", help=_("Only those of this period."))
@click.option("--format", "form", type=FORMS, default="table", help=_("The form."))
@click.pass_obj
def list_(
    app: App, pending: bool, overdue: bool, person: str | None, scheme: str | None, period: str | None, form: str
) -> None:
    from kaohe.cli.period_scheme import period_name, scheme_id
    from kaohe.cli.whose import today
    from kaohe.report.statement_words import figure_name
    from kaohe.run.appeals import STATES, list_appeals
    from kaohe.text import render

    named = None if period is None else period_name(period)
    whose, day = None if scheme is None else scheme_id(app, scheme), today(app)
    found = [
        each
        for each in list_appeals(app.store, scheme_id=whose, period=named, person=person)
        if (not pending or each.pending) and (not overdue or each.overdue(day))
    ]
    if form == "json":
        data = [appeal_data(app, each) for each in found]
        hand_out(app, json_text(data), None, "appeals", "appeals", form=form, count=len(data))
        return
    if not found:
        app.say(msg("no appeals"))
        return
    heads = (_("No."), _("Scheme"), _("Period"), _("Run"), _("Person"), _("Figure"), _("State"), _("Due"), "")
    app.table(
        heads,
        (
            (
                each.number,
                each.scheme_id,
                each.period,
                each.run,
                each.person,
                render(figure_name(each.figure), app.language),
                STATES[each.state].in_(app.language),
                each.due,
                _("overdue") if each.overdue(day) else "",
            )
            for each in found
        ),
        right=(0, 3),
    )


@appeal.command(help=_("Show one appeal: the figure as it was explained then, the texts, what came of it."))
@click.argument("number", metavar="NUMBER", type=int)
@click.option("--format", "form", type=FORMS, default="table", help=_("The form."))
@click.pass_obj
def show(app: App, number: int, form: str) -> None:
    import sys

    from kaohe.report.tree import tree_data, tree_lines
    from kaohe.run.appeals import find_appeal
    from kaohe.text import render, visible

    found = find_appeal(app.store, number)
    node = _figure(app, found)
    if form == "json":
        content = json_text({**appeal_data(app, found), "explanation": tree_data(node, app.language)})
        subject = f"{found.scheme_id} {found.period}"
        hand_out(app, content, None, "appeal", subject, form=form, appeal=number, person=found.person)
        return
    told = (str(render(each, app.language)) for each in _told(app, found) if each)
    sys.stdout.write(visible("\n".join([*told, "", *tree_lines(node, app.language)])) + "\n")


def _told(app: App, found: Appeal) -> Iterator[Message | str]:
    """What was said and done, in order."""
    from kaohe.report.statement_words import figure_name
    from kaohe.run.appeals import STATES
    from kaohe.run.life import state_of

    def by(name: str | None, at: datetime) -> dict[str, str | None]:
        return {"name": name, "day": app.moment(at)}

    words = {"number": found.number, "figure": figure_name(found.figure), "person": found.person}
    state = STATES[found.state]
    yield msg("appeal {number} of {person} about {figure}: {state}", state=state, **words)
    yield msg("{scheme} {period}, run {run}", scheme=found.scheme_id, period=found.period, run=found.run)
    yield msg("opened by {name} on {day}", **by(found.opened_by, found.opened_at))
    yield found.text
    yield from (_attached(app, digest) for digest in found.attachments)
    due = {"answer": found.answer_due, "decision": found.decision_due}
    yield msg("an answer is due by {answer}, a decision by {decision}", **due)
    if found.answered_at is not None:
        yield msg("answered by {name} on {day}", **by(found.answered_by, found.answered_at))
        yield found.answer or ""
    if found.decided_at is not None:
        yield msg("{state} by {name} on {day}", state=state, **by(found.decided_by, found.decided_at))
        yield found.decision or ""
    if found.outcome is not None:
        changes, batches = (", ".join(map(str, each)) for each in (found.outcome.changes, found.outcome.batches))
        for what, numbers in ((msg("manual changes"), changes), (msg("imports"), batches)):
            if numbers:
                yield msg("{what}: {numbers}", what=what, numbers=numbers)
        yield leads_to(state_of(app.store, found.scheme_id, found.period), found)


def _attached(app: App, digest: str) -> Message:
    """One attachment, or what is wrong with it: it may have been erased with other personal data."""
    from kaohe.records.attachments import read_attachment

    try:
        kept = read_attachment(app.store, digest)
    except KaoheError as error:
        return msg("{what}: {numbers}", what=error.problems[0].what, numbers=digest[:16])
    size = len(kept.content)
    return msg("attachment {name}, {size} bytes, {digest}", name=kept.name, size=size, digest=digest[:16])


def _figure(app: App, found: Appeal) -> Node:
    """What the appeal is about, explained by the run it is against."""
    from kaohe.run.explanation import explain, find_person
    from kaohe.run.stored.repository import read_run

    run = read_run(app.store, found.run).run
    whole = explain(run, find_person(run, found.person))
    return _within(whole, found.figure) or whole


def _within(node: Node, figure: str) -> Node | None:
    """The part of an explanation that is about the figure: its own kind, or the indicator of that key."""
    if figure in {node.kind, node.id}:
        return node
    for child in node.children:
        if (found := _within(child, figure)) is not None:
            return found
    return None
