"""States and steps in the life of a period, which step leads where, and who may approve. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Literal

from kaohe.text import Message, msg

State = Literal["open", "frozen", "calculated", "in_review", "approved", "paid", "closed"]
Step = Literal["open", "freeze", "calculate", "submit", "approve", "pay", "close", "reopen"]

STATES: Mapping[State, Message] = MappingProxyType(
    {
        "open": msg("open"),
        "frozen": msg("frozen"),
        "calculated": msg("calculated"),
        "in_review": msg("in review"),
        "approved": msg("approved"),
        "paid": msg("paid"),
        "closed": msg("closed"),
    }
)
"""In their order, as a person reads them."""
NOT_OPENED = msg("not opened")

FROM: Mapping[Step, tuple[State | None, ...]] = MappingProxyType(
    {
        "open": (None,),
        "freeze": ("open",),
        "calculate": ("frozen", "calculated", "in_review"),
        "submit": ("calculated",),
        "approve": ("in_review",),
        "pay": ("approved",),
        "close": ("paid", "approved"),
        "reopen": ("frozen", "calculated", "in_review", "approved"),
    }
)
"""From which states each step may be taken; None: the period was never opened. ``close`` leads on from ``approved``
only where there is nothing to pay."""

_TO: Mapping[Step, State] = MappingProxyType(
    {
        "open": "open",
        "freeze": "frozen",
        "calculate": "calculated",
        "submit": "in_review",
        "approve": "approved",
        "pay": "paid",
        "close": "closed",
        "reopen": "open",
    }
)

OWN_WORK: Collection[Step] = frozenset({"freeze", "calculate", "submit"})
"""Whoever took one of these steps prepared what is approved."""


# What nobody sees in a name: soft hyphens, joiners, fillers, selectors of variants, direction marks, tags.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]"
)


@dataclass(frozen=True)
class Rule:
    """How a period is approved: by so many different people, and whether those who prepared it may be among them."""

    approvals: int = 2
    own_work: bool = False


@dataclass(frozen=True)
class Taken:
    """One step that somebody took, and the ``state`` that it led to. ``inputs`` is the digest of the frozen inputs and
    ``run`` the number of the run that hold from then on; None: there is none."""

    number: int
    step: Step
    state: State
    inputs: str | None
    run: int | None
    actor: str
    at: datetime
    reason: str | None


@dataclass(frozen=True)
class Life:
    """Everything that became of one period of a scheme, the oldest step first; no steps: it was never opened."""

    scheme_id: str
    period: str
    steps: tuple[Taken, ...] = ()

    @property
    def last(self) -> Taken | None:
        return self.steps[-1] if self.steps else None

    @property
    def number(self) -> int:
        """The number of the last step; 0 where there is none."""
        return self.steps[-1].number if self.steps else 0

    @property
    def state(self) -> State | None:
        """Where the period stands; None: it was never opened."""
        return self.steps[-1].state if self.steps else None

    @property
    def inputs(self) -> str | None:
        """The digest of the frozen inputs; None before they are frozen and after the period was reopened."""
        return self.steps[-1].inputs if self.steps else None

    @property
    def run(self) -> int | None:
        """The number of the run that stands for the period; None before it is calculated and after it was reopened."""
        return self.steps[-1].run if self.steps else None

    @property
    def former_run(self) -> int | None:
        """The newest run that was ever calculated, whether it still stands or not: a new one takes its place."""
        return next((each.run for each in reversed(self.steps) if each.run is not None), None)

    @property
    def submitted(self) -> Taken | None:
        """The newest submission, with which the time for appeals begins; None where what followed undid it."""
        return self._since("submit", {"calculate", "reopen"})

    @property
    def frozen(self) -> Taken | None:
        """The newest freeze; None where the period was reopened since."""
        return self._since("freeze", {"reopen"})

    @property
    def approvals(self) -> tuple[Taken, ...]:
        """The approvals of what stands now: a new calculation or a reopening makes those before it lapse."""
        start = self.submitted
        return tuple(each for each in self.steps if start and each.number > start.number and each.step == "approve")

    @property
    def preparers(self) -> tuple[str, ...]:
        """Who took part in what stands now: froze, calculated or submitted it since it was last opened."""
        start = self.frozen
        prepared = (
            each.actor for each in self.steps if start and each.number >= start.number and each.step in OWN_WORK
        )
        return tuple(dict.fromkeys(prepared))

    def may(self, step: Step, *, pays: bool = True) -> bool:
        """Whether the step may be taken in this state. ``pays``: whether the scheme pays anything."""
        if step in ("pay", "close") and self.state == "approved":
            return (step == "pay") is pays
        return self.state in FROM[step]

    def next_step(self, *, pays: bool = True) -> Step | None:
        """The step that leads on; None from the end."""
        onward: tuple[Step, ...] = ("open", "freeze", "submit", "approve", "calculate", "pay", "close")
        return next((step for step in onward if self.may(step, pays=pays)), None)

    def after(self, step: Step, rule: Rule) -> State:
        """The state that the step leads to: an approval completes the others or waits for more."""
        if step == "approve" and len(self.approvals) + 1 < rule.approvals:
            return "in_review"
        return _TO[step]

    def approved_by(self, name: str) -> bool:
        """Whether somebody of that name is among those who approved what stands now."""
        return any(same_name(each.actor, name) for each in self.approvals)

    def _since(self, step: Step, undoing: Collection[Step]) -> Taken | None:
        for each in reversed(self.steps):
            if each.step == step:
                return each
            if each.step in undoing:
                return None
        return None


def same_name(one: str, other: str) -> bool:
    """Whether two names are one however they are typed: Wang is wang."""
    return _folded(one) == _folded(other)


def _folded(name: str) -> str:
    typed = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return " ".join(_UNSEEN.sub("", typed).split())
