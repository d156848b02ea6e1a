"""Whether anything was changed past kaohe: the chain, every row the log speaks of, every seal, the marks of the facts.

What the log cannot know is whether somebody with every right to the database wrote it anew from its beginning: for that
its head is written down elsewhere, and asked for again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection

from kaohe.errors import Problem
from kaohe.records.auditing.chain import Chain
from kaohe.records.auditing.comparing import compare_facts, compare_rows, compare_seals
from kaohe.records.store import Store

MOST = 100
"""Problems of one kind that are listed; the others are counted."""


@dataclass(frozen=True)
class Verdict:
    """``events`` were read; ``number`` and ``head`` are those of the last one. ``more`` counts, by their code, the
    problems that are not listed; ``redacted`` the events from which personal data were erased."""

    events: int
    number: int
    head: str
    problems: tuple[Problem, ...]
    more: dict[str, int]
    redacted: int

    @property
    def sound(self) -> bool:
        return not self.problems


def verify(store: Store, *, known: str | None = None, progress: Callable[[int], None] | None = None) -> Verdict:
    """Read the whole log and hold the database against it. ``known``: the digest of a head that was kept outside;
    ``progress`` is called with the number of events read so far. Raises KaoheError for what the database reports."""
    with store.reading() as connection:
        return verify_within(connection, known, progress or _silent)


def verify_within(connection: Connection, known: str | None, progress: Callable[[int], None]) -> Verdict:
    """Likewise within a transaction of the caller's."""
    problems: list[Problem] = []
    seen: Counter[str] = Counter()

    def report(problem: Problem) -> None:
        seen[problem.code] += 1
        if seen[problem.code] <= MOST:
            problems.append(problem)

    chain = Chain(report, known)
    chain.read(connection, progress)
    for compare in (compare_rows, compare_seals, compare_facts):
        for problem in compare(connection, chain.told):
            report(problem)
    more = {code: count - MOST for code, count in seen.items() if count > MOST}
    return Verdict(chain.events, chain.last, chain.digest, tuple(problems), more, len(chain.told.redacted))


def _silent(_events: int) -> None:
    """Nobody watches."""
