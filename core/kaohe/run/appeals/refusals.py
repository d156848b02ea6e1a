"""Why an appeal is not taken or not moved on: too early, too late, out of order, or not this person's to do. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from kaohe.errors import Place, Problem
from kaohe.run.appeals.model import STATES, Appeal, State, Terms, Window
from kaohe.run.life.model import same_name
from kaohe.text import Message, Text, msg

FROM: Mapping[str, tuple[State, ...]] = {
    "answer": ("open",),
    "uphold": ("answered",),
    "reject": ("answered",),
    "withdraw": ("open", "answered"),
}
"""In which states each step may be taken."""


def no_appeals(scheme_id: str) -> Problem:
    """The scheme has no table of appeals."""
    return Problem(
        "appeal.none",
        msg("the scheme takes no appeals"),
        Place(key=scheme_id),
        fix=msg("people can appeal where the scheme has a table [appeals] with days = 7, for instance"),
    )


def unknown_figure(run: int, person: str, figure: str, known: Mapping[str, Message | Text]) -> Problem:
    """The run has no such figure for the person."""
    what = msg("the run has no such figure for {person}", person=person)
    return Problem("appeal.figure", what, Place(key=f"{run} {person}"), found=figure, expected=", ".join(known))


def outside(run: int, window: Window, terms: Terms, at: datetime) -> Problem | None:
    """Why no appeal against that run is taken at that moment; None where it is."""
    place = Place(key=str(run))
    if window.run is None or window.begins is None or window.last is None:
        what = msg("appeals are taken once the results were submitted for review, and these were not")
        return Problem("appeal.window", what, place, fix=msg("see where the period stands: kaohe period list"))
    if window.run != run:
        what = msg("this run does not stand for the period any more, or never did")
        fix = msg("appeal against run {run}", run=window.run)
        return Problem("appeal.not-official", what, place, found=str(run), expected=str(window.run), fix=fix)
    first, today = terms.day_of(window.begins), terms.day_of(at)
    if at >= window.begins and today <= window.last:
        return None
    span = msg("from {first} to {last}", first=first, last=window.last)
    what = msg("the time for appeals against this run is over")
    if at < window.begins:
        what = msg("the time for appeals against this run has not begun")
    fix = msg("corrected records and manual changes need no appeal: kaohe period show; kaohe change propose")
    return Problem("appeal.window", what, place, found=str(today), expected=span, fix=fix)


def asked_already(earlier: Appeal) -> Problem:
    """There is an appeal about the same figure."""
    what = msg("there is an appeal about this figure already: {state}", state=STATES[earlier.state])
    fix = msg("see it: kaohe appeal show {number}", number=earlier.number)
    return Problem("appeal.twice", what, Place(key=str(earlier.number)), found=earlier.figure, fix=fix)


def out_of_order(appeal: Appeal, step: str) -> Problem | None:
    """Why the step cannot be taken in this state; None where it can."""
    if appeal.state in FROM[step]:
        return None
    first, *rest = (STATES[state] for state in FROM[step])
    expected = msg("{first} or {last}", first=first, last=rest[-1]) if rest else first
    fix = msg("first: kaohe appeal answer {number} --text TEXT", number=appeal.number)
    if not appeal.pending:
        fix = msg("it is settled; see it: kaohe appeal show {number}", number=appeal.number)
    elif step == "answer":
        fix = msg("now: kaohe appeal uphold or reject {number} --reason WHY", number=appeal.number)
    what = msg("this is not the next step of the appeal")
    return Problem("appeal.order", what, Place(key=str(appeal.number)), STATES[appeal.state], expected, fix)


def own_appeal(appeal: Appeal, names: Collection[str], actor: str) -> Problem | None:
    """Nobody answers or decides on an appeal of their own. ``names``: what the person goes by."""
    if not _among(actor, names):
        return None
    what = msg("nobody answers or decides on an appeal of their own")
    return Problem("appeal.own", what, Place(key=str(appeal.number)), found=actor, fix=_SOMEBODY_ELSE)


def own_work(appeal: Appeal, preparers: Collection[str], actor: str) -> Problem | None:
    """Nobody decides on an appeal against what they prepared."""
    if not _among(actor, preparers):
        return None
    what = msg("{name} prepared these results, and nobody decides on appeals against their own work", name=actor)
    expected = msg("somebody else than: {names}", names=", ".join(preparers))
    fix = msg("somebody else decides; own_work = true in [roles] of kaohe.toml lifts the rule")
    return Problem("appeal.own-work", what, Place(key=str(appeal.number)), expected=expected, fix=fix)


def not_the_person(person: str, actor: str, place: Place) -> Problem:
    """Somebody else acts in the place of the person."""
    return Problem(
        "roles.on-behalf",
        msg("only {person} does this; somebody else does it on behalf, and says why", person=person),
        place,
        found=actor,
        fix=msg("say why: --on-behalf REASON, or act as the person: --as {person}", person=person),
    )


def leads_nowhere(appeal: Appeal) -> Problem:
    """Upheld, but nothing follows from it."""
    number = appeal.number
    return Problem(
        "appeal.no-outcome",
        msg("an upheld appeal leads to corrected records or to a manual change"),
        Place(key=str(number)),
        expected="--batch, --change",
        fix=msg("import the corrected records, or: kaohe change propose … --appeal {number}", number=number),
    )


def unfit_changes(
    appeal: Appeal, found: Mapping[int, tuple[str, str, str, str]], asked: Collection[int]
) -> Iterator[Problem]:
    """Manual changes that are not this person's, or no longer stand. ``found``: scheme, period, person, state."""
    for number in asked:
        place, row = Place(key=f"--change {number}"), found.get(number)
        if row is None:
            fix = msg("see those there are: kaohe change list")
            yield Problem("appeal.change", msg("there is no such manual change"), place, str(number), fix=fix)
        elif row[:3] != (appeal.scheme_id, appeal.period, appeal.person):
            what = msg("this manual change is about somebody or something else")
            yield Problem("appeal.change", what, place, found=" ".join(row[:3]), expected=_about(appeal))
        elif row[3] not in ("proposed", "approved"):
            what = msg("this manual change does not stand")
            yield Problem("appeal.change", what, place, found=row[3], expected="proposed, approved")


@dataclass(frozen=True)
class Import:
    """An import of the record type ``name`` (or of people, or targets): when it came in, whether it was undone since,
    and how many rows it added or changed."""

    name: str
    came: datetime
    undone: bool
    rows: int


def unfit_batches(
    appeal: Appeal, found: Mapping[int, Import], asked: Collection[int], counted: Collection[str]
) -> Iterator[Problem]:
    """Imports that are no correction of these results: from before the appeal, undone, without a new or changed row, or
    of something that the results do not rest on. ``counted``: the record types on which they do."""
    for number in asked:
        place, batch = Place(key=f"--batch {number}"), found.get(number)
        fix = msg("see those there are: kaohe records batches")
        if batch is None:
            yield Problem("appeal.batch", msg("there is no such import"), place, str(number), fix=fix)
        elif batch.undone:
            yield Problem("appeal.batch", msg("this import was undone"), place, str(number), fix=fix)
        elif batch.name not in counted:
            what = msg("these results do not rest on what this import holds: it cannot be their correction")
            yield Problem("appeal.batch", what, place, found=batch.name, expected=", ".join(sorted(counted)), fix=fix)
        elif not batch.rows:
            what = msg("this import added and changed nothing")
            yield Problem("appeal.batch", what, place, str(number), fix=fix)
        elif batch.came < appeal.opened_at:
            what = msg("this import is older than the appeal: it cannot be its correction")
            came, opened = (f"{at:%Y-%m-%d %H:%M:%S} UTC" for at in (batch.came, appeal.opened_at))
            yield Problem(
                "appeal.batch", what, place, found=came, expected=msg("after {moment}", moment=opened), fix=fix
            )


def _about(appeal: Appeal) -> str:
    return f"{appeal.scheme_id} {appeal.period} {appeal.person}"


def _among(actor: str, names: Collection[str]) -> bool:
    return any(same_name(actor, each) for each in names)


_SOMEBODY_ELSE = msg("somebody else does it: --as NAME")
