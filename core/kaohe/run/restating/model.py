"""A restatement as data, and why a step with one is refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from kaohe.errors import Place, Problem
from kaohe.run.life.model import Life, Rule, same_name
from kaohe.run.life.refusals import state_words
from kaohe.text import msg

RestatementState = Literal["prepared", "approved", "rejected"]


@dataclass(frozen=True)
class Restatement:
    """``to_run`` in the place of ``from_run``, the differences to be posted to the period ``posted_to``.
    ``decided_by``: who approved so far, or who rejected; ``decision``: why."""

    number: int
    scheme_id: str
    period: str
    from_run: int
    to_run: int
    posted_to: str
    reason: str
    prepared_by: str
    prepared_at: datetime
    state: RestatementState
    decided_by: tuple[str, ...] = ()
    decided_at: datetime | None = None
    decision: str | None = None


def not_to_restate(life: Life) -> Problem | None:
    """Why the period cannot be restated; None where it was paid or closed."""
    if life.state in ("paid", "closed"):
        return None
    named = {"scheme": life.scheme_id, "period": life.period}
    fix = (
        msg("first: kaohe period open {scheme} {period}", **named)
        if life.state is None
        else msg("to do it again: kaohe period reopen {scheme} {period} --reason WHY", **named)
    )
    if life.state == "open":
        fix = msg("first: kaohe period freeze {scheme} {period}", **named)
    return Problem(
        "restate.order",
        msg("only a period that is paid or closed is restated; before that it is calculated again"),
        Place(key=f"{life.scheme_id} {life.period}"),
        found=state_words(life.state),
        expected=msg("paid or closed"),
        fix=fix,
    )


def nothing_new(life: Life, number: int) -> Problem:
    """The records are what the run that stands was computed from."""
    return Problem(
        "restate.nothing-new",
        msg("nothing has changed since run {number}: records and manual changes are the same", number=number),
        Place(key=f"{life.scheme_id} {life.period}"),
        fix=msg(
            "import the corrected records first; with --organisation current, people and teams count as they are now"
        ),
    )


def decided_already(restatement: Restatement) -> Problem:
    """Only what is prepared can be decided on."""
    what = {
        "approved": msg("restatement {number} is approved already", number=restatement.number),
        "rejected": msg("restatement {number} is rejected already", number=restatement.number),
        "prepared": msg("restatement {number} is not decided on", number=restatement.number),
    }[restatement.state]
    fix = msg("prepare another: kaohe period restate {scheme} {period}", **_named(restatement))
    return Problem("restate.decided", what, _place(restatement), fix=fix)


def overtaken(restatement: Restatement, official: int | None) -> Problem:
    """Another run stands for the period than the one that it was prepared against."""
    return Problem(
        "restate.overtaken",
        msg("restatement {number} was prepared against a run that does not stand any more", number=restatement.number),
        _place(restatement),
        found=str(official),
        expected=str(restatement.from_run),
        fix=msg("reject it, and prepare another: kaohe period restate {scheme} {period}", **_named(restatement)),
    )


def not_to_approve(restatement: Restatement, name: str, rule: Rule, proposers: tuple[str, ...]) -> Problem | None:
    """Why somebody of that name cannot approve it; None where they can. ``proposers`` proposed manual changes in it."""
    if any(same_name(name, each) for each in restatement.decided_by):
        what = msg("{name} approved it already, and different people have to", name=name)
        expected = msg("{count} different people", count=rule.approvals)
        fix = msg(
            "somebody else approves it: kaohe period restate --approve {number} --as NAME", number=restatement.number
        )
        return Problem("restate.approved-already", what, _place(restatement), expected=expected, fix=fix)
    own = (restatement.prepared_by, *proposers)
    if rule.own_work or not any(same_name(name, each) for each in own):
        return None
    what = msg("{name} prepared it, and nobody approves their own work", name=name)
    if not same_name(name, restatement.prepared_by):
        what = msg("{name} proposed manual changes in it, and nobody approves their own work", name=name)
    expected = msg("somebody else than: {names}", names=", ".join(dict.fromkeys(own)))
    fix = msg("somebody else approves it; own_work = true in [roles] of kaohe.toml lifts the rule")
    return Problem("restate.own-work", what, _place(restatement), expected=expected, fix=fix)


def unknown(number: int) -> Problem:
    """There is no restatement of that number."""
    fix = msg("see those there are: kaohe period restate --list")
    return Problem("restate.unknown", msg("there is no restatement {number}", number=number), fix=fix)


def _place(restatement: Restatement) -> Place:
    return Place(key=f"{restatement.scheme_id} {restatement.period}")


def _named(restatement: Restatement) -> dict[str, str]:
    return {"scheme": restatement.scheme_id, "period": restatement.period}
