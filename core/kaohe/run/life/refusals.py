"""Why a step is refused: out of order, overtaken by somebody else, or not this person's to take. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType

from kaohe.errors import Place, Problem
from kaohe.run.life.model import FROM, NOT_OPENED, STATES, Life, Rule, State, Step, same_name
from kaohe.text import Message, msg

_ORDER = (None, *STATES)
_WHAT: Mapping[Step, Message] = MappingProxyType(
    {
        "open": msg("only a period that was not opened before can be opened"),
        "freeze": msg("only an open period can be frozen"),
        "calculate": msg("only a frozen period can be calculated, until it is approved"),
        "submit": msg("only a calculated period can be submitted for review"),
        "approve": msg("only a period in review can be approved"),
        "pay": msg("only an approved period can be paid"),
        "close": msg("only a paid period can be closed, or an approved one that pays nothing"),
        "reopen": msg("only a period that is frozen and not yet paid or closed can be reopened"),
    }
)


def out_of_order(life: Life, step: Step, *, pays: bool = True) -> Problem | None:
    """Why the step cannot be taken in this state, and what to do instead; None where it can."""
    if life.may(step, pays=pays):
        return None
    what = _WHAT[step]
    if step == "pay" and life.state == "approved":
        what = msg("the scheme pays nothing")
    return Problem(
        "period.order",
        what,
        Place(key=f"{life.scheme_id} {life.period}"),
        found=state_words(life.state),
        expected=_states(step, pays=pays),
        fix=_way(life, step, pays=pays),
    )


def overtaken(life: Life) -> Problem:
    """Somebody else took a step since this one was prepared."""
    last = life.steps[-1]
    return Problem(
        "period.overtaken",
        msg("somebody else took a step in the meantime: {step} by {name}", step=last.step, name=last.actor),
        Place(key=f"{life.scheme_id} {life.period}"),
        found=state_words(life.state),
        fix=msg("look at it, then decide again: kaohe period show {scheme} {period}", **_named(life)),
    )


def not_to_approve(life: Life, name: str, rule: Rule, proposers: Collection[str] = ()) -> Problem | None:
    """Why somebody of that name is not among those who can approve; None where they are. ``proposers`` proposed manual
    changes that are part of what is approved."""
    place = Place(key=f"{life.scheme_id} {life.period}")
    if life.approved_by(name):
        return Problem(
            "period.approved-already",
            msg("{name} approved it already, and different people have to", name=name),
            place,
            expected=msg("{count} different people", count=rule.approvals),
            fix=msg("somebody else approves it: kaohe period approve {scheme} {period} --as NAME", **_named(life)),
        )
    prepared = any(same_name(name, each) for each in life.preparers)
    if rule.own_work or not (prepared or any(same_name(name, each) for each in proposers)):
        return None
    what = msg("{name} prepared it, and nobody approves their own work", name=name)
    if not prepared:
        what = msg("{name} proposed manual changes in it, and nobody approves their own work", name=name)
    return Problem(
        "period.own-work",
        what,
        place,
        expected=msg("somebody else than: {names}", names=", ".join(dict.fromkeys([*life.preparers, *proposers]))),
        fix=msg("somebody else approves it; own_work = true in [roles] of kaohe.toml lifts the rule"),
    )


def state_words(state: State | None) -> Message:
    """A state as a person reads it; None: the period was never opened."""
    return NOT_OPENED if state is None else STATES[state]


def _states(step: Step, *, pays: bool) -> Message | str:
    possible = [state for state in FROM[step] if not (step == "close" and state == "approved" and pays)]
    if len(possible) == 1:
        return state_words(possible[0])
    return msg("{first} or {last}", first=_joined(possible[:-1]), last=state_words(possible[-1]))


def _joined(states: Collection[State | None]) -> Message:
    first, *rest = map(state_words, states)
    for each in rest:
        first = msg("{first}, {next}", first=first, next=each)
    return first


def _way(life: Life, step: Step, *, pays: bool) -> Message:
    """The command that leads towards the step, or around it."""
    named = _named(life)
    paid = life.state in ("paid", "closed")
    if paid and step not in ("pay", "close", "open"):
        return msg("what was paid is never rewritten; later facts: kaohe period restate {scheme} {period}", **named)
    behind = all(_ORDER.index(life.state) > _ORDER.index(state) for state in FROM[step])
    following = life.next_step(pays=pays)
    if following is None:
        return msg("the period is closed; nothing follows: kaohe period show {scheme} {period}", **named)
    if behind and step in ("freeze", "calculate"):
        return msg("to do it again: kaohe period reopen {scheme} {period} --reason WHY", **named)
    if behind or step == "reopen" or (step == "pay" and life.state == "approved"):
        return msg("what comes next: kaohe period {step} {scheme} {period}", step=following, **named)
    return msg("first: kaohe period {step} {scheme} {period}", step=following, **named)


def _named(life: Life) -> dict[str, str]:
    return {"scheme": life.scheme_id, "period": life.period}
