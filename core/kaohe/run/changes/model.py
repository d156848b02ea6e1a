"""A manual change while it is proposed and decided on, and its value as people write it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Literal

from kaohe.appraise.manual import ManualChange, ManualKind
from kaohe.errors import NOWHERE, Place, Problem
from kaohe.exact import from_micros, to_fen, to_micros
from kaohe.text import Message, msg

State = Literal["proposed", "approved", "rejected", "withdrawn"]
STATES: Mapping[State, Message] = MappingProxyType(
    {
        "proposed": msg("proposed"),
        "approved": msg("approved"),
        "rejected": msg("rejected"),
        "withdrawn": msg("withdrawn"),
    }
)
KINDS: Mapping[ManualKind, Message] = MappingProxyType(
    {"points": msg("points"), "tier": msg("tier"), "bonus": msg("bonus")}
)
_LARGEST = Decimal(10) ** 12


@dataclass(frozen=True)
class Draft:
    """A change that somebody wants to propose. ``place``: where it was written; ``evidence``: digests of files."""

    person: str
    kind: ManualKind
    value: int | str
    reason: str
    place: Place = NOWHERE
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True)
class Proposal:
    """A change of one ``person``'s result in a period of a scheme, with who proposed it and who decided on it.

    ``decision`` is the reason given for rejecting, withdrawing or approving it. ``evidence`` are digests of
    attachments; ``appeal`` the number of the appeal that it answers.
    """

    number: int
    scheme_id: str
    period: str
    person: str
    kind: ManualKind
    value: int | str
    reason: str
    evidence: tuple[str, ...]
    proposed_by: str
    proposed_at: datetime
    state: State
    decided_by: str | None
    decided_at: datetime | None
    decision: str | None
    appeal: int | None

    @property
    def change(self) -> ManualChange:
        """What an appraisal is given of it."""
        return ManualChange(self.number, self.person, self.kind, self.value, self.reason)


def written(kind: ManualKind, value: int | str) -> str:
    """The value as a person writes it: +3, A, −500.00."""
    match kind:
        case "points":
            return f"{from_micros(int(value)):+f}"
        case "bonus":
            return f"{Decimal(int(value)).scaleb(-2):+.2f}"
        case "tier":
            return str(value)


def read_value(kind: ManualKind, text: str, place: Place) -> int | str | Problem:
    """A value from what a person wrote: points to six decimals, an amount to the fen, a tier's id; or what is wrong."""
    text = text.strip()
    if kind == "tier":
        return text or Problem("change.value", msg("the tier is empty"), place)
    plain = text.replace(",", "").replace("−", "-").replace("－", "-").replace("＋", "+")
    expected = msg("points with their sign, such as +3 or -2.5")
    if kind == "bonus":
        expected = msg("an amount with its sign, such as +500.00 or -200")
    try:
        number = Decimal(plain)
        if not number.is_finite() or abs(number) > _LARGEST:
            raise InvalidOperation
    except InvalidOperation:
        return Problem("change.value", msg("this is not a number"), place, text, expected)
    value, unit = (to_micros(number), 10**6) if kind == "points" else (to_fen(number), 100)
    if not number:
        return Problem("change.value", msg("a change by 0 changes nothing"), place, text, expected)
    if Decimal(value) != number * unit:
        what = msg("an amount has at most two decimals") if kind == "bonus" else msg("points have at most six decimals")
        return Problem("change.value", what, place, text, expected)
    return value
