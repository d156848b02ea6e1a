"""``kaohe improvement``: what people agreed to do better, by when, and what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from kaohe.cli.context import App
from kaohe.cli.exported import hand_out
from kaohe.cli.output import json_text
from kaohe.cli.whose import person_named, text_or_file, today
from kaohe.cli.words import _
from kaohe.errors import Place, Problem, fail
from kaohe.text import msg

if TYPE_CHECKING:
    from kaohe.run.feedback import StoredItem

DAY = click.DateTime(["%Y-%m-%d"])


@click.group(help=_("Improvement items: add, list, update."))
def improvement() -> None:
    pass


@improvement.command(help=_("Agree on an item with a person after a period; it is followed until it is settled."))
@click.argument("scheme", metavar="SCHEME")
@click.argument("period", metavar="PERIOD")
@click.argument("person", metavar="PERSON")
@click.argument("text", metavar="TEXT")
@click.option("--owner", metavar="NAME", help=_("Who sees to it; left out: the person."))
@click.option("--due", required=True, type=DAY, metavar="DATE", help=_("By when; the whole day belongs to it."))
@click.pass_obj
def add(app: App, scheme: str, period: str, person: str, text: str, owner: str | None, due: datetime) -> None:
    from kaohe.cli.period_scheme import period_name, scheme_id
    from kaohe.run.feedback import NewItem, add_item

    app.require("prepare")
    whose, named = scheme_id(app, scheme), period_name(period)
    code = person_named(app, person)
    _refuse_past(app, due)
    said = text_or_file(text, "TEXT")
    new = NewItem(whose, named, code, said, (owner or "").strip() or code, due.date())
    item = add_item(app.store, new, app.now())
    app.say(msg("item {number}: {owner} sees to it by {due}", number=item.number, owner=item.owner, due=item.due))


@improvement.command("list", help=_("List items by the day they are due; overdue ones are marked."))
@click.option("--person", metavar="PERSON", help=_("Only this person's."))
@click.option("--owner", metavar="NAME", help=_("Only those that this one sees to."))
@click.option("--open", "pending", is_flag=True, help=_("Only those in progress."))
@click.option("--overdue", is_flag=True, help=_("Only those whose day has passed."))
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", help=_("The form."))
@click.pass_obj
def list_(app: App, person: str | None, owner: str | None, pending: bool, overdue: bool, form: str) -> None:
    from kaohe.run.feedback import ITEM_STATES, list_items

    code, day = None if person is None else person_named(app, person), today(app)
    found = [
        each
        for each in list_items(app.store, person=code, owner=owner)
        if (not pending or each.state == "open") and (not overdue or each.overdue(day))
    ]
    if form == "json":
        data = [{**_data(each), "overdue": each.overdue(day)} for each in found]
        hand_out(app, json_text(data), None, "improvement", "improvement", form=form, count=len(data))
        return
    if not found:
        app.say(msg("no improvement items"))
        return
    heads = (_("No."), _("Person"), _("Period"), _("Item"), _("Owner"), _("Due"), _("State"), _("Outcome"))
    app.table(
        heads,
        (
            (
                each.number,
                each.person,
                f"{each.scheme_id} {each.period}",
                each.text,
                each.owner,
                each.due,
                _("overdue") if each.overdue(day) else ITEM_STATES[each.state].in_(app.language),
                each.outcome,
            )
            for each in found
        ),
        right=(0,),
    )


@improvement.command(help=_("Say what became of an item, or give it another day."))
@click.argument("number", metavar="NUMBER", type=int)
@click.option("--state", type=click.Choice(["open", "done", "dropped"]), help=_("Where it stands now."))
@click.option("--outcome", metavar="TEXT", help=_("What came of it."))
@click.option("--due", type=DAY, metavar="DATE", help=_("By when, instead."))
@click.pass_obj
def update(app: App, number: int, state: Any, outcome: str | None, due: datetime | None) -> None:
    from kaohe.run.feedback import ITEM_STATES, find_item, update_item
    from kaohe.run.life.model import same_name

    if state is None and outcome is None and due is None:
        raise click.UsageError(_("say what changes: --state, --outcome or --due"))
    before = find_item(app.store, number)
    if not same_name(app.actor.name, before.owner):
        app.require("prepare")
    if due is not None:
        _refuse_past(app, due)
    said = None if outcome is None else outcome.strip() or None
    item = update_item(app.store, number, app.now(), state=state, outcome=said, due=None if due is None else due.date())
    words = {"number": item.number, "state": ITEM_STATES[item.state], "due": item.due}
    app.say(msg("item {number}: {state}, due {due}", **words))


def _refuse_past(app: App, due: datetime) -> None:
    if due.date() < today(app):
        what = msg("this day has passed")
        raise fail(Problem("improvement.due", what, Place(key="--due"), found=f"{due:%Y-%m-%d}"))


def _data(item: StoredItem) -> dict[str, Any]:
    return {
        "number": item.number,
        "scheme": item.scheme_id,
        "period": item.period,
        "person": item.person,
        "text": item.text,
        "owner": item.owner,
        "due": item.due.isoformat(),
        "state": item.state,
        "outcome": item.outcome,
        "created_by": item.created_by,
        "created_at": item.created_at.isoformat(),
        "changed_by": item.changed_by,
        "changed_at": None if item.changed_at is None else item.changed_at.isoformat(),
    }
