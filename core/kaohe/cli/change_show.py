"""``kaohe change show``: one manual change with its reason, its evidence and who decided on it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kaohe.cli.change_group import change, change_words
from kaohe.cli.context import App
from kaohe.cli.words import _
from kaohe.errors import refuse_if_any
from kaohe.text import Message, msg, visible

if TYPE_CHECKING:
    from kaohe.run.changes.model import Proposal


@change.command(help=_("Show one change: reason, evidence, who proposed it and who decided on it."))
@click.argument("number", metavar="NUMBER", type=click.IntRange(1))
@click.option(
    "--save",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help=_("Write its evidence to this folder."),
)
@click.pass_obj
def show(app: App, number: int, save: Path | None) -> None:
    from kaohe.cli.attached import attached_words, save_attached
    from kaohe.run.changes import find_changes
    from kaohe.run.changes.refusals import unknown

    found = [each for each in find_changes(app.store) if each.number == number]
    refuse_if_any(unknown([number], found))
    (proposal,) = found
    lines = [*_told(app, proposal), *attached_words(app, proposal.evidence)]
    click.echo(visible("\n".join(line if isinstance(line, str) else line.in_(app.language) for line in lines)))
    if save is not None:
        subject = f"{proposal.scheme_id} {proposal.period}"
        for path in save_attached(app, proposal.evidence, save, subject):
            app.say(msg("wrote {file}", file=path))


def _told(app: App, each: Proposal) -> list[Message | str]:
    """What was proposed and decided, in order."""
    from kaohe.run.changes.model import STATES

    words = {"scheme": each.scheme_id, "period": each.period, "state": STATES[each.state]}
    said: list[Message | str] = [change_words(each), msg("{scheme} {period}: {state}", **words)]
    said.append(msg("proposed by {name} on {day}", name=each.proposed_by, day=app.moment(each.proposed_at)))
    if each.decided_at is not None:
        who = {"name": each.decided_by, "day": app.moment(each.decided_at), "state": STATES[each.state]}
        said += [msg("{state} by {name} on {day}", **who), *([each.decision] if each.decision else [])]
    if each.appeal is not None:
        said.append(msg("answers appeal {number}", number=each.appeal))
    return said
