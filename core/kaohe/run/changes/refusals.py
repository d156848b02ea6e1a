"""Why a manual change is not taken or not decided on: out of time, out of order, or not this person's to do. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from kaohe.errors import Place, Problem
from kaohe.run.changes.model import STATES, Proposal
from kaohe.run.life.model import Life, same_name
from kaohe.run.life.refusals import state_words
from kaohe.text import msg

OPEN_TO_CHANGES = ("calculated", "in_review")
"""States of a period in which its results may be changed by hand."""
_PAID = ("paid", "closed")


def not_now(life: Life, *, appealed: bool) -> Problem | None:
    """Why the period's results cannot be changed by hand in its state; None where they can. ``appealed``: whether the
    change answers an appeal that leads to one after the payment too."""
    if life.state in OPEN_TO_CHANGES or (appealed and life.state in _PAID):
        return None
    named = {"scheme": life.scheme_id, "period": life.period}
    if life.state in _PAID:
        fix = msg("after the payment only an appeal leads to a change, approved once it is upheld: --appeal NUMBER")
    elif life.state == "approved":
        fix = msg("reopen it first: kaohe period reopen {scheme} {period} --reason WHY", **named)
    else:
        fix = msg("calculate it first: kaohe period show {scheme} {period} says which step comes next", **named)
    return Problem(
        "change.period",
        msg("results are changed by hand between calculation and approval only"),
        Place(key=f"{life.scheme_id} {life.period}"),
        found=state_words(life.state),
        expected=msg("{first} or {last}", first=state_words("calculated"), last=state_words("in_review")),
        fix=fix,
    )


def overtaken(life: Life) -> Problem:
    """Another run stands for the period than the one that the changes were checked against."""
    what = msg("the period was calculated again in the meantime")
    fix = msg("look at it, then decide again: kaohe period show {scheme} {period}",
              scheme=life.scheme_id, period=life.period)  # fmt: skip
    return Problem("change.overtaken", what, Place(key=f"{life.scheme_id} {life.period}"), fix=fix)


def unknown(numbers: Collection[int], found: Sequence[Proposal]) -> Iterator[Problem]:
    """Numbers under which nothing was proposed, and proposals that are not of one period."""
    for number in sorted(set(numbers) - {each.number for each in found}):
        what, fix = msg("there is no manual change {number}", number=number), msg("see them: kaohe change list")
        yield Problem("change.unknown", what, Place(key=str(number)), fix=fix)
    if len(periods := sorted({f"{each.scheme_id} {each.period}" for each in found})) > 1:
        what, fix = msg("these manual changes are of several periods"), msg("decide on those of one period at a time")
        yield Problem("change.several-periods", what, found=", ".join(periods), fix=fix)


def decided(proposals: Sequence[Proposal], states: Collection[str]) -> Iterator[Problem]:
    """Proposals that are in none of these states."""
    for each in proposals:
        if each.state not in states:
            what = msg("manual change {number} was decided on before", number=each.number)
            yield Problem("change.decided", what, Place(key=str(each.number)), found=STATES[each.state])


def own(proposals: Sequence[Proposal], name: str, names: Sequence[str], *, own_work: bool) -> Iterator[Problem]:
    """Why somebody of that name is not the one to approve: they proposed it, or it is about them. ``names`` are those
    of the people whom the proposals are about."""
    for each, about in zip(proposals, names, strict=True):
        place = Place(key=str(each.number))
        if same_name(name, each.person) or same_name(name, about):
            what = msg("nobody decides on a change of their own result")
            yield Problem("change.own-result", what, place, found=name, fix=msg("somebody else approves it: --as NAME"))
        elif not own_work and same_name(name, each.proposed_by):
            what = msg("{name} proposed it, and nobody approves what they proposed", name=name)
            fix = msg("somebody else approves it; own_work = true in [roles] of kaohe.toml lifts the rule")
            yield Problem("change.own-work", what, place, fix=fix)


def not_proposer(proposals: Sequence[Proposal], name: str) -> Iterator[Problem]:
    """Proposals that somebody else made: only who proposed something takes it back before it is decided on."""
    for each in proposals:
        if each.state == "proposed" and not same_name(name, each.proposed_by):
            what = msg("only {name}, who proposed it, can withdraw it", name=each.proposed_by)
            fix = msg("reject it instead: kaohe change reject {number} --reason WHY", number=each.number)
            yield Problem("change.not-proposer", what, Place(key=str(each.number)), fix=fix)


def no_reason(what_for: str) -> Problem:
    """Nobody is told why."""
    what = msg("a reason has to be given")
    return Problem("change.no-reason", what, Place(key=what_for), fix=msg("say why: --reason TEXT"))
