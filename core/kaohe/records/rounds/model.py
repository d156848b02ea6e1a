"""An assessment round as plain values, and what derives from its seed: keys of records and codes of forms."""

from __future__ import annotations

import hashlib
import hmac
import re
import shlex
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from kaohe.errors import Problem, fail
from kaohe.plugin import RecordType
from kaohe.text import msg

RECORDS = "assessment"
"""The record type whose records a round's answers are."""
SELF, SUPERVISOR, PEER, SUBORDINATE, CUSTOMER = "self", "supervisor", "peer", "subordinate", "customer"
GENERATED = (SELF, SUPERVISOR, SUBORDINATE, PEER)
"""The relations that follow from the organisation; of two that fit a pair, the one that stands first."""


@dataclass(frozen=True, order=True)
class Pair:
    """``rater`` is to rate ``subject``, a person's code. The rater is a person's code too, or (``outside``) the name of
    somebody who has none: a customer."""

    subject: str
    relation: str
    rater: str
    outside: bool = False


Rater = tuple[str, bool]
"""Who gets one form: a person's code, or the name of somebody outside (True)."""


@dataclass(frozen=True)
class Round:
    """``day``: the one on which the organisation was looked at, and the date of the ratings. ``items`` are those of the
    record type; scores are whole numbers from ``lowest`` to ``scale``. ``unnamed``: the relations whose records do not
    name the rater. ``closed_at``: None while forms are accepted."""

    name: str
    period: str
    day: date
    items: tuple[str, ...]
    lowest: int
    scale: int
    due: date | None
    unnamed: frozenset[str]
    seed: str
    opened_at: datetime
    closed_at: datetime | None = None

    @property
    def word(self) -> str:
        """The name as it is written in a command."""
        return self.name if re.fullmatch(r"[\w./:-]+", self.name) else shlex.quote(self.name)

    @property
    def mark(self) -> str:
        """What the keys of all records of the round begin with."""
        return f"{self._derived('mark', 12)}-"

    def key(self, pair: Pair, item: str) -> str:
        """The number of the record that holds this answer: the same whenever and however often it is given."""
        return (
            f"{self.mark}{self._derived('key', 24, pair.subject, pair.relation, pair.rater, str(pair.outside), item)}"
        )

    def form_code(self, rater: Rater) -> str:
        """The code by which a form is known to be this rater's; nobody can make up another one's."""
        return self._derived("form", 16, rater[0], str(rater[1]))

    def accepts(self) -> None:
        """Raises KaoheError where the round is closed."""
        if self.closed_at is not None:
            raise fail(
                Problem(
                    "assessment.closed",
                    msg("the round {round} is closed: no form is accepted", round=self.name),
                    fix=msg("open it again: kaohe assessment reopen {round} --reason …", round=self.word),
                )
            )

    def _derived(self, purpose: str, digits: int, *parts: str) -> str:
        said = "\0".join((self.name, purpose, *parts)).encode()
        return hmac.new(self.seed.encode(), said, hashlib.sha256).hexdigest()[:digits]


def by_rater(pairs: Iterable[Pair]) -> dict[Rater, list[Pair]]:
    """The pairs of each rater, people before those outside, each by code or name."""
    gathered: dict[Rater, list[Pair]] = defaultdict(list)
    for pair in sorted(pairs):
        gathered[pair.rater, pair.outside].append(pair)
    return {rater: gathered[rater] for rater in sorted(gathered, key=lambda rater: (rater[1], rater[0]))}


def rating_type(record_types: Mapping[str, RecordType]) -> RecordType:
    """The record type of ratings."""
    return record_types[RECORDS]
