"""The group that the commands of ``kaohe appeal`` join, and what they say of an appeal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from kaohe.cli.context import App
from kaohe.cli.whose import names_of
from kaohe.cli.words import _
from kaohe.text import Message, msg

if TYPE_CHECKING:
    from kaohe.run.appeals import Appeal
    from kaohe.run.life import Life


@click.group(help=_("Appeals against results: open, answer, uphold, reject, withdraw, list, show."))
def appeal() -> None:
    pass


def goes_by(app: App, appeal: Appeal) -> tuple[str, ...]:
    """What the person of an appeal goes by."""
    from kaohe.run.stored.repository import read_run

    run = read_run(app.store, appeal.run).run
    return names_of(run, run.appraisal.people.code.index(appeal.person))


def appeal_data(app: App, each: Appeal) -> dict[str, Any]:
    """An appeal as plain data."""
    from kaohe.cli.whose import today

    outcome = each.outcome
    return {
        "number": each.number,
        "scheme": each.scheme_id,
        "period": each.period,
        "run": each.run,
        "person": each.person,
        "figure": each.figure,
        "text": each.text,
        "attachments": list(each.attachments),
        "opened_by": each.opened_by,
        "opened_at": each.opened_at.isoformat(),
        "answer_due": each.answer_due.isoformat(),
        "decision_due": each.decision_due.isoformat(),
        "state": each.state,
        "overdue": each.overdue(today(app)),
        "answer": each.answer,
        "answered_by": each.answered_by,
        "answered_at": None if each.answered_at is None else each.answered_at.isoformat(),
        "decision": each.decision,
        "decided_by": each.decided_by,
        "decided_at": None if each.decided_at is None else each.decided_at.isoformat(),
        "result": None
        if outcome is None
        else {"changes": list(outcome.changes), "batches": list(outcome.batches), "run": outcome.run},
    }


def leads_to(life: Life, appeal: Appeal) -> Message:
    """The command by which an upheld appeal comes to a new run, as the period stands now."""
    words = {"scheme": appeal.scheme_id, "period": appeal.period}
    corrected = appeal.outcome is not None and bool(appeal.outcome.batches)
    if appeal.outcome is not None and appeal.outcome.run is not None:
        return msg("it led to run {run}", run=appeal.outcome.run)
    match life.state:
        case "paid" | "closed":
            return msg("next: kaohe period restate {scheme} {period} --reason REASON", **words)
        case "approved":
            return msg(
                "next: kaohe period reopen {scheme} {period} --reason REASON, then freeze and calculate", **words
            )
        case "frozen" | "calculated" | "in_review" if corrected:
            return msg(
                "the records were frozen before they were corrected; next: kaohe period reopen {scheme} {period} "
                "--reason REASON, then freeze and calculate",
                **words,
            )
        case "frozen" | "calculated" | "in_review":
            return msg("next, once the change is approved: kaohe period calculate {scheme} {period}", **words)
    return msg("next: kaohe period freeze {scheme} {period}, then calculate", **words)
